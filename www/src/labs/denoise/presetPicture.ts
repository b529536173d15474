import type { DdpmEntry, ImageShape } from '../../../engine/protocol.ts';
import { optionsOf, settingsBeside } from './apart.ts';
import { type ChainSettings, chainLength } from './settings.ts';
import { canGuide } from '../../models/classes.ts';
import type { Site } from '../../../vite/site.ts';
import type { Painter } from '../../../vite/pictures/painter.ts';
import { HALF, Sheet, WHOLE } from '../../../vite/pictures/sheet.ts';

/** Chains of a grid that are drawn. */
const CHAINS = 4;
/** Steps that a chain is followed for, to its end, on its way, or with others: a build is not to wait longer. */
const MOST_STEPS = { whole: 20, alone: 10, several: 6 };

/** The step on display; of a chain that stands at its beginning one a fifth of the way down. */
function stepOf(chain: ChainSettings): number {
  const length = chainLength(chain);
  const wanted = chain.step > 0 ? chain.step : Math.ceil(length / 5);
  if (chain.samples > 1) return Math.min(wanted, MOST_STEPS.several);
  return Math.min(wanted, length <= MOST_STEPS.whole ? MOST_STEPS.whole : MOST_STEPS.alone);
}

interface Drawn {
  x: Uint8Array;
  predictedX0: Uint8Array;
  shape: ImageShape;
  several: boolean;
}

/** Several states have the same chain. */
const drawn = new Map<string, Drawn>();

async function frameOf(site: Site, entry: DdpmEntry, chain: ChainSettings): Promise<Drawn> {
  const chains = Math.min(CHAINS, chain.samples);
  const options = { ...optionsOf(chain, canGuide(entry)), chains };
  const step = stepOf(chain);
  const key = JSON.stringify([entry.id, options, step]);
  let frame = drawn.get(key);
  if (!frame) {
    const sampler = (await site.model(entry)).sampler(options);
    while (sampler.available <= step) sampler.step();
    const { x, predictedX0 } = sampler.frame(step);
    sampler.free();
    drawn.set(key, (frame = { x, predictedX0, shape: entry.image, several: chains > 1 }));
  }
  return frame;
}

/** The state of the chain beside the image that is predicted from it, or the predictions of two chains. */
export const picture: Painter = async (site, state) => {
  const { denoise: first, besideChain: beside } = state;
  const entry = site.entry('sampler', state.sampler);
  const other = site.entry('sampler', beside.model ?? state.sampler);
  if (!entry || !other) return null;
  const a = await frameOf(site, entry, first);
  const b = beside.on ? await frameOf(site, other, settingsBeside(first, beside)) : a;
  const sheet = new Sheet(site.crate);
  const put = (levels: Uint8Array, { shape, several }: Drawn, left: number) =>
    several ? sheet.images(levels, shape, left, WHOLE / HALF) : sheet.image(levels, shape, left);
  put(beside.on ? a.predictedX0 : a.x, a, 0);
  return put(b.predictedX0, b, WHOLE).picture;
};
