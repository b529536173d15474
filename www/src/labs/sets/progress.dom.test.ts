import { render } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { speech } from '../../messages/speech.svelte.ts';
import Progress from './Progress.svelte';
import type { SetScoring } from './scoring.svelte.ts';

afterEach(() => {
  speech.chosen = null;
});

async function said(language: 'en' | 'zh', scoring: object, wanted = 100_000): Promise<string> {
  speech.chosen = language;
  await speech.load();
  const state = { status: 'running', error: null, rate: null, done: 0, ...scoring };
  const some = { ...state, doneOf: () => state.done } as unknown as SetScoring;
  const { getByTestId, unmount } = render(Progress, { scoring: some, wanted, testid: 'progress' });
  const text = getByTestId('progress').textContent.trim();
  unmount();
  return text;
}

describe('what a scoring has left', () => {
  it.each([
    // Rounded up: it is never over before it says so.
    [99_990, 100, '99,990', '100', '1 s', '1 秒'],
    [99_500, 40, '99,500', '40', '13 s', '13 秒'],
    [99_200, 9, '99,200', '9.00', '89 s', '89 秒'],
    [99_100, 10, '99,100', '10', '2 min', '2 分钟'],
    [46_001, 10, '46,001', '10', '90 min', '90 分钟'],
    [46_000, 10, '46,000', '10', '1.5 h', '1.5 小时'],
    [0, 0.25, '0', '0.25', '111.1 h', '111.1 小时'],
  ])('after %d images at %d a second', async (done, rate, count, perSecond, en, zh) => {
    expect(await said('en', { done, rate })).toBe(
      `${count} of 100,000 images, ${perSecond} images/s, ${en} left`,
    );
    expect(await said('zh', { done, rate })).toBe(
      `${count} / 100,000 张图像，每秒 ${perSecond} 张，还需 ${zh}`,
    );
  });

  it('is not said before it is known, while it stands still, nor at the end', async () => {
    expect(await said('en', {})).toBe('0 of 100,000 images, Loading model …');
    expect(await said('zh', {})).toBe('0 / 100,000 张图像，正在加载模型……');
    const still = { done: 8, rate: 2 };
    expect(await said('en', { ...still, status: 'paused' })).toBe('8 of 100,000 images');
    expect(await said('zh', { ...still, status: 'done' }, 8)).toBe('8 / 8 张图像');
    const failed = { status: 'failed', error: new Error('no memory') };
    expect(await said('en', failed)).toMatch(/^Scoring stopped: .*no memory/);
    expect(await said('zh', failed)).toMatch(/^打分已停止：.*no memory/);
  });
});
