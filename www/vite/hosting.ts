/**
 * The response headers of the site, in one place: `vite preview` sends them, the build has them as `_headers`, and the files
 * of `hosting/` say the same to other servers.
 */
import type { Plugin } from 'vite';

/**
 * One policy for documents and workers. A worker that is fetched by URL has only the policy of its own response: the one in
 * a document's <meta> does not reach it. `frame-ancestors` is left out, since the page may stand in other pages' frames.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  // Pictures of the visitor's, some of which only an image element can decode.
  "img-src 'self' blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  // The benchmark shows the page itself in a frame.
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  // `default` is in src/engine/trusted.ts, the other is Svelte's for the markup of its components.
  "require-trusted-types-for 'script'",
  'trusted-types default svelte-trusted-html',
].join('; ');

const UNUSED_FEATURES = [
  'accelerometer',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'usb',
];

export const HEADERS = {
  'Content-Security-Policy': POLICY,
  // Both let the page share memory with its workers, and the benchmark's peer have threads.
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  // What the site serves is public; a sandboxed frame, and other isolated pages, may show it.
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy': UNUSED_FEATURES.map((feature) => `${feature}=()`).join(', '),
};

/** Names in this folder change with the content. */
const HASHED = '/assets/';
const KEPT = 'public, max-age=31536000, immutable';
const CHECKED = 'no-cache';

const lines = (indent: string, line: (name: string, value: string) => string) =>
  Object.entries(HEADERS)
    .map(([name, value]) => indent + line(name, value))
    .join('\n');

/** For Netlify and Cloudflare Pages, which read it from the folder that they serve. */
const netlify = () => `/*
${lines('  ', (name, value) => `${name}: ${value}`)}
${HASHED}*
  Cache-Control: ${KEPT}
`;

const MADE =
  '# Written by www/vite/hosting.ts: change it there, then `npx vitest run vite --update`.';

const nginx = () => `${MADE}
map $uri $elbo_room_cache {
    default "${CHECKED}";
    ~${HASHED} "${KEPT}";
}

server {
    listen 80;
    server_name elbo-room.example;
    root /srv/elbo-room;

${lines('    ', (name, value) => `add_header ${name} "${value}" always;`)}
    add_header Cache-Control $elbo_room_cache always;

    gzip on;
    gzip_types application/wasm application/javascript text/javascript text/css application/json image/svg+xml;
}
`;

const caddy = () => `${MADE}
elbo-room.example {
    root * /srv/elbo-room
    encode gzip
    header {
${lines('        ', (name, value) => `${name} "${value}"`)}
    }
    @hashed path *${HASHED}*
    header @hashed Cache-Control "${KEPT}"
    @others not path *${HASHED}*
    header @others Cache-Control "${CHECKED}"
    file_server
}
`;

/** Files for servers, by their names in `hosting/`. */
export const FILES = { _headers: netlify(), 'nginx.conf': nginx(), Caddyfile: caddy() };

/**
 * Writes the policy into the documents of the build, for hosts that send no headers, and all headers beside them; has the preview
 * server send them unless `ELBO_ROOM_HEADERS` is `none`. The dev server injects styles inline, so it goes without the policy.
 */
export function hosting(): Plugin {
  return {
    name: 'elbo-room-hosting',
    config: () => ({
      server: { headers: { ...HEADERS, 'Content-Security-Policy': undefined } },
      // Not those of the dev server.
      preview: { headers: {} },
    }),
    transformIndexHtml: {
      order: 'pre',
      handler: (_html, { server }) =>
        server
          ? []
          : [
              {
                tag: 'meta',
                attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
                injectTo: 'head-prepend',
              },
            ],
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '_headers', source: FILES._headers });
    },
    // Vite's own `preview.headers` leaves out the answers 304, and WebKit takes a revalidated worker script without its policy
    // for a blocked one.
    configurePreviewServer({ middlewares }) {
      if (process.env['ELBO_ROOM_HEADERS'] === 'none') return;
      middlewares.use((_, response, next) => {
        for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
        next();
      });
    },
  };
}
