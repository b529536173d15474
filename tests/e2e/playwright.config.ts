import { availableParallelism } from 'node:os';
import { defineConfig } from '@playwright/test';
import { ARGUMENTS } from './chromium.ts';
import { executable } from './executable.ts';
import type { Options } from './fixtures.ts';
import { freePort } from './ports.ts';

/**
 * The origin of a server. This file is read again by every worker process: all must find the servers that the first one
 * started.
 */
async function originOf(variable: string): Promise<string> {
  const port = (process.env[variable] ??= String(await freePort()));
  return `http://127.0.0.1:${port}`;
}

const standIn = await originOf('ELBO_ROOM_E2E_STAND_IN_PORT');
export const trained = await originOf('ELBO_ROOM_E2E_PORT');
export const isolated = await originOf('ELBO_ROOM_E2E_ISOLATED_PORT');

/** Serves the built page. */
const server = (origin: string, options = '', env: Record<string, string> = {}) => ({
  command: `npm run preview -- --host 127.0.0.1 --strictPort --port ${new URL(origin).port} ${options}`,
  cwd: '../../www',
  url: `${origin}/`,
  env,
  timeout: 120_000,
  reuseExistingServer: false,
});

/** Half of the tests run as on a host that sends no headers of its own, the others with those of `www/vite/hosting.ts`. */
export const trainedServer = server(trained, '', { ELBO_ROOM_HEADERS: 'none' });
export const isolatedServer = server(isolated);

const isRoot = process.getuid?.() === 0;

// The system's own browser: Playwright's download of one is neither needed nor always possible.
const chromium = executable(
  ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  'CHROME_BIN',
);

const launch = (executablePath: string) => ({
  executablePath,
  chromiumSandbox: !isRoot,
  args: ARGUMENTS,
});

export default defineConfig<Options>({
  outputDir: 'artifacts/failures',
  reporter: [['list'], ['json', { outputFile: 'artifacts/report.json' }]],
  fullyParallel: true,
  // One more than processors: each waits now and then.
  workers: Math.min(8, availableParallelism() + 1),
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 240_000,
  expect: {
    // The tests of the trained networks take most of two cores meanwhile.
    timeout: 40_000,
    // The edges of letters and lines may be drawn a little differently by another version of the browser; a word is more.
    toHaveScreenshot: { maxDiffPixels: 60, threshold: 0.2 },
  },
  snapshotPathTemplate: 'baselines/{arg}{ext}',
  projects: [
    {
      name: 'models',
      testDir: 'models',
      // First, and one at a time: they use every core there is, and those of the page fill what they leave.
      workers: 1,
      timeout: 600_000,
      expect: { timeout: 180_000 },
      use: { baseURL: `${trained}/`, networks: 'trained' },
    },
    {
      name: 'page',
      testDir: 'page',
      testIgnore: 'visual.spec.ts',
      use: { baseURL: `${standIn}/`, networks: 'stand-in' },
    },
    {
      name: 'visual',
      testDir: 'page',
      testMatch: 'visual.spec.ts',
      // The baselines have the letters as Chromium draws them.
      use: { baseURL: `${standIn}/`, networks: 'stand-in', launchOptions: launch(chromium) },
    },
  ],
  use: {
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    viewport: { width: 1280, height: 900 },
    // It would answer requests in the place of the tests that do.
    serviceWorkers: 'block',
    // A trace of every test takes longer than the tests: `--trace retain-on-failure` asks for it.
    trace: 'off',
    screenshot: 'only-on-failure',
    // The same without windows takes less time, where `cargo xtask` has found it.
    launchOptions: launch(process.env['ELBO_ROOM_HEADLESS_SHELL'] ?? chromium),
  },
  webServer: [
    server(standIn, '--config ../tests/e2e/standin/vite.config.ts'),
    trainedServer,
    isolatedServer,
  ],
});
