/** `cargo xtask soak`: one long test on the built page with the trained networks. */
import { defineConfig } from '@playwright/test';
import tests, { isolated, isolatedServer } from './playwright.config.ts';

process.env['ELBO_ROOM_SOAK_STARTED'] ??= String(Date.now());

export default defineConfig({
  ...tests,
  projects: [
    { name: 'parts', testDir: 'soak' },
    { name: 'soak', testDir: 'soak', testMatch: 'run.soak.ts', dependencies: ['parts'] },
  ],
  workers: 1,
  reporter: 'list',
  use: { ...tests.use, baseURL: `${isolated}/`, screenshot: 'off' },
  webServer: isolatedServer,
});
