/** Parts of the page that could not be fetched or started, and why; the page says it once, whatever is missing. */

type Outage = 'offline' | 'changed' | 'refused';

class Parts {
  outage = $state<Outage | null>(null);
  #attempt = 0;

  /** Asks the site why a script of it did not come. */
  async missed(): Promise<void> {
    const attempt = this.#attempt;
    const outage = await diagnose();
    // Meanwhile all may have been asked for again.
    if (attempt === this.#attempt) this.outage = outage;
  }

  /** Before another attempt. */
  forget(): void {
    this.#attempt++;
    this.outage = null;
  }
}

export const parts = new Parts();

/** A site that has a newer version serves another script than this document came with. */
async function diagnose(): Promise<Outage> {
  try {
    const response = await fetch(document.baseURI, { cache: 'no-store' });
    const text = await response.text();
    const own = document.querySelector('script[type="module"][src]')?.getAttribute('src');
    return response.ok && own && !text.includes(own) ? 'changed' : 'refused';
  } catch {
    return 'offline';
  }
}

/** What browsers say of a script that a part of the page should have come from. */
export const isMissingPart = (error: Error): boolean =>
  error instanceof TypeError &&
  /dynamically imported module|importing a module script failed/i.test(error.message);
