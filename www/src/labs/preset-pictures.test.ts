import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LABS } from './index.ts';
import { PICTURE } from './presets.ts';

const CLASSES = /\.([\w-]+)(?=[^{}]*\{)/g;
const styles = readFileSync(new URL('../app/PresetPicture.svelte', import.meta.url), 'utf8');
const known = new Set([...styles.matchAll(CLASSES)].map(([, name]) => name));

const numbersOf = (path: string) =>
  [...path.matchAll(/-?\d+(\.\d+)?/g)].map(([text]) => Number(text));

const WITH_PRESETS = LABS.flatMap(({ id, presets, presetPictures }) =>
  presets ? [{ id, presets, presetPictures }] : [],
);

describe.each(WITH_PRESETS)('$id', ({ presets, presetPictures }) => {
  it('has a picture of each worked state, all of them different', async () => {
    const [{ default: all }, { default: pictures = {} } = {}] = await Promise.all([
      presets(),
      presetPictures?.(),
    ]);
    expect(Object.keys(pictures)).toEqual(all.map((preset) => preset.id));
    expect(new Set(Object.values(pictures).map((picture) => JSON.stringify(picture))).size).toBe(
      all.length,
    );
  });

  it('draws in the box, with colours that the page has, more than a ground', async () => {
    const { default: pictures = {} } = (await presetPictures?.()) ?? {};
    for (const [preset, picture] of Object.entries(pictures)) {
      expect(picture.length, preset).toBeGreaterThan(2);
      for (const [paint, path] of picture) {
        expect(/^[\da-f]{2}$/.test(paint) || known.has(paint), `${preset}: ${paint}`).toBe(true);
        const numbers = numbersOf(path);
        expect(numbers.every(Number.isFinite), preset).toBe(true);
        expect(Math.max(...numbers.map(Math.abs)), preset).toBeLessThanOrEqual(PICTURE.width);
      }
    }
  });
});
