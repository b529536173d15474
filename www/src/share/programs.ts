/** Which computations there are programs for outside the page. The programs are fetched when they are asked for. */
import { isSameShape } from '../../engine/facts.ts';
import { isOwn } from '../../engine/own.ts';
import type {
  DdpmEntry,
  Growths,
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

/** Own files may need adapters, which a short program has none of. */
const isPlain = <E extends ModelEntry>(entry: E | undefined): entry is E =>
  entry !== undefined && !isOwn(entry.id);

/** A picture of another size is fitted to the model first, which is no part of the programs. */
const isOf = (picture: Pixels | null, { image }: ModelEntry): picture is Pixels =>
  picture !== null && isSameShape(picture.shape, image);

/** A network of which a program can take the clean image. */
const isKnown = (entry: DdpmEntry | undefined): entry is DdpmEntry =>
  isPlain(entry) && ['epsilon', 'x0', 'v', 'lattice'].includes(entry.parameterization);

function written(
  title: string,
  python: ((programs: Programs, about: About) => string) | null,
  javascript: (programs: Programs, about: About) => string,
): Code {
  const write = (program: typeof javascript) => async (address: string) =>
    program(await import('./code.ts'), { title, address });
  return { ...(python && { python: write(python) }), javascript: write(javascript) };
}

/** A point of latent space, decoded. */
export function decoding(
  entry: VaeEntry | undefined,
  z: readonly number[] | null,
  title: string,
): Code | undefined {
  if (!isPlain(entry) || !z) return undefined;
  if (entry.likelihood !== 'bernoulli' && entry.likelihood !== 'logistic-mixture') return undefined;
  return written(
    title,
    (programs, about) => programs.decodePython(entry, z, about),
    (programs, about) => programs.decodeJavascript(entry, z, about),
  );
}

/** The bound of a picture; `binarized` is what of it a VAE of binary pixels scores. In Python for such a VAE alone. */
export function scoring(
  entry: ModelEntry | undefined,
  picture: Pixels | null,
  result: { binarized: Uint8Array | null; samples: number; seed: number } | null,
  title: string,
  asked: Partial<Growths['latent']['options']> = {},
): Code | undefined {
  if (!entry || !result || !isOf(picture, entry)) return undefined;
  const { samples, seed, binarized } = result;
  const options = { samples, seed, ...asked };
  const isShort = isPlain(entry) && entry.kind === 'vae' && entry.likelihood === 'bernoulli';
  const bits = isShort && binarized && { levels: binarized, shape: entry.image };
  return written(
    title,
    bits ? (programs, about) => programs.boundPython(entry, bits, result, about) : null,
    (programs, about) => programs.boundJavascript(entry, picture, options, about),
  );
}

/** The bound of a picture under a diffusion model. */
export function diffusing(
  entry: DdpmEntry | undefined,
  picture: Pixels | null,
  options: Growths['diffusion']['options'],
  title: string,
): Code | undefined {
  if (!entry || !isOf(picture, entry)) return undefined;
  return written(
    title,
    isKnown(entry) && options.schedule !== 'trained'
      ? (programs, about) => programs.diffusionPython(entry, picture, options, about)
      : null,
    (programs, about) => programs.diffusionJavascript(entry, picture, options, about),
  );
}

/** A fit of q to p. */
export const fitting = (setup: InferenceSetup, iterations: number, title: string): Code =>
  written(title, null, (programs, about) => programs.fitJavascript(setup, iterations, about));

/** The bound of a point in the plane. */
export const pointing = (
  setup: PlaneSetup,
  trained: number,
  point: readonly [number, number],
  title: string,
): Code =>
  written(title, null, (programs, about) => programs.pointJavascript(setup, trained, point, about));

/** A reverse chain from pure noise. */
export function sampling(
  entry: DdpmEntry | undefined,
  options: SamplerOptions,
  title: string,
): Code | undefined {
  if (!isKnown(entry) || options.schedule === 'trained') return undefined;
  return written(
    title,
    (programs, about) => programs.chainPython(entry, options, about),
    (programs, about) => programs.chainJavascript(entry, options, about),
  );
}
