import { labModule } from '../module.ts';
import { inferenceCommands, hints } from './commands.ts';
import { InferenceLab } from './lab.svelte.ts';
import Inference from './Inference.svelte';

export default labModule(({ engine, page }) => new InferenceLab(engine, page), Inference, {
  commands: inferenceCommands,
  hints,
});
