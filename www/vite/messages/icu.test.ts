import { expect, it } from 'vitest';
import { compiled } from './compile.ts';
import { common, kindsOf, partsOf, pluralFaults } from './icu.ts';
import { pseudo } from './pseudo.ts';
import { say } from './say.ts';

it.each([
  ['{n', /not ICU MessageFormat/],
  ['{n, plural, one {a}}', /not ICU MessageFormat/],
  ['{n, number}', /formats of numbers, dates and times are not supported/],
  ['{n, date, short}', /not supported/],
  ['{n, plural, offset:1 one {a} other {b}}', /offset/],
  ['{0}', /\{0\} is not a name/],
  ['{n, plural, other {a}}{n, select, true {a} other {b}}', /\{n\} cannot be all/],
])('refuses %s', (message, reason) => {
  expect(() => partsOf(message)).toThrow(reason);
});

it('knows what each argument has to be', () => {
  const message =
    '{a}{a, plural, other {}}{b, select, true {} other {{c}}}{d, select, none {} x {} other {{e, selectordinal, one {} other {}}}}';
  expect([...kindsOf(partsOf(message))]).toEqual([
    ['a', 'number'],
    ['b', 'boolean'],
    ['c', 'any'],
    ['d', 'text'],
    ['e', 'number'],
  ]);
  expect(common('any', 'text')).toBe('text');
  expect(common('text', 'boolean')).toBeNull();
});

it('keeps quoted braces, apostrophes and what is code in JavaScript', () => {
  const message = "x_'{t}' it’s `a` ${b} \\n {c}";
  expect(say(partsOf(message), { b: 1, c: 2 }, 'en')).toBe('x_{t} it’s `a` $1 \\n 2');
  expect(compiled(message, 'en')).toBe('(a)=>`x_{t} it’s \\`a\\` $${a.b} \\\\n ${a.c}`');
});

it('says the case of a number, of a language, and of an empty text', () => {
  const files = partsOf('{n, plural, =0 {no file} one {# file} few {# files!} other {# files}}');
  const said = (n: number, language: string) => say(files, { n }, language);
  expect([0, 1, 3, 5].map((n) => said(n, 'en'))).toEqual([
    'no file',
    '1 file',
    '3 files',
    '5 files',
  ]);
  expect([0, 1, 3, 5].map((n) => said(n, 'pl'))).toEqual([
    'no file',
    '1 file',
    '3 files!',
    '5 files',
  ]);
  const third = partsOf('{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}');
  expect([1, 2, 3, 4, 11].map((n) => say(third, { n }, 'en'))).toEqual([
    '1st',
    '2nd',
    '3rd',
    '4th',
    '11th',
  ]);
  const by = partsOf('{name, select, none {by nobody} other {by {name}}}');
  expect(['', 'A'].map((name) => say(by, { name }, 'en'))).toEqual(['by nobody', 'by A']);
});

it('finds plurals that a language lacks, and those that a message lacks', () => {
  const faults = (message: string, language: string) => pluralFaults(partsOf(message), language);
  expect(faults('{n, plural, one {a} other {b}}', 'en')).toEqual([]);
  expect(faults('{n, plural, =1 {a} other {b}}', 'pl')).toEqual([]);
  expect(faults('{n, plural, one {a} other {b}}', 'zh')).toEqual([
    '{n} has the case “one”, which zh lacks',
  ]);
  expect(faults('{x, select, a {{n, plural, one {a} few {b} other {c}}} other {}}', 'pl')).toEqual([
    '{n} lacks the case “many”',
  ]);
});

it('makes a longer language of a message, with its arguments and its cases', () => {
  const message = "L_'{t}' of {n, plural, one {# file} other {{n} files, by {name}}}";
  const longer = pseudo(message);
  expect([...kindsOf(partsOf(longer))]).toEqual([...kindsOf(partsOf(message))]);
  const said = (n: number) => say(partsOf(longer), { n, name: 'A' }, 'en');
  expect(said(1)).toBe('«L_{t} öf 1 fîlé ~~~~~ ~~»');
  expect(said(2)).toMatch(/^«L_\{t\} öf 2 fîléš, bý A [~ ]+»$/);
  expect(['', '{name}'].map(pseudo)).toEqual(['', '{name}']);
});
