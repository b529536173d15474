import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { HIDEABLE } from './hideable.ts';

const folder = new URL('..', import.meta.url);
const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.svelte'))
  .map((path) => readFileSync(new URL(path, folder), 'utf8'))
  .join('\n');

/** Where a component says the value of an attribute, be it by the name of a property. */
const FORMS: Record<string, (value: string) => string[]> = {
  'data-anchor': (value) => [`anchor="${value}"`],
  'data-testid': (value) => [`testid="${value}"`, `testid="{prefix}${value}"`, `name="${value}"`],
  'data-part': (value) => [`data-part="${value}"`],
  'aria-labelledby': (value) => [`aria-labelledby="${value}"`],
};

it.each(Object.entries(HIDEABLE))('what %s hides is on the page', (_, selector) => {
  const parts = [...selector.matchAll(/\[([\w-]+)\^?="([^"]+)"\]/g)];
  for (const [, attribute = '', value = ''] of parts) {
    const forms = FORMS[attribute]?.(value) ?? [];
    const found = value.endsWith('-')
      ? source.includes(`testid="${value}`)
      : forms.some((form) => source.includes(form));
    expect(found, `${attribute} ${value}`).toBe(true);
  }
  expectPairs(selector);
});

/** Brackets and parentheses are in pairs. */
function expectPairs(selector: string): void {
  const open: string[] = [];
  for (const sign of selector) {
    if (sign === '[' || sign === '(') open.push(sign);
    if (sign === ']') expect(open.pop()).toBe('[');
    if (sign === ')') expect(open.pop()).toBe('(');
  }
  expect(open).toEqual([]);
}
