/** Values of an address that more than one lab has. */
import { type Codec, integer } from './codecs.ts';

/** As many classes as a model can have here. */
export const MOST_CLASSES = 1000;

export const modelId: Codec<string> = {
  parse: (text) => (/^[\w.-]{1,64}$/.test(text) ? text : undefined),
  print: (value) => value,
};

/** The index of a class. */
export const classIndex: Codec<number | null> = {
  parse: (text) => (text === 'none' ? null : integer(0, MOST_CLASSES - 1).parse(text)),
  print: (value) => (value === null ? 'none' : String(value)),
};

/** Seeds are unsigned 32-bit integers. */
export const seed = integer(0, 2 ** 32 - 1);
