/** The picture that the document shows before the page's own is painted (vite/prerender); null where it has none. */
export const firstDigit = (
  globalThis as Partial<typeof globalThis>
).document?.querySelector<SVGElement>('#app .first-digit');
