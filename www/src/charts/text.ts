/** Charts stand at pixels of their own, which grow with the page's text. */

/** Size of the page's text where nobody has changed it, in pixels. */
const STANDARD = 16;

/** In an element of somebody else's page the page's size is not what counts. */
export const text = {
  size: (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
};

/** How much larger than that a visitor has the page's text. */
export function textScale(): number {
  const size = text.size();
  return size > 0 ? size / STANDARD : 1;
}

/** How far a pointer is from the left edge of a chart, in the chart's own pixels, of which it is so many wide. */
export function across(
  { clientX, currentTarget }: { clientX: number; currentTarget: Element },
  width: number,
): number {
  const box = currentTarget.getBoundingClientRect();
  return (clientX - box.left) * (box.width > 0 ? width / box.width : 1);
}
