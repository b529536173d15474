import type { Host } from '../host.ts';
import { asError, isCancelled } from '../../engine/errors.ts';
import { isMissingPart, parts } from '../engine/outage.svelte.ts';

/** Browsers report a resize inside a ResizeObserver callback as an error, and go on. */
const HARMLESS = 'ResizeObserver loop';

/** Uncaught errors of the page. */
export class Panics {
  /** The first uncaught error; later ones often follow from it. */
  first = $state.raw<Error | null>(null);

  /** Listens for uncaught errors of the document, if that is the page's own. */
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

/** The details for a bug report. They leave the page only when the visitor sends them. */
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
