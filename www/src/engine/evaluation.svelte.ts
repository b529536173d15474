import { asError, isCancelled } from '../../engine/errors.ts';
import { fetchBytes, LoadError } from '../../engine/loader.ts';
import type { EvaluatedModel } from '../../engine/protocol.ts';

interface Services {
  /** The file that has the scores. */
  file: URL;
  /** Has the crate validate them. */
  read: (json: string) => Promise<EvaluatedModel[]>;
  report: (error: unknown) => void;
  /** They have been fetched. */
  onLoaded: () => void;
}

/** The scores of the test set, where the site has computed them. */
export class Evaluation {
  /** Null until they have been fetched. */
  found = $state.raw<{ json: string; models: EvaluatedModel[] } | null>(null);
  /** Whether the site has them, as far as is known. */
  exists = $state(__EVALUATED__);
  #asked = false;

  constructor(private readonly services: Services) {}

  get models(): EvaluatedModel[] | undefined {
    return this.found?.models;
  }

  /** For the lab that shows them; a site can do without. */
  async load(): Promise<void> {
    if (!this.exists || this.#asked) return;
    this.#asked = true;
    const { file, read, report, onLoaded } = this.services;
    try {
      const json = new TextDecoder().decode(await fetchBytes(file));
      this.found = { json, models: await read(json) };
      onLoaded();
    } catch (error) {
      if (isCancelled(error) || (error instanceof LoadError && error.failure === 'offline')) {
        // The next call makes another attempt.
        this.#asked = false;
        report(error);
        return;
      }
      this.exists = false;
      if (!(error instanceof LoadError && error.failure === 'missing'))
        report(Object.assign(asError(error), { name: 'EvaluationError' }));
    }
  }
}
