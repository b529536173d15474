/** What is shown of a second run. Fetched when there is one. */
export { default as Controls } from './BesideControls.svelte';
export { default as Plane } from './BesidePlane.svelte';
