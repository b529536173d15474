/**
 * What the page and its workers say to each other. Every call carries an id and is answered by exactly one `result` or
 * `error`; progress may come before. Cancelling is a message of its own that the worker sees between two network
 * evaluations.
 */
import type {
  ClassRegion,
  DataFile,
  DigitReading,
  DigitStanding,
  DiagonalGaussian,
  Diffused,
  DiffuseOptions,
  EvaluatedModel,
  ExampleDrawing,
  EntryChanges,
  FlatImage,
  Frame,
  GraphInfo,
  Histogram,
  ImageShape,
  Manifest,
  ModelCheck,
  ModelEntry,
  PlaneField,
  PlaneNetworkOptions,
  PlanePointResult,
  PlaneScores,
  PrincipalComponents,
  Proposal,
  Roc,
  SamplerOptions,
  ScheduleKind,
  ScheduleTable,
  StrangerEvidence,
  StrangerPlace,
} from '../pkg/elbo_room.js';
import type { WireError } from './errors.ts';
import type {
  AnyChain,
  ChainPlace,
  ChainStart,
  Decoded,
  FilmFrames,
  Format,
  FrameInfo,
  JobRecord,
  JobTask,
  InferenceSetup,
  InferenceView,
  LatentSource,
  Pixels,
  PlaneLook,
  PlaneOf,
  PlaneTraining,
  PlaneView,
  Schedules,
  SharedFrame,
} from './protocol.ts';

export interface Call<Params, Result, Progress = never> {
  params: Params;
  result: Result;
  progress: Progress;
}

/** The calls of a worker, by their names. */
export type CallMap<C> = { [K in keyof C]: Call<unknown, unknown, unknown> };

