/** A derivation without its words: formulas, what their symbols stand for, the functions that compute them. */
import type { SetFormula } from '../formula.ts';
import type { Anchor } from './anchors.ts';
import type { ReferenceId } from './references.ts';

/** A symbol that stands for a control or a number. */
interface SymbolLink {
  tex: SetFormula;
  anchor: Anchor;
}

export interface Step {
  id: string;
  /** In the order of the text; `\link{name}{tex}` is a symbol that leads to what it stands for. */
  formulas: readonly SetFormula[];
  /** A formula that is often written and wrong; the text says why. */
  wrong?: SetFormula;
  /** Paths of functions in the crate, as `math::gaussian::kl`. */
  functions: readonly string[];
  cites: readonly ReferenceId[];
}

export interface Derivation {
  symbols: Readonly<Record<string, SymbolLink>>;
  steps: readonly Step[];
}

/** Words of one step; `$…$` is a formula inside a line. */
export interface StepText {
  title: string;
  /** A paragraph before each formula, and perhaps one after the last. */
  text: readonly string[];
  /** Why what is often written is wrong; continues “Often written”. */
  wrong?: string;
}

/** The words of a derivation in one language, with exactly its steps and symbols, as story/derivations.test.ts has it. */
export interface Words {
  title: string;
  lead: string;
  steps: Readonly<Record<string, StepText>>;
  symbols: Readonly<Record<string, string>>;
}
