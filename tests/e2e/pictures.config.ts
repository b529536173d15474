/** `npm run pictures` takes the README's pictures anew, from the built page: digits and drawings of its own, no image of MNIST. */
import { defineConfig } from '@playwright/test';
import tests, { trained, trainedServer } from './playwright.config.ts';
import type { Options } from './fixtures.ts';

export default defineConfig<Options>({
  ...tests,
  projects: [{ name: 'pictures', testDir: 'pictures', testMatch: '*.pictures.ts' }],
  reporter: 'list',
  timeout: 300_000,
  use: {
    ...tests.use,
    baseURL: `${trained}/`,
    networks: 'trained',
    trace: 'off',
    screenshot: 'off',
    viewport: { width: 1280, height: 900 },
  },
  webServer: trainedServer,
});
