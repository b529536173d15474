/** How the derivations' formulas are set. */
import type { KatexOptions } from 'katex';

/** `\link{name}{tex}` marks a symbol: the spans it makes carry `data-link="name"`. */
const MACROS = {
  '\\E': '\\mathbb{E}',
  '\\N': '\\mathcal{N}',
  '\\Var': '\\operatorname{Var}',
  '\\SNR': '\\operatorname{SNR}',
  '\\ELBO': '\\mathrm{ELBO}',
  '\\KL': '\\operatorname{KL}\\bigl(#1 \\,\\|\\, #2\\bigr)',
  // The outer braces keep the space after a symbol out of it.
  '\\link': '{\\htmlData{link=#1}{#2}}',
};

export const OPTIONS: KatexOptions = {
  macros: MACROS,
  maxExpand: 500,
  trust: ({ command }) => command === '\\htmlData',
  // `\\link` is not LaTeX, deliberately.
  strict: (code) => (code === 'htmlExtension' ? 'ignore' : 'error'),
};

/** Names of the symbols that are linked in formulas, in order, each once. */
export function linksIn(formulas: readonly string[]): string[] {
  return [
    ...new Set(
      formulas.flatMap((tex) =>
        Array.from(tex.matchAll(/\\link\{([\w-]+)\}/g), ([, name]) => name ?? ''),
      ),
    ),
  ];
}

/** A formula inside a line, with the punctuation that must not be parted from it. */
export interface Inline {
  before: string;
  tex: string;
  after: string;
}

/** A paragraph cut at its formulas, which stand between `$`. */
export function piecesOf(text: string): (string | Inline)[] {
  return text.split(/([(（“]?\$[^$]*\$[,.;:!?)，。；：、！？）”]*)/).map((piece, i) => {
    if (i % 2 === 0) return piece;
    const [before = '', tex = '', after = ''] = piece.split('$');
    return { before, tex, after };
  });
}
