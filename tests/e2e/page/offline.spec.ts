/** The page without a connection, once it has been there. */
import { expect, open, painted, test } from '../fixtures.ts';

test.use({ serviceWorkers: 'allow' });

test('opens without a connection, with the models that it had', async ({
  page,
  context,
  guard,
}) => {
  await open(page, 'timesteps=64');
  const digit = page.getByTestId('latent-digit');
  const before = await painted(digit);
  await expect(page.getByTestId('elbo-vae')).toHaveAttribute('data-current', 'true');
  // Kept as a whole before it is active.
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  const lists = () =>
    page.evaluate(async () => (await (await caches.open('elbo-room lists')).keys()).length);
  await expect.poll(lists).toBe(1);
  await context.setOffline(true);
  guard.allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
  await page.reload();
  expect(await painted(digit)).toBe(before);
  await page.getByRole('link', { name: /^Data sets$/ }).click();
  await expect(page.getByTestId('sets-files')).toBeVisible();
});
