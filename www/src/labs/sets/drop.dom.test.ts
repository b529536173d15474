import { File as NodeFile } from 'node:buffer';
import { fireEvent, render } from '@testing-library/svelte';
import { zipSync } from 'fflate';
import { afterEach, expect, it, vi } from 'vitest';
import type { LabContext } from '../module.ts';
import { clearUp, open } from '../../testing/page.svelte.ts';
import { SetsLab } from './lab.svelte.ts';
import { SetLibrary } from './library.svelte.ts';
import Sets from './Sets.svelte';

afterEach(clearUp);

const nothing = {
  read: async () => null,
  write: async () => undefined,
  remove: async () => undefined,
  names: async () => [],
};
const zip = (name: string, ...inside: string[]) => {
  const packed = zipSync(Object.fromEntries(inside.map((path) => [path, new Uint8Array()])));
  // jsdom's files cannot be read.
  return new NodeFile([new Uint8Array(packed)], name) as unknown as File;
};

it('takes archives that are dropped for data sets, and hands those of models to the page', async () => {
  const library = new SetLibrary(Promise.resolve(nothing));
  const { engine, page, lab } = await open(
    { hash: '#lab=sets' },
    (engine, page) => new SetsLab(engine, page, library),
  );
  const opened = vi.spyOn(lab, 'open').mockResolvedValue();
  const give = vi.fn<(files: readonly File[]) => void>();
  const context = { engine, page, models: { give } } as unknown as LabContext;
  const { getByTestId } = render(Sets, { ...context, lab });
  const drop = async (...files: File[]) => {
    const dataTransfer = { files, items: files.map(() => ({ webkitGetAsEntry: () => null })) };
    const passed = await fireEvent.drop(getByTestId('sets-lab'), { dataTransfer });
    const calls = () => opened.mock.calls.length + give.mock.calls.length;
    if (!passed) await vi.waitUntil(() => calls() > 0);
    const found = [opened.mock.lastCall?.[0].map(({ path }) => path), give.mock.lastCall?.[0]];
    opened.mockClear();
    give.mockClear();
    return [passed, ...found];
  };
  const [model, digits] = [zip('vae.zip', 'manifest.json', 'vae.onnx'), zip('digits.zip', '1.png')];
  expect(await drop(model)).toEqual([false, undefined, [model]]);
  expect(await drop(digits)).toEqual([false, ['digits.zip'], undefined]);
  // What is seen by its name alone is left to the page.
  const graph = new File([], 'vae.onnx');
  expect(await drop(graph)).toEqual([true, undefined, undefined]);
});
