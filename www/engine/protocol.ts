/** What the page and its workers speak of: models, pictures, bounds, fits, diffusions. */
import type {
  ClassPosteriorOptions,
  ClassPosteriorResult,
  ClassRegion,
  DataFile,
  DdpmEntry,
  DigitReading,
  DigitStanding,
  Diffused,
  DiffusionElboOptions,
  DiffusionElboResult,
  Estimate,
  ImportanceEstimate,
  ImportanceProposal,
  ParetoDiagnostic,
  EvaluatedModel,
  ExampleDrawing,
  EntryChanges,
  FlatImage,
  FlatVector,
  FileEntry,
  Frame,
  GraphInfo,
  Histogram,
  HvaeEntry,
  ImageShape,
  LatentBoundOptions,
  LatentBoundResult,
  InferenceFamily,
  InferenceForwardFit,
  InferenceObservation,
  InferenceOptions,
  InferencePlane,
  InferenceState,
  InferenceTarget,
  InferenceTrace,
  InferenceWindow,
  Manifest,
  MeanScore,
  ModelCheck,
  ModelEntry,
  PlaneComponent,
  PlaneDiffusionOptions,
  PlaneField,
  PlaneKernels,
  PlaneNetworkOptions,
  PlanePointResult,
  PlanePreset,
  PlaneScores,
  PlaneTrainingTrace,
  Phrase,
  PrincipalComponents,
  Proposal,
  Roc,
  SamplerOptions,
  ScheduleKind,
  ScheduleTable,
  SharedFrame,
  StrangerDetector,
  StrangerEvidence,
  StrangerPlace,
  Strangers,
  VaeElbo,
  VaeEntry,
} from '../pkg/elbo_room.js';

export type {
  ClassPosteriorResult,
  ClassRegion,
  DataFile,
  DdpmEntry,
  DigitReading,
  DigitStanding,
  Diffused,
  DiffusionElboResult,
  Estimate,
  ImportanceEstimate,
  ImportanceProposal,
  ParetoDiagnostic,
  EvaluatedModel,
  ExampleDrawing,
  EntryChanges,
  FlatImage,
  FlatVector,
  FileEntry,
  Frame,
  GraphInfo,
  Histogram,
  HvaeEntry,
  ImageShape,
  LatentBoundOptions,
  LatentBoundResult,
  InferenceFamily,
  InferenceOptions,
  InferenceTarget,
  Manifest,
  MeanScore,
  ModelCheck,
  ModelEntry,
  PlaneComponent,
  PlaneDiffusionOptions,
  PlaneField,
  PlanePointResult,
  PlanePreset,
  PlaneScores,
  Phrase,
  PrincipalComponents,
  Proposal,
  Roc,
  SamplerOptions,
  ScheduleKind,
  ScheduleTable,
  SharedFrame,
  StrangerDetector,
  StrangerEvidence,
  StrangerPlace,
  Strangers,
  VaeElbo,
  VaeEntry,
};

/** An image of 8-bit levels, row by row, the channels of a pixel side by side. */
export interface Pixels {
  levels: Uint8Array;
  shape: ImageShape;
}

/** How a model wants its images: their shape, and whether ink is centred and scaled as MNIST's digits are. */
export interface Format {
  shape: ImageShape;
  digit: boolean;
}

export type LatentPoint = { seed: number } | { z: number[] };
export type LatentSource =
  | LatentPoint
  | { a: LatentPoint; b: LatentPoint; position: number; mode: 'linear' | 'spherical' }
  /** A polyline through latent vectors laid end to end, and a position in [0, 1] along its length. */
  | { path: number[]; position: number };

/** The chains that are kept side by side. */
export type ChainPlace = 'a' | 'b';

/** Those of a page, and any number beside them. */
export type AnyChain = ChainPlace | `sampler ${number}`;

