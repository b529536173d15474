import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { defineConfig } from '@playwright/test';

/** The system's own browser: Playwright's download of one is neither needed nor always possible. */
function findChromium(): string {
  if (process.env['CHROME_BIN']) return process.env['CHROME_BIN'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    for (const folder of folders) {
      const candidate = join(folder, name);
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error('no Chromium or Chrome on PATH; name one in CHROME_BIN');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object'
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });
}

// This file is read again by every worker process; they must all find the servers that the first one started.
process.env['ELBO_ROOM_E2E_PORT'] ??= String(await freePort());
process.env['ELBO_ROOM_E2E_ISOLATED_PORT'] ??= String(await freePort());
const port = Number(process.env['ELBO_ROOM_E2E_PORT']);

/** Serves the built page, isolated from other origins or not. */
const server = (port: number, env: Record<string, string>) => ({
  command: `npm run preview -- --host 127.0.0.1 --strictPort --port ${port}`,
  cwd: '../../www',
  url: `http://127.0.0.1:${port}/`,
  env,
  timeout: 120_000,
  reuseExistingServer: false,
});
const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: '.',
  outputDir: 'artifacts/failures',
  reporter: [['list']],
  // The models use every core there is: tests beside each other would only wait for each other.
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 300_000,
  expect: { timeout: 60_000 },
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    viewport: { width: 1280, height: 900 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: findChromium(),
      chromiumSandbox: !isRoot,
      args: [
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-dev-shm-usage',
        '--disable-gpu',
        '--disable-quic',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  webServer: [
    server(port, {}),
    server(Number(process.env['ELBO_ROOM_E2E_ISOLATED_PORT']), { ELBO_ROOM_ISOLATED: '1' }),
  ],
});
