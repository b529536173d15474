/** Tests begin with a page that speaks, as it does once `main.ts` has fetched a language. */
import { speech } from '../messages/speech.svelte.ts';

await speech.load();
