import { untrack } from 'svelte';
import type { CallOptions, WorkerClient } from '../../../engine/client.ts';
import { CancelledError } from '../../../engine/errors.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import { assist, type Share, sharesOf } from '../../../engine/grid.ts';
import type {
  ChainPlace,
  ChainStart,
  DdpmEntry,
  FilmFrames,
  FrameInfo,
  SamplerOptions,
  ScheduleTable,
} from '../../../engine/protocol.ts';
import type { WorkerHost } from '../../engine/worker-host.svelte.ts';

/** A dragged slider starts a chain when it rests, not at every value it passes. */
const SETTLE_MS = 120;

/** What a chain is to be, and which of its frames is to be shown; read anew whenever it changes. */
export interface Order {
  /** Whether it is on display, with all that it needs. */
  readonly active: boolean;
  readonly entry: DdpmEntry | undefined;
  readonly options: SamplerOptions;
  readonly start: ChainStart | null;
  /** Names the picture it starts from, and how much noise that gets; empty for pure noise. */
  readonly startKey: string;
  readonly step: number;
  /** Frames are asked for by a hand, not by what plays. */
  readonly byHand: boolean;
}

interface Task {
  /** Its name. */
  chain: string;
  model: string;
  options: SamplerOptions;
  start: ChainStart | null;
}

/** Names of the canvases of a chain. */
export const surfacesOf = (place: ChainPlace) => {
  const prefix = place === 'a' ? 'denoise' : 'denoise-b';
  return { x: `${prefix}-x`, predictedX0: `${prefix}-x0`, start: `${prefix}-start` };
};

/** A reverse chain: computed once, ahead of what is shown, in the sampler; what is shown are stored frames of it. */
export class Chain {
  /** Frames computed so far. */
  available = $state(0);
  shown = $state.raw<FrameInfo | null>(null);
  table = $state.raw<ScheduleTable | null>(null);
  /** Names of chains: the one that is wanted, the one the sampler holds, the one whose frame is shown. */
  #wanted = $derived.by(() => {
    const { entry, options, startKey } = this.order;
    return `${entry?.id} ${JSON.stringify(options)} ${(this.engine.sampler as WorkerHost | undefined)?.generation ?? 0} ${startKey}`;
  });
  #chain = $state('');
  /** Whether the chain that the sampler holds starts from a picture. */
  #fromPicture = $state(false);
  /** Shares of a grid's chains that other workers compute. */
  #helped: Share[] = [];
  #shownChain = $state('');
  #asked = '';
  /** Whether the sampler may hold a chain of this place. */
  #begun = false;

  constructor(
    private readonly engine: Engine,
    readonly place: ChainPlace,
    private readonly order: Order,
  ) {
    if (engine.missing.length > 0) return;
    $effect(() => this.#run());
    $effect(() => this.#show());
  }

  /** Names the chain whose frame is shown. */
  get name(): string {
    return this.#shownChain;
  }

  /** Names the chain that the sampler computes. */
  get computed(): string {
    return this.#chain;
  }

  /** Whether that is the one that is wanted. */
  get held(): boolean {
    return this.#chain !== '' && this.#chain === this.#wanted;
  }

  /** Whether what is shown is the frame that is asked for, of the chain that is wanted. */
  get still(): boolean {
    return this.shown?.index === this.order.step && this.#shownChain === this.#wanted;
  }

  /** Stored frames, for what leaves the page. */
  frames(indices: number[], options: CallOptions<'frames'> = {}): Promise<FilmFrames> {
    return this.engine.sampler.client.call('frames', { place: this.place, indices }, options);
  }

  /** Frees what the sampler holds of it. */
  end(): void {
    if (!this.#begun) return;
    this.#begun = false;
    this.engine.sampler.client
      .call('endChain', { place: this.place })
      .catch((error: unknown) => this.engine.report(error));
    this.#chain = '';
    this.#asked = '';
    this.available = 0;
    this.shown = null;
    this.table = null;
  }

  #run(): (() => void) | undefined {
    if (!this.order.active) return undefined;
    const chain = this.#wanted;
    const { entry, options, start } = untrack(() => ({
      entry: this.order.entry,
      options: this.order.options,
      start: this.order.start,
    }));
    const model = entry?.id ?? '';
    const held = untrack(() => this.#chain);
    const abort = new AbortController();
    if (chain !== held) this.available = 0;
    const delay = held && chain !== held ? SETTLE_MS : 0;
    const timer = setTimeout(
      () => void this.#compute({ chain, model, options, start }, abort.signal),
      delay,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }

  async #compute({ chain, model, options, start }: Task, signal: AbortSignal): Promise<void> {
    const { client } = this.engine.sampler;
    const { place } = this;
    try {
      if (chain !== this.#chain) {
        const { schedule: kind = 'cosine', steps = 0 } = options;
        this.table = await client.call('schedule', { model, kind, steps }, { signal });
        const [own = {}, ...shares] = await this.#shares(model, options.chains ?? 1);
        this.#begun = true;
        await client.call(
          'chain',
          { place, model, options: { ...options, ...own }, start, shares: shares.length },
          { signal },
        );
        this.#chain = chain;
        this.#helped = shares;
        this.#fromPicture = start !== null;
      }
      const onAvailable = (available: number) =>
        (this.available = Math.max(this.available, available));
      const onProgress = ({ available }: { available: number }) => onAvailable(available);
      await Promise.all([
        client.call('advance', { place }, { signal, onProgress }).then(onProgress),
        ...this.#helped.map((part, share) => {
          // Where memory ended meanwhile, workers take more than one share, the sampler itself at last.
          const borrow = async () => {
            const helpers = await this.#helpers(model);
            return helpers[share % helpers.length] ?? client;
          };
          return assist(client, borrow, {
            place,
            model,
            grid: chain,
            options: { ...options, ...part },
            start,
            share,
            signal,
            onAvailable,
          });
        }),
      ]);
    } catch (error) {
      this.engine.report(error);
    }
  }

  #helpers(model: string): Promise<WorkerClient[]> {
    return model ? this.engine.helpers(model) : Promise.resolve([]);
  }

  /** How the chains of a grid are shared out: first the sampler's own. */
  async #shares(model: string, chains: number): Promise<Share[]> {
    return sharesOf(chains, chains > 1 ? 1 + (await this.#helpers(model)).length : 1);
  }

  #show(): void {
    const chain = this.#chain;
    const { active, step, byHand, options } = this.order;
    const index = Math.min(step, this.available - 1);
    if (!active || index < 0 || this.#asked === `${chain} ${index}`) return;
    this.#asked = `${chain} ${index}`;
    const { sampler } = this.engine;
    const { place } = this;
    const { x, predictedX0, start } = surfacesOf(place);
    const call = {
      place,
      index,
      x,
      predictedX0,
      start: this.#fromPicture ? start : null,
      columns: Math.sqrt(options.chains ?? 1),
      hold: byHand && step < this.available,
    };
    sampler
      .queue(`frame ${place}`)
      .submit(() =>
        chain === this.#chain
          ? sampler.client.call('frame', call)
          : Promise.reject(new CancelledError('another chain took its place')),
      )
      .then((frame) => {
        if (chain !== this.#chain) return;
        this.shown = frame;
        this.#shownChain = chain;
      }, this.engine.report);
  }
}
