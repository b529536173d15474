import type { Command, Hint } from '../../commands/command.ts';
import type { ImageInput } from './image-input.svelte.ts';

/** Commands of the image, in each lab that shows its card. */
export const imageCommands = (imageInput: ImageInput) =>
  ({
    clear: {
      id: 'picture.clear',
      group: 'lab',
      label: (text) => text.elboLab.picture.clear,
      keys: ['C'],
      enabled: () => !imageInput.empty,
      run: () => imageInput.clear(),
    },
    upload: {
      id: 'picture.upload',
      group: 'lab',
      label: (text) => text.elboLab.picture.upload,
      keys: ['U'],
      enabled: () => imageInput.pick !== null,
      run: () => imageInput.pick?.(),
    },
    crop: {
      id: 'picture.crop',
      group: 'lab',
      label: (text) => text.images.crop.again,
      enabled: () => imageInput.files.canCrop,
      run: () => imageInput.files.cropAgain(),
    },
  }) satisfies Record<string, Command>;

export const noiseCommand = (imageInput: ImageInput, onnoise: () => void): Command => ({
  id: 'elbo.noise',
  group: 'lab',
  label: (text) => text.denoise.noiseThis,
  keys: ['N'],
  enabled: () => imageInput.picture !== null,
  run: () => onnoise(),
});

export const hints: readonly Hint[] = [
  { id: 'hint.pad', keys: ['Left', 'Right', 'Up', 'Down', 'Space'] },
];
