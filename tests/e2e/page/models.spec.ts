/** Models of the visitor's own: opened from files, used in the labs, kept, taken along and removed. */
import { readFile, readdir } from 'node:fs/promises';
import { toLevels } from '../../../www/pkg/elbo_room.js';
import { expectAccessible, SPANS } from '../checks.ts';
import { toGrid } from '../crate.ts';
import {
  drag,
  en,
  expect,
  expectLevels,
  levels,
  open,
  painted,
  pixels,
  rgba,
  test,
  valueOf,
} from '../fixtures.ts';
import { nameOf } from '../labs.ts';
import { drop, fixtures, give, openFiles, proposed, removeIt, stage, text } from '../own-models.ts';
import { zh } from '../texts.ts';

const VAE = ['foreign/encoder-mnist.onnx', 'foreign/decoder-mnist.onnx'];

test('a VAE that is dropped on the page is proposed, checked, used in every lab, and kept', async ({
  page,
  crate,
}) => {
  await open(page, '');
  await painted(page.getByTestId('latent-digit'));
  await drop(page, VAE);
  await stage(page, 'checked');
  const dialog = page.getByTestId('open-model');
  await expect(page.getByTestId('model-kind')).toHaveText(
    text.entry.kinds.vae({ count: 2, size: '28 × 28' }),
  );
  await expect(page.getByTestId('opened-files').locator('li')).toHaveCount(2);
  await expect(dialog).toContainText('batch × 784');
  // The encoder has a product of 28 by 4; the decoder one of 2 by 28, and the outer one of 28 by 28.
  const { files } = text;
  const about = (parameters: string, multiplyAdds: string, megabytes: string) =>
    [
      files.opset({ opset: 17, producer: 'foreign_models' }),
      files.parameters({ count: parameters }),
      files.multiplyAdds({ count: multiplyAdds }),
      files.memory({ megabytes }),
    ].join(en.comma);
  await expect(page.getByTestId('graph-figures')).toHaveText([
    about('118', '112', '0.00424'),
    about('89', '840', '0.00702'),
  ]);
  await expect(page.getByTestId('guess-decoder.output')).toHaveValue('-1');
  // The check paints what it has seen, and says that random weights are not those of a trained model.
  for (const name of ['prior', 'examples', 'reconstructions'])
    expect((await rgba(page.getByTestId(`check-${name}`))).some((byte) => byte > 0)).toBe(true);
  await expect(page.getByTestId('check-warnings')).toContainText(
    text.check.warnings['posterior-ignores-x'],
  );
  await expectAccessible(page, { exclude: SPANS });
  // The value behind the sigmoid is not the logits that the one before it is, and the check sees that.
  const value = page.getByTestId('value-decoder.output.name');
  const warnings = page.getByTestId('check-warnings');
  const probabilities = text.check.warnings['sigmoid-before-logits'];
  await expect(value).toHaveValue('before');
  await expect(warnings).not.toContainText(probabilities);
  await value.selectOption('reconstruction');
  await expect(warnings).toContainText(probabilities);
  await value.selectOption('before');
  await expect(warnings).not.toContainText(probabilities);
  await stage(page, 'checked');
  await page.getByTestId('model-name').fill('Rows of grey');
  await page.getByTestId('use-model').click();
  await expect(dialog).toHaveCount(0);

  // The latent lab: its sliders are the model's, and a picture is what the crate decodes.
  const model = await proposed(VAE);
  const sliders = page.getByTestId('latent-sliders').getByRole('slider');
  await expect(sliders).toHaveCount(2);
  const picture = page.getByTestId('latent-digit');
  await expectLevels(
    picture,
    toLevels(model.decode(Float32Array.from(model.samplePrior(28), toGrid))),
  );
  await drag(page.getByTestId('latent-0'), 0.8);
  const z = await Promise.all([0, 1].map((i) => valueOf(page.getByTestId(`latent-${i}`))));
  await expectLevels(picture, toLevels(model.decode(Float32Array.from(z))));
  expect(z[0]).toBeGreaterThan(1);

  // The card below has its bound; with two latents it has the map, without a density of classes.
  await expect(page.getByTestId('elbo-vae')).toHaveAttribute('data-current', 'true');
  const map = page.getByTestId('latent-map');
  await map.scrollIntoViewIfNeeded();
  await expect(page.getByTestId('pick-map')).toHaveValue(/^own\./);
  await expect(page.getByTestId('map-point')).toContainText('(0.00, 0.00)');
  await expectLevels(page.getByTestId('map-digit'), toLevels(model.decode(Float32Array.of(0, 0))));

  // The ELBO lab, by its name.
  await page.getByRole('link', { name: nameOf('elbo') }).click();
  const id = await page.getByTestId('pick-latent').inputValue();
  const card = page.getByTestId(`bound-${id}`);
  await expect(card).toHaveAttribute('data-current', 'true');
  await expect(page.getByTestId('compare-binarized')).toContainText('Rows of grey');
  await page.getByTestId(`compare-${id}`).uncheck();
  await expect(card).toHaveCount(0);
  await page.getByTestId(`compare-${id}`).check();
  await expect(card).toBeVisible();

  // A reload finds the model again, and another is one choice away, without a reload.
  await page.getByRole('link', { name: nameOf('latent') }).click();
  await page.reload();
  await expectLevels(picture, toLevels(model.decode(Float32Array.from(z))));
  await expect(page.getByTestId('notices')).toHaveText('');
  await page.getByTestId('pick-latent').selectOption(crate.vaeEntry.id);
  await expect(sliders).toHaveCount(crate.vaeEntry.latents.count);
  await page.getByTestId('pick-latent').selectOption({ label: 'Rows of grey' });
  await expect(sliders).toHaveCount(2);
});

