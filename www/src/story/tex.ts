/** How the derivations' formulas are set. */
import type { KatexOptions } from 'katex';

/** `\link{name}{tex}` marks a symbol: the spans it makes carry `data-link="name"`. */
export const MACROS = {
  '\\E': '\\mathbb{E}',
  '\\N': '\\mathcal{N}',
  '\\Var': '\\operatorname{Var}',
  '\\SNR': '\\operatorname{SNR}',
  '\\ELBO': '\\mathrm{ELBO}',
  '\\KL': '\\mathrm{KL}\\big(#1 \\,\\|\\, #2\\big)',
  '\\link': '\\htmlData{link=#1}{#2}',
};

export const OPTIONS: KatexOptions = {
  macros: MACROS,
  maxExpand: 500,
  trust: ({ command }) => command === '\\htmlData',
  // The link is no LaTeX, and is meant.
  strict: (code) => (code === 'htmlExtension' ? 'ignore' : 'error'),
};

/** Names of the symbols that are linked in formulas, in order, each once. */
export function linksIn(formulas: readonly string[]): string[] {
  return [...new Set(formulas.flatMap((tex) => Array.from(tex.matchAll(/\\link\{([\w-]+)\}/g), ([, name]) => name ?? '')))];
}

/** A paragraph cut at its `$`: words at even places, formulas at odd ones. */
export const piecesOf = (text: string): string[] => text.split('$');