/** A stored frame of the chain as the page needs it; the pixels are already on the canvases. */
export interface FrameInfo {
  index: number;
  t: number;
  /** Infinity at t = 0. */
  logSnr: number;
  /** x_t of every chain, 8-bit levels. */
  x: Uint8Array;
  /** Predicted x_0 of every chain, 8-bit levels. */
  predictedX0: Uint8Array;
  /** Of each of them. */
  shape: ImageShape;
  /** Its root mean square difference from the picture that was noised, in levels, for every chain; null for chains from noise. */
  rmsToOriginal: number[] | null;
}

/** Frames of a chain as 8-bit levels, of every chain of a grid. */
export interface FilmFrames {
  shape: ImageShape;
  frames: Pick<Frame, 't' | 'x' | 'predictedX0'>[];
}

/** Pixel means in [0, 1], and the 8-bit levels that they are shown with. */
export interface Decoded {
  means: Float32Array;
  levels: Uint8Array;
}

/** A picture of 8-bit levels, and the timestep to which it is noised. */
export interface ChainStart {
  image: Uint8Array;
  t: number;
}

/** The schedules that a diffusion model can be used with, and the steps of the chain of its training. */
export interface Schedules {
  kinds: ScheduleKind[];
  trainedSteps: number | null;
}

/**
 * A computation that grows by independent evaluations, addressed by their index: what the workers of the pool share. The
 * same task gives the same values wherever they are computed.
 */
export interface Jobs {
  latent: { options: LatentBoundOptions; result: LatentBoundResult };
  diffusion: { options: DiffusionElboOptions; result: DiffusionElboResult };
  classes: { options: ClassPosteriorOptions; result: ClassPosteriorResult };
  /** Images of a data set, laid end to end: each evaluation is the whole bound of one. */
  set: { options: SetOptions; result: { columns: number; rows: Float64Array } };
}

/** What the images of a data set are scored with; a model takes the options of its kind. */
interface SetOptions {
  shape: ImageShape;
  /** Their numbers in the data set, which address their noise. */
  images: number[];
  seed: number;
  latent: Pick<LatentBoundOptions, 'samples' | 'proposal' | 'class'>;
  diffusion: Pick<DiffusionElboOptions, 'schedule' | 'steps' | 'timesteps' | 'consistency'>;
}

export type JobKind = keyof Jobs;

export type JobTask = {
  [K in JobKind]: { kind: K; model: string; image: Uint8Array; options: Jobs[K]['options'] };
}[JobKind];

export type JobResult = Jobs[JobKind]['result'];

/** A job as far as it has been recorded; `result` is null until there is one, and while it has not changed. */
export interface JobRecord {
  evaluations: number;
  result: JobResult | null;
}

export interface InferenceSetup {
  target: InferenceTarget;
  family: InferenceFamily;
  options: InferenceOptions;
}

/** A fit after some iterations; the planes are already on the canvases. */
export interface InferenceView {
  /** Names of what was asked for, and of what is painted. */
  asked: string;
  painted: string;
  state: InferenceState;
  trace: InferenceTrace;
  forward: InferenceForwardFit;
  window: InferenceWindow;
  data: InferenceObservation[];
  /** Five numbers each: component, z_1, z_2, and the pull on its component's mean. */
  draws: Float64Array;
}

/** A diffusion in the plane; with `network`, as far as that is trained, in the place of the model. */
export interface PlaneSetup {
  options: PlaneDiffusionOptions;
  network: PlaneNetworkOptions | null;
}

/** Which diffusion is meant: another `version` takes the network as it is by then. */
export interface PlaneOf {
  /** The first diffusion, or the second beside it. */
  place: 'a' | 'b';
  setup: PlaneSetup;
  version: number;
}

/** How planes are painted. */
export type PlaneLook = Omit<InferencePlane, 'q' | 'draws'>;

/** A diffusion at one timestep; the planes are already on the canvases. */
export interface PlaneView {
  /** Name of what was asked for. */
  asked: string;
  t: number;
  /** null at t = 0. */
  logSnr: number | null;
  /** null for t below 2. */
  kernels: PlaneKernels | null;
}

export interface PlaneTraining {
  steps: number;
  trace: PlaneTrainingTrace;
  /** Mean bound of the exact score over the same draws. */
  exactElbo: number;
}
