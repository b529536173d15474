import type { Command, Hint } from '../../commands/command.ts';
import type { LabContext } from '../module.ts';
import type { ElboLab } from './lab.svelte.ts';
import type { PictureDesk } from './picture.svelte.ts';

/** Of the picture, in each lab that shows its card. */
export const pictureCommands = (desk: PictureDesk) =>
  ({
    clear: {
      id: 'picture.clear',
      group: 'lab',
      label: (text) => text.elboLab.picture.clear,
      keys: ['C'],
      enabled: () => !desk.empty,
      run: () => desk.clear(),
    },
    upload: {
      id: 'picture.upload',
      group: 'lab',
      label: (text) => text.elboLab.picture.upload,
      keys: ['U'],
      enabled: () => desk.pick !== null,
      run: () => desk.pick?.(),
    },
    crop: {
      id: 'picture.crop',
      group: 'lab',
      label: (text) => text.images.crop.again,
      enabled: () => desk.files.canCrop,
      run: () => desk.files.cropAgain(),
    },
  }) satisfies Record<string, Command>;

export const noiseCommand = (desk: PictureDesk, onnoise: () => void): Command => ({
  id: 'elbo.noise',
  group: 'lab',
  label: (text) => text.denoise.noiseThis,
  keys: ['N'],
  enabled: () => desk.picture !== null,
  run: () => onnoise(),
});

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
      enabled: () => lab.beside.on && lab.desk.picture !== null,
      run: () => lab.beside.keepPicture(),
    },
  }) satisfies Record<string, Command>;

export const elboCommands = (
  lab: ElboLab,
  { onnoise }: Pick<LabContext, 'onnoise'>,
): readonly Command[] => [
  ...Object.values(pictureCommands(lab.desk)),
  ...(lab.ddpm ? [noiseCommand(lab.desk, () => onnoise())] : []),
  sweepCommand(lab),
  diceCommand(lab),
  besideBoundCommands(lab).toggle,
  ...(lab.beside.on ? [besideBoundCommands(lab).keep] : []),
];

export const hints: readonly Hint[] = [
  { id: 'hint.pad', keys: ['Left', 'Right', 'Up', 'Down', 'Space'] },
];
