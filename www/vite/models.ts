import { createReadStream } from 'node:fs';
import { cp, mkdir, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Plugin } from 'vite';

const isModelFile = (name: string) => name.endsWith('.json') || name.endsWith('.onnx');

/** Serves the model files of `directory` under `models/` while developing and copies them into the build. */
export function models(directory: string): Plugin {
  let target = '';
  return {
    name: 'elbo-room-models',
    configResolved(config) {
      target = resolve(config.root, config.build.outDir, 'models');
    },
    configureServer(server) {
      server.middlewares.use('/models/', (request, response, next) => {
        const name = basename(new URL(request.url ?? '/', 'http://localhost').pathname);
        if (!isModelFile(name)) return next();
        const path = join(directory, name);
        stat(path).then(
          ({ size }) => {
            response.setHeader('content-length', size);
            response.setHeader('cache-control', 'no-cache');
            response.setHeader(
              'content-type',
              name.endsWith('.json') ? 'application/json' : 'application/octet-stream',
            );
            createReadStream(path).pipe(response);
          },
          () => {
            response.statusCode = 404;
            response.end();
          },
        );
      });
    },
    async writeBundle() {
      await mkdir(target, { recursive: true });
      const names = (await readdir(directory)).filter(isModelFile);
      if (!names.includes('manifest.json')) this.error(`no manifest.json in ${directory}`);
      await Promise.all(names.map((name) => cp(join(directory, name), join(target, name))));
    },
  };
}
