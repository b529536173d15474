/** `vite preview` of the built page, with stand-ins in place of the trained networks. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { hosting } from '../../../www/vite/hosting.ts';
import { standIns } from './site.ts';

interface PreviewServer {
  middlewares: {
    use(
      handle: (request: IncomingMessage, response: ServerResponse, next: () => void) => void,
    ): void;
  };
}

const root = new URL('../../../', import.meta.url);
const MODELS = '/models/';

export default {
  root: fileURLToPath(new URL('www', root)),
  appType: 'mpa',
  plugins: [
    hosting(),
    {
      name: 'elbo-room-stand-ins',
      async configurePreviewServer({ middlewares }: PreviewServer) {
        const files = await standIns(root);
        middlewares.use((request, response, next) => {
          const { pathname } = new URL(request.url ?? '', 'http://localhost');
          if (!pathname.startsWith(MODELS)) return next();
          const path = pathname.slice(MODELS.length);
          const bytes = files.get(path);
          response.statusCode = bytes ? 200 : 404;
          response.setHeader('cache-control', 'no-cache');
          response.setHeader(
            'content-type',
            path.endsWith('.json') ? 'application/json' : 'application/octet-stream',
          );
          response.end(bytes);
        });
      },
    },
  ],
};
