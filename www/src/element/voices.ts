/** Has each element speak its own language: part of what the labs would otherwise have the whole document in common. */
import { getContext, setContext } from 'svelte';
import { speaker, Speech } from '../messages/speech.svelte.ts';

const KEY = Symbol('speech');

/** What begins an action of the visitor's. */
const ACTIONS = ['pointerdown', 'keydown', 'click', 'input', 'change', 'drop', 'paste'];

/** Of the element that was used last: it speaks where no component is asked. */
let last: Speech | null = null;

/** Has a component, and all in it, speak with this voice. */
export const speak = (voice: Speech): Speech => setContext(KEY, voice);

/** Has what the visitor begins in a place speak with this voice, until `signal`. */
export function hear(place: EventTarget, voice: Speech, signal: AbortSignal): void {
  last ??= voice;
  const take = () => (last = voice);
  for (const type of ACTIONS)
    place.addEventListener(type, take, { capture: true, passive: true, signal });
  signal.addEventListener('abort', () => (last = last === voice ? null : last), { once: true });
}

function ofComponent(): Speech | undefined {
  try {
    return getContext<Speech | undefined>(KEY);
  } catch {
    // None is being set up, rendered or run.
    return undefined;
  }
}

const page = speaker.now();
speaker.now = () => ofComponent() ?? last ?? page;
