import { LoadError } from './engine/loader.ts';
import { messages } from './messages/index.ts';

/** What went wrong, in the page's language; what the code says of it, which is English, follows in brackets. */
export function explain(error: Error): string {
  const text = messages.errors;
  if (error instanceof LoadError) {
    if (error.failure === 'http') return text.http(error.file, error.status);
    return text[error.failure](error.file);
  }
  return text.because(text.kinds[error.name] ?? text.unexpected, error.message || error.name);
}
