/** The image input of the labs on a scripted worker. */
import { Blob as ReadableBlob } from 'node:buffer';
import type { Calls } from '../../engine/calls.ts';
import type { DigitReading, DigitStanding } from '../../engine/protocol.ts';
import { flat } from './images.ts';
import { open } from './page.svelte.ts';
import { pngHead } from './pictures.ts';
import { KeptImages, type ImageStore } from '../labs/input/kept-images.svelte.ts';
import { ImageInput } from '../labs/input/image-input.svelte.ts';

const EXAMPLES: Calls['examples']['result'] = ['3', '7-crossed'].map((name, i) => ({
  name,
  strokes: [Float32Array.of(0, 0, i, 1)],
})) as Calls['examples']['result'];

/** A picture whose levels count the points of its strokes, or tell the width of the file. */
const prepared = ({ of, format }: Calls['prepare']['params']): Uint8Array => {
  const points = 'strokes' in of && of.strokes.reduce((sum, { length }) => sum + length / 2, 0);
  return flat(points || 1, format.shape).levels;
};

/** A digit whose levels tell the width of the file, unless the script says what is found. */
export const found = (levels: number, more: Partial<DigitReading> = {}): DigitReading => ({
  levels: flat(levels).levels,
  kept: null,
  problem: null,
  regions: [],
  ...more,
});
export const reading = ({ of, format, whole }: Calls['read']['params']): DigitReading =>
  found(0, { levels: flat(whole ? 77 : of.width % 256, format.shape).levels });
/** Nothing is wrong with pixels of even levels; odd ones would be placed one level higher. */
const standing = ({ levels }: Calls['standing']['params']): DigitStanding => ({
  isStandard: (levels[0] ?? 0) % 2 === 0,
  ground: 3,
  peak: 250,
  hasRange: true,
  twoLevels: false,
  offset: [-3, 4],
  isCentred: false,
  longest: 20,
  hasSize: true,
  centred: flat((levels[0] ?? 0) + 1).levels,
});

/** A store of pictures. */
export type Keeping = Pick<ImageStore, 'get' | 'put'>;
export const empty: Keeping = { get: async () => null, put: async () => undefined };

export async function opened(hash = '#lab=elbo', read = reading, keeping = empty) {
  const { engine, page, lab } = await open(
    {
      hash,
      script: {
        examples: () => EXAMPLES,
        prepare: prepared,
        read,
        standing,
      },
    },
    (engine, page) => new ImageInput(engine, page, new KeptImages(keeping)),
  );
  return { engine, page, imageInput: lab };
}

export const level = (imageInput: ImageInput) => imageInput.picture?.levels[0];
/** jsdom's own blobs cannot be read. */
export const file = (width = 400, height = 400) =>
  new ReadableBlob([pngHead(width, height)]) as unknown as Blob;
