/** What makes of the page's source an element for other pages: styles that end at its edge, and files that lie in the npm package. */
import type { Plugin as StylePlugin } from 'postcss';
import type { Plugin } from 'vite';

/** Pixels of a rem in queries, where nothing that the page around sets counts. */
const REM = 16;

const selector = (text: string): string =>
  text
    .replace(/:root\[data-theme='(\w+)'\]/g, ":host([theme='$1'])")
    .replace(/:root:not\(\[data-theme\]\)/g, ":host(:not([theme='light'], [theme='dark']))")
    .replace(/:root\b/g, ':host')
    .replace(/#app\b/g, '.elbo-room')
    .replace(/(^|[\s,>+~])(html|body)(?=$|[\s,>+~:.[])/g, '$1.elbo-room');

const WIDTH = /\(\s*(min|max)-width:\s*([\d.]+)rem\s*\)/;

/** What of the element's styles would follow the page around it: its root, its size of text, the width of its window. */
export const enclosed = (): StylePlugin => ({
  postcssPlugin: 'elbo-room-enclosed',
  Once(root) {
    root.walkRules((rule) => {
      rule.selector = selector(rule.selector);
    });
    root.walkDecls((declaration) => {
      declaration.value = declaration.value.replace(
        /(?<![\w.-])(-?\d*\.?\d+)rem\b/g,
        'calc($1 * var(--elbo-room-rem))',
      );
    });
    root.walkAtRules((rule) => {
      const [, bound, size] = WIDTH.exec(rule.params) ?? [];
      if (rule.name === 'media' && size !== undefined) {
        if (rule.params.replace(WIDTH, '').trim() !== '')
          throw rule.error('a query of the width stands alone');
        rule.name = 'container';
        rule.params = `elbo-room (${bound}-width: ${Number(size) * REM}px)`;
      } else if (rule.name === 'container') {
        rule.params = rule.params.replace(
          /([\d.]+)rem/g,
          (_, rem: string) => `${Number(rem) * REM}px`,
        );
      } else if (rule.name === 'page' || rule.name === 'font-face') rule.remove();
    });
  },
});

/** The styles of the build, as a text in its script. */
function inlined(): Plugin {
  return {
    name: 'elbo-room-inlined-styles',
    enforce: 'post',
    generateBundle(_, bundle) {
      const files = Object.values(bundle);
      const sheet = files.find((file) => file.type === 'asset' && file.fileName.endsWith('.css'));
      const script = files.find(
        (file) => file.type === 'chunk' && file.code.includes('__STYLES__'),
      );
      if (sheet?.type !== 'asset' || script?.type !== 'chunk')
        this.error('the build has no styles, or nowhere to put them');
      const text = String(sheet.source).trim();
      // A function: in a text, $ has a meaning.
      script.code = script.code.replace('__STYLES__', () => JSON.stringify(text));
      Reflect.deleteProperty(bundle, sheet.fileName);
    },
  };
}

const WASM = '\0elbo-room-wasm';
const NO_WORKER = '\0elbo-room-no-service-worker';

/** The WebAssembly lies in the package already, in a folder beside that of the build. */
export const wasmBeside = (): Plugin => ({
  name: 'elbo-room-wasm-beside',
  enforce: 'pre',
  resolveId: (id) => (id.endsWith('elbo_room_bg.wasm?url') ? WASM : null),
  load: (id) =>
    id === WASM
      ? `export default new URL(/* @vite-ignore */ '../wasm/elbo_room_bg.wasm', import.meta.url).href;`
      : null,
});

export function element(): Plugin[] {
  return [
    inlined(),
    wasmBeside(),
    {
      name: 'elbo-room-element',
      enforce: 'pre',
      resolveId(id) {
        // Which pages are kept in a browser is the page's own affair.
        if (id === 'virtual:pwa-register') return NO_WORKER;
        return null;
      },
      load(id) {
        if (id === NO_WORKER) return 'export const registerSW = () => async () => {};';
        return null;
      },
    },
  ];
}

/** The page gives its workers the compiled module: they need no address of it. */
export const withoutWasm = (): Plugin => ({
  name: 'elbo-room-without-wasm',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('/pkg/elbo_room.js')) return null;
    const found = "new URL('elbo_room_bg.wasm', import.meta.url)";
    if (!code.includes(found)) this.error('the package of the crate has another form');
    return code.replace(found, 'undefined');
  },
});
