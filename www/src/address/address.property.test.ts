/** What holds for every address, however it came about, and for every state. `PROPERTY_RUNS` says how many are tried. */
import { describe, expect, it } from 'vitest';
import { Bitmap } from '../drawing/pixels.ts';
import { Drawing } from '../drawing/strokes.ts';
import { snapComponent } from '../labs/inference/settings.ts';
import { snapDot } from '../labs/plane/settings.ts';
import { defaultState, type PageState } from '../state.ts';
import { images } from '../testing/images.ts';
import { fc } from '../testing/properties.ts';
import { parseState, printState, type Rejection } from './address.ts';
import { FIELDS } from './fields.ts';
import { fitToModels } from './fit.ts';

const stroke = (most: number) =>
  fc
    .array(fc.tuple(fc.nat(255), fc.nat(255)), { minLength: 1, maxLength: most })
    .map((points) => points.flat());
const uint32 = fc.nat(2 ** 32 - 1);
const hundredths = (least: number, most: number) =>
  fc.integer({ min: least * 100, max: most * 100 }).map((value) => value / 100 + 0);
// An address does not tell zeros at the end of a point from those that are not there.
const coordinates = fc
  .array(hundredths(-3, 3), { minLength: 1, maxLength: 40 })
  .map((z) => (z.every((value) => value === 0) ? [0] : z.slice(0, z.findLastIndex(Boolean) + 1)));
const point = fc.oneof(
  fc.record({ seed: uint32 }),
  coordinates.map((z) => ({ z })),
);
const component = fc
  .record({
    weight: fc.double({ min: 0, max: 2000, noNaN: true }),
    mean: fc.tuple(hundredths(-30, 30), hundredths(-30, 30)),
    std: fc.tuple(hundredths(0, 20), hundredths(0, 20)),
    correlation: hundredths(-1, 1),
  })
  .map(snapComponent);
const image: fc.Arbitrary<PageState['elbo']['image']> = fc.oneof(
  fc.stringMatching(/^[\w-]{0,32}$/).map((example) => ({ example })),
  fc.array(stroke(40), { maxLength: 8 }).map((strokes) => ({ strokes: new Drawing(strokes) })),
  images.map((picture) => ({ pixels: new Bitmap(picture) })),
  fc.stringMatching(/^[0-9a-f]{16}$/).map((kept) => ({ kept })),
);

/** States that differ from the default in some parts, all of which fit together. */
const states: fc.Arbitrary<PageState> = fc
  .record(
    {
      lab: fc.constantFrom('latent', 'denoise', 'elbo', 'inference', 'plane'),
      at: fc.oneof(
        point,
        hundredths(0, 1).map((position) => ({ position })),
      ),
      a: point,
      mode: fc.constantFrom('linear', 'spherical'),
      path: stroke(100),
      hidden: fc.array(fc.nat(999), { maxLength: 20 }),
      digit: fc.option(fc.nat(999)),
      seed: uint32,
      step: fc.nat(20),
      eta: hundredths(0, 1),
      beside: fc.record({
        on: fc.constant(true),
        digit: fc.oneof(fc.constant('same' as const), fc.option(fc.nat(999))),
        seed: fc.option(uint32),
        eta: fc.option(hundredths(0, 1)),
        model: fc.option(fc.constantFrom('fashion-ddpm', 'other')),
        link: fc.constantFrom('share', 'log-snr'),
      }),
      image,
      layers: fc.array(uint32, { maxLength: 32 }),
      held: fc.array(fc.boolean(), { maxLength: 32 }),
      start: component,
      data: fc.array(fc.record({ x: hundredths(-4, 4), label: fc.constantFrom<0 | 1>(0, 1) }), {
        minLength: 1,
        maxLength: 50,
      }),
      dots: fc.array(
        fc
          .record({ x: hundredths(-9, 9), y: hundredths(-9, 9), width: hundredths(0, 3) })
          .map(snapDot),
        { minLength: 1, maxLength: 24 },
      ),
      place: fc.tuple(hundredths(-4, 4), hundredths(-4, 4)),
      language: fc.constantFrom('en', 'zh'),
      tour: fc.constantFrom('integral', 'mean-field', 'digit'),
    },
    { requiredKeys: [] },
  )
  .map((part) => {
    const state = defaultState();
    const { lab, language, tour } = part;
    Object.assign(state, {
      ...(lab && { lab }),
      ...(language && { language }),
      ...(tour && { tour }),
    });
    const { at, a, mode, path, hidden } = part;
    Object.assign(state.latent, { ...(at && { at }), ...(a && { a }), ...(mode && { mode }) });
    Object.assign(state.map, {
      ...(path && { path, at: { position: 0.5 } }),
      ...(hidden && { hidden }),
    });
    const { digit, seed, step, eta, ...rest } = part;
    if (digit !== undefined) state.denoise.digit = digit;
    Object.assign(state.denoise, {
      ...(seed && { seed }),
      ...(step && { step }),
      ...(eta && { eta }),
    });
    Object.assign(state.besideChain, rest.beside);
    const { image: source, layers, held, start, data, dots, place } = rest;
    Object.assign(state.elbo, {
      ...(source && { image: source }),
      ...(layers && { layers }),
      ...(held && { held }),
    });
    if (start) state.inference = { ...state.inference, family: 'full-covariance', start: [start] };
    if (data) state.inference.data = data;
    Object.assign(state.plane, { ...(dots && { points: dots }), ...(place && { point: place }) });
    return state;
  });

