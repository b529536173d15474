import type { DdpmEntry, Schedules } from '../../engine/protocol.ts';
import type { WorkerHost } from './worker-host.svelte.ts';

/** A network that is told the log SNR knows every noise level. */
const takesAll = ({ network }: DdpmEntry) => (network?.time?.form ?? 'log-snr') === 'log-snr';
const ALL: Schedules = { kinds: ['cosine', 'linear', 'log-snr-linear'], trainedSteps: null };

/** Which schedules diffusion models can be used with, as far as it is known. */
export class KnownSchedules {
  #said = $state.raw<Record<string, Schedules>>({});

  constructor(
    private readonly sampler: WorkerHost,
    private readonly report: (error: unknown) => void,
  ) {}

  /** Those of a model; null until its worker has said. */
  of(entry: DdpmEntry | undefined): Schedules | null {
    if (!entry) return null;
    return takesAll(entry) ? ALL : (this.#said[entry.id] ?? null);
  }

  /** Asks the sampler, which must hold the model. */
  learn(entry: DdpmEntry): void {
    if (this.of(entry)) return;
    this.sampler.client
      .call('schedules', { model: entry.id })
      .then((known) => (this.#said = { ...this.#said, [entry.id]: known }), this.report);
  }
}
