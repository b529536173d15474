import { describe, expect, it } from 'vitest';
import { hasNullClass } from '../../engine/facts.ts';
import { addressOf, filesOf, idOf, isOwn, nameIn } from '../../engine/own.ts';
import type { DdpmEntry, GraphInfo, ModelEntry, VaeEntry } from '../../engine/protocol.ts';
import { DDPM, manifest, VAE } from '../testing/manifest.ts';
import { canGuide, fitClass } from './classes.ts';
import { namesOf } from './names.ts';
import { valueFields } from './values.ts';

const vae = manifest.models.find(({ id }) => id === VAE) as VaeEntry;
const ddpm = manifest.models.find(({ id }) => id === DDPM) as DdpmEntry;
const own = 'own.0123456789abcdef0123.89abcdef';

describe('the address of a model of one’s own', () => {
  it.each([
    ['My VAE, β = 4', `${own}.my-vae-4`],
    ['变分自编码器', own],
    ['---', own],
    ['a name that is longer than an address has room for', `${own}.a-name-that-is-longer-th`],
  ])('has the name %j as far as it can', (title, address) => {
    expect(addressOf({ id: own, title })).toBe(address);
    expect(idOf(address)).toBe(own);
    expect(isOwn(address)).toBe(true);
    expect(nameIn(address)).toBe(address.slice(own.length + 1));
    expect(filesOf(address)).toBe('own.0123456789abcdef0123');
    // As long as the id of a model may be.
    expect(address.length).toBeLessThanOrEqual(64);
  });

  it.each(['mnist-vae', 'own.0123', `${own}f`, ''])('is not %j', (wanted) => {
    expect(isOwn(wanted)).toBe(false);
    expect(idOf(wanted)).toBe(wanted);
  });

  it('of a shipped one is its id', () => {
    expect(addressOf(vae)).toBe(VAE);
  });
});

describe('the names of models', () => {
  it('say more where titles are the same', () => {
    const other = { ...vae, id: own };
    expect([...namesOf([vae, other, ddpm], ({ title }) => title).values()]).toEqual([
      `${vae.title} (${VAE})`,
      `${vae.title} (012345)`,
      ddpm.title,
    ]);
  });

  it('say the data set where that tells them apart', () => {
    const fashion = { ...vae, id: 'fashion-vae', dataset: 'Fashion-MNIST, 8-bit' };
    const names = (entries: ModelEntry[]) => [...namesOf(entries, ({ title }) => title).values()];
    expect(names([vae, fashion])).toEqual([`${vae.title} · MNIST`, `${vae.title} · Fashion-MNIST`]);
    expect(names([vae, fashion, { ...fashion, id: 'another' }])).toEqual([
      `${vae.title} · MNIST`,
      `${vae.title} (fashion-vae)`,
      `${vae.title} (another)`,
    ]);
  });
});

describe('classes', () => {
  const condition = (entry: DdpmEntry, none: 'none' | 'extra-index') =>
    ({ ...entry, network: { condition: { null: none } } }) as DdpmEntry;

  it('of a network that knows none of them guide its samples', () => {
    expect(canGuide(condition(ddpm, 'extra-index'))).toBe(true);
    expect(fitClass(condition(ddpm, 'extra-index'), null)).toBeNull();
    expect(fitClass(ddpm, 9)).toBe(9);
    expect(fitClass(ddpm, 10)).toBeNull();
  });

  it('of one that always has one give way to the first', () => {
    const always = condition(ddpm, 'none');
    expect(canGuide(always)).toBe(false);
    expect(fitClass(always, null)).toBe(0);
    expect(fitClass(always, 3)).toBe(3);
  });

  it('that there are none of are null', () => {
    const plain = { ...ddpm, classes: [] };
    expect(canGuide(plain)).toBe(false);
    expect(hasNullClass(plain)).toBe(true);
    expect(fitClass(plain, 4)).toBeNull();
    expect(fitClass(vae, 4)).toBeNull();
  });

  it('of a VAE may be a must for one of its networks', () => {
    const conditional: VaeEntry = {
      ...vae,
      classes: ['a', 'b'],
      decoder: { condition: { null: 'none' } },
    };
    expect(fitClass(conditional, null)).toBe(0);
    expect(
      fitClass({ ...conditional, decoder: { condition: { null: 'zeros' } } }, null),
    ).toBeNull();
  });
});

describe('values of a graph', () => {
  const value = (name: string, operator: string, shape: number[] | null) => ({
    name,
    operator,
    inputs: [],
    shape,
  });
  const info = (values: GraphInfo['values'], output: string) =>
    ({
      values,
      outputs: [{ name: output, elementType: 'float32', shape: null }],
    }) as unknown as GraphInfo;
  const decoder = info(
    [
      value('hidden', 'Relu', [1, 400]),
      value('flat', 'Gemm', [1, 784]),
      value('unknown', 'Reshape', null),
      value('picture', 'Sigmoid', [1, 1, 28, 28]),
    ],
    'picture',
  );
  const entry = (output: string): ModelEntry => ({
    ...vae,
    files: { decoder: { path: 'd.onnx' } },
    decoder: { output: { name: output } },
  });

  it('that have as many numbers as a picture may stand for it, the last first', () => {
    const [field, ...others] = valueFields(entry('picture'), { 'd.onnx': decoder });
    expect(others).toEqual([]);
    expect(field?.field).toBe('decoder.output.name');
    expect(field?.choices.map(({ name, operator }) => [name, operator])).toEqual([
      ['picture', ''],
      ['flat', 'Gemm'],
    ]);
    expect(field?.choices[1]?.changes).toEqual({
      'decoder.output.name': 'flat',
      'decoder.output.shape': [784],
    });
    expect(field?.choices[0]?.changes['decoder.output.shape']).toBeNull();
  });

  it('leave no choice where there is one of them, or the graph is not known', () => {
    const single = info([value('picture', 'Sigmoid', [1, 1, 28, 28])], 'picture');
    expect(valueFields(entry('picture'), { 'd.onnx': single })).toEqual([]);
    expect(valueFields(entry('picture'), {})).toEqual([]);
  });
});
