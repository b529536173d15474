import { afterEach, expect, it, vi } from 'vitest';
import { clearUp } from '../testing/page.svelte.ts';
import { save } from './save.ts';
import { standalone } from './svg.ts';

afterEach(() => {
  clearUp();
  document.body.innerHTML = '';
});

function drawn(): SVGSVGElement {
  document.body.innerHTML = `
    <style>.bar { fill: rgb(1, 2, 3); } text { font-size: 11px; }</style>
    <svg width="300" height="200" role="img" aria-label="A chart" data-testid="chart">
      <g class="bar" tabindex="0" style="opacity: 0.5"><rect x="1" y="2" width="3" height="4"/></g>
      <text class="x">1 &lt; 2 &amp; 3 “nats”</text>
    </svg>`;
  const svg = document.querySelector('svg') as SVGSVGElement;
  // jsdom knows no lengths of SVG.
  for (const [side, value] of [
    ['width', 300],
    ['height', 200],
  ] as const)
    Object.defineProperty(svg, side, { value: { baseVal: { value } } });
  return svg;
}

const read = (text: string) => new DOMParser().parseFromString(text, 'image/svg+xml');

it('writes a chart as a file that stands by itself', () => {
  const file = read(
    standalone(drawn(), { title: 'Cost & <gap>', address: 'https://x.example/?a&b#c' }),
  );
  const root = file.documentElement;
  expect(root.namespaceURI).toBe('http://www.w3.org/2000/svg');
  expect([root.getAttribute('width'), root.getAttribute('height')]).toEqual(['324', '248']);
  expect(root.querySelector(':scope > text')?.textContent).toBe('Cost & <gap>');
  expect(root.querySelector(':scope > title')?.textContent).toBe('Cost & <gap>');
  expect(root.querySelector(':scope > desc')?.textContent).toBe(
    'ELBO Room, https://x.example/?a&b#c',
  );
  const group = root.querySelector('g');
  expect(group?.getAttribute('fill')).toBe('rgb(1, 2, 3)');
  expect(group?.getAttribute('opacity')).toBe('0.5');
  expect(root.querySelector('svg svg text')?.getAttribute('font-size')).toBe('11px');
  expect(root.querySelector('svg svg text')?.textContent).toBe('1 < 2 & 3 “nats”');
});

it('leaves behind what means nothing outside of the page, and the page as it was', () => {
  const svg = drawn();
  const before = svg.outerHTML;
  const text = standalone(svg, { title: 'Chart', address: '' });
  for (const name of ['class=', 'style=', 'tabindex=', 'role=', 'data-testid=', 'aria-'])
    expect(text).not.toContain(name);
  expect(svg.outerHTML).toBe(before);
});

it('hands a file over under its name, and frees it afterwards', async () => {
  vi.useFakeTimers();
  const blobs: Blob[] = [];
  const revoke = vi.fn();
  vi.stubGlobal(
    'URL',
    Object.assign(class extends URL {}, {
      createObjectURL: (blob: Blob) => `blob:${blobs.push(blob)}`,
      revokeObjectURL: revoke,
    }),
  );
  const clicked: HTMLAnchorElement[] = [];
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    clicked.push(this);
  });
  save('chart.svg', 'image/svg+xml', '<svg/>');
  expect(clicked.map(({ href, download }) => [href, download])).toEqual([['blob:1', 'chart.svg']]);
  expect([blobs[0]?.type, blobs[0]?.size]).toEqual(['image/svg+xml', 6]);
  expect(revoke).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2000);
  expect(revoke).toHaveBeenCalledWith('blob:1');
});
