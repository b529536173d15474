import { render, waitFor } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { markFirstPicture } from '../engine/first.ts';
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

it('each has its picture, after the first one of the page', async () => {
  const { page } = await open({ hash: '#lab=inference' }, () => null);
  vi.useRealTimers();
  const { findAllByRole } = render(Presets, { page, report: vi.fn() });
  const links = await findAllByRole('link');
  expect(links.length).toBeGreaterThanOrEqual(10);
  markFirstPicture();
  const drawn = () => links.map((link) => link.querySelectorAll('svg path').length);
  await waitFor(() => expect(Math.min(...drawn())).toBeGreaterThan(2), { timeout: 20_000 });
});
