/** Models that are open, as those who use the package see them: calls to the workers of the pool. */
import { abortable, either } from './abort.ts';
import type * as Api from './api.ts';
import { GrowingBound, type State } from './bound.ts';
import type { CallName, Calls } from './calls.ts';
import { asError } from './errors.ts';
import { dimensionsOf, isSameShape } from './facts.ts';
import { paint } from './paint.ts';
import type { SharedPool } from './shared-pool.ts';
import type {
  DdpmEntry,
  JobResult,
  Jobs,
  JobTask,
  HvaeEntry,
  ImageShape,
  LatentBoundOptions,
  LatentBoundResult,
  ModelEntry,
  ScheduleKind,
  VaeElbo,
  VaeEntry,
} from './protocol.ts';
import type { JobHandle } from './pool-services.ts';
import { SharedSampler } from './sampler.ts';
import { columnsOf } from './scores.ts';
import { randomSeed } from './seed.ts';

const BEGUN = { evaluations: 0, total: null, result: null, error: null } as const;
/** Samples of Vae.elbo where none are asked for. */
const SAMPLES = 64;

type SetOptions = Jobs['set']['options'];

/** What all kinds have. */
abstract class Opened<Entry extends ModelEntry> {
  /** Aborted when it is closed. */
  protected readonly open = new AbortController();

  constructor(
    readonly entry: Entry,
    protected readonly pool: SharedPool,
    private readonly onClose: () => void,
  ) {}

  get shape(): ImageShape {
    return this.entry.image;
  }

  close(): void {
    if (this.open.signal.aborted) return;
    this.open.abort(new Error(`the model ${this.entry.id} is closed: open it again`));
    this.onClose();
  }

  protected async call<K extends CallName>(
    call: K,
    params: Calls[K]['params'],
    signal?: AbortSignal,
  ): Promise<Calls[K]['result']> {
    const ends = either(signal, this.open.signal);
    return abortable(ends, () =>
      this.pool.use(this.entry.id, (client) => client.call(call, params, { signal: ends })),
    );
  }

  /** Levels in the shape of the model. */
  protected async levels(image: Api.Image): Promise<Uint8Array> {
    const { levels, shape = this.shape } = image instanceof Uint8Array ? { levels: image } : image;
    if (isSameShape(shape, this.shape)) return levels;
    const format = { shape: this.shape, digit: false };
    return this.call('prepare', { of: { image: { levels, shape } }, format });
  }

  /** A bound that the pool's workers share, and what is read in its results. */
  protected grown<K extends 'latent' | 'diffusion' | 'classes', Result = Jobs[K]['result']>(
    kind: K,
    image: Api.Image,
    options: Jobs[K]['options'] & { seed: number },
    signal: AbortSignal | undefined,
    read = (result: Jobs[K]['result']) => result as Result,
  ): Api.Bound<Result> {
    const task = async () =>
      ({ kind, model: this.entry.id, image: await this.levels(image), options }) as JobTask;
    const readAny = (result: JobResult) => read(result as Jobs[K]['result']);
    return new GrowingBound(
      options.seed,
      (onChange) => this.#submit(task, readAny, onChange),
      either(signal, this.open.signal),
    );
  }

  protected scored(
    images: Api.Image,
    {
      seed = 1,
      signal,
      ...options
    }: Api.ScoreOptions & SetOptions['latent'] & SetOptions['diffusion'],
  ): Api.Bound<Api.Scores> {
    const columns = columnsOf(this.entry);
    const { levels, shape = this.shape } =
      images instanceof Uint8Array ? { levels: images } : images;
    const count = levels.length / dimensionsOf(shape);
    if (!Number.isInteger(count) || count === 0)
      throw new RangeError(
        `${levels.length} levels are not whole images: give a multiple of ${dimensionsOf(shape)}`,
      );
    const numbers = Array.from({ length: count }, (_, i) => i);
    const task = async (): Promise<JobTask> => ({
      kind: 'set',
      model: this.entry.id,
      image: levels,
      options: { shape, images: numbers, seed, latent: options, diffusion: options },
    });
    const read = (result: JobResult): Api.Scores => {
      const { rows } = result as Jobs['set']['result'];
      const row = (i: number) => rows.subarray(i * columns.length, (i + 1) * columns.length);
      return {
        columns,
        rows: Array.from({ length: rows.length / columns.length }, (_, i) => row(i)),
      };
    };
    const ends = either(signal, this.open.signal);
    return new GrowingBound(seed, (onChange) => this.#submit(task, read, onChange), ends);
  }

  /** Submits what is to be computed when it is there, unless nobody wants it any more. */
  #submit<Result>(
    prepare: () => Promise<JobTask>,
    read: (result: JobResult) => Result,
    onChange: (state: State<Result>) => void,
  ): { drop(): void } {
    let handle: JobHandle | undefined;
    let dropped = false;
    // The same result is read once: who iterates sees by it whether there is another.
    let last: { of: JobResult; read: Result } | undefined;
    const submit = (task: JobTask) => {
      if (dropped) return;
      handle = this.pool.submit(task, {
        onChange: ({ result, ...state }) => {
          if (result && result !== last?.of) last = { of: result, read: read(result) };
          onChange({ ...state, result: last?.read ?? null });
        },
      });
    };
    const fail = (error: unknown) => {
      if (!dropped) onChange({ ...BEGUN, status: 'failed', error: asError(error) });
    };
    prepare().then(submit).catch(fail);
    return {
      drop() {
        dropped = true;
        handle?.drop();
      },
    };
  }
}

