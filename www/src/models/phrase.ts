/** What the crate says of files, in the page's language. */
import type { Phrase } from '../../engine/protocol.ts';
import { messages } from '../messages/index.ts';

/** A phrase by its code; in the crate's English where the language has no text for it. */
export function say({ code, values, message }: Phrase): string {
  const text = messages.phrases?.[code];
  if (text === undefined) return message;
  if (typeof text === 'string') return text;
  const said = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'object' ? say(value) : String(value),
  ]);
  return text(Object.fromEntries(said) as Record<string, string>);
}
