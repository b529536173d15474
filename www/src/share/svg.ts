/** A chart of the page as an SVG file that stands by itself. */
import { type Imprint, type Raster, SOFTWARE } from './subject.ts';

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

export function standalone(svg: SVGSVGElement, { title, address }: Imprint): string {
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
    shape('title', {}, title),
    shape('desc', {}, `${SOFTWARE}, ${address}`),
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

/** A standalone file as pixels, `factor` to each of its own. */
export async function drawn(file: string, factor: number): Promise<Raster> {
  const url = URL.createObjectURL(new Blob([file], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const [width, height] = [image.width * factor, image.height * factor].map(Math.round) as [
      number,
      number,
    ];
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('this browser has no canvas to draw the chart on');
    context.drawImage(image, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    return { width, height, rgba: new Uint8ClampedArray(data) };
  } finally {
    URL.revokeObjectURL(url);
  }
}
