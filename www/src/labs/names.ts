import { speech } from '../messages/speech.svelte.ts';
import { type Lab, LABS } from './index.ts';

export const definitionOf = (lab: Lab) => LABS.find(({ id }) => id === lab) ?? LABS[0];

/** What the navigation calls a lab, in the language of the page. */
export const labName = (lab: Lab): string => definitionOf(lab).name[speech.language];
