import type { Host } from '../host.ts';
import { asError, isCancelled } from '../../engine/errors.ts';
import { isMissingPart, parts } from '../engine/outage.svelte.ts';

/** Resizing from within an observer of sizes: browsers tell of it as an error, and go on. */
const HARMLESS = 'ResizeObserver loop';

/** Errors that nothing on the page has caught. */
export class Panics {
  /** The first of them: others often follow from it. */
  first = $state.raw<Error | null>(null);

  /** Listens to what nobody has caught in the document, where that is the page's own. */
  constructor({ whole }: Pick<Host, 'whole'>) {
    if (!whole) return;
    const onError = ({ error, message }: ErrorEvent) => {
      if (!message.startsWith(HARMLESS)) this.note(error ?? message);
    };
    const onRejection = ({ reason }: PromiseRejectionEvent) => this.note(reason);
    addEventListener('error', onError);
    addEventListener('unhandledrejection', onRejection);
    $effect(() => () => {
      removeEventListener('error', onError);
      removeEventListener('unhandledrejection', onRejection);
    });
  }

  note(thrown: unknown): void {
    if (isCancelled(thrown)) return;
    const error = asError(thrown);
    if (isMissingPart(error)) void parts.missed();
    else this.first ??= error;
  }

  dismiss(): void {
    this.first = null;
  }
}

/** What somebody who mends the page needs to know. Nothing of it leaves the page but by the visitor's own hand. */
export const reportOf = (error: unknown, place: string): string => {
  const { name, message, stack } = asError(error);
  return [
    `ELBO Room ${__CRATE_VERSION__}, ${place}`,
    `${name}: ${message}`,
    location.href,
    navigator.userAgent,
    stack ?? '',
  ].join('\n');
};
