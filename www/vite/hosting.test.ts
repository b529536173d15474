import { expect, test } from 'vitest';
import { FILES, HEADERS } from './hosting.ts';

test.each(Object.keys(FILES) as (keyof typeof FILES)[])(
  'hosting/%s says what the preview server sends',
  async (name) => {
    for (const said of Object.entries(HEADERS).flat()) expect(FILES[name]).toContain(said);
    await expect(FILES[name]).toMatchFileSnapshot(`../hosting/${name}`);
  },
);
