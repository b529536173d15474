/** A VAE of the visitor's own in colour, whose decoder gives the mean of a Gaussian. */
import { printPixels } from '../../../www/src/drawing/pixels.ts';
import { estimate } from '../../../www/src/format.ts';
import { FEW } from '../drawing.ts';
import { expect, open, test } from '../fixtures.ts';
import { nameOf } from '../labs.ts';
import { withoutRounding } from '../numbers.ts';
import { drop, proposed, removeIt, stage } from '../own-models.ts';

const FILES = ['foreign/encoder-colour.onnx', 'foreign/decoder-tanh.onnx'];
const shape = { channels: 3, height: 2, width: 2 };
const levels = Uint8Array.of(250, 10, 90, 30, 200, 120, 0, 255, 60, 140, 180, 220);

test('a colour VAE is dropped and accepted, its card has the number of the crate in Node, a reload keeps it, and it is removed', async ({
  page,
  crate,
}) => {
  // One instance of the crate has all models.
  expect(crate.vaeEntry.kind).toBe('vae');
  await open(page, `lab=elbo&${FEW}&image=pixels:${printPixels({ levels, shape })}`);
  await drop(page, FILES);
  await stage(page, 'checked');
  await page.getByTestId('use-model').click();
  // A VAE is shown where its sliders are.
  const id = await page.getByTestId('pick-latent').inputValue();
  expect(id).toMatch(/^own\./);
  const bound = (await proposed(FILES)).bound(levels, { samples: 100, seed: 0 });
  while (!bound.done) bound.step();
  const { elbo, reconstruction, kl } = bound.result() ?? {};
  if (!elbo || !reconstruction || !kl) throw new Error('there is a bound');
  const card = page.getByTestId(`bound-${id}`);
  const expectBound = async () => {
    await expect(card).toHaveAttribute('data-status', 'done');
    for (const [name, value] of Object.entries({ elbo, reconstruction, kl }))
      await expect(page.getByTestId(`${id}-${name}`).locator('.mean')).toHaveText(
        estimate(withoutRounding(value), 2).mean,
      );
  };
  await page.getByRole('link', { name: nameOf('elbo') }).click();
  await expectBound();
  await page.reload();
  await expectBound();
  await expect(page.getByTestId('notices')).toHaveText('');
  await page.getByRole('link', { name: nameOf('latent') }).click();
  await removeIt(page);
  await page.getByRole('link', { name: nameOf('elbo') }).click();
  await expect(card).toHaveCount(0);
});
