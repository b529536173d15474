/** The values that a latent can have on the page. */

/** Slider range in prior standard deviations, and the grid that slider values live on. */
export const LATENT_RANGE = 3;
export const LATENT_GRID = 100;

/** The nearest slider value: within the range, two decimals, never -0. */
export function toLatentGrid(value: number): number {
  const clamped = Math.min(LATENT_RANGE, Math.max(-LATENT_RANGE, value));
  return Math.round(clamped * LATENT_GRID) / LATENT_GRID + 0;
}
