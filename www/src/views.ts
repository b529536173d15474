/** What no first picture of the latent lab waits for. */
export { default as Denoise } from './labs/Denoise.svelte';
export { default as Elbo } from './labs/Elbo.svelte';
export { default as ElboLab } from './labs/elbo/ElboLab.svelte';
export { default as Inference } from './labs/inference/Inference.svelte';
export { default as PlaneLab } from './labs/plane/PlaneLab.svelte';
export { default as LatentMap } from './labs/map/LatentMap.svelte';
export { default as OpenModel } from './models/OpenModel.svelte';
export { default as Tour } from './story/Tour.svelte';
