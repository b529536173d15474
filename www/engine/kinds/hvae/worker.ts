import { Hvae, type HvaeFiles } from '../../../pkg/elbo_room.js';
import type { HvaeEntry } from '../../protocol.ts';
import { defineWorkerKind } from '../worker.ts';

export const hvae = defineWorkerKind<HvaeEntry, Hvae>({
  id: 'hvae',
  load: (entry, files) => Hvae.load(entry, files as HvaeFiles),
  bound: (model, levels, options) => model.bound(levels, options),
});
