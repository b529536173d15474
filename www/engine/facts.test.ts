import { describe, expect, it } from 'vitest';
import {
  boundLack,
  classesOf,
  classKind,
  datasetsOf,
  dimensionsOf,
  formatKey,
  formatOf,
  isSameShape,
  MNIST_SHAPE,
  ratioOf,
  taskOf,
} from './facts.ts';
import type { ModelEntry, VaeEntry } from './protocol.ts';

const colour = { channels: 3, height: 32, width: 40 };

describe('the facts of a shape', () => {
  it('are told', () => {
    expect(dimensionsOf(colour)).toBe(3840);
    expect(ratioOf(colour)).toBe(1.25);
    expect(isSameShape(colour, { ...colour })).toBe(true);
    for (const other of [{ channels: 1 }, { height: 40 }, { width: 32 }])
      expect(isSameShape(colour, { ...colour, ...other })).toBe(false);
  });
});

describe('the format of a model', () => {
  it.each([
    [MNIST_SHAPE, '', true],
    [MNIST_SHAPE, 'MNIST, 8-bit', true],
    [{ channels: 1, height: 32, width: 32 }, 'Fashion-MNIST', true],
    [{ channels: 1, height: 32, width: 32 }, '', false],
    [MNIST_SHAPE, 'Sketches', false],
    [colour, 'Coloured MNIST', false],
  ])('of %j trained on %j centres ink: %j', (image, dataset, digit) => {
    expect(formatOf({ image, dataset })).toEqual({ shape: image, digit });
  });

  it('has a key that only equal formats share', () => {
    const formats = [
      { shape: MNIST_SHAPE, digit: true },
      { shape: MNIST_SHAPE, digit: false },
      { shape: { channels: 1, height: 2, width: 82 }, digit: false },
      { shape: { channels: 2, height: 28, width: 28 }, digit: false },
      { shape: { channels: 1, height: 82, width: 2 }, digit: false },
    ];
    expect(new Set(formats.map(formatKey)).size).toBe(formats.length);
  });
});

describe('the facts of an entry', () => {
  const vae = (part: object) =>
    ({ kind: 'vae', files: { encoder: {}, decoder: {} }, ...part }) as VaeEntry;

  it.each([
    ['bernoulli', 'binarized'],
    ['grey-bernoulli', 'grey'],
    ['gaussian', 'density'],
    ['discretized-logistic', '8-bit'],
    ['logistic-mixture', '8-bit'],
    ['discretized-gaussian', '8-bit'],
  ] as const)('say that %s is about %s', (likelihood, task) => {
    expect(taskOf({ likelihood })).toBe(task);
  });

  it('say why there is no bound', () => {
    expect(boundLack(vae({}))).toBeNull();
    expect(boundLack(vae({ encoder: { posterior: { spread: 'log-std' } } }))).toBeNull();
    expect(boundLack(vae({ encoder: { posterior: { spread: 'none' } } }))).toBe('posterior');
    expect(boundLack(vae({ files: { decoder: {} } }))).toBe('encoder');
    expect(boundLack({ kind: 'ddpm' } as ModelEntry)).toBeNull();
  });

  it('name the classes, which are digits only if all are', () => {
    expect(classesOf(undefined)).toEqual([]);
    expect(classesOf({ kind: 'hvae' } as ModelEntry)).toEqual([]);
    expect(classesOf(vae({}))).toEqual([]);
    expect(classesOf(vae({ classes: ['a'] }))).toEqual(['a']);
    expect(classKind(['0', '9'])).toBe('digits');
    expect(classKind(['0', '10'])).toBe('named');
    expect(classKind(['0', 'ring'])).toBe('named');
    expect(classKind([])).toBe('named');
  });

  it('name each data set once, without how it was prepared', () => {
    const models = ['MNIST, dynamically binarized', 'MNIST, 8-bit', '', 'CelebA'];
    expect(datasetsOf(models.map((dataset) => ({ dataset })))).toEqual(['MNIST', 'CelebA']);
  });
});
