import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { type Reproduction, toCsv, toJson, toNpz } from './export.ts';
import type { Scores } from './view.ts';

const about: Reproduction = {
  program: 'elbo-room',
  version: '1.2.3',
  address: 'https://example.org/#lab=sets',
  dataset: { name: 'digits', sha256: '00', images: 3, shape: [28, 28, 1] },
  model: { id: 'vae', title: 'A VAE', task: 'binarized', files: { decoder: 'aa' } },
  estimator: { samples: 64, proposal: 'posterior' },
  seed: 7,
  command: 'cargo run',
};
const TABLE = [
  [-90.12345678901234, 0.1],
  [-Infinity, NaN],
  [1 / 3, 2e-300],
];
const scores = (labels: string[] | null): Scores => ({
  columns: ['elbo', 'elboError'],
  order: [2, 0, 1],
  labels,
  has: () => true,
  value: (place, column) => TABLE[place]?.[column] ?? NaN,
});

it('writes JSON with every bit, the settings inside', () => {
  const file = JSON.parse(toJson(about, scores(['x', 'y', 'z']), [2, 1])) as {
    settings: unknown;
    units: unknown;
    rows: unknown[];
  };
  expect(file.settings).toEqual(about);
  expect(file.units).toEqual({ elbo: 'nats', elboError: 'nats' });
  expect(file.rows).toEqual([
    { image: 1, label: 'y', elbo: 1 / 3, elboError: 2e-300 },
    { image: 0, label: 'x', elbo: '-Infinity', elboError: null },
  ]);
});

it('writes the second scoring beside the first one', () => {
  const columns = ['bitsPerDim', 'b.bitsPerDim', 'difference.bitsPerDim'] as const;
  const both: Scores = { ...scores(null), columns, value: (place, column) => 10 * place + column };
  const beside = { model: { ...about.model, id: 'other' }, estimator: { samples: 16 }, seed: 8 };
  const file = JSON.parse(toJson({ ...about, beside }, both, [1])) as Record<string, unknown>;
  expect(file['settings']).toEqual({ ...about, beside });
  expect(file['units']).toEqual(Object.fromEntries(columns.map((column) => [column, 'bits/dim'])));
  expect(file['rows']).toEqual([
    { image: 0, bitsPerDim: 10, 'b.bitsPerDim': 11, 'difference.bitsPerDim': 12 },
  ]);
  expect(toCsv(about, both, [1]).split('\n').slice(1, 3)).toEqual([
    `image,${columns.join()}`,
    '0,10,11,12',
  ]);
});

it('writes CSV whose numbers read back, with labels in quotes where they need them', () => {
  const lines = toCsv(about, scores(['a,b', 'say "no"', 'z']), [0, 1, 2]).split('\n');
  expect(JSON.parse(lines[0]?.slice(2) ?? '')).toEqual(about);
  expect(lines.slice(1)).toEqual([
    'image,label,elbo,elboError',
    `2,z,${TABLE[0]?.[0]},0.1`,
    '0,"a,b",-Infinity,',
    `1,"say ""no""",${1 / 3},2e-300`,
    '',
  ]);
  expect(Number(lines[2]?.split(',')[2])).toBe(TABLE[0]?.[0]);
  expect(toCsv(about, scores(null), []).split('\n')[1]).toBe('image,elbo,elboError');
});

it('writes NPZ with an array for each column', async () => {
  const npy = (values: Float64Array | Uint8Array) =>
    Promise.resolve(new Uint8Array(values.slice().buffer));
  const doubles = (bytes: Uint8Array | undefined) => [
    ...new Float64Array(bytes?.slice().buffer ?? new ArrayBuffer()),
  ];
  const files = unzipSync(await toNpz(about, scores(['3', '1', '2']), [0, 2], npy));
  expect(Object.keys(files).sort()).toEqual([
    'elbo.npy',
    'elboError.npy',
    'image.npy',
    'label.npy',
    'settings.npy',
  ]);
  expect(doubles(files['elbo.npy'])).toEqual([TABLE[0]?.[0], 1 / 3]);
  expect(doubles(files['image.npy'])).toEqual([2, 1]);
  expect(doubles(files['label.npy'])).toEqual([2, 1]);
  expect(JSON.parse(new TextDecoder().decode(files['settings.npy']))).toEqual(about);
  const named = unzipSync(await toNpz(about, scores(['cat', 'dog', '']), [0], npy));
  expect(named['label.npy']).toBeUndefined();
  expect(JSON.parse(new TextDecoder().decode(named['settings.npy']))).toMatchObject({
    labels: [''],
  });
});
