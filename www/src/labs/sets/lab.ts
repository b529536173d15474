import { labModule } from '../module.ts';
import { hints, setsCommands } from './commands.ts';
import { SetsLab } from './lab.svelte.ts';
import Sets from './Sets.svelte';

export default labModule(({ engine, page }) => new SetsLab(engine, page), Sets, {
  commands: (lab) => Object.values(setsCommands(lab)),
  hints,
});
