/** What is shown of a second diffusion. Fetched when there is one. */
export { default as Controls } from './BesideControls.svelte';
export { default as Planes } from './BesidePlane.svelte';
