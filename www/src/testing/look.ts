/** How planes are painted, where a test does not care. */
export const LOOK = {
  size: 100,
  pixelRatio: 1,
  background: '#ffffff',
  target: '#000000',
  accent: '#0000ff',
  ink: '#000000',
};
