/** `npm run browsers`: the built page in other engines than Chromium's, each driven through its own protocol. */
import { defineConfig } from '@playwright/test';
import type { Options } from './fixtures.ts';
import tests, { isolated, isolatedServer } from './playwright.config.ts';

export default defineConfig<Options>({
  ...tests,
  projects: [{ name: 'browsers', testDir: 'browsers' }],
  reporter: [['list'], ['json', { outputFile: 'artifacts/browsers.json' }]],
  workers: 1,
  timeout: 600_000,
  // WebKitGTK draws without a graphics card here, and computes no faster.
  expect: { timeout: 240_000 },
  use: { baseURL: `${isolated}/`, networks: 'trained' },
  webServer: isolatedServer,
});
