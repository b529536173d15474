/** What the npm package `elbo-room` offers: these types are its own, and `openEngine` in index.ts and node.ts gives them. */
import type {
  ClassPosteriorOptions,
  ClassPosteriorResult,
  DdpmEntry,
  DdpmFiles,
  DiagonalGaussian,
  Diffused,
  DiffuseOptions,
  DiffusionElboOptions,
  DiffusionElboResult,
  Frame,
  HvaeEntry,
  HvaeFiles,
  ImageShape,
  LatentBoundOptions,
  LatentBoundResult,
  Manifest,
  ModelEntry,
  SamplerOptions,
  ScheduleKind,
  ScheduleTable,
  VaeElbo,
  VaeElboOptions,
  VaeEntry,
  VaeFiles,
} from '../pkg/elbo_room.js';

/** Files of a model by their roles, as its entry in the manifest names them. */
export type FilesOf<Entry extends ModelEntry> = {
  [Role in keyof Entry['files']]: Uint8Array;
};
export type { DdpmFiles, HvaeFiles, VaeFiles };

export interface EngineOptions {
  /** Most workers, 1 or more; one for each processor core, 16 at most, if absent. They are started when there is work for them. */
  workers?: number;
  /** The WebAssembly: its address, its bytes, or the compiled module; that of the package if absent. */
  wasm?: string | URL | BufferSource | WebAssembly.Module;
  /** Keeps files of models in the browser's cache, by their checksums, between visits; true if absent. Node.js keeps none. */
  keep?: boolean;
  /** Told of workers that were lost, and of how many are left; others take over what they were at. */
  onLost?: (reason: string, left: number) => void;
}

/** Workers with the crate in them, and the models that they share. */
export interface Engine {
  /**
   * Loads a model from its files. Rejects with a ManifestError, ChecksumError or ModelError if its entry or a file is not what it says,
   * and with a RangeError while a model of the same id is open.
   */
  open(entry: VaeEntry, files: VaeFiles): Promise<Vae>;
  open(entry: HvaeEntry, files: HvaeFiles): Promise<Hvae>;
  open(entry: DdpmEntry, files: DdpmFiles): Promise<Ddpm>;
  open(entry: ModelEntry, files: VaeFiles | HvaeFiles | DdpmFiles): Promise<Model>;
  /**
   * The models of a folder with a `manifest.json`: an address, relative to the page, or in Node.js a `file:` URL. Rejects with a
   * TypeError if that is not an address, with a LoadError if the manifest cannot be read, with a ManifestError if none of its entries can be used.
   */
  models(folder: string | URL): Promise<Models>;
  /** Ends all workers; what is under way rejects with a WorkerLostError. Node.js does not exit before. */
  close(): void;
}

export interface Models {
  /** Entries that were left out stand in its `problems`. */
  readonly manifest: Manifest;
  /**
   * Reads the files of a model and loads it: a Vae, Hvae or Ddpm by the kind of its entry. Rejects as `Engine.open` does, with a
   * RangeError if there is no model of that id, and with a LoadError if a file cannot be read.
   */
  open<M extends Model = Model>(id: string): Promise<M>;
}

/** An image: 8-bit levels, row by row, the channels of a pixel side by side. Without a shape it has that of the model. */
export type Image = Uint8Array | { levels: Uint8Array; shape?: ImageShape };

/** An image that a model has made; images that are decoded, sampled or reconstructed can be handed on as they are. */
export interface Picture {
  levels: Uint8Array;
  shape: ImageShape;
}

/** Ends what was asked for: it then rejects with the signal's reason. */
export interface Abortable {
  signal?: AbortSignal;
}

/** The class, for a model that is conditioned on one. */
export interface Conditional {
  class?: number | null;
}

/**
 * A bound on its way, computed by all workers once it is iterated or awaited. `for await` gives each result that is there when the last
 * one has been dealt with, the complete one at the end; `await` waits for that. Leaving the loop, or the signal, ends it. How many
 * workers there are leaves no trace in the result.
 */
export interface Bound<Result> extends AsyncIterable<Result>, PromiseLike<Result> {
  /** The seed: the one that was asked for, or drawn. */
  readonly seed: number;
  /** Evaluations of the network that are recorded. */
  readonly evaluations: number;
  /** Evaluations when it is complete; null before a worker has begun. */
  readonly total: number | null;
}

/** Scores of many images, row by row. */
export interface Scores {
  /** Names of the columns; costs and bounds in nats unless the name says bits. */
  columns: readonly string[];
  /** NaN where there is none. */
  rows: Float64Array[];
}

export interface ScoreOptions extends Abortable, Conditional {
  /** Seed of all noise; each image has noise of its own, by its number. 1 if absent. */
  seed?: number;
}

interface Opened<Entry extends ModelEntry> {
  readonly entry: Entry;
  readonly shape: ImageShape;
  /** Frees the model in all workers. */
  close(): void;
}

