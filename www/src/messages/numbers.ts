import { speech } from './speech.svelte.ts';

/** A whole number with its thousands apart, as the language of the page writes it. */
export const count = (value: number): string => value.toLocaleString(speech.language);

/** A large number in short: 1.23M, 123万. */
export const short = (value: number): string =>
  value.toLocaleString(speech.language, { notation: 'compact', maximumSignificantDigits: 3 });

/** A number to three digits: 0.00424, 1,230. */
export const rounded = (value: number): string =>
  value.toLocaleString(speech.language, { maximumSignificantDigits: 3 });
