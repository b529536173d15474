/** What the page asks of a model's entry: the shape of its images, its task, its classes, what it can be used for. Pure. */
import { kindOf } from './kinds/index.ts';
import type {
  DdpmEntry,
  EvaluatedModel,
  Format,
  HvaeEntry,
  ImageShape,
  ModelEntry,
  VaeEntry,
} from './protocol.ts';

/** The shape of MNIST's images, and of pictures in addresses that name none. */
export const MNIST_SHAPE: ImageShape = { channels: 1, height: 28, width: 28 };

export const dimensionsOf = ({ channels, height, width }: ImageShape) => channels * height * width;

export const isSameShape = (a: ImageShape, b: ImageShape) =>
  a.channels === b.channels && a.height === b.height && a.width === b.width;

/** Width over height, for CSS. */
export const ratioOf = ({ height, width }: ImageShape) => width / height;

/**
 * Data sets that are made as MNIST is say so in their name; where the manifest says nothing, grey images of 28 by 28 pixels
 * are taken for such.
 */
export function formatOf({ image: shape, dataset }: Pick<ModelEntry, 'image' | 'dataset'>): Format {
  const named = dataset === '' ? isSameShape(shape, MNIST_SHAPE) : /mnist/i.test(dataset);
  return { shape, digit: named && shape.channels === 1 };
}

/** Equal for equal formats. */
export const formatKey = ({ shape: { channels, height, width }, digit }: Format) =>
  `${height}x${width}x${channels}${digit ? ' digit' : ''}`;

/** What a bound is about; bounds of different tasks are never set against each other. */
export const TASKS = ['binarized', '8-bit', 'density', 'grey'] as const;
export type Task = (typeof TASKS)[number];

export function taskOf({ likelihood }: Pick<ModelEntry, 'likelihood'>): Task {
  if (likelihood === 'bernoulli') return 'binarized';
  if (likelihood === 'gaussian') return 'density';
  return likelihood === 'grey-bernoulli' ? 'grey' : '8-bit';
}

export type LatentEntry = VaeEntry | HvaeEntry;

/** Whether a model's bound is that of a model with latents. */
export const isLatent = (entry: ModelEntry): entry is LatentEntry =>
  kindOf(entry).bound === 'latent';

/** Whether it is that of a diffusion model. */
export const isDiffusion = (entry: ModelEntry): entry is DdpmEntry => !isLatent(entry);

/** The latents of a model that decodes an image from one vector of them. */
export const latentsOf = (entry: ModelEntry | undefined): VaeEntry['latents'] | undefined =>
  entry && kindOf(entry).latents?.(entry);

/** Whether a model decodes an image from one vector of latents. */
export const hasLatents = (entry: ModelEntry): entry is VaeEntry =>
  kindOf(entry).latents !== undefined;

/** Whether the bound of a model has a KL for each layer of latents. */
export const isLayered = (entry: ModelEntry): boolean => kindOf(entry).layers !== undefined;

/** Whether a model reconstructs images with some layers of latents from q(z|x), and the others from the prior. */
export const isHierarchy = (entry: ModelEntry): entry is HvaeEntry =>
  kindOf(entry).reconstructsByLayer === true;

/** Why a model has no bound: it has no encoder, or its encoder states no distribution; null where it has one. */
export const boundLack = (entry: ModelEntry): 'encoder' | 'posterior' | null =>
  kindOf(entry).lack?.(entry) ?? null;

/** Names of the classes that a model is conditioned on; none where it is not. */
export const classesOf = (entry: ModelEntry | undefined): readonly string[] =>
  (entry && kindOf(entry).classes?.(entry)) ?? [];

/** Whether a model can be used without a class. */
export const hasNullClass = (entry: ModelEntry): boolean =>
  classesOf(entry).length === 0 || kindOf(entry).hasNullClass?.(entry) !== false;

/** What classes are called: digits, where all of them are. */
export const classKind = (classes: readonly string[]): 'digits' | 'named' =>
  classes.length > 0 && classes.every((name) => /^\d$/.test(name)) ? 'digits' : 'named';

/** In the manifest, a comma comes before how a data set was prepared. */
export const datasetOf = ({ dataset }: Pick<ModelEntry, 'dataset'>): string =>
  (dataset.split(',')[0] ?? '').trim();

/** The data sets of the models, each once. */
export const datasetsOf = (models: readonly Pick<ModelEntry, 'dataset'>[]): string[] => [
  ...new Set(models.map(datasetOf).filter(Boolean)),
];

/** Whether scores were computed from the very files that are loaded. */
const isOfFiles = (model: EvaluatedModel, { id, files }: ModelEntry): boolean =>
  model.id === id &&
  Object.entries(files).every(([role, { sha256 }]) => model.files[role] === sha256);

/** What is known of a model's scores on its own data set. */
export const evaluationOf = (
  evaluated: readonly EvaluatedModel[] | undefined,
  entry: ModelEntry,
): EvaluatedModel | undefined =>
  evaluated?.find((model) => model.own !== false && isOfFiles(model, entry));

/** What is known of its scores on another data set, set against its own. */
export const strangersOf = (
  evaluated: readonly EvaluatedModel[] | undefined,
  entry: ModelEntry,
): EvaluatedModel | undefined =>
  evaluated?.find((model) => model.strangers !== undefined && isOfFiles(model, entry));
