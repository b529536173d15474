import { speech } from './speech.svelte.ts';

/** A whole number with its thousands apart, as the language of the page writes it. */
export const count = (value: number): string => value.toLocaleString(speech.language);
