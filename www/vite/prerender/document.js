/**
 * Runs the built page in jsdom, without workers or network, until its first lab is there, and writes what it shows:
 * `node document.js FOLDER LANGUAGE`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { JSDOM } from 'jsdom';

const [, , folder = '', language = ''] = process.argv;
const html = readFileSync(join(folder, 'index.html'), 'utf8');
const { window } = new JSDOM(html, { url: 'https://elbo-room.example/', pretendToBeVisual: true });
const [, entry = ''] = /<script type="module"[^>]* src="([^"]*)"/.exec(html) ?? [];

/** What Node.js has too, of which a document takes only its own. */
const OWN =
  /^(window|self|document|navigator|location|history|\w*Event|EventTarget|Abort\w+|\w+EventListener|dispatchEvent)$/;
for (const name of Object.getOwnPropertyNames(window)) {
  if (name in globalThis && !OWN.test(name)) continue;
  Object.defineProperty(globalThis, name, {
    value: window[name],
    configurable: true,
    writable: true,
  });
}
for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent'])
  globalThis[name] = window[name].bind(window);

class Nothing {
  onmessage = null;
}
const METHODS =
  'addEventListener removeEventListener postMessage terminate observe unobserve disconnect';
for (const name of METHODS.split(' ')) Nothing.prototype[name] = () => undefined;
const never = () => new Promise(() => undefined);
Object.assign(globalThis, {
  Worker: Nothing,
  OffscreenCanvas: Nothing,
  ResizeObserver: Nothing,
  IntersectionObserver: Nothing,
  matchMedia: () => Object.assign(new Nothing(), { matches: false }),
  requestIdleCallback: () => 0,
  fetch: never,
});
window.HTMLCanvasElement.prototype.transferControlToOffscreen = () => new Nothing();
Object.defineProperty(window.navigator, 'languages', { value: [language] });

await import(pathToFileURL(join(folder, entry)).href);
const app = window.document.getElementById('app');
const end = Date.now() + 60_000;
while (!app.querySelector('.lab') && Date.now() < end)
  await new Promise((resolve) => setTimeout(resolve, 20));
if (!app.querySelector('.lab')) throw new Error(`the page shows no lab: ${app.innerHTML}`);
process.stdout.write(app.innerHTML, () => process.exit());
