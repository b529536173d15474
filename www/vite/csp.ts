import type { Plugin } from 'vite';

const policy = (more: string[] = []) =>
  [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    ...more,
  ].join('; ');

/** Writes the Content-Security-Policy into the built page. The dev server injects styles inline, so it goes without. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'elbo-room-csp',
    apply: 'build',
    transformIndexHtml: (_html, { path }) => {
      // The benchmark shows the page itself in a frame.
      const content = policy(path.startsWith('/bench/') ? ["frame-src 'self'"] : []);
      return [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content },
          injectTo: 'head-prepend',
        },
      ];
    },
  };
}
