import type { Command } from '../../commands/command.ts';
import type { LabContext } from '../module.ts';
import type { ElboLab } from './lab.svelte.ts';
import { noiseCommand, imageCommands } from '../input/commands.ts';

export const sweepCommand = (lab: ElboLab): Command => ({
  id: 'elbo.sweep',
  group: 'lab',
  label: ({ elboLab: { ddpm } }) => (lab.sweeping ? ddpm.stopSweep : ddpm.sweep),
  enabled: () => lab.canSweep,
  run: () => (lab.sweeping = !lab.sweeping),
});

export const diceCommand = (lab: ElboLab): Command => ({
  id: 'elbo.dice',
  group: 'lab',
  label: (text) => text.elboLab.dice,
  keys: ['R'],
  run: () => lab.dice(),
});

/** Of the two bounds beside each other; the second only while they are there. */
export const besideBoundCommands = (lab: ElboLab) =>
  ({
    toggle: {
      id: 'elbo.beside',
      group: 'lab',
      label: ({ elboLab: { beside } }) => (lab.beside.on ? beside.stop : beside.toggle),
      keys: ['B'],
      enabled: () => lab.beside.on || lab.beside.choices.length > 0,
      run: () => lab.beside.toggle(),
    },
    keep: {
      id: 'elbo.beside.keep',
      group: 'lab',
      label: (text) => text.elboLab.beside.keep,
      keys: ['K'],
      enabled: () => lab.beside.on && lab.imageInput.picture !== null,
      run: () => lab.beside.keepPicture(),
    },
  }) satisfies Record<string, Command>;

export const elboCommands = (
  lab: ElboLab,
  { onnoise }: Pick<LabContext, 'onnoise'>,
): readonly Command[] => [
  ...Object.values(imageCommands(lab.imageInput)),
  ...(lab.ddpm ? [noiseCommand(lab.imageInput, () => onnoise())] : []),
  sweepCommand(lab),
  diceCommand(lab),
  besideBoundCommands(lab).toggle,
  ...(lab.beside.on ? [besideBoundCommands(lab).keep] : []),
];
