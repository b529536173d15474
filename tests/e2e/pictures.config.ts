/** `npm run pictures` takes the README's pictures anew, from the built page: digits and drawings of its own, no image of MNIST. */
import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

export default defineConfig({
  ...tests,
  testDir: './pictures',
  testMatch: '*.pictures.ts',
  use: { ...tests.use, trace: 'off', screenshot: 'off', viewport: { width: 1280, height: 900 } },
});
