/** Sets formulas when the page is built: visitors fetch what KaTeX makes of them, and not KaTeX. */
import katex, { type KatexOptions } from 'katex';
import type { Plugin } from 'vite';
import { requireCharacters, withSmallerFonts } from './fonts.ts';

/** In a document with KaTeX's fonts, or where the browser sets MathML itself. */
type Output = 'htmlAndMathml' | 'mathml';

/** An element of a formula (its name, attributes and children), or text. */
type Node = string | [name: string, attributes: Record<string, string>, ...Node[]];

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

const OPTIONS: KatexOptions = {
  macros: MACROS,
  maxExpand: 500,
  trust: ({ command }) => command === '\\htmlData',
  // `\\link` is not LaTeX, deliberately.
  strict: (code) => (code === 'htmlExtension' ? 'ignore' : 'error'),
  throwOnError: true,
};

/** Families of KaTeX's that no formula uses: they are left out of the build. */
const UNUSED_FONTS = /Fraktur|Script|Typewriter/;
const UNUSED_COMMANDS = /\\(?:frak|mathfrak|mathscr|scr|mathtt|texttt|tt)(?![a-zA-Z])/;

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'" };
const decoded = (text: string) =>
  text.replaceAll(/&([\w#]+);/g, (whole, name: string) => ENTITIES[name] ?? whole);

/** KaTeX's markup as a tree. */
function treeOf(markup: string): Node {
  const open: Node[][] = [[]];
  for (const [text, end, name, attributes = '', empty] of markup.matchAll(
    /<(\/?)(\w+)([^>]*?)(\/?)>|[^<]+/g,
  )) {
    const around = open.at(-1) as Node[];
    if (end) open.pop();
    else if (name) {
      const found = [...attributes.matchAll(/([\w:-]+)=(?:"([^"]*)"|'([^']*)')/g)]
        .map(([, key = '', double, single]) => [key, decoded(double ?? single ?? '')] as const)
        // Elements are made in the namespace of the outermost.
        .filter(([key]) => key !== 'xmlns');
      const node: Node = [name, Object.fromEntries(found)];
      around.push(node);
      if (!empty) open.push(node as Node[]);
    } else around.push(decoded(text));
  }
  const [[root] = [], ...unclosed] = open;
  if (root === undefined || unclosed.length > 0) throw new Error(`invalid markup: ${markup}`);
  return root;
}

/** Without the TeX that KaTeX puts beside its MathML, which nothing shows. */
function withoutSource(node: Node): Node {
  if (typeof node === 'string') return node;
  const [name, attributes, ...children] = node;
  const [first] = children;
  if (name === 'semantics' && first !== undefined) return withoutSource(first);
  return [name, attributes, ...children.map(withoutSource)];
}

/** All text of KaTeX's markup but its MathML. */
function textOf(node: Node): string {
  if (typeof node === 'string') return node;
  const [, attributes, ...children] = node;
  return attributes['class'] === 'katex-mathml' ? '' : children.map(textOf).join('');
}

/** The formula as the page holds it: `formula` in `src/formula.ts` makes an element of it. */
export function set(tex: string, display: boolean, output: Output): string {
  if (UNUSED_COMMANDS.test(tex)) throw new Error(`the build has no font for ${tex}`);
  const markup = katex.renderToString(tex, { ...OPTIONS, displayMode: display, output });
  const tree = treeOf(markup);
  if (output === 'htmlAndMathml') requireCharacters(textOf(tree), tex);
  return JSON.stringify(withoutSource(tree));
}

/** Stands for the i-th number, or word, that is not known yet. All digits have the same size. */
const placeholder = (i: number) => `77137${i}73177`;
const PLACEHOLDER = /77137(\d+)73177/g;

/**
 * The code of a formula with numbers that the page fills in: `parts` are the texts around them, `numbers` their code.
 * Each digit is as wide as it is set, so that nothing but the text differs.
 */
export function codeOf(
  parts: readonly string[],
  numbers: readonly string[],
  display: boolean,
  output: Output,
): string {
  const tex = parts.reduce((before, part, i) => `${before}${placeholder(i - 1)}${part}`);
  const text = set(tex, display, output);
  if (numbers.length === 0) return JSON.stringify(text);
  return `\`${text
    .replaceAll(/[\\`]|\$\{/g, '\\$&')
    .replaceAll(PLACEHOLDER, (_, i: string) => `\${${numbers[Number(i)]}}`)}\``;
}

/** What is left of a node of the program's syntax. */
interface Syntax {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}
const isSyntax = (value: unknown): value is Syntax =>
  typeof value === 'object' && value !== null && 'type' in value;

interface Template extends Syntax {
  quasi: { quasis: { value: { raw: string } }[]; expressions: Syntax[] };
}

/** `tex` and `tex.display` with their templates, in the order of the text. */
function templatesIn(node: Syntax): { template: Template; display: boolean }[] {
  const { tag } = node as { tag?: Syntax & Record<'name' | 'object' | 'property', unknown> };
  if (node.type === 'TaggedTemplateExpression' && tag) {
    const { object, property } = tag as {
      object?: { name?: string };
      property?: { name?: string };
    };
    const display = object?.name === 'tex' && property?.name === 'display';
    if (tag.name === 'tex' || display) return [{ template: node as Template, display }];
  }
  return Object.values(node)
    .flat()
    .filter(isSyntax)
    .flatMap(templatesIn)
    .sort((a, b) => a.template.start - b.template.start);
}

/** The formulas between `$` in every text of a derivation's words. */
function setWords(words: unknown, output: Output): unknown {
  if (typeof words === 'string')
    return words.replaceAll(/\$([^$]*)\$/g, (_, tex: string) => `$${set(tex, false, output)}$`);
  if (Array.isArray(words)) return words.map((inner) => setWords(inner, output));
  if (typeof words !== 'object' || words === null) return words;
  return Object.fromEntries(
    Object.entries(words).map(([name, inner]) => [name, setWords(inner, output)]),
  );
}

/** Sets what stands in templates of `tex` and in the words of derivations. */
export function formulas(output: Output = 'htmlAndMathml'): Plugin[] {
  return [
    {
      name: 'elbo-room-formulas-of-words',
      enforce: 'pre',
      async transform(code, id) {
        if (/\/derivation\.[\w-]+\.json$/.test(id))
          return { code: JSON.stringify(setWords(JSON.parse(code), output)), map: null };
        // Every browser that the page is built for reads the first of the three formats.
        if (!/\/katex(\.min)?\.css$/.test(id)) return null;
        const kept = code
          .replaceAll(/,url\([^)]*\) format\("(?:woff|truetype)"\)/g, '')
          .replaceAll(/@font-face\{[^}]*\}/g, (face) => (UNUSED_FONTS.test(face) ? '' : face));
        return { code: await withSmallerFonts(kept, id), map: null };
      },
    },
    {
      name: 'elbo-room-formulas',
      transform(code, id) {
        if (!/\btex(\.display)?`/.test(code) || id.includes('/node_modules/')) return null;
        let [made, at] = ['', 0];
        for (const { template, display } of templatesIn(this.parse(code) as unknown as Syntax)) {
          const { quasis, expressions } = template.quasi;
          const parts = quasis.map(({ value }) => value.raw);
          const numbers = expressions.map(({ start, end }) => code.slice(start, end));
          made += code.slice(at, template.start) + codeOf(parts, numbers, display, output);
          at = template.end;
        }
        return { code: made + code.slice(at), map: null };
      },
    },
  ];
}
