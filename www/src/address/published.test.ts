/** Addresses that the page of version 0.1.0 wrote, as they stand in other people's pages: each goes on to mean the same. */
import { expect, it } from 'vitest';
import { MNIST_SHAPE } from '../../engine/facts.ts';
import { Bitmap } from '../drawing/pixels.ts';
import { Drawing } from '../drawing/strokes.ts';
import { defaultState, type PageState } from '../state.ts';
import { parseState, printState } from './address.ts';
import published from './published.json' with { type: 'json' };

type Values = Record<string, unknown>;
/** Pictures stand there as they are written. */
const plain = ({ elbo, ...state }: PageState) => {
  const image = Object.entries<unknown>(elbo.image).map(([name, of]) => [name, String(of)]);
  return { ...state, elbo: { ...elbo, image: Object.fromEntries(image) as Values } };
};
const isSlice = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Parameters whatever their order. */
const parameters = (address: string) =>
  address
    .slice(1)
    .split('&')
    .sort((a, b) => a.localeCompare(b));

it('are twenty', () => {
  expect(published).toHaveLength(20);
});

it.each(published)('$address', ({ address, state: differences }) => {
  const { state, rejected } = parseState(address);
  expect(rejected).toEqual([]);
  const expected = defaultState() as unknown as Values;
  for (const [name, value] of Object.entries(differences)) {
    const standard = expected[name];
    // Parts of the state differ in some of their fields.
    expected[name] = isSlice(standard) ? { ...standard, ...(value as Values) } : value;
  }
  expect(plain(state)).toEqual(expected);
  expect(parameters(printState(state))).toEqual(parameters(address));
});

it('have the strokes and the levels that they had', () => {
  const images = published.map(({ address }) => parseState(address).state.elbo.image);
  const [drawing] = images.flatMap((image) => ('strokes' in image ? [image.strokes] : []));
  expect(drawing).toEqual(
    new Drawing([
      [1, 2, 3, 250],
      [9, 9, 200, 40],
    ]),
  );
  const [grey, colour, ...more] = images.flatMap((image) =>
    'pixels' in image ? [image.pixels] : [],
  );
  const levels = Uint8Array.from({ length: 784 }, (_, i) => (i % 29 === 0 ? 200 : 0));
  expect(grey).toEqual(new Bitmap({ levels, shape: MNIST_SHAPE }));
  expect(colour?.shape).toEqual({ channels: 3, height: 4, width: 4 });
  expect(colour?.levels).toEqual(Uint8Array.from({ length: 48 }, (_, i) => 5 * i));
  expect(more).toEqual([]);
});
