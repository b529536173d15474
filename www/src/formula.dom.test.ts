import katex from 'katex';
import { expect, it } from 'vitest';
import { codeOf, set } from '../vite/formulas.ts';
import { formula, type SetFormula, tex } from './formula.ts';

/** The element that the page makes of a formula. */
function elementOf(formulaSet: string): HTMLElement {
  const around = document.createElement('div');
  formula(formulaSet as SetFormula)(around);
  return around;
}

/** What KaTeX itself shows in a browser. */
function shown(source: string): Element | null {
  const around = document.createElement('div');
  katex.render(source, around, { displayMode: true });
  for (const empty of around.querySelectorAll('[class=""]')) empty.removeAttribute('class');
  // KaTeX makes several texts of a word.
  around.normalize();
  return around.querySelector('.katex-html');
}

const evaluated = (code: string, name = '', value: number | string = 0) =>
  // The code is that of the test's own formula.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  (Function(name || '_', `return ${code}`) as (value: number | string) => string)(value);

it.each([
  String.raw`\sqrt{\bar\alpha_t}\, x_0 < \frac{1}{1 + e^{-z}}`,
  String.raw`\begin{aligned} a &= \sum_{t=1}^T \bigl[\widehat{\mathrm{ELBO}} \bigr] \\ b &\ge 'x' \end{aligned}`,
])('sets %s as KaTeX does in the browser', (source) => {
  const found = elementOf(set(source, true, 'htmlAndMathml'));
  expect(found.querySelectorAll('*').length).toBeGreaterThan(30);
  expect(found.querySelector('.katex-html')?.isEqualNode(shown(source))).toBe(true);
  expect(found.querySelector('.katex-mathml annotation')).toBeNull();
  expect(found.querySelectorAll('.katex-mathml :is(mfrac, mtr)').length).toBeGreaterThan(0);
});

it.each([1, 784, 12_288])('fills in the number %s', (n) => {
  const code = codeOf([String.raw`x_{`, String.raw`} + \ln 2`], ['n'], true, 'htmlAndMathml');
  const found = elementOf(evaluated(code, 'n', n));
  const wanted = shown(String.raw`x_{${n}} + \ln 2`);
  expect(found.querySelector('.katex-html')?.isEqualNode(wanted)).toBe(true);
  expect(found.querySelector('mn')?.textContent).toBe(String(n));
});

it('fills in a word', () => {
  const parts = [String.raw`\mathrm{ELBO} = \text{`, String.raw`} + \mathrm{KL}`];
  const code = codeOf(parts, ['word'], true, 'htmlAndMathml');
  const found = elementOf(evaluated(code, 'word', 'error'));
  expect(found.querySelector('.mord.text')?.textContent).toBe('error');
  expect(found.querySelector('mtext')?.textContent).toBe('error');
});

it('marks the symbols that lead somewhere', () => {
  const found = elementOf(set(String.raw`\link{prior}{p(z)} = \N(0, I)`, false, 'htmlAndMathml'));
  expect(found.querySelector('[data-link=prior]')?.textContent).toBe('p(z)');
});

it('leaves it to the browser where a document has no fonts', () => {
  const found = elementOf(set('x^2', false, 'mathml'));
  expect(found.querySelector('msup')?.namespaceURI).toContain('MathML');
  expect(found.querySelector('.katex-html')).toBeNull();
});

it('refuses what it cannot set', () => {
  expect(() => set(String.raw`\frac{1}`, false, 'mathml')).toThrow('parse error');
  expect(() => set(String.raw`\unknown`, false, 'mathml')).toThrow('unknown');
  expect(() => set(String.raw`\mathfrak{g}`, false, 'mathml')).toThrow('no font');
  expect(() => set(String.raw`\aleph`, false, 'htmlAndMathml')).toThrow('no “ℵ”');
  expect(() => set(String.raw`\text{误差}`, false, 'htmlAndMathml')).not.toThrow();
});

it('is set wherever it stands', () => {
  const n = 3;
  for (const formulaSet of [tex`x_t`, tex.display`\bar x`, tex`x_{${n}}`, [tex`a`, tex`b`][1]])
    expect(elementOf(formulaSet as string).querySelector('.katex')).not.toBeNull();
});
