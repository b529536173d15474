import { labModule } from '../module.ts';
import { elboCommands, hints } from './commands.ts';
import { ElboLab } from './lab.svelte.ts';
import View from './ElboLab.svelte';

export default labModule(({ engine, page, desk }) => new ElboLab(engine, page, desk), View, {
  commands: elboCommands,
  hints,
});
