/** Which computations there are programs for outside the page. The programs are fetched when they are asked for. */
import { boundLack, isLatent, isSameShape } from '../../engine/facts.ts';
import type {
  ChainStart,
  DdpmEntry,
  Jobs,
  InferenceSetup,
  ModelEntry,
  Pixels,
  PlaneSetup,
  SamplerOptions,
  VaeEntry,
} from '../../engine/protocol.ts';
import type { About } from './code.ts';
import type { Code } from './subject.ts';

type Programs = typeof import('./code.ts');

/** A picture of another size is fitted to the model first, which is not a part of the programs. */
const isOf = (picture: Pixels | null, { image }: ModelEntry): picture is Pixels =>
  picture !== null && isSameShape(picture.shape, image);

function written(
  title: string,
  python: ((programs: Programs, about: About) => string) | null,
  javascript: (programs: Programs, about: About) => string,
): Code {
  const write = (program: typeof javascript) => async (address: string) =>
    program(await import('./code.ts'), { title, address });
  return { ...(python && { python: write(python) }), javascript: write(javascript) };
}

/** A point of latent space, decoded, given a class where the model is conditioned on one. */
export function decoding(
  entry: VaeEntry | undefined,
  z: readonly number[] | null,
  given: number | null,
  title: string,
): Code | undefined {
  if (!entry || !z) return undefined;
  return written(
    title,
    (programs, about) => programs.decodePython(entry, z, given, about),
    (programs, about) => programs.decodeJavascript(entry, z, given, about),
  );
}

/** The bound of a picture; `binarized` is what of it a model of binary pixels scores. */
export function scoring(
  entry: ModelEntry | undefined,
  picture: Pixels | null,
  result: { binarized: Uint8Array | null; samples: number; seed: number } | null,
  title: string,
  asked: Partial<Jobs['latent']['options']> = {},
): Code | undefined {
  if (!entry || !result || !isOf(picture, entry)) return undefined;
  const { samples, seed, binarized } = result;
  const options = { samples, seed, ...asked };
  const isBinary = entry.likelihood === 'bernoulli';
  const scored = isBinary ? binarized && { levels: binarized, shape: entry.image } : picture;
  return written(
    title,
    isLatent(entry) && scored && !boundLack(entry)
      ? (programs, about) =>
          programs.boundPython(
            entry,
            scored,
            { samples, seed, class: options.class ?? null },
            about,
          )
      : null,
    (programs, about) => programs.boundJavascript(entry, picture, options, about),
  );
}

/** The bound of a picture under a diffusion model. */
export function diffusing(
  entry: DdpmEntry | undefined,
  picture: Pixels | null,
  options: Jobs['diffusion']['options'],
  title: string,
): Code | undefined {
  if (!entry || !isOf(picture, entry)) return undefined;
  return written(
    title,
    (programs, about) => programs.diffusionPython(entry, picture, options, about),
    (programs, about) => programs.diffusionJavascript(entry, picture, options, about),
  );
}

/** A fit of q to p. */
export const fitting = (setup: InferenceSetup, iterations: number, title: string): Code =>
  written(
    title,
    (programs, about) => programs.fitPython(setup, iterations, about),
    (programs, about) => programs.fitJavascript(setup, iterations, about),
  );

/** The bound of a point in the plane; in Python unless the score is a network's. */
export const pointing = (
  setup: PlaneSetup,
  trained: number,
  point: readonly [number, number],
  title: string,
): Code =>
  written(
    title,
    setup.network ? null : (programs, about) => programs.pointPython(setup, point, about),
    (programs, about) => programs.pointJavascript(setup, trained, point, about),
  );

/** Reverse chains from pure noise, or from a picture. */
export function sampling(
  entry: DdpmEntry | undefined,
  options: SamplerOptions,
  start: ChainStart | null,
  title: string,
): Code | undefined {
  if (!entry) return undefined;
  return written(
    title,
    (programs, about) => programs.chainPython(entry, options, start, about),
    (programs, about) => programs.chainJavascript(entry, options, start, about),
  );
}

/** The bounds of the images of a data set, which are of the model's shape. */
export function scoringSet(
  entry: ModelEntry,
  set: { name: string; images: number; seed: number },
  options: { latent: Jobs['latent']['options']; diffusion: Jobs['diffusion']['options'] },
  title: string,
): Code {
  const { name, seed } = set;
  if (!isLatent(entry))
    return written(
      title,
      (programs, about) =>
        programs.setDiffusionPython(entry, name, { ...options.diffusion, seed }, about),
      (programs, about) => programs.setJavascript(entry, set, options.diffusion, about),
    );
  const { samples = 64, class: given = null } = options.latent;
  return written(
    title,
    (programs, about) =>
      programs.setBoundPython(entry, name, { samples, seed, class: given }, about),
    (programs, about) => programs.setJavascript(entry, set, options.latent, about),
  );
}
