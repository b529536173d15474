/** Marks that are too many for the browser to draw as SVG. */

/** Strokes `d` on a canvas as `path` would be stroked in `svg`, in the pixels of the screen. */
export function drawOn(
  canvas: HTMLCanvasElement,
  path: SVGPathElement,
  d: string,
  svg: SVGSVGElement,
): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const { width, height } = svg.viewBox.baseVal;
  const shown = svg.getBoundingClientRect().width || width;
  const scale = (shown / width) * devicePixelRatio;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const { stroke, strokeOpacity, strokeWidth, strokeLinecap } = getComputedStyle(path);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.strokeStyle = stroke;
  context.globalAlpha = Number(strokeOpacity);
  context.lineWidth = Number.parseFloat(strokeWidth);
  context.lineCap = strokeLinecap as CanvasLineCap;
  context.stroke(new Path2D(d));
}

/** Calls when the page, or the element that `place` is in, turns light or dark: a canvas keeps the colours that it was drawn with. */
export function onLook(place: Node, changed: () => void): () => void {
  const schemes = matchMedia('(prefers-color-scheme: dark)');
  schemes.addEventListener('change', changed);
  const observer = new MutationObserver(changed);
  const root = place.getRootNode();
  const shown = root instanceof ShadowRoot ? root.host : document.documentElement;
  observer.observe(shown, { attributeFilter: ['data-theme', 'theme'] });
  return () => {
    schemes.removeEventListener('change', changed);
    observer.disconnect();
  };
}
