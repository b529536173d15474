/** Files that the visitor gives to the page. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

interface GivenFile {
  name: string;
  type: string;
  bytes: Buffer;
}

const fixtures = new URL('../../fixtures/foreign/', import.meta.url);
/** A VAE of the visitor's own. */
export const VAE: GivenFile[] = ['encoder-mnist.onnx', 'decoder-mnist.onnx'].map((name) => ({
  name,
  type: '',
  bytes: readFileSync(new URL(name, fixtures)),
}));

/**
 * Puts files into an input; false where there is none. Playwright's `setInputFiles` keeps a handle of the input until the page is
 * closed, and with it all that the page has taken away meanwhile: the heap would grow.
 */
export function give(page: Page, selector: string, files: readonly GivenFile[]): Promise<boolean> {
  const sent = files.map(({ name, type, bytes }) => ({
    name,
    type,
    base64: bytes.toString('base64'),
  }));
  return page.evaluate(
    async ({ selector, sent }) => {
      const input = document.querySelector<HTMLInputElement>(selector);
      if (!input) return false;
      const transfer = new DataTransfer();
      for (const { name, type, base64 } of sent) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type }));
      }
      input.files = transfer.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
      return true;
    },
    { selector, sent },
  );
}
