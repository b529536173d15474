/** Which computations there are programs for outside the page. The programs are fetched when they are asked for. */
import { isOwn } from '../engine/own.ts';
import type {
  DdpmEntry,
  ModelEntry,
  Pixels,
  SamplerOptions,
  VaeEntry,
} from '../engine/protocol.ts';
import type { About } from './code.ts';
import type { Code } from './subject.ts';

type Programs = typeof import('./code.ts');

/** Own files may need adapters, which a short program has none of. */
const isPlain = <E extends ModelEntry>(entry: E | undefined): entry is E =>
  entry !== undefined && !isOwn(entry.id);

function written(
  title: string,
  python: (programs: Programs, about: About) => string,
  javascript: (programs: Programs, about: About) => string,
): Code {
  const write = (program: typeof python) => async (address: string) =>
    program(await import('./code.ts'), { title, address });
  return { python: write(python), javascript: write(javascript) };
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

/** The bound of a picture; `binarized` is what of it a VAE of binary pixels scores. */
export function scoring(
  entry: ModelEntry | undefined,
  picture: Pixels | null,
  result: { binarized: Uint8Array | null; samples: number; seed: number } | null,
  title: string,
): Code | undefined {
  if (!isPlain(entry) || entry.kind !== 'vae' || entry.likelihood !== 'bernoulli') return undefined;
  const { binarized } = result ?? {};
  if (!picture || !result || !binarized) return undefined;
  const bits = { levels: binarized, shape: entry.image };
  return written(
    title,
    (programs, about) => programs.boundPython(entry, bits, result, about),
    (programs, about) => programs.boundJavascript(entry, picture, result, about),
  );
}

/** A reverse chain from pure noise. */
export function sampling(
  entry: DdpmEntry | undefined,
  options: SamplerOptions,
  title: string,
): Code | undefined {
  const known = ['epsilon', 'x0', 'v', 'lattice'].includes(entry?.parameterization ?? '');
  if (!isPlain(entry) || !known || options.schedule === 'trained') return undefined;
  return written(
    title,
    (programs, about) => programs.chainPython(entry, options, about),
    (programs, about) => programs.chainJavascript(entry, options, about),
  );
}
