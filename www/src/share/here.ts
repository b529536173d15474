/** The address of what is on display. The bar of the browser lags behind by a moment; the page tells it as it is. */
export const here = {
  address: (): string => location.href,
  /** The same for the frame of another page. */
  embedded: (): string => location.href,
};
