/** Formulas, which are set when the page is built (`vite/formulas.ts`): what is fetched is how they look, and not KaTeX. */

declare const SET: unique symbol;
/** A formula as it is set: a tree of elements as JSON. */
export type SetFormula = string & { readonly [SET]: true };

type Node = string | [name: string, attributes: Record<string, string>, ...Node[]];

/** As the source has it: only outside of a build does any of this run. */
const unset = ({ raw }: TemplateStringsArray, ...values: (number | string)[]) =>
  String.raw({ raw }, ...values) as SetFormula;

/**
 * A formula inside a line; `tex.display` is one on lines of its own. Only whole numbers can be filled in, and plain words
 * in `\text{…}`.
 */
export const tex = Object.assign(unset, { display: unset });

const NAMESPACES: Record<string, string> = {
  math: 'http://www.w3.org/1998/Math/MathML',
  svg: 'http://www.w3.org/2000/svg',
};
const HTML = 'http://www.w3.org/1999/xhtml';

function build(node: Node, around: string): globalThis.Node {
  if (typeof node === 'string') return document.createTextNode(node);
  const [name, { style, ...attributes }, ...children] = node;
  const namespace = NAMESPACES[name] ?? around;
  const element = document.createElementNS(namespace, name) as HTMLElement;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  // The page's policy forbids styles in markup, and no others.
  if (style) element.style.cssText = style;
  element.append(...children.map((child) => build(child, namespace)));
  return element;
}

/** Attaches a formula to an element, as all that it contains. */
export const formula = (set: SetFormula) => (element: Element) =>
  element.replaceChildren(build(JSON.parse(set) as Node, HTML));
