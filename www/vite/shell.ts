/** What other sites show of a link to the page, where `ELBO_ROOM_URL` says at which address it will stand. */
import { readFileSync } from 'node:fs';
import type { HtmlTagDescriptor, Plugin } from 'vite';

const PREVIEW = 'preview.webp';

/** Open Graph wants whole addresses. */
export const tagsFor = (url: string): HtmlTagDescriptor[] =>
  Object.entries({
    'og:url': url,
    'og:image': new URL(PREVIEW, url.endsWith('/') ? url : `${url}/`).href,
  }).map(([property, content]) => ({
    tag: 'meta',
    attrs: { property, content },
    injectTo: 'head' as const,
  }));

export function shell(picture: string, url: string): Plugin {
  return {
    name: 'elbo-room-shell',
    apply: 'build',
    transformIndexHtml: {
      handler: (_html, { path }) => (url && path === '/index.html' ? tagsFor(url) : []),
    },
    generateBundle() {
      if (url) this.emitFile({ type: 'asset', fileName: PREVIEW, source: readFileSync(picture) });
    },
  };
}
