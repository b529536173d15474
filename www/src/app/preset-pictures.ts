/** Pictures of worked examples, which come after all that a visitor waits for. */
import type { PresetPicture } from '../labs/presets.ts';
import type { Lab } from '../state.ts';

type Pictures = Readonly<Record<string, PresetPicture>>;

export const PRESET_PICTURES: Record<Lab, () => Promise<{ default: Pictures }>> = {
  latent: () => import('virtual:preset-pictures/latent'),
  denoise: () => import('virtual:preset-pictures/denoise'),
  elbo: () => import('virtual:preset-pictures/elbo'),
  inference: () => import('virtual:preset-pictures/inference'),
  plane: () => import('virtual:preset-pictures/plane'),
  sets: () => import('virtual:preset-pictures/sets'),
};
