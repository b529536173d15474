import { labModule } from '../../labs/module.ts';
import Sixth from './Sixth.svelte';

export default labModule(({ page }) => {
  const { sixth } = page.state as unknown as { sixth: { turns: number } };
  return { sixth, pause: () => (sixth.turns = 0) };
}, Sixth);
