import { render } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { clearUp, open } from '../testing/page.svelte.ts';
import Presets from './Presets.svelte';

afterEach(clearUp);

it('worked examples stand where a lab has some, and nothing in their place where it has none', async () => {
  const { page } = await open({ hash: '#lab=elbo' }, () => null);
  vi.useRealTimers();
  const report = vi.fn();
  const { findByTestId, queryByRole } = render(Presets, { page, report });
  const link = (await findByTestId('preset-two-chains')) as HTMLAnchorElement;
  expect(link.hash).toContain('vs.b=fashion-ddpm');
  page.state.lab = 'sets';
  await vi.waitFor(() => expect(queryByRole('navigation')).toBeNull());
  expect(report).not.toHaveBeenCalled();
});
