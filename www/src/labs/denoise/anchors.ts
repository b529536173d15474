/** What a symbol of a derivation can stand for here: elements that carry the name as `data-anchor`. */
export const anchors = [
  'x-t',
  'predicted-x0',
  'digit',
  'steps',
  'sampler',
  'eta',
  'schedule',
  'guidance',
  'timestep',
  'log-snr',
  'alpha-bar',
  'schedule-chart',
] as const;
