/** What is shown of a second chain. Fetched when there is one. */
export { default as Controls } from './BesideControls.svelte';
export { default as Pictures } from './BesidePictures.svelte';
