import { render } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { messages } from '../messages/index.ts';
import { clearUp, open, pass } from '../testing/page.svelte.ts';
import { workerOf } from '../testing/worker.ts';
import Loading from './Loading.svelte';
import Notices from './Notices.svelte';

afterEach(clearUp);

async function shown(surroundings: Parameters<typeof open>[0] = {}) {
  const { engine, page } = await open(surroundings, () => null);
  const { container, getByRole, getAllByRole } = render(Notices, { engine, page });
  const lines = () => Array.from(container.querySelectorAll('p'), ({ textContent }) => textContent);
  return { engine, page, lines, getByRole, getAllByRole };
}

const text = messages.notices;

describe('the notices', () => {
  it('say what a link asked for and did not get', async () => {
    const { lines } = await shown({ hash: '#len=99&k=7&attic=1' });
    expect(lines()).toEqual([
      text.cut,
      text.rejected({ key: 'k', value: '7' }),
      text.unknown({ key: 'attic' }),
    ]);
  });

  it('say of many that there are more, and of a link that is too long that it was not read', async () => {
    const many = Array.from({ length: 20 }, (_, i) => `x${i}=1`).join('&');
    const { lines } = await shown({ hash: `#${many}` });
    expect(lines()).toHaveLength(9);
    expect(lines().at(-1)).toBe(text.moreRejected({ count: '12' }));
    clearUp();
    const long = await shown({ hash: `#z=${'1,'.repeat(200_000)}` });
    expect(long.lines()).toEqual([text.tooLong({ characters: '400,003' })]);
  });

  it('show no text of a stranger as a sentence', async () => {
    const { lines } = await shown({ hash: '#Your+account+was+locked,+call+555+now=please+do' });
    expect(lines()).toEqual([text.unknown({ key: 'Your+account+was+locked,+call+55…' })]);
  });

  it('go when they are dismissed', async () => {
    const { engine, lines, getByRole } = await shown({ hash: '#k=7' });
    engine.report(new Error('the canvas is gone'));
    await pass();
    expect(lines()).toHaveLength(2);
    getByRole('button', { name: messages.dismiss }).click();
    await pass();
    expect(lines()).toEqual([]);
  });

  it('tell of a worker that was restarted, and offer to restart one that was given up', async () => {
    const { engine, lines, getByRole } = await shown();
    workerOf('decoder').die('unreachable');
    await pass();
    expect(lines()).toEqual([text.restarted({ role: text.roles.decoder, reason: 'unreachable' })]);
    for (let death = 0; death < 3; death++) {
      workerOf('decoder').die('unreachable');
      await pass();
    }
    expect(lines()).toEqual([text.down({ role: text.roles.decoder, reason: 'unreachable' })]);
    getByRole('button', { name: text.restart }).click();
    await pass();
    expect(lines()).toEqual([]);
    expect(engine.decoder.loaded).toBe(true);
  });
});

it('offers to try again what did not load', async () => {
  let missing = true;
  const { engine } = await open(
    { site: (path) => (missing && path === 'mnist-ddpm.onnx' ? null : undefined) },
    () => null,
  );
  const { container, getByRole } = render(Loading, { engine });
  expect(container.textContent).toContain(messages.errors.missing({ file: 'mnist-ddpm.onnx' }));
  missing = false;
  getByRole('button', { name: messages.loading.retry }).click();
  await pass();
  expect(engine.sampler.loaded).toBe(true);
  expect(container.textContent.trim()).toBe('');
});
