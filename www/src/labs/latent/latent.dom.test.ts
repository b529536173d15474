import { afterEach, describe, expect, it, vi } from 'vitest';
import { MNIST_SHAPE } from '../../../engine/facts.ts';
import { clearUp, open, pass } from '../../testing/page.svelte.ts';
import { decoding } from '../../testing/scripts.ts';
import { calls, later, workerOf } from '../../testing/worker.ts';
import { LatentLab } from './lab.svelte.ts';

afterEach(clearUp);

const opened = (hash = '', surroundings: Partial<Parameters<typeof open>[0]> = {}) =>
  open(
    { script: decoding(), hash, ...surroundings },
    (engine, page) => new LatentLab(engine, page),
  );

const asked = (surface: string) =>
  workerOf('decoder')
    .asked('decode')
    .filter((call) => call.surface === surface)
    .map(({ sources }) => sources);

describe('the latent lab', () => {
  it('shows the point of its address, the ends of the path, and the way between them', async () => {
    const { lab } = await opened('#z=1.5,0.25&a=seed:3&b=seed:4&path=linear');
    expect(lab.ready).toBe(true);
    const z = [1.5, 0.25, ...Array<number>(14).fill(0)];
    // Short points are filled up once the models are known.
    expect(lab.shown?.z.slice(0, 2)).toEqual(z.slice(0, 2));
    expect(asked('latent-a').at(-1)).toEqual([{ seed: 3 }]);
    expect(asked('latent-b').at(-1)).toEqual([{ seed: 4 }]);
    const strip = asked('latent-strip').at(-1) ?? [];
    expect(strip).toHaveLength(9);
    expect(strip[8]).toEqual({ a: { seed: 3 }, b: { seed: 4 }, position: 1, mode: 'linear' });
  });

  it('says what a seed stands for once the decoder has', async () => {
    const { lab } = await opened('#z=seed:50');
    expect(lab.z).toEqual(Array(16).fill(0.5));
    expect(lab.picture).toEqual({
      key: `latent mnist-vae null ${Array(16).fill(0.5).join(',')}`,
      levels: Uint8Array.of(50),
      shape: MNIST_SHAPE,
    });
  });

  it('moves one latent on its grid, and leaves the others', async () => {
    const { lab, page } = await opened('#z=seed:50');
    lab.setLatent(3, 1.23456);
    await pass();
    const z = Array<number>(16).fill(0.5).with(3, 1.23);
    expect(lab.z).toEqual(z);
    expect(page.state.latent.at).toEqual({ z });
    expect(lab.shown?.z).toEqual(z);
  });

  it('ends on the last of many values, and decodes few of them', async () => {
    const { lab, page } = await opened('#z=seed:0');
    const before = calls('decode');
    for (let i = 1; i <= 100; i++) lab.setLatent(0, i / 50);
    await pass(100);
    expect(lab.z?.[0]).toBe(2);
    expect(lab.shown?.z[0]).toBe(2);
    expect(page.state.latent.at).toEqual({ z: [2, ...Array<number>(15).fill(0)] });
    expect(calls('decode') - before).toBeLessThan(5);
  });

  it('lets the sliders follow where the decoder is slow', async () => {
    const slow = later<null>();
    const script = decoding();
    const { lab, page } = await opened('#z=seed:0', {
      script: {
        ...script,
        decode: async (params, task) => {
          const { sources } = params;
          if (sources[0] && 'z' in sources[0]) await slow.promise;
          return script.decode?.(params, task) as never;
        },
      },
    });
    lab.setLatent(0, 1);
    await pass(40);
    expect(page.state.latent.at).toEqual({ z: [1, ...Array<number>(15).fill(0)] });
    expect(lab.z?.[0]).toBe(1);
    expect(lab.shown?.z[0]).toBe(0);
    slow.resolve(null);
    await pass();
    expect(lab.shown?.z[0]).toBe(1);
  });

  it('lets an address win over a slider that is still on its way', async () => {
    const { lab, page } = await opened('#z=seed:0');
    lab.setLatent(0, 1);
    page.state.latent.at = { seed: 42 };
    await pass(100);
    expect(page.state.latent.at).toEqual({ seed: 42 });
    expect(lab.shown?.z[0]).toBe(0.42);
    expect(lab.z?.[0]).toBe(0.42);
  });

  it('sets all latents to zero', async () => {
    const { lab } = await opened('#z=seed:50');
    lab.reset();
    await pass();
    expect(lab.z).toEqual(Array(16).fill(0));
  });

  it('draws another point, and another end, by a seed that the address keeps', async () => {
    const { lab, page } = await opened();
    lab.random();
    lab.randomEnd('b');
    await pass();
    expect(page.state.latent.at).toEqual({ seed: 77 });
    expect(page.state.latent.b).toEqual({ seed: 77 });
    expect(lab.shown?.z[0]).toBe(0.77);
  });

  it('keeps the point as an end, and goes back to it', async () => {
    const { lab, page } = await opened('#z=seed:50');
    lab.keepAs('a');
    await pass();
    expect(page.state.latent.a).toEqual({ z: Array(16).fill(0.5) });
    lab.reset();
    await pass();
    lab.load('a');
    await pass();
    expect(lab.z).toEqual(Array(16).fill(0.5));
  });

  it('plays from A to B and back, and stops where a latent is moved', async () => {
    const { lab, page } = await opened();
    lab.playing = true;
    await pass(1500);
    expect(lab.onPath).toBe(true);
    expect(lab.position).toBeCloseTo(0.5, 1);
    await pass(3000);
    // On the way back.
    expect(lab.position).toBeCloseTo(0.5, 1);
    lab.setLatent(0, 1);
    await pass();
    expect(lab.playing).toBe(false);
    expect('z' in page.state.latent.at).toBe(true);
    // The slider of the path stays where it was.
    expect(lab.position).toBeCloseTo(0.5, 1);
  });

  it('does not play in another lab', async () => {
    const { lab, page } = await opened('#z=path:0.25');
    page.state.lab = 'denoise';
    lab.playing = true;
    await pass(1000);
    expect(lab.position).toBe(0.25);
  });

  it('paints anew what a lost decoder had painted', async () => {
    const { lab } = await opened('#z=seed:50');
    workerOf('decoder').die();
    expect(lab.ready).toBe(false);
    await pass(200);
    expect(lab.ready).toBe(true);
    for (const surface of ['latent-digit', 'latent-a', 'latent-b', 'latent-strip'])
      expect(asked(surface)).not.toEqual([]);
  });

  it('reports what the crate says of a point', async () => {
    const script = decoding();
    const decode = vi.fn(script.decode);
    const { engine, lab } = await opened('', { script: { ...script, decode } });
    decode.mockImplementation(() => {
      throw new Error('z has 3 values');
    });
    lab.setLatent(0, 1);
    await pass();
    expect(engine.faults.map(({ message }) => message)).toEqual(['z has 3 values']);
  });
});