const KEYS = [
  ...FIELDS.map(({ key }) => key),
  ...[
    'len',
    '',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '__defineGetter__',
  ],
];
const VALUES = [
  ...[
    '',
    '0',
    '1',
    '-1',
    'NaN',
    'Infinity',
    '1e9',
    '0x7',
    '-0',
    '١',
    '４',
    '1,',
    ',',
    ';',
    ':',
    'seed:',
    'path:',
  ],
  ...[
    'example:',
    'strokes:',
    'pixels:',
    '__proto__',
    '__proto__:x',
    'constructor:abc',
    'toString:',
    'none',
  ],
  ...[
    '%',
    '%E0%A4',
    '%00',
    '\ud800',
    '\u202e',
    '=',
    '&',
    '#',
    '?',
    '1,'.repeat(3000),
    'A'.repeat(9000),
  ],
];
const values = fc.oneof(
  fc.constantFrom(...VALUES),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.stringMatching(/^[-\w.,:;]{0,80}$/),
);

/** A written address with some characters changed, lost, doubled, or escaped. */
const damaged = fc
  .tuple(
    states.map(printState),
    fc.array(
      fc.tuple(fc.constantFrom('cut', 'drop', 'insert', 'double', 'escape'), fc.nat(), values),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([address, damages]) =>
    damages.reduce((text, [damage, where, value]) => {
      const at = text.length === 0 ? 0 : where % text.length;
      const [head, tail] = [text.slice(0, at), text.slice(at)];
      if (damage === 'cut') return head;
      if (damage === 'drop') return head + tail.slice(1);
      if (damage === 'insert') return head + value + tail;
      if (damage === 'double') return `${text}&${tail}`;
      return head + tail.replace(/[^\w]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);
    }, address),
  );

const addresses = fc.oneof(
  damaged,
  fc
    .array(fc.tuple(fc.constantFrom(...KEYS), values), { maxLength: 6 })
    .map((pairs) => `#${pairs.map((pair) => pair.join('=')).join('&')}`),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

const lengthOf = (rejected: readonly Rejection[]) =>
  rejected.map((one) => Object.values(one).join('')).join('').length;

describe('every address', () => {
  it('is read without a throw, into a state that can be written and read again', () => {
    const catalog = {
      decoders: [{ id: 'vae', latents: 16 }],
      samplers: [{ id: 'ddpm', classes: 10 }],
    };
    fc.assert(
      fc.property(addresses, (address) => {
        const { state, rejected } = parseState(address);
        const written = printState(state);
        const again = parseState(written);
        expect(again.rejected).toHaveLength(0);
        expect(printState(again.state)).toBe(written);
        expect(rejected.length).toBeLessThanOrEqual(9);
        expect(lengthOf([...rejected, ...fitToModels(state, catalog)])).toBeLessThan(1200);
      }),
    );
  });

  it('leaves what it does not name as it was', () => {
    fc.assert(
      fc.property(values, (value) => {
        const { state } = parseState(`#${new URLSearchParams({ seed: value })}`);
        expect({ ...state, denoise: { ...state.denoise, seed: 1 } }).toEqual(defaultState());
      }),
    );
  });
});

describe('every state', () => {
  it('comes back from its address', () => {
    fc.assert(
      fc.property(states, (state) => {
        expect(parseState(printState(state))).toEqual({ state, rejected: [] });
      }),
    );
  });

  it('is missed where its address lost characters at its end', () => {
    fc.assert(
      fc.property(states, fc.nat(), (state, where) => {
        const whole = printState(state);
        fc.pre(whole !== '');
        // A `#` alone is not an address.
        const cut = whole.slice(0, 2 + (where % (whole.length - 2)));
        expect(parseState(cut).rejected).not.toEqual([]);
      }),
    );
  });

  it('has an address that is far below what is read at all', () => {
    fc.assert(
      fc.property(states, (state) => {
        // A picture of 40 by 40 pixels in colour takes up to 6,400 characters.
        expect(printState(state).length).toBeLessThan(14_000);
      }),
    );
  });
});
