import { labModule } from '../module.ts';
import { PlaneLab } from './lab.svelte.ts';
import View from './PlaneLab.svelte';

export default labModule(({ engine, page }) => new PlaneLab(engine, page), View);
