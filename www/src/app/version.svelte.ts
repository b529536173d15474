/** The page as it is kept in the browser, to be opened without a connection, and whether the site has a newer one. */
import { registerSW } from 'virtual:pwa-register';
import { LISTS } from './lists.ts';

export class Version {
  /** A newer version of the page has been fetched, and waits for its turn. */
  waiting = $state(false);
  #take: (() => Promise<void>) | null = null;

  constructor(private readonly register: typeof registerSW) {}

  /** Keeps the page; asked for when nothing else is to be fetched. Where a browser or a frame keeps none, the page is as before. */
  keep(): void {
    if (!('serviceWorker' in navigator) || this.#take) return;
    this.#take = this.register({
      // A page that no worker serves has come by the network: what waits there is the first version to be kept.
      onNeedRefresh: () => (this.waiting = navigator.serviceWorker.controller !== null),
      // The list came before there was anybody to keep it.
      onOfflineReady: () => void keepList().catch(() => undefined),
      onRegisterError: () => undefined,
    });
  }

  /** Changes to the newer version, which loads the page anew. */
  async take(): Promise<void> {
    await this.#take?.();
  }
}

async function keepList(): Promise<void> {
  const cache = await caches.open(LISTS);
  await cache.add(new URL('models/manifest.json', document.baseURI).href);
}

export const version = new Version(registerSW);
