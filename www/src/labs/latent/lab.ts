import { labModule } from '../module.ts';
import { allCommands, hints } from './commands.ts';
import { LatentLab } from './lab.svelte.ts';
import Latent from './Latent.svelte';

export default labModule(({ engine, page }) => new LatentLab(engine, page), Latent, {
  commands: allCommands,
  hints,
});
