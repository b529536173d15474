/** What the crate says of files, in the page's language. */
import type { Phrase } from '../../engine/protocol.ts';
import { messages } from '../messages/index.ts';

/** A phrase by its code; in the crate's English where the language has no text for it. */
export function say({ code, values, message }: Phrase): string {
  const text = messages.ownModels.phrases[code];
  if (text === undefined) return message;
  return text.replaceAll(/\{(\w+)\}/g, (place, name: string) => {
    const value = values[name];
    if (value === undefined) return place;
    return typeof value === 'object' ? say(value) : String(value);
  });
}
