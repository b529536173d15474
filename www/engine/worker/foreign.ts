/** Files from elsewhere: what is in them, an entry for them, and what their model does. */
import { changeEntry, checkModel, inspectOnnx, proposeEntry } from '../../pkg/elbo_room.js';
import { vae } from './models.ts';
import type { Handlers } from './task.ts';

export const foreignHandlers: Handlers<
  'inspect' | 'propose' | 'changeEntry' | 'check' | 'estimateKl'
> = {
  inspect: ({ file, external, size }) =>
    inspectOnnx(file, external ?? undefined, size ?? undefined),

  propose: ({ id, files, flat }) => proposeEntry(id, files, { flat }),

  changeEntry: ({ entry, changes }) => changeEntry(entry, changes),

  check: ({ entry, files }) => checkModel(entry, files),

  estimateKl: ({ model, images, class: given }) =>
    Array.from(vae(model).estimateKl(images, given ?? undefined)),
};
