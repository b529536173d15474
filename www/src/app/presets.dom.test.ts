import { render } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { clearUp, open } from '../testing/page.svelte.ts';
import Presets from './Presets.svelte';

afterEach(clearUp);

it('worked examples are those of the lab on display', async () => {
  const { page } = await open({ hash: '#lab=elbo' }, () => null);
  vi.useRealTimers();
  const report = vi.fn();
  const { findByTestId, queryByTestId } = render(Presets, { page, report });
  const link = (await findByTestId('preset-two-chains')) as HTMLAnchorElement;
  expect(link.hash).toContain('vs.b=fashion-ddpm');
  page.state.lab = 'sets';
  const other = (await findByTestId('preset-no-digits')) as HTMLAnchorElement;
  expect(other.hash).toContain('set=strangers');
  expect(queryByTestId('preset-two-chains')).toBeNull();
  expect(report).not.toHaveBeenCalled();
});
