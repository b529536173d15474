import { describe, expect, it } from 'vitest';
import { Bitmap } from '../drawing/pixels.ts';
import { Drawing, printStrokes } from '../drawing/strokes.ts';
import { flat } from '../testing/images.ts';
import { defaultState } from '../state.ts';
import { echo, isSame, parseState, printState } from './address.ts';

describe('the URL form of the state', () => {
  it('writes nothing for the default state', () => {
    expect(printState(defaultState())).toBe('');
    expect(parseState('')).toEqual({ state: defaultState(), rejected: [] });
  });

  it('brings every value back', () => {
    const state = defaultState();
    state.lab = 'denoise';
    state.decoder = 'mnist-vae';
    state.sampler = 'mnist-ddpm';
    state.latent = {
      at: { position: 0.35 },
      a: { seed: 4294967295 },
      class: 4,
      beside: 'fashion-vae',
      points: true,
      b: { z: [0.01, -2.5, 3] },
      mode: 'linear',
    };
    state.denoise = {
      digit: null,
      steps: 250,
      method: 'ddim',
      eta: 0.35,
      schedule: 'log-snr-linear',
      guidance: 1.5,
      seed: 12,
      samples: 16,
      cell: 7,
      step: 180,
      speed: 120,
      from: 180,
      paths: 'x',
    };
    state.besideChain = {
      on: true,
      model: 'fashion-ddpm',
      digit: 'each',
      steps: 20,
      method: 'ddpm',
      eta: 1,
      schedule: 'cosine',
      guidance: 4,
      seed: 0,
      link: 'log-snr',
    };
    state.map = {
      model: 'mnist-vae-2d',
      at: { position: 0.4 },
      path: [0, 255, 12, 13, 200, 7],
      show: 'classes',
      hidden: [0, 7, 9],
    };
    state.bound = { schedule: 'cosine', timesteps: 'all' };
    state.elbo = {
      image: {
        strokes: new Drawing([
          [1, 2, 3, 250],
          [9, 9],
        ]),
      },
      seed: 5,
      samples: 5000,
      proposal: 'fitted',
      steps: 1234,
      t: 1200,
      given: 9,
      perClass: 10,
      layers: [1, 4294967295, 3],
      held: [true, false, true],
      level: 2,
      without: ['mnist-vae', 'own.0123456789abcdef0123.89abcdef'],
      strangers: true,
    };
    state.inference = {
      target: 'logistic-regression',
      family: 'full-covariance',
      components: 5,
      draws: 40,
      gradient: 'score-function',
      optimizer: 'sgd',
      rate: 0.01,
      seed: 9,
      iterations: 1234,
      pace: 300,
      start: [{ weight: 1, mean: [0.5, -1], std: [0.25, 2], correlation: 0.5 }],
      data: [{ x: -1.5, label: 1 }],
    };
    state.besideBounds = {
      a: 'mnist-vae',
      b: 'own.0123456789abcdef0123.89abcdef',
      image: { kept: '0123456789abcdef' },
      schedule: 'linear',
      steps: 30,
    };
    state.besideFit = {
      on: true,
      family: 'mixture',
      components: 2,
      draws: 1,
      gradient: 'reparameterized',
      optimizer: 'adam',
      rate: 0.3,
      seed: 0,
    };
    state.besidePlane = {
      on: true,
      schedule: 'linear',
      steps: 10,
      eta: 0.5,
      model: 'blurred',
      blur: 1.5,
    };
    state.language = 'zh';
    state.tour = 'mean-field';
    expect(parseState(printState(state))).toEqual({ state, rejected: [] });
  });

  it.each([
    { example: 'seven' },
    { strokes: new Drawing([]) },
    { kept: '0123456789abcdef' },
    { pixels: new Bitmap(flat(200)) },
    { pixels: new Bitmap(flat(200, { channels: 3, height: 32, width: 40 })) },
  ])('brings back the picture %j', (image) => {
    const state = defaultState();
    state.elbo.image = image;
    expect(parseState(printState(state))).toEqual({ state, rejected: [] });
  });

  it('keeps a chain below its steps, and a frame within the chain', () => {
    expect(parseState('#steps=50&from=20&step=20')).toMatchObject({
      state: { denoise: { from: 20, step: 20 } },
      rejected: [],
    });
    expect(parseState('#steps=50&from=20&step=21')).toMatchObject({
      state: { denoise: { from: 20, step: 0 } },
      rejected: [{ key: 'step', value: '21' }],
    });
    expect(parseState('#steps=50&from=51')).toMatchObject({
      state: { denoise: { from: null } },
      rejected: [{ key: 'from', value: '51' }],
    });
  });

  it('knows a place on the path of the map only where there is one', () => {
    const way = printStrokes([[0, 0, 255, 255]]);
    expect(parseState(`#map=path:0.5&way=${way}`)).toMatchObject({
      state: { map: { at: { position: 0.5 } } },
      rejected: [],
    });
    expect(parseState('#map=path:0.5')).toEqual({
      state: defaultState(),
      rejected: [{ key: 'map', value: 'path:0.5' }],
    });
    expect(parseState('#map=1.25')).toMatchObject({
      state: { map: { at: { z: [1.25, 0] } } },
      rejected: [],
    });
  });

  it('moves the default playhead into a shorter chain without a word, and says so where it was asked for', () => {
    expect(parseState('#T=20')).toMatchObject({ state: { elbo: { t: 10 } }, rejected: [] });
    expect(parseState('#T=20&t=21')).toMatchObject({
      state: { elbo: { t: 10 } },
      rejected: [{ key: 't', value: '21' }],
    });
  });

  it('leaves trailing zeros of a point away', () => {
    const state = defaultState();
    state.latent.at = { z: [0, 1.25, 0, 0] };
    expect(printState(state)).toBe('#len=8&z=0,1.25');
    state.latent.at = { z: [0, 0, 0, 0] };
    expect(printState(state)).toBe('#len=3&z=0');
  });

  it.each([
    ['lab', 'attic'],
    ['image', 'strokes:AA'],
    ['image', 'pixels:AP8'],
    ['image', 'photo:1'],
    ['image', 'kept:0123456789ABCDEF'],
    ['image', 'kept:01234567'],
    ['image', 'example:<b>'],
    ['k', '7'],
    ['proposal', 'prior'],
    ['T', '1'],
    ['T', '10001'],
    ['t', '0'],
    ['given', '-1'],
    ['perClass', '0'],
    ['layers', '1,x'],
    ['hold', '012'],
    ['level', '33'],
    ['hold', '__proto__'],
    ['image', '__proto__:x'],
    ['image', '__defineGetter__:x'],
    ['image', 'constructor:abc'],
    ['image', 'toString:x'],
    ['image', 'example:7-crossed:zzz'],
    ['image', 'example'],
    ['image', ''],
    ['vae', 'a/b'],
    ['z', '1,2,x'],
    ['z', '3.01'],
    ['z', 'seed:-1'],
    ['z', 'seed:4294967296'],
    ['z', 'path:1.5'],
    ['z', 'NaN'],
    ['a', 'path:0.5'],
    ['b', ''],
    ['path', 'curved'],
    ['map', 'seed:3'],
    ['map', '1,2,3'],
    ['map', '0,3.5'],
    ['way', 'AA'],
    ['way', '!'],
    ['mapView', 'all'],
    ['hide', '1,x'],
    ['from', '0'],
    ['from', '1001'],
    ['digit', '-1'],
    ['steps', '99'],
    ['sampler', 'euler'],
    ['eta', '2'],
    ['schedule', 'Cosine'],
    ['guidance', '1e1'],
    ['seed', '1.5'],
    ['samples', '4'],
    ['cell', '16'],
    ['step', '1001'],
    ['speed', '0'],
    ['bound', 'x'],
    ['timesteps', '0'],
    ['target', 'square'],
    ['family', 'gaussian'],
    ['components', '9'],
    ['draws', '0'],
    ['gradient', 'none'],
    ['optimizer', 'newton'],
    ['rate', '0.02'],
    ['vseed', '-1'],
    ['iterations', '100001'],
    ['pace', '1'],
    ['q', '1,2,3'],
    ['q', '1,0,0,1,1,0.5'],
    ['data', '0,2'],
    ['lang', 'fr'],
    ['lang', ''],
    ['tour', '3'],
  ])('falls back to the default for %s=%s and says so', (key, value) => {
    expect(parseState(`#${key}=${value}`)).toEqual({
      state: defaultState(),
      rejected: [{ key, value }],
    });
  });

  it.each(['unknown', '__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'says that it does not know %s',
    (unknown) => {
      expect(parseState(`#${unknown}=1`)).toEqual({
        state: defaultState(),
        rejected: [{ unknown }],
      });
    },
  );

  it('rejects a step past the end and a cell that the chain does not have', () => {
    const { state, rejected } = parseState('#steps=20&step=21&cell=3');
    expect(state.denoise.step).toBe(0);
    expect(state.denoise.cell).toBe(0);
    expect(rejected).toEqual([
      { key: 'step', value: '21' },
      { key: 'cell', value: '3' },
    ]);
  });
});

describe('an address that was damaged on its way', () => {
  const state = defaultState();
  state.lab = 'denoise';
  state.denoise.seed = 12345;
  const whole = printState(state);

  it('says how long it is', () => expect(whole).toBe('#len=22&lab=denoise&seed=12345'));

  it.each([whole.slice(0, -2), whole.slice(0, -11), '#len=22', '#len=', '#len=2'])(
    'is noticed where its end is missing: %s',
    (cut) => expect(parseState(cut).rejected).toContainEqual({ cut: true }),
  );

  it('may be longer than it was, where a visitor added to it', () =>
    expect(parseState(`${whole}&eta=0.5`)).toMatchObject({
      state: { denoise: { seed: 12345, eta: 0.5 } },
      rejected: [],
    }));

  it('needs no length where a visitor wrote it', () =>
    expect(parseState('#lab=denoise&seed=12345')).toEqual({ state, rejected: [] }));

  it('is read where a chat program escaped it', () => {
    expect(parseState('#len=22&lab%3Ddenoise%26seed%3D12345').rejected).not.toEqual([]);
    expect(parseState('#lab%3Ddenoise%26seed%3D12345')).toEqual({ state, rejected: [] });
    expect(parseState('#len%3D22%26lab%3Ddenoise%26seed%3D12345')).toEqual({ state, rejected: [] });
  });

  it.each(['.', ').', '>', '**'])('is read without the %j of the sentence around it', (stop) => {
    expect(parseState(`${whole}${stop}`)).toEqual({ state, rejected: [] });
    expect(parseState(`#lab=denoise&seed=12345${stop}`).rejected).toHaveLength(1);
  });

  it('keeps a stop that is its own', () =>
    expect(parseState('#len=7&class=.').rejected).toEqual([{ key: 'class', value: '.' }]));

  it('is the same as its text without the length, and as no other', () => {
    expect(isSame('#lab=denoise&seed=12345', whole)).toBe(true);
    expect(isSame(whole, whole)).toBe(true);
    expect(isSame('#len=9&lab=denoise&seed=12345', whole)).toBe(false);
    expect(isSame('#seed=12345', whole)).toBe(false);
    expect(isSame('', printState(defaultState()))).toBe(true);
  });
});

describe('what notices repeat of an address', () => {
  it('is short, in one piece, and visible', () => {
    expect(echo('Your account was locked, call 555')).toBe('Your+account+was+locked,+call+55…');
    expect(echo('a\u202eb\u0000c\u200bd')).toBe('a\ufffdb\ufffdc\ufffdd');
    expect(echo('😀'.repeat(40))).toBe(`${'😀'.repeat(32)}…`);
    expect(echo('')).toBe('');
  });

  it('is a few lines of thousands', () => {
    const keys = Array.from({ length: 2000 }, (_, i) => `a${i}=1`).join('&');
    const { rejected } = parseState(`#${keys}`);
    expect(rejected).toHaveLength(9);
    expect(rejected.at(-1)).toEqual({ more: 1992 });
  });

  it('is nothing of an address that no page wrote', () => {
    const hash = `#z=${'1,'.repeat(300_000)}1`;
    expect(parseState(hash)).toEqual({
      state: defaultState(),
      rejected: [{ tooLong: hash.length }],
    });
  });
});
