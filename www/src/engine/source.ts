import type { WorkerQuota } from '../../engine/quota.ts';

/** Where the engine and the models come from. */
export interface Source {
  /** The folder of the models. */
  readonly models: URL;
  /** Tells apart what this browser keeps for sites of one origin; null where nothing is kept. */
  readonly keeps: string | null;
  /** The engine's code, where others on the page have it too. */
  readonly runtime?: (compile: () => Promise<WebAssembly.Module>) => Promise<WebAssembly.Module>;
  /** Room for the workers of bounds, where others on the page have such; `most` is what the machine has room for. */
  readonly quota?: (most: number) => WorkerQuota;
}

/** The site that the document is of. */
export const documentSource = (): Source => ({
  models: new URL('models/', document.baseURI),
  keeps: location.pathname,
});
