/** A small picture of each worked state, drawn by the crate and the site's models as far as a build can wait for them. */
import { parseState } from '../../src/address/address.ts';
import { catalogOf, fitToModels } from '../../src/address/fit.ts';
import { LABS } from '../../src/labs/index.ts';
import type { Preset, PresetPicture } from '../../src/labs/presets.ts';
import type { Lab } from '../../src/state.ts';
import type { Site } from '../site.ts';
import type { Painter } from './painter.ts';

/** What draws for a lab lies in the lab's folder. */
const painters = import.meta.glob<{ picture: Painter }>('../../src/labs/*/presetPicture.ts', {
  eager: true,
});
const painterOf = (lab: Lab) => painters[`../../src/labs/${lab}/presetPicture.ts`]?.picture;

/** All worked states; nothing can be imported later, when this module’s environment is gone. */
const PRESETS = new Map<Lab, readonly Preset[]>(
  await Promise.all(
    LABS.map(async ({ id, presets }) => [id, (await presets?.())?.default ?? []] as const),
  ),
);

/** The pictures of a lab by the ids of its worked states; of those that the site has no models for there is none. */
export async function picturesOf(site: Site, lab: Lab): Promise<Record<string, PresetPicture>> {
  const catalog = catalogOf({ models: [...site.entries] });
  const pictures: Record<string, PresetPicture> = {};
  for (const { id, address } of PRESETS.get(lab) ?? []) {
    const { state } = parseState(address);
    const lacks = fitToModels(state, catalog).length > 0;
    const picture = lacks ? null : await painterOf(lab)?.(site, state);
    if (picture) pictures[id] = picture;
  }
  return pictures;
}
