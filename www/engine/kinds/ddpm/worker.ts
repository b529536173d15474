import { Ddpm, type DdpmFiles } from '../../../pkg/elbo_room.js';
import type { DdpmEntry } from '../../protocol.ts';
import { defineWorkerKind } from '../worker.ts';

export const ddpm = defineWorkerKind<DdpmEntry, Ddpm>({
  id: 'ddpm',
  load: (entry, files) => Ddpm.load(entry, files as DdpmFiles),
  bound: (model, levels, options) => model.elbo(levels, options),
});
