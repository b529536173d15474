import { en, type Messages } from './en.ts';

export const messages: Messages = en;
