import { messages } from '../messages/index.ts';
import { definitionOf, type Lab } from './index.ts';

/** What the navigation calls a lab, in the language of the page. */
export const labName = (lab: Lab): string => definitionOf(lab).name(messages);
