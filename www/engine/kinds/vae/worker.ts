import { Vae, type VaeFiles } from '../../../pkg/elbo_room.js';
import type { VaeEntry } from '../../protocol.ts';
import { defineWorkerKind } from '../worker.ts';

export const vae = defineWorkerKind<VaeEntry, Vae>({
  id: 'vae',
  load: (entry, files) =>
    files['encoder']
      ? Vae.load(entry, files as VaeFiles)
      : Vae.loadDecoder(entry, files as VaeFiles),
  bound: (model, levels, options) => model.bound(levels, options),
});
