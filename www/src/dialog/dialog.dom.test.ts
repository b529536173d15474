import { render } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { clearUp } from '../testing/page.svelte.ts';
import Dialog from './Dialog.svelte';

beforeEach(() => {
  // jsdom has no modal dialogs.
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  );
});
afterEach(clearUp);

const children = createRawSnippet(() => ({ render: () => '<input type="file" />' }));

function open(more: { keep?: boolean; heading?: 'plain' | 'fixed' | 'none' } = {}) {
  const onclose = vi.fn();
  const shown = render(Dialog, {
    title: 'Files',
    close: 'Close',
    testid: 'files',
    onclose,
    children,
    ...more,
  });
  return { ...shown, onclose, dialog: shown.getByRole('dialog', { name: 'Files' }) };
}
const cancel = () => new Event('cancel', { bubbles: true, cancelable: true });

it('is dismissed by Escape, by its button and by a press beside it, not by one within', () => {
  const { dialog, getByRole, container, onclose } = open();
  container.querySelector('input')?.click();
  expect(onclose).not.toHaveBeenCalled();
  dialog.click();
  getByRole('button', { name: 'Close' }).click();
  expect(onclose).toHaveBeenCalledTimes(2);
  // Its owner takes it away, so the browser must not.
  expect(dialog.dispatchEvent(cancel())).toBe(false);
  expect(onclose).toHaveBeenCalledTimes(3);
});

it('stays when a file picker in it is cancelled', () => {
  const { container, onclose } = open();
  container.querySelector('input')?.dispatchEvent(cancel());
  expect(onclose).not.toHaveBeenCalled();
});

it('stays at a press beside it where it holds something to lose', () => {
  const { dialog, onclose } = open({ keep: true });
  dialog.click();
  expect(onclose).not.toHaveBeenCalled();
  dialog.dispatchEvent(cancel());
  expect(onclose).toHaveBeenCalledTimes(1);
});

it('tells its owner when the browser closes it without asking', () => {
  const { dialog, onclose } = open();
  dialog.dispatchEvent(new Event('close'));
  expect(onclose).toHaveBeenCalledTimes(1);
});

it('has its name without a heading too', () => {
  const { dialog, queryByRole } = open({ heading: 'none' });
  expect(dialog.getAttribute('aria-label')).toBe('Files');
  expect(queryByRole('heading')).toBeNull();
});
