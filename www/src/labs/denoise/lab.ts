import { labModule } from '../module.ts';
import { ChainLab } from './lab.svelte.ts';
import Denoise from './Denoise.svelte';

export default labModule(({ engine, page, desk }) => new ChainLab(engine, page, desk), Denoise);
