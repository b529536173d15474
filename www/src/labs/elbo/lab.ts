import { labModule } from '../module.ts';
import { hints } from '../input/commands.ts';
import { elboCommands } from './commands.ts';
import { ElboLab } from './lab.svelte.ts';
import View from './ElboLab.svelte';

export default labModule(
  ({ engine, page, imageInput }) => new ElboLab(engine, page, imageInput),
  View,
  {
    commands: elboCommands,
    hints,
  },
);
