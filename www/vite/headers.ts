import type { OutgoingHttpHeaders } from 'node:http';
import type { Plugin } from 'vite';

/**
 * Sends headers with every response of the preview server. Vite's own `preview.headers` leaves out the answers 304, and WebKit
 * takes a revalidated worker script without its policy for a blocked one.
 */
export function previewHeaders(headers: OutgoingHttpHeaders): Plugin {
  return {
    name: 'elbo-room-preview-headers',
    configurePreviewServer({ middlewares }) {
      middlewares.use((_, response, next) => {
        for (const [name, value] of Object.entries(headers))
          if (value !== undefined) response.setHeader(name, value);
        next();
      });
    },
  };
}
