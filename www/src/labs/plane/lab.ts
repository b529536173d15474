import { labModule } from '../module.ts';
import { hints, planeCommands } from './commands.ts';
import { PlaneLab } from './lab.svelte.ts';
import View from './PlaneLab.svelte';

export default labModule(({ engine, page }) => new PlaneLab(engine, page), View, {
  commands: (lab) => Object.values(planeCommands(lab)),
  hints,
});