/** With a seed, which all workers must have: drawn where none is given. */
const seeded = <Options extends { seed?: number }>(
  options: Options,
): Options & { seed: number } => ({
  ...options,
  seed: options.seed ?? randomSeed(),
});

/** Of the bound without importance weights. */
const elboOf = ({ kl, klPerLatent, ...result }: LatentBoundResult): VaeElbo => ({
  seed: result.seed,
  samples: result.samples,
  task: result.task,
  binarized: result.binarized,
  density: result.density,
  reconstruction: result.reconstruction,
  kl: kl.mean,
  klPerLatent: klPerLatent ?? [],
  elbo: result.elbo,
  bitsPerDim: result.bitsPerDim,
});

abstract class Latent<Entry extends VaeEntry | HvaeEntry> extends Opened<Entry> {
  bound(image: Api.Image, { signal, ...options }: LatentBoundOptions & Api.Abortable = {}) {
    return this.grown('latent', image, seeded(options), signal);
  }
}

class OpenVae extends Latent<VaeEntry> implements Api.Vae {
  samplePrior(seed: number): Promise<Float32Array> {
    return this.call('prior', { model: this.entry.id, seed });
  }

  async decode(
    z: ArrayLike<number>,
    { signal, class: given = null }: Api.Abortable & Api.Conditional = {},
  ): Promise<Api.Picture & { means: Float32Array }> {
    const params = { model: this.entry.id, z: Float32Array.from(z), class: given };
    return { ...(await this.call('pixels', params, signal)), shape: this.shape };
  }

  async encode(
    image: Api.Image,
    { signal, class: given = null }: Api.Abortable & Api.Conditional = {},
  ) {
    const params = { model: this.entry.id, image: await this.levels(image), class: given };
    return this.call('encode', params, signal);
  }

  async paint(
    canvas: Api.Canvas,
    z: ArrayLike<number>,
    { columns, ...options }: Api.Abortable & Api.Conditional & { columns?: number } = {},
  ): Promise<void> {
    paint(canvas, await this.decode(z, options), columns === undefined ? {} : { columns });
  }

  elbo(image: Api.Image, { signal, ...options }: Parameters<Api.Vae['elbo']>[1] = {}) {
    const samples = options.samples ?? SAMPLES;
    const own = { ...seeded(options), samples, proposal: 'posterior' as const };
    return this.grown('latent', image, own, signal, elboOf);
  }

  score(images: Api.Image, options: Parameters<Api.Vae['score']>[1] = {}) {
    return this.scored(images, options);
  }
}

class OpenHvae extends Latent<HvaeEntry> implements Api.Hvae {
  async generate(seeds: readonly number[], { signal }: Api.Abortable = {}): Promise<Api.Picture> {
    const params = { model: this.entry.id, seeds: [[...seeds]] };
    return this.#first(await this.call('generate', params, signal));
  }

  async reconstruct(
    image: Api.Image,
    options: Parameters<Api.Hvae['reconstruct']>[1] = {},
  ): Promise<Api.Picture> {
    const { signal, posteriorLayers: layers = this.entry.layers.length } = options;
    const seeds = [options.seed ?? randomSeed()];
    const params = { model: this.entry.id, image: await this.levels(image), layers, seeds };
    return this.#first(await this.call('reconstruct', params, signal));
  }

  score(images: Api.Image, options: Parameters<Api.Hvae['score']>[1] = {}) {
    return this.scored(images, options);
  }

  #first([levels]: Uint8Array[]): Api.Picture {
    if (!levels) throw new Error('the worker made no picture');
    return { levels, shape: this.shape };
  }
}

class OpenDdpm extends Opened<DdpmEntry> implements Api.Ddpm {
  bound(image: Api.Image, { signal, ...options }: Parameters<Api.Ddpm['bound']>[1] = {}) {
    return this.grown('diffusion', image, seeded(options), signal);
  }

  classify(image: Api.Image, { signal, ...options }: Parameters<Api.Ddpm['classify']>[1] = {}) {
    return this.grown('classes', image, seeded(options), signal);
  }

  sampler({ from, ...options }: Parameters<Api.Ddpm['sampler']>[0] = {}): Api.Sampler {
    const start = from
      ? async () => ({ image: await this.levels(from.image), t: from.t })
      : async () => null;
    const own = seeded(options);
    return new SharedSampler(this.pool, this.entry, own, start, from?.t, this.open.signal);
  }

  async diffuse(image: Api.Image, { signal, ...options }: Parameters<Api.Ddpm['diffuse']>[1]) {
    const params = { model: this.entry.id, image: await this.levels(image), options };
    return this.call('diffuse', params, signal);
  }

  schedule(kind: ScheduleKind, steps: number) {
    return this.call('schedule', { model: this.entry.id, kind, steps });
  }

  schedules() {
    return this.call('schedules', { model: this.entry.id });
  }

  score(images: Api.Image, options: Parameters<Api.Ddpm['score']>[1] = {}) {
    return this.scored(images, options);
  }
}

/** What those who use the package get of each kind. */
export const OPENED = { vae: OpenVae, hvae: OpenHvae, ddpm: OpenDdpm };