export interface Calls {
  /** Instantiates the compiled crate. */
  start: Call<{ module: WebAssembly.Module }, null>;
  manifest: Call<{ json: string }, Manifest>;
  /** Verifies and loads one model, of a VAE the decoder at least; one of the same id that was there before is freed. */
  load: Call<{ entry: ModelEntry; files: Record<string, Uint8Array> }, null>;
  /** Frees a model; one that is not there is none to be freed. */
  unload: Call<{ id: string }, null>;
  /** What is in an ONNX file, whose weights may lie in another one; of a size, height and width, where it takes any. */
  inspect: Call<
    { file: Uint8Array; external: Uint8Array | null; size: [number, number] | null },
    GraphInfo
  >;
  /** An entry for files that were inspected, whose vectors hold images of a size that is guessed where it is not given. */
  propose: Call<
    { id: string; files: { name: string; info: GraphInfo }[]; flat: FlatImage | null },
    Proposal
  >;
  /** An entry with some of its fields changed. */
  changeEntry: Call<{ entry: ModelEntry; changes: EntryChanges }, ModelEntry>;
  /** Runs a model on probes; it need not be loaded. */
  check: Call<{ entry: ModelEntry; files: Record<string, Uint8Array> }, ModelCheck>;
  /** Mean KL of each latent over pictures of 8-bit levels laid end to end, in nats. */
  estimateKl: Call<{ model: string; images: Uint8Array; class: number | null }, number[]>;
  /** Hands over a canvas that later calls paint on by its name. */
  surface: Call<{ name: string; canvas: OffscreenCanvas }, null>;
  /** Is answered when what was asked for before has been done, or has let others in between. */
  settle: Call<null, null>;
  /** Decodes latent vectors laid end to end. */
  pixels: Call<{ model: string; z: Float32Array; class: number | null }, Decoded>;
  /** q(z|x) of an image of 8-bit levels. */
  encode: Call<{ model: string; image: Uint8Array; class: number | null }, DiagonalGaussian>;
  /** A draw from the prior. */
  prior: Call<{ model: string; seed: number }, Float32Array>;
  /**
   * Decodes points of latent space, on the slider grid, and paints them side by side where `surface` names a canvas.
   * `painted` is when the canvas had them, in milliseconds by the clock that the threads share.
   */
  decode: Call<
    { model: string; sources: LatentSource[]; class?: number | null; surface: string | null },
    { z: number[][]; levels: Uint8Array; shape: ImageShape; painted: number }
  >;
  /** Paints the decoded plane of a VAE with two latents, coarse at first; progress is the share that is done. */
  plane: Call<
    {
      model: string;
      surface: string;
      range: number;
      grids: readonly number[];
      class?: number | null;
    },
    null,
    number
  >;
  /** Where the training images of each class lie in it. */
  classRegions: Call<{ model: string; shares: readonly number[] }, ClassRegion[]>;
  schedules: Call<{ model: string }, Schedules>;
  schedule: Call<{ model: string; kind: ScheduleKind; steps: number }, ScheduleTable>;
  /**
   * Begins a new chain in place of the last one, from noise or from a picture noised to t; computes nothing yet. Of a grid, other
   * workers compute `shares` more chains or groups of them.
   */
  chain: Call<
    {
      place: AnyChain;
      model: string;
      options: SamplerOptions;
      start: ChainStart | null;
      shares: number;
    },
    { frames: number }
  >;
  /** Computes the chain's remaining frames; progress tells how many there are, of all shares. */
  advance: Call<{ place: ChainPlace }, { available: number }, { available: number }>;
  /** Frees the chain of a place and its frames; where there is none, nothing is freed. */
  endChain: Call<{ place: AnyChain }, null>;
  /** A frame of a chain, which goes on as far as that. */
  stored: Call<{ place: AnyChain; index: number }, Frame>;
  /** Computes a share of another worker's grid; progress and result bring the frames from `from` on, each once. */
  assist: Call<
    {
      place: ChainPlace;
      model: string;
      grid: string;
      share: number;
      options: SamplerOptions;
      start: ChainStart | null;
      from: number;
    },
    SharedFrame[],
    SharedFrame[]
  >;
  /** Takes frames of a share; tells how many of it are held, and how many there are of all shares. */
  collect: Call<
    { place: ChainPlace; share: number; frames: SharedFrame[] },
    { held: number; available: number }
  >;
  /**
   * Paints a stored frame, and what the chain starts from where `start` names a canvas. With `hold`, computing waits a moment, so
   * that a scrubbing hand is served first.
   */
  frame: Call<
    {
      place: ChainPlace;
      index: number;
      x: string;
      predictedX0: string;
      start: string | null;
      columns: number;
      hold: boolean;
    },
    FrameInfo
  >;
  /** Stored frames of the chain, of all its shares; progress is the share that is done. */
  frames: Call<{ place: ChainPlace; indices: number[] }, FilmFrames, number>;
  /** A fit after each of so many iterations, ascending, as RGBA bytes of squares; progress is the share that is done. */
  fitFrames: Call<
    { setup: InferenceSetup; iterations: number[]; look: PlaneLook },
    Uint8ClampedArray<ArrayBuffer>[],
    number
  >;
  /**
   * Brings the fit of a setup to so many iterations, forwards or from its start, and paints it: the first run beside the forward fit,
   * the second alone.
   */
  fit: Call<
    {
      place: 'a' | 'b';
      asked: string;
      setup: InferenceSetup;
      iterations: number;
      look: PlaneLook;
    },
    InferenceView
  >;
  /** Paints the planes of a diffusion at one timestep, four of the first, three of the second; with `hold`, computing waits a moment. */
  planePaint: Call<
    PlaneOf & {
      asked: string;
      t: number;
      look: PlaneLook;
      /** Of the planes of the samplers. */
      small: PlaneLook;
      field: PlaneField | null;
      particle: number;
      point: [number, number];
      hold: boolean;
    },
    PlaneView
  >;
  /** Goes on with all samplers until they have ended. */
  planeAdvance: Call<PlaneOf, { reached: number }, { reached: number }>;
  /** The likelihoods and bounds of a point. */
  planePoint: Call<PlaneOf & { point: [number, number] }, PlanePointResult, PlanePointResult>;
  /** Trains a network until it has made so many steps; one that has made more is begun anew. */
  planeTrain: Call<{ network: PlaneNetworkOptions; steps: number }, PlaneTraining, PlaneTraining>;
  planeScores: Call<PlaneOf, PlaneScores>;
  /** Begins a job in this worker; the number names it from here on. */
  openJob: Call<{ jobId: number; task: JobTask }, { total: number }>;
  /** The values of the evaluations `from` to before `to`, in order. */
  evaluate: Call<{ jobId: number; from: number; to: number }, Float64Array[]>;
  /** Hands in values of consecutive evaluations from `from` on. */
  record: Call<{ jobId: number; from: number; values: Float64Array[] }, JobRecord>;
  closeJob: Call<{ jobId: number }, null>;
  /** A file of a data set: IDX, NPY or CSV. */
  readData: Call<{ bytes: Uint8Array }, DataFile>;
  /** The numbers of a data set's images in the order in which they are scored. */
  imageOrder: Call<{ seed: number; images: number }, Uint32Array>;
  roc: Call<{ positives: Float64Array; negatives: Float64Array }, Roc>;
  histogram: Call<{ values: Float64Array; bins: number }, Histogram>;
  /** Of points laid end to end, so many dimensions each. */
  components: Call<
    { points: Float64Array; dimensions: number; components: number },
    PrincipalComponents
  >;
  /** An array of rank 1 as an NPY file. */
  npy: Call<{ values: Float64Array | Uint8Array }, Uint8Array>;
  /** The scores of the test set, validated. */
  evaluation: Call<{ json: string }, EvaluatedModel[]>;
  /** How many of a hundred test images have a lower ELBO under the model. */
  percentile: Call<{ json: string; model: string; elbo: number }, number>;
  /** Where a picture stands between the test images of a model's own data set and those of another. */
  place: Call<
    {
      json: string;
      model: string;
      dataset: string;
      image: Pixels;
      seed: number;
      evidence: StrangerEvidence;
    },
    StrangerPlace[]
  >;
  /** The drawings that come with the crate. */
  examples: Call<null, ExampleDrawing[]>;
  /** Strokes in [0, 1]², or an image, as an image that a model takes: 8-bit levels. */
  prepare: Call<
    { of: { strokes: Float32Array[] } | { image: Pixels }; format: Format },
    Uint8Array
  >;
  /** The pixels of a file as such an image: the digit in it where the format is of digits, unless all of it is wanted. */
  read: Call<
    {
      of: { rgba: Uint8ClampedArray; width: number; height: number };
      format: Format;
      whole: boolean;
    },
    DigitReading
  >;
  /** How an image of MNIST's shape stands among MNIST's; null where nothing is in it. */
  standing: Call<{ levels: Uint8Array }, DigitStanding | null>;
  /** A picture at one timestep of a chain, and what the model makes of it. */
  diffuse: Call<{ model: string; image: Uint8Array; options: DiffuseOptions }, Diffused>;
  /** One picture per list of layer seeds, 8-bit levels. */
  generate: Call<{ model: string; seeds: number[][] }, Uint8Array[]>;
  /** One picture per seed, its upper `layers` layers from the posterior, the others from their priors, 8-bit levels. */
  reconstruct: Call<
    { model: string; image: Uint8Array; layers: number; seeds: number[] },
    Uint8Array[]
  >;
}

export type CallName = keyof Calls;

export type ToWorker<C extends CallMap<C> = Calls> =
  | { [K in keyof C]: { id: number; call: K; params: C[K]['params'] } }[keyof C]
  | { cancel: number }
  /** Name of a lock that the worker is to hold for as long as it lives; null where there are no locks. */
  | { watch: string | null };

export type FromWorker<C extends CallMap<C> = Calls> =
  /** The lock is held; null: there is none. */
  | { watched: string | null }
  | { id: number; result: C[keyof C]['result'] }
  | { id: number; progress: C[keyof C]['progress'] }
  /** `fatal`: the wasm instance trapped and can no longer be trusted. */
  | { id: number; error: WireError; fatal: boolean };
