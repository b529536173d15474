/** `cargo xtask bench`: one run of one browser, on the built page, isolated so that the peer may use threads. */
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

const server = Array.isArray(tests.webServer) ? tests.webServer[0] : tests.webServer;
if (!server) throw new Error('the tests have no server');

export default defineConfig({
  ...tests,
  testDir: 'bench',
  testMatch: 'run.bench.ts',
  timeout: 3_600_000,
  use: {
    ...tests.use,
    trace: 'off',
    screenshot: 'off',
    actionTimeout: 0,
    viewport: { width: 1280, height: 1000 },
  },
  webServer: { ...server, env: { ELBO_ROOM_ISOLATED: '1' } },
});
