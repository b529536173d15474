/** Reverse chains as those who use the package see them: shared out over workers, begun again where one is lost. */
import { abortable, either } from './abort.ts';
import type * as Api from './api.ts';
import type { WorkerClient } from './client.ts';
import { joined } from './frames.ts';
import { type Share, sharesOf } from './grid.ts';
import { paint } from './paint.ts';
import type { SharedPool } from './shared-pool.ts';
import type { AnyChain, ChainStart, DdpmEntry, Frame, SamplerOptions } from './protocol.ts';

/** What the crate takes where nothing is given. */
const STEPS = 100;

/** `at` is the worker that has begun it. */
type Begun = Share & { place: AnyChain; at: WorkerClient | null };

let samplers = 0;

export class SharedSampler implements Api.Sampler {
  readonly seed: number;
  readonly chains: number;
  readonly length: number;
  #next = 0;
  #closed = false;
  #start: Promise<ChainStart | null> | undefined;
  readonly #shares: Begun[];

  constructor(
    private readonly pool: SharedPool,
    private readonly entry: DdpmEntry,
    private readonly options: SamplerOptions & { seed: number },
    private readonly start: () => Promise<ChainStart | null>,
    t: number | undefined,
    /** Aborted when the model is closed. */
    private readonly ended: AbortSignal,
  ) {
    this.seed = options.seed;
    this.chains = options.chains ?? 1;
    this.length = (t ?? options.steps ?? STEPS) + 1;
    this.#shares = sharesOf(this.chains, pool.most).map((share) => ({
      ...share,
      place: `sampler ${samplers++}`,
      at: null,
    }));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Frame, void, void> {
    for (let frame = await this.step(); frame; frame = await this.step()) yield frame;
  }

  async step(options: Api.Abortable = {}): Promise<Frame | null> {
    if (this.#next >= this.length) return null;
    const frame = await this.frame(this.#next, options);
    this.#next = Math.max(this.#next, frame.index + 1);
    return frame;
  }

  frame(index: number, { signal }: Api.Abortable = {}): Promise<Frame> {
    const ends = either(signal, this.ended);
    return abortable(ends, async () => {
      if (this.#closed) throw new Error('the sampler is closed');
      const start = await (this.#start ??= this.start());
      const parts = this.#shares.map((share) => this.#frameOf(share, start, index, ends));
      const [first, ...others] = await Promise.all(parts);
      if (!first) throw new Error('there are no chains');
      return joined(first, others);
    });
  }

  paint(
    canvas: Api.Canvas,
    frame: Frame,
    { what = 'x', columns = this.chains }: { what?: 'x' | 'predictedX0'; columns?: number } = {},
  ): void {
    paint(canvas, { levels: frame[what], shape: this.entry.image }, { columns });
  }

  close(): void {
    this.#closed = true;
    for (const { at, place } of this.#shares)
      at?.call('endChain', { place }).catch(() => undefined);
  }

  #frameOf(
    share: Begun,
    start: ChainStart | null,
    index: number,
    signal: AbortSignal,
  ): Promise<Frame> {
    const { options } = this;
    const { id: model } = this.entry;
    const { place, chains, firstChain } = share;
    const work = async (client: WorkerClient) => {
      if (share.at !== client) {
        const own = { ...options, chains, firstChain: (options.firstChain ?? 0) + firstChain };
        await client.call('chain', { place, model, options: own, start, shares: 0 });
        share.at = client;
      }
      return client.call('stored', { place, index }, { signal });
    };
    return this.pool.use(model, work, { near: share.at, apart: true });
  }
}
