/** `cargo xtask bench`: one run of one browser, on the built page, isolated so that the peer may use threads. */
import { defineConfig } from '@playwright/test';
import tests, { isolated, isolatedServer } from './playwright.config.ts';

const isOther = Boolean(process.env['ELBO_ROOM_BENCH_ENGINE']);

export default defineConfig({
  ...tests,
  projects: [
    { name: 'bench', testDir: 'bench', testMatch: isOther ? 'engine.bench.ts' : 'run.bench.ts' },
  ],
  workers: 1,
  reporter: 'list',
  timeout: 3_600_000,
  use: {
    ...tests.use,
    baseURL: `${isolated}/`,
    trace: 'off',
    screenshot: 'off',
    actionTimeout: 0,
    viewport: { width: 1280, height: 1000 },
  },
  webServer: isolatedServer,
});
