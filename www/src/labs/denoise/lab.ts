import { hints, pictureCommands } from '../elbo/commands.ts';
import { labModule } from '../module.ts';
import { denoiseCommands } from './commands.ts';
import { ChainLab } from './lab.svelte.ts';
import Denoise from './Denoise.svelte';

export default labModule(({ engine, page, desk }) => new ChainLab(engine, page, desk), Denoise, {
  commands: (lab, { desk }) => [
    ...denoiseCommands(lab),
    ...(lab.own ? Object.values(pictureCommands(desk)) : []),
  ],
  hints,
});
