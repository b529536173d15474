/** What no first picture of the latent lab waits for. */
export { default as Panel } from './scoring/Panel.svelte';
export { default as OpenModel } from './models/OpenModel.svelte';
export { default as Presets } from './app/Presets.svelte';
export { default as Tour } from './story/Tour.svelte';