export interface Vae extends Opened<VaeEntry> {
  /** A draw from the prior N(0, I). */
  samplePrior(seed: number): Promise<Float32Array>;
  /** The picture of one latent vector, or those of several laid end to end; `means` are its pixel means in [0, 1]. */
  decode(
    z: ArrayLike<number>,
    options?: Abortable & Conditional,
  ): Promise<Picture & { means: Float32Array }>;
  /** q(z|x) of an image. */
  encode(image: Image, options?: Abortable & Conditional): Promise<DiagonalGaussian>;
  /** Paints what a latent vector decodes to, or several side by side, on a canvas and sizes the canvas to it. */
  paint(
    canvas: Canvas,
    z: ArrayLike<number>,
    options?: Abortable & Conditional & { columns?: number },
  ): Promise<void>;
  /** The evidence lower bound with the exact KL, by few samples: 64 if not said. */
  elbo(image: Image, options?: VaeElboOptions & Abortable): Bound<VaeElbo>;
  /** The ELBO, the importance-weighted bounds and log p(x), growing sample by sample. */
  bound(image: Image, options?: LatentBoundOptions & Abortable): Bound<LatentBoundResult>;
  /** The bound of each of many images, laid end to end. */
  score(
    images: Image,
    options?: ScoreOptions & Pick<LatentBoundOptions, 'samples' | 'proposal'>,
  ): Bound<Scores>;
}

export interface Hvae extends Opened<HvaeEntry> {
  /** A picture with one seed for each layer, the top one first. */
  generate(seeds: readonly number[], options?: Abortable): Promise<Picture>;
  /** A picture whose upper layers (all if absent) are drawn from q(z|x) of an image, the others from their priors. */
  reconstruct(
    image: Image,
    options?: Abortable & { posteriorLayers?: number; seed?: number },
  ): Promise<Picture>;
  /** The ELBO, the importance-weighted bounds and log p(x), growing sample by sample. */
  bound(
    image: Image,
    options?: Omit<LatentBoundOptions, 'class'> & Abortable,
  ): Bound<LatentBoundResult>;
  /** The bound of each of many images, laid end to end. */
  score(
    images: Image,
    options?: Omit<ScoreOptions, 'class'> & Pick<LatentBoundOptions, 'samples' | 'proposal'>,
  ): Bound<Scores>;
}

export interface Ddpm extends Opened<DdpmEntry> {
  /** The evidence lower bound of an image, growing by evaluations of the network. */
  bound(image: Image, options?: DiffusionElboOptions & Abortable): Bound<DiffusionElboResult>;
  /** Which class an image is of: the posterior over classes by their bounds. */
  classify(image: Image, options?: ClassPosteriorOptions & Abortable): Bound<ClassPosteriorResult>;
  /** Reverse chains from noise, or from an image noised to timestep `t`. They are shared out over the workers. */
  sampler(options?: SamplerOptions & { from?: { image: Image; t: number } }): Sampler;
  /** An image noised to one timestep, what the model makes of it, and this draw's term of the bound. */
  diffuse(image: Image, options: DiffuseOptions & Abortable): Promise<Diffused>;
  /** The schedule of a chain of `steps` steps, as columns. */
  schedule(kind: ScheduleKind, steps: number): Promise<ScheduleTable>;
  /** The schedules that the network knows, that of its training first, and the steps of its own chain if it has one. */
  schedules(): Promise<{ kinds: ScheduleKind[]; trainedSteps: number | null }>;
  /** The bound of each of many images, laid end to end. */
  score(
    images: Image,
    options?: ScoreOptions &
      Pick<DiffusionElboOptions, 'schedule' | 'steps' | 'timesteps' | 'consistency'>,
  ): Bound<Scores>;
}

export type Model = Vae | Hvae | Ddpm;

/** Reverse chains; `for await` gives their frames, the sample last. */
export interface Sampler extends AsyncIterable<Frame> {
  readonly seed: number;
  readonly chains: number;
  /** Frames of complete chains. */
  readonly length: number;
  /** The next frame: the noise first, the sample last; null after that. */
  step(options?: Abortable): Promise<Frame | null>;
  /** Any frame, computed if it has not been. */
  frame(index: number, options?: Abortable): Promise<Frame>;
  /** Paints the chains of a frame side by side on a canvas; `what` is "x" if absent. */
  paint(
    canvas: Canvas,
    frame: Frame,
    options?: { what?: 'x' | 'predictedX0'; columns?: number },
  ): void;
  /** Frees the chains. */
  close(): void;
}

/** Pictures of one shape on a canvas, which is sized to them: side by side, or so many columns. */
export type Paint = (canvas: Canvas, picture: Picture, options?: { columns?: number }) => void;

/** The part of a canvas that is painted on: an HTMLCanvasElement, an OffscreenCanvas, or one of Node.js. */
export interface Canvas {
  width: number;
  height: number;
  getContext(kind: '2d'): {
    createImageData(
      width: number,
      height: number,
    ): { readonly data: { set(bytes: ArrayLike<number>): void } };
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever the canvas itself has made
    putImageData(image: any, x: number, y: number): void;
  } | null;
}
