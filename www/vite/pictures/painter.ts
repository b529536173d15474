import type { PresetPicture } from '../../src/labs/presets.ts';
import type { PageState } from '../../src/state.ts';
import type { Site } from '../site.ts';

/** Draws what a state shows; null where the site has not the model for it. */
export type Painter = (site: Site, state: PageState) => Promise<PresetPicture | null>;
