/** Computations of the page as programs outside of it. Pure; fetched when it is used. */
export { chainPython, diffusionPython, setDiffusionPython } from './code/chains.ts';
export * from './code/javascript.ts';
export { boundPython, decodePython, setBoundPython } from './code/latents.ts';
export { fitPython, pointPython } from './code/plane.ts';
export type { About } from './code/text.ts';
