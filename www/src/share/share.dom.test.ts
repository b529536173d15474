import { render, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeAll, afterEach, beforeEach, expect, it, vi } from 'vitest';
import { messages } from '../messages/index.ts';
import { rasterOf } from './raster.ts';
import Share from './Share.svelte';
import type { Subject } from './subject.ts';

const text = messages.share;
const ADDRESS = new URL('#len=6&seed=3', location.href).href;
let saved: { name: string; blob: Blob }[] = [];
/** What the browser calls when the dialog has another size. */
let resized = () => {};

beforeEach(() => {
  saved = [];
  history.replaceState(null, '', ADDRESS);
  // jsdom has no modal dialogs.
  Object.assign(HTMLDialogElement.prototype, {
    showModal(this: HTMLDialogElement) {
      this.open = true;
    },
    close(this: HTMLDialogElement) {
      this.open = false;
    },
  });
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(callback: () => void) {
        resized = callback;
      }
      observe() {}
      disconnect() {}
    },
  );
  let last: Blob;
  // Left as it is: what is saved is let go a while later.
  Object.assign(URL, {
    createObjectURL: (blob: Blob) => ((last = blob), 'blob:1'),
    revokeObjectURL: () => undefined,
  });
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    saved.push({ name: this.download, blob: last });
  });
});

// Importing takes longer on a busy machine than a dialog is waited for.
beforeAll(() => import('./Menu.svelte'));
afterEach(() => {
  history.replaceState(null, '', '/');
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Of this file's document: `screen` keeps the one of the first. */
const body = () => within(document.body);
const bytesOf = (blob = new Blob()): Promise<ArrayBuffer> =>
  new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as ArrayBuffer);
    reader.readAsArrayBuffer(blob);
  });
const picture = () => rasterOf([0, 255], { channels: 1, height: 1, width: 2 });

async function opened(subject: Partial<Subject>) {
  // Its clipboard stands in for that of the browser.
  const user = userEvent.setup();
  render(Share, { subject: { file: 'chain', title: 'The chain', ...subject } });
  const button = body().getByRole('button', { name: text.open({ title: 'The chain' }) });
  await user.click(button);
  await body().findByRole('dialog', { name: text.title({ title: 'The chain' }) });
  const press = async (key: string) => {
    await user.click(body().getByTestId(`share-${key}`));
    await vi.waitFor(() =>
      expect(body().getByTestId('share-link')).toHaveProperty('disabled', false),
    );
  };
  return { user, button, press, said: () => body().getByTestId('share-said').textContent.trim() };
}

const keys = () =>
  body()
    .getAllByRole('button')
    .flatMap(({ dataset: { testid } }) => (testid?.startsWith('share-') ? [testid.slice(6)] : []));

it('offers what the subject has, and gives the focus back', async () => {
  const { user, button } = await opened({ picture, table: () => null });
  expect(keys()).toEqual([
    'link',
    'embed',
    'png-1',
    'png-8',
    'png-16',
    'csv',
    'json',
    'copy-csv',
    'copy-json',
  ]);
  await user.click(body().getByRole('button', { name: text.close }));
  expect(body().queryByRole('dialog')).toBeNull();
  expect(document.activeElement).toBe(button);
});

it('closes with the lab that it stands in, which nobody could do by hand', async () => {
  await opened({ picture });
  const dialog = body().getByRole('dialog');
  const boxes = vi.spyOn(dialog, 'getClientRects');
  boxes.mockReturnValue([new DOMRect(0, 0, 9, 9)] as unknown as DOMRectList);
  resized();
  expect(body().queryByRole('dialog')).toBe(dialog);
  boxes.mockReturnValue([] as unknown as DOMRectList);
  resized();
  await vi.waitFor(() => expect(body().queryByRole('dialog')).toBeNull());
});

it('copies the address, and says where the browser refuses', async () => {
  const { press, said } = await opened({});
  await press('link');
  expect(await navigator.clipboard.readText()).toBe(ADDRESS);
  expect(said()).toBe(text.copied);
  vi.spyOn(navigator.clipboard, 'writeText').mockRejectedValue(new Error('NotAllowedError'));
  await press('link');
  expect(said()).toBe(text.refused);
  expect(body().getByRole('alert').textContent).toContain(text.refused);
});

it('saves a picture enlarged under a name that says so, and refuses one that no program opens', async () => {
  const { press, said } = await opened({ picture });
  await press('png-8');
  expect(said()).toBe(text.saved({ name: 'chain-x8.png' }));
  expect(saved.map(({ name, blob }) => [name, blob.type])).toEqual([['chain-x8.png', 'image/png']]);
  const view = new DataView(await bytesOf(saved[0]?.blob));
  expect([view.getUint32(16), view.getUint32(20)]).toEqual([16, 8]);
});

it('says that there is nothing yet, and that an enlargement is too large', async () => {
  const large = rasterOf(new Uint8Array(600), { channels: 1, height: 1, width: 600 });
  let current: ReturnType<typeof picture> | null = null;
  const { press, said } = await opened({ picture: () => current });
  await press('png-1');
  expect(said()).toBe(text.notYet);
  current = large;
  await press('png-8');
  expect(said()).toBe(text.tooLarge({ side: 4096 }));
  expect(saved).toEqual([]);
  await press('png-1');
  expect(saved.map(({ name }) => name)).toEqual(['chain.png']);
});

it('saves and copies numbers, with the address in JSON', async () => {
  const { press } = await opened({ table: () => ({ columns: ['t'], rows: [[1]] }) });
  await press('json');
  await press('copy-csv');
  expect(saved.map(({ name }) => name)).toEqual(['chain.json']);
  expect(JSON.parse(new TextDecoder().decode(await bytesOf(saved[0]?.blob)))).toEqual({
    address: ADDRESS,
    results: [{ t: 1 }],
  });
  expect(await navigator.clipboard.readText()).toBe('t\r\n1\r\n');
});

it('makes a film, says where the browser has no encoder, and can be cancelled', async () => {
  const film = vi.fn(() => Promise.resolve({ frames: [picture(), picture()], delay: 50 }));
  const { press, said } = await opened({ film });
  await press('gif');
  expect(saved.map(({ name, blob }) => [name, blob.type])).toEqual([['chain.gif', 'image/gif']]);
  await press('mp4');
  expect(said()).toBe(text.noEncoder);
  let signal: AbortSignal | undefined;
  film.mockImplementation(
    (...[asked]: unknown[]) =>
      new Promise((_, reject) => {
        ({ signal } = asked as { signal: AbortSignal });
        signal.addEventListener('abort', () => reject(signal?.reason as Error));
      }),
  );
  await userEvent.click(body().getByTestId('share-webm'));
  await userEvent.click(await body().findByRole('button', { name: text.cancel }));
  await vi.waitFor(() => expect(said()).toBe(text.cancelled));
  expect(signal?.aborted).toBe(true);
  expect(body().queryByRole('alert')).toBeNull();
});

it('says why a file could not be made', async () => {
  const { press, said } = await opened({
    film: () => Promise.reject(new RangeError('out of memory')),
  });
  await press('gif');
  expect(said()).toBe(text.failed({ reason: 'out of memory' }));
});

it('shows code and copies it', async () => {
  const { press } = await opened({
    code: {
      python: () => Promise.resolve('import torch'),
      javascript: () => Promise.resolve('await init()'),
    },
  });
  await press('python');
  expect(body().getByTestId('share-code').textContent).toBe('import torch');
  await press('copy-code');
  expect(await navigator.clipboard.readText()).toBe('import torch');
  await press('javascript');
  expect(body().getByTestId('share-code').textContent).toBe('await init()');
});
