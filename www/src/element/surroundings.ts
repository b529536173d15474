/** First of the element's modules: what of the labs would otherwise use the whole document, or keep something in the browser. */
import { text } from '../charts/text.ts';
import { scripts } from '../../engine/scripts.ts';
import { storage } from '../storage.ts';

const notes = new Map<string, string>();
storage.notes = () => ({
  getItem: (key) => notes.get(key) ?? null,
  setItem: (key, value) => void notes.set(key, value),
  removeItem: (key) => void notes.delete(key),
});

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
try {
  // Only the address of the worker, which the build has put beside this script, goes through it.
  const policy = trustedTypes?.createPolicy('elbo-room', { createScriptURL: (url) => url });
  if (policy) scripts.trusted = (url) => policy.createScriptURL(url);
} catch {
  // The page allows no such policy. Where it asks for one, the browser refuses the workers, and the element says so.
}

/** The browser's own size of text in pixels, whatever the page sets for itself. */
function measure(place: ShadowRoot): number {
  const probe = place.appendChild(document.createElement('span'));
  probe.style.fontSize = 'medium';
  const size = Number.parseFloat(getComputedStyle(probe).fontSize);
  probe.remove();
  return size;
}

/** Has all that is measured in the size of text follow the browser's instead of the page's. */
export function textSheet(place: ShadowRoot): CSSStyleSheet {
  const size = measure(place);
  text.size = () => size;
  const sheet = new CSSStyleSheet();
  sheet.insertRule(`:host { --elbo-room-rem: ${size}px; }`);
  return sheet;
}
