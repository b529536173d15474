import { hints, imageCommands } from '../input/commands.ts';
import { labModule } from '../module.ts';
import { denoiseCommands } from './commands.ts';
import { ChainLab } from './lab.svelte.ts';
import Denoise from './Denoise.svelte';

export default labModule(
  ({ engine, page, imageInput }) => new ChainLab(engine, page, imageInput),
  Denoise,
  {
    commands: (lab, { imageInput }) => [
      ...denoiseCommands(lab),
      ...(lab.own ? Object.values(imageCommands(imageInput)) : []),
    ],
    hints,
  },
);
