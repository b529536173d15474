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
import { isDecodable, isScorable } from './code/wiring.ts';
import type { Code } from './subject.ts';

type Programs = typeof import('./code.ts');

/** A picture of another size is fitted to the model first, which is no part of the programs. */
const isOf = (picture: Pixels | null, { image }: ModelEntry): picture is Pixels =>
  picture !== null && isSameShape(picture.shape, image);

/** A network of which a program can take the clean image; files of the visitor's own may want to be fed otherwise. */
const isKnown = (entry: DdpmEntry | undefined): entry is DdpmEntry =>
  entry !== undefined &&
  ['epsilon', 'x0', 'v', 'lattice'].includes(entry.parameterization) &&
  (!isOwn(entry.id) || entry.network === undefined);

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
  if (!entry || !z) return undefined;
  return written(
    title,
    isDecodable(entry) ? (programs, about) => programs.decodePython(entry, z, about) : null,
    (programs, about) => programs.decodeJavascript(entry, z, about),
  );
}

/** The bound of a picture; `binarized` is what of it a model of binary pixels scores. */
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
  const isBinary = entry.likelihood === 'bernoulli';
  const scored = isBinary ? binarized && { levels: binarized, shape: entry.image } : picture;
  return written(
    title,
    entry.kind !== 'ddpm' && scored && isScorable(entry)
      ? (programs, about) => programs.boundPython(entry, scored, result, about)
      : null,
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

/** A reverse chain from pure noise. */
export function sampling(
  entry: DdpmEntry | undefined,
  options: SamplerOptions,
  title: string,
): Code | undefined {
  if (!entry) return undefined;
  return written(
    title,
    isKnown(entry) && options.schedule !== 'trained'
      ? (programs, about) => programs.chainPython(entry, options, about)
      : null,
    (programs, about) => programs.chainJavascript(entry, options, about),
  );
}