test('a model is renamed, exported as a zip, removed, and opened again from the zip', async ({
  page,
}) => {
  await open(page, '');
  await openFiles(page, VAE);
  await page.getByTestId('use-model').click();
  await expect(page).toHaveURL(/vae=own\.[0-9a-f]{20}\.[0-9a-f]{8}/);
  const address = page.url();
  await page.getByTestId('open-a-model').click();
  const list = page.getByTestId('own-models');
  await list.getByRole('textbox').fill('Another name');
  await list.getByRole('textbox').press('Enter');
  const downloading = page.waitForEvent('download');
  await list.getByRole('button', { name: text.own.export }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('Another-name.zip');
  const zip = await download.path();
  await page.getByRole('button', { name: text.close, exact: true }).click();
  await removeIt(page);
  await expect(page.getByTestId('pick-latent')).not.toHaveValue(/^own\./);

  // The address of before asks for the file, by its name, and takes it.
  await page.goto('about:blank');
  await page.goto(address);
  const missing = page.getByTestId('missing-decoder');
  await expect(missing).toContainText(text.missing.title({ name: 'mnist' }));
  await missing.getByRole('button', { name: text.missing.open }).click();
  await page
    .getByTestId('model-files')
    .setInputFiles({ name: 'model.zip', mimeType: 'application/zip', buffer: await readFile(zip) });
  await stage(page, 'checked');
  await expect(page.getByTestId('model-name')).toHaveValue('Another name');
  await page.getByTestId('use-model').click();
  await expect(missing).toHaveCount(0);
  await expect(page.getByTestId('model-remark')).toHaveCount(0);
  await expect(page.getByTestId('latent-sliders').getByRole('slider')).toHaveCount(2);
  await expect(page.getByTestId('pick-latent').locator('option:checked')).toHaveText(
    'Another name',
  );
});

test('a missing model can be done without, and another one in its place says so', async ({
  page,
}) => {
  await open(page, 'vae=own.0123456789abcdef0123.89abcdef.my-vae&z=0.5,1');
  const missing = page.getByTestId('missing-decoder');
  await expect(missing).toContainText(text.missing.title({ name: 'my-vae' }));
  await missing.getByRole('button', { name: text.missing.open }).click();
  await give(page, VAE);
  await stage(page, 'checked');
  await page.getByTestId('use-model').click();
  await expect(page.getByTestId('model-remark')).toContainText(text.missing.notIt);
  await open(page, 'vae=own.0123456789abcdef0123.89abcdef.my-vae');
  await missing.getByRole('button', { name: text.missing.other }).click();
  await expect(missing).toHaveCount(0);
  await painted(page.getByTestId('latent-digit'));
});

test('a U-Net plays its chain, with the schedules and the classes that it has', async ({
  page,
}) => {
  await open(page, 'lab=denoise&steps=20');
  await openFiles(page, ['onnx/unet-jit15.onnx']);
  await expect(page.getByTestId('model-kind')).toContainText('diffusion');
  // What looks wrong stands below all choices; the bar with the button says that there is something.
  const warnings = page.getByTestId('check-warnings');
  await expect(warnings).not.toBeInViewport();
  await page.getByTestId('model-warned').click();
  await expect(warnings).toBeInViewport();
  // The guide says what else a file may do, and what to choose for it.
  const opening = page.waitForEvent('popup');
  await page.getByRole('link', { name: text.entry.guide }).click();
  const guide = await opening;
  const table = guide.getByRole('table').first();
  await expect(table).toContainText('learnedVariance');
  await guide.close();
  await page.getByTestId('use-model').click();
  await expect(page.getByTestId('schedule').getByRole('radio')).toHaveCount(1);
  await expect(
    page.getByTestId('schedule').getByRole('radio', { name: en.denoise.schedules.trained }),
  ).toBeChecked();
  await expect(page.getByTestId('denoise-computed')).toHaveText(en.denoise.computedAll);
  await page.getByRole('button', { name: en.denoise.play, exact: true }).click();
  await expect(page.getByTestId('denoise-step')).toHaveText(
    en.denoise.step({ index: 20, steps: 20 }),
  );
  await expect.poll(async () => (await levels(page.getByTestId('denoise-x0')))?.length).toBe(64);
  await expect(page.getByTestId('elbo-ddpm')).toHaveAttribute('data-status', 'done');
  await page.reload();
  await expect.poll(async () => (await levels(page.getByTestId('denoise-x0')))?.length).toBe(64);
  await page.getByRole('link', { name: nameOf('elbo') }).click();
  const id = await page.getByTestId('pick-elbo').inputValue();
  expect(id).toMatch(/^own\./);
  await expect(page.getByTestId(`bound-${id}`)).toHaveAttribute('data-current', 'true');
  await expect(page.getByTestId('notices')).toHaveText('');
  await removeIt(page);
  await expect(page.getByTestId('pick-elbo')).not.toHaveValue(/^own\./);
  await expect(page.getByTestId(`bound-${id}`)).toHaveCount(0);
});

test('the guide is one link away in Chinese as well, and says that it is in English', async ({
  page,
}) => {
  await open(page, 'lang=zh');
  await openFiles(page, ['foreign/decoder-mnist.onnx']);
  const link = page.getByRole('link', { name: zh.ownModels.entry.guide });
  await expect(link).toHaveAttribute('hreflang', 'en');
  const guide = await page.request.get((await link.getAttribute('href')) ?? '');
  expect(guide.ok()).toBe(true);
  expect(await guide.text()).toContain('learnedVariance');
});

test('a decoder alone decodes, in colour, and the page says what it lacks', async ({ page }) => {
  await open(page, '');
  await openFiles(page, ['onnx/batchnorm-decoder-jit13.onnx']);
  await expect(page.getByTestId('model-lacks')).toContainText(text.lacks.encoder);
  await page.getByTestId('use-model').click();
  await expect(page.getByTestId('latent-lacks')).toHaveText(text.lacks.encoder);
  const picture = page.getByTestId('latent-digit');
  const size = async () => (await rgba(picture)).length;
  await expect.poll(size).toBe(4 * 64 * 64);
  await expect(page.getByTestId('elbo-vae-status')).toHaveText(en.site.noBound.encoder);
  // It decodes what a slider says, also after a reload, and goes when it is removed.
  const slider = page.getByTestId('latent-0');
  await drag(slider, 0.8);
  const value = await valueOf(slider);
  const decoded = new RegExp(`^${value},`);
  await expect(picture).toHaveAttribute('data-painted', decoded);
  // The address follows a moment later.
  await expect(page).toHaveURL(new RegExp(`[#&]z=${value},`));
  await page.reload();
  await expect(picture).toHaveAttribute('data-painted', decoded);
  expect(await size()).toBe(4 * 64 * 64);
  await removeIt(page);
  await expect.poll(size).toBe(4 * 28 * 28);
  await expect(page.getByTestId('latent-lacks')).toHaveCount(0);
});

test('external data is asked for by its name, a choice is changed, and a class is chosen', async ({
  page,
}) => {
  await open(page, '');
  await page.getByTestId('open-a-model').click();
  await give(page, ['foreign/decoder-class.onnx']);
  await stage(page, 'incomplete');
  await expect(page.getByTestId('files-missing')).toContainText('decoder-class.data');
  await give(page, ['foreign/decoder-class.data']);
  await stage(page, 'checked');
  const select = page.getByTestId('guess-decoder.output');
  await select.selectOption('1');
  await stage(page, 'checked');
  await page.locator('summary', { hasText: text.entry.all }).click();
  await expect(page.getByTestId('entry-json')).toHaveValue(/"gaussian"/);
  await page.getByTestId('entry-json').fill('{"kind": "vae"');
  await page.getByRole('button', { name: text.entry.apply }).click();
  await expect(page.getByText(text.entry.invalid)).toBeVisible();
  // What it is conditioned on is a choice of the latent lab, and another class is another picture.
  await page.getByTestId('use-model').click();
  const picture = page.getByTestId('latent-digit');
  await expect.poll(async () => (await rgba(picture)).length).toBe(4 * 2 * 2);
  const before = await painted(picture);
  await page.getByTestId('latent-class').selectOption('2');
  await expect.poll(() => pixels(picture)).not.toBe(before);
  await expect(page).toHaveURL(/class=2/);
  await expect(page.getByTestId('notices')).toHaveText('');
});

test('malformed files are refused with a text, and the page goes on', async ({ page }) => {
  const names = (await readdir(new URL('onnx/malformed/', fixtures))).filter((name) =>
    name.startsWith('t'),
  );
  expect(names.length).toBeGreaterThan(10);
  await open(page, '');
  await painted(page.getByTestId('latent-digit'));
  await page.getByTestId('open-a-model').click();
  const dialog = page.getByTestId('open-model');
  for (const name of names) {
    await give(page, [`onnx/malformed/${name}`]);
    await expect(dialog).toHaveAttribute('data-stage', /failed|incomplete/);
    await expect(dialog.getByRole('alert').first()).not.toBeEmpty();
    await page.getByRole('button', { name: text.fromStart }).click();
    await stage(page, 'empty');
  }
  await page.getByRole('button', { name: text.close, exact: true }).click();
  await expect(page.getByTestId('notices')).toHaveText('');
  await drag(page.getByTestId('latent-0'), 0.7);
  await expect(page.getByTestId('loading')).toHaveCount(0);
});
