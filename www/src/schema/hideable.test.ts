import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { HIDEABLE, HIDEABLE_IN, HIDEABLE_NAMES } from './hideable.ts';

const folder = new URL('..', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
const read = (isPart: (path: string) => boolean) =>
  files
    .filter(isPart)
    .map((path) => readFileSync(new URL(path, folder), 'utf8'))
    .join('\n');
const source = read((path) => path.endsWith('.svelte'));
const commands = read((path) => /commands(\.svelte)?\.ts$/.test(path));

/** Where a component says the value of an attribute, be it by the name of a property. */
const FORMS: Record<string, (value: string) => string[]> = {
  'data-anchor': (value) => [`anchor="${value}"`],
  'data-testid': (value) => [
    // Both ends of the brush.
    `testid="${value.replace(/(low|high)$/, '{end}')}"`,
    `testid="${value}"`,
    `testid="{prefix}${value}"`,
    `name="${value}"`,
    `name="{prefix}${value}"`,
  ],
  'data-part': (value) => [`data-part="${value}"`],
  'aria-labelledby': (value) => [`aria-labelledby="${value}"`],
};

it.each(Object.entries(HIDEABLE))('what %s hides is on the page', (_, selector) => {
  const parts = [...selector.matchAll(/\[([\w-]+)[\^$]?="([^"]+)"\]/g)];
  for (const [, attribute = '', value = ''] of parts) {
    if (attribute === 'data-command') {
      const made = value.replace(/^latent\.(random|keep|load)\.$/, 'latent.${name}.${end}');
      expect(commands, value).toMatch(
        new RegExp(`id: ['\`]${made.replaceAll(/[.$[{}]/g, '\\$&')}['\`]`),
      );
      continue;
    }
    const forms = FORMS[attribute]?.(value) ?? [];
    const [, head = '', rest = ''] = /^(\w+)-(.*)$/.exec(value) ?? [];
    const found = value.endsWith('-')
      ? source.includes(`testid="${value}`)
      : forms.some((form) => source.includes(form)) ||
        // The name of a part within a component's own.
        (source.includes(`testid="{testid}-${rest}"`) && source.includes(`testid="${head}"`));
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

it('every name is in the table that visitors read, and no other', () => {
  const readme = readFileSync(new URL('../../../npm/README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| (\w+) +\| (`[^|]+`) +\|$/gm)].map(
    ([, where = '', names = '']) => [where, names.replaceAll('`', '').split(', ')],
  );
  const expected = Object.entries(HIDEABLE_IN).map(([where, names]) => [where, Object.keys(names)]);
  expect(rows).toEqual(expected);
  expect(new Set(HIDEABLE_NAMES).size).toBe(expected.flatMap(([, names]) => names).length);
});
