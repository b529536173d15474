import { VitePWA } from 'vite-plugin-pwa';
import { LISTS } from '../src/app/lists.ts';

const icon = (name: string, size: number, purpose: 'any' | 'maskable') => ({
  src: `icons/${name}.png`,
  sizes: `${size}x${size}`,
  type: 'image/png',
  purpose,
});

/** The wasm file is the largest by far. */
const LARGEST = 32 * 2 ** 20;

/**
 * The web manifest, and a service worker that keeps the page and the engine: it opens without a connection, with the models that were
 * used before, which the page itself keeps by their checksums (engine/model-fetcher.ts).
 */
export const installable = () =>
  VitePWA({
    // The visitor is asked: a page that changes under his hands would lose what he is at.
    registerType: 'prompt',
    injectRegister: false,
    manifest: {
      name: 'ELBO Room',
      short_name: 'ELBO Room',
      description:
        'How well does a model explain one picture? VAEs and diffusion models in the browser.',
      start_url: './',
      scope: './',
      display: 'standalone',
      background_color: '#f6f7f8',
      theme_color: '#f6f7f8',
      icons: [
        icon('192', 192, 'any'),
        icon('512', 512, 'any'),
        icon('maskable', 512, 'maskable'),
        { src: 'favicon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
      ],
    },
    workbox: {
      globPatterns: ['index.html', 'boot.js', 'favicon.svg', 'assets/*.{js,css,wasm,woff2}'],
      // The benchmark is its own page, and measures what comes over the line; few make a video, whose encoder has 200 kB.
      globIgnores: ['assets/{bench,peer,crate,video-}*'],
      maximumFileSizeToCacheInBytes: LARGEST,
      // A worker under the page's policy imports no scripts.
      inlineWorkboxRuntime: true,
      // Names in this folder change with the content.
      dontCacheBustURLsMatching: /^assets\//,
      // A missing model must answer 404, not the page.
      navigateFallback: null,
      runtimeCaching: [
        {
          urlPattern: /\/models\/[^/]+\.json$/,
          handler: 'NetworkFirst',
          // A preload says where it comes from, and some servers answer that this matters.
          options: { cacheName: LISTS, matchOptions: { ignoreVary: true } },
        },
      ],
      cleanupOutdatedCaches: true,
    },
  });
