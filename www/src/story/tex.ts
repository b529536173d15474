/** Formulas inside the words of derivations, and the symbols in them. */
import type { SetFormula } from '../formula.ts';

/** Names of the symbols that are linked in formulas, in order, each once. */
export function linksIn(formulas: readonly SetFormula[]): string[] {
  return [
    ...new Set(
      formulas.flatMap((set) =>
        Array.from(set.matchAll(/"data-link":"([\w-]+)"/g), ([, name]) => name ?? ''),
      ),
    ),
  ];
}

/** A formula inside a line, with the punctuation that must not be parted from it. */
export interface Inline {
  before: string;
  formula: SetFormula;
  after: string;
}

/** A paragraph cut at its formulas, which stand between `$`. */
export function piecesOf(text: string): (string | Inline)[] {
  return text.split(/([(（“]?\$[^$]*\$[,.;:!?)，。；：、！？）”]*)/).map((piece, i) => {
    if (i % 2 === 0) return piece;
    const [before = '', formula = '', after = ''] = piece.split('$');
    return { before, formula: formula as SetFormula, after };
  });
}
