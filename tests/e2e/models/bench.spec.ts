import { fileURLToPath } from 'node:url';
import { cells, type Report } from '../../../www/src/bench/report.ts';
import { check, read, run } from '../brief.ts';
import { expectAccessible, expectNoOverflow } from '../checks.ts';
import { expect, test } from '../fixtures.ts';
import { bench } from '../texts.ts';
import { isolated } from '../playwright.config.ts';

const { en, zh } = bench;
const FIXTURES = new URL('../../fixtures/onnx/', import.meta.url);

test('without isolation the other engine has one thread, which is said before anything runs', async ({
  page,
}) => {
  await page.goto('./bench/');
  await expect(page.getByRole('note')).toContainText('one thread');
});

test.describe('where the page is isolated', () => {
  test.use({ baseURL: `${isolated}/` });

  test('the benchmark measures both engines, and tells it in both languages', async ({ page }) => {
    const report = await run(page);
    check(report, await page.evaluate(() => navigator.hardwareConcurrency));
    await expect(page.getByRole('note')).toHaveCount(0);
    const table = page.getByTestId('bench-table');
    await expect(table.getByRole('row')).toHaveCount(1 + report.rows.length);
    // The JSON is in English, and so is this page.
    const written = (row: Report['rows'][number]) => cells(row, en).join('');
    await expect(table.locator('tbody tr')).toHaveText(report.rows.map(written));
    await expectAccessible(page);

    await page.getByTestId('language-zh').click();
    await expect(page).toHaveTitle(`${zh.title} · ELBO Room`);
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
    await expect(page).toHaveURL(/#run&brief&lang=zh$/);
    await expect(page.getByTestId('bench-status')).toHaveText(zh.done);
    await expect(table.getByRole('columnheader')).toHaveText(Object.values(zh.headings));
    await expect(table.locator('[data-met] th').first()).toHaveText(zh.rows.slider);
    await expect(table.locator('tbody')).not.toContainText(
      /evaluation|thread|median|percentile|undefined/,
    );
    expect(JSON.parse((await page.getByTestId('bench-json').textContent()) ?? '')).toEqual(report);
    await expectAccessible(page);
    for (const width of [390, 768, 961, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoOverflow(page, `${width} pixels`);
    }
    await expect(page.getByRole('link')).toHaveAttribute('href', '../#lang=zh');
  });

  test('networks of a visitor are measured in place of all else', async ({ page }) => {
    await page.goto('./bench/#brief');
    const names = ['unet-jit15.onnx', 'conv-encoder-jit12.onnx'];
    const files = names.map((name) => fileURLToPath(new URL(name, FIXTURES)));
    await page.getByTestId('bench-own').setInputFiles(files);
    await page.getByRole('button', { name: en.run, exact: true }).click();
    const report = await read(page);
    expect(report.rows.map(({ id }) => id)).toEqual(['own-1', 'own-2']);
    expect(report.rows.map(({ title }) => title)).toEqual(
      names.map((file) => en.rows.own({ file })),
    );
    expect(report.agreement.map(({ output }) => output)).toEqual([
      en.agreement.own({ output: 'eps', file: 'unet-jit15.onnx' }),
      en.agreement.own({ output: 'moments', file: 'conv-encoder-jit12.onnx' }),
    ]);
    for (const { difference, met } of report.agreement) {
      expect(met).toBe(true);
      expect(difference).toBeLessThan(1e-4);
    }
    await expectAccessible(page);
  });
});
