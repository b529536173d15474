import { fromShares, toShares } from '../../src/drawing/strokes.ts';
import type { Crate } from '../site.ts';

/** The crate's drawings, as the page renders them. */
export const drawingsOf = (crate: Crate) =>
  crate.exampleDrawings().map(({ name, label, strokes }) => ({
    name,
    label,
    levels: crate.renderDigit(toShares(fromShares(strokes))),
  }));
