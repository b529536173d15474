/**
 * A worker that owns one instance of the crate; what it does with it lies in `worker/`, the only folder that imports the wasm
 * package. The page starts it for decoding, for sampling and for scoring, so that none of them ever waits for another, and
 * as often as there are cores for the bounds of the ELBO lab.
 */
import init from '../pkg/elbo_room.js';
import type { Calls } from './calls.ts';
import { serve } from './serve.ts';
import { boundHandlers } from './worker/bounds.ts';
import { chainHandlers } from './worker/chain.ts';
import { fitFrames, Fitting } from './worker/fitting.ts';
import { foreignHandlers } from './worker/foreign.ts';
import { latentHandlers } from './worker/latent.ts';
import { modelHandlers } from './worker/models.ts';
import { pictureHandlers } from './worker/pictures.ts';
import { planeHandlers } from './worker/plane.ts';
import { setHandlers } from './worker/sets.ts';
import { surface, surfaceHandlers } from './worker/surfaces.ts';

const fittings = { a: new Fitting(), b: new Fitting() };

serve<Calls>({
  async start({ module }) {
    await init({ module_or_path: module });
    return null;
  },

  settle: () => null,

  async fit(request) {
    if (request.place === 'b')
      return fittings.b.show(request, { reverse: await surface('inference-b') });
    const [reverse, forward] = await Promise.all([
      surface('inference-reverse'),
      surface('inference-forward'),
    ]);
    return fittings.a.show(request, { reverse, forward });
  },

  fitFrames,

  ...surfaceHandlers,
  ...modelHandlers,
  ...foreignHandlers,
  ...latentHandlers,
  ...chainHandlers,
  ...boundHandlers,
  ...pictureHandlers,
  ...planeHandlers,
  ...setHandlers,
});
