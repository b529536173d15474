/** A chart of the page as an SVG file that stands by itself. */

/** What the page's style sheet says and an SVG file must say itself. */
const STYLES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
] as const;
/** Hooks of the page that mean nothing outside it. */
const FOREIGN = ['class', 'style', 'tabindex', 'role', 'data-testid'];
const MARGIN = 12;
const TITLE_HEIGHT = 24;
const NAMESPACE = 'http://www.w3.org/2000/svg';

export function standalone(svg: SVGSVGElement, title: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll('*')];
  [copy, ...copy.querySelectorAll('*')].forEach((element, i) => {
    const styles = getComputedStyle(originals[i] as Element);
    for (const name of FOREIGN) element.removeAttribute(name);
    for (const name of [...element.attributes].map((attribute) => attribute.name)) {
      if (name.startsWith('aria-')) element.removeAttribute(name);
    }
    if (element !== copy)
      for (const name of STYLES) element.setAttribute(name, styles.getPropertyValue(name));
  });
  const page = getComputedStyle(svg);
  const [width, height] = [
    svg.width.baseVal.value + 2 * MARGIN,
    svg.height.baseVal.value + 2 * MARGIN + TITLE_HEIGHT,
  ];
  copy.setAttribute('x', String(MARGIN));
  copy.setAttribute('y', String(MARGIN + TITLE_HEIGHT));
  const frame = document.createElementNS(NAMESPACE, 'svg');
  frame.setAttribute('width', String(width));
  frame.setAttribute('height', String(height));
  frame.append(
    shape('rect', { width, height, fill: page.getPropertyValue('--surface') }),
    shape(
      'text',
      {
        x: MARGIN,
        y: MARGIN + 13,
        fill: page.color,
        'font-size': 13,
        'font-family': page.fontFamily,
      },
      title,
    ),
    copy,
  );
  return new XMLSerializer().serializeToString(frame);
}

function shape(name: string, attributes: Record<string, string | number>, text = ''): SVGElement {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.textContent = text;
  return element;
}

/** Hands something to the visitor as a file. */
export function save(name: string, type: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
