/** The engine of the package, on workers that a script answers for. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { manifest } from '../src/testing/manifest.ts';
import { inTime } from '../src/testing/time.ts';
import { calls, type Script, ScriptedWorker } from '../src/testing/worker.ts';
import type { Ddpm, Engine, Vae } from './api.ts';
import type { Calls } from './calls.ts';
import { WorkerClient } from './client.ts';
import { WorkerLostError } from './errors.ts';
import { folderUrl } from './folder.ts';
import { openOn } from './open.ts';
import type { AnyChain, Frame } from './protocol.ts';

type Lost = (reason: string, left: number) => void;

function open(script: Script, workers: number, onLost: Lost = () => undefined): Promise<Engine> {
  ScriptedWorker.script = script;
  ScriptedWorker.all = [];
  return openOn(
    {
      spawn: (lost) => new WorkerClient(new ScriptedWorker(new URL('worker:')), lost),
      runtime: async () => ({}),
      locate: (folder) => folderUrl(folder, 'https://site.example/page/'),
      read: async () => new TextEncoder().encode(JSON.stringify(manifest)),
      fetcher: () => ({ model: async () => ({}) }),
      cores: 2,
    },
    { workers, onLost },
  );
}

/** What a bound is rejected with. */
const failure = async (bound: PromiseLike<unknown>): Promise<unknown> => {
  try {
    return await bound;
  } catch (error) {
    return error;
  }
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const [VAE, DDPM] = ['vae', 'ddpm'].map(
  (kind) => manifest.models.find((model) => model.kind === kind)?.id ?? '',
);
const of = <M extends Vae | Ddpm>(engine: Engine, id = ''): Promise<M> =>
  engine.models('models').then((models) => models.open<M>(id));

/** Chains whose pixels are the number of the chain and of the frame, counted in the worker that was asked. */
function chains(): Script {
  const begun = new Map<string, Calls['chain']['params']['options']>();
  const key = (worker: ScriptedWorker, place: AnyChain) =>
    `${ScriptedWorker.all.indexOf(worker)} ${place}`;
  return {
    chain: ({ place, options }, { worker }) => {
      begun.set(key(worker, place), options);
      return { frames: (options.steps ?? 0) + 1 };
    },
    stored: ({ place, index }, { worker }): Frame => {
      const options = begun.get(key(worker, place));
      if (!options) throw new Error('the chain was not begun here');
      const { firstChain = 0, chains: count = 1 } = options;
      const x = Uint8Array.from({ length: count }, (_, i) => 10 * (firstChain + i) + index);
      return { index, t: 4 - index, logSnr: 0, x, predictedX0: x, rmsToOriginal: null };
    },
  };
}

it('shares chains out over the workers, and begins those of a lost one again elsewhere', async () => {
  const onLost = vi.fn();
  const engine = await open(chains(), 2, onLost);
  const ddpm = await inTime(of<Ddpm>(engine, DDPM));
  const sampler = ddpm.sampler({ steps: 4, chains: 5, seed: 1, class: 0 });
  expect(sampler).toMatchObject({ chains: 5, length: 5, seed: 1 });
  expect([...((await inTime(sampler.step()))?.x ?? [])]).toEqual([0, 10, 20, 30, 40]);
  const asked = ScriptedWorker.all.map((worker) =>
    worker.asked('chain').map(({ options }) => options.chains),
  );
  expect(asked).toEqual([[2], [3]]);
  ScriptedWorker.all[1]?.die();
  expect(onLost).toHaveBeenCalledWith('out of memory', expect.any(Number));
  const frames: Frame[] = [];
  const rest = (async () => {
    for await (const frame of sampler) frames.push(frame);
  })();
  await inTime(rest);
  expect(frames.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
  expect([...(frames.at(-1)?.x ?? [])]).toEqual([4, 14, 24, 34, 44]);
  // One share twice, the other once.
  expect(calls('chain')).toBe(3);
  sampler.close();
  await expect(inTime(sampler.frame(0).catch((error: unknown) => error))).resolves.toMatchObject({
    message: 'the sampler is closed',
  });
  expect(calls('endChain')).toBe(2);
});

it('starts no more workers than there is work for', async () => {
  const means = new Float32Array(784).fill(0.5);
  const levels = new Uint8Array(784).fill(128);
  const engine = await open({ pixels: () => ({ means, levels }) }, 8);
  const vae = await inTime(of<Vae>(engine, VAE));
  const pictures = await inTime(Promise.all([vae.decode([0]), vae.decode([1])]));
  expect(pictures[0]).toEqual({ means, levels, shape: vae.entry.image });
  expect(ScriptedWorker.all).toHaveLength(1);
  expect(calls('load')).toBe(1);
});

it('tells why a model is refused, and takes better files after that', async () => {
  let refuse = true;
  const engine = await open(
    {
      load: () => {
        if (refuse) throw Object.assign(new Error('the file ends early'), { name: 'ModelError' });
        return null;
      },
    },
    2,
  );
  const tried = await inTime(of<Vae>(engine, VAE).catch((error: unknown) => error));
  expect(tried).toMatchObject({ name: 'ModelError', message: 'the file ends early' });
  refuse = false;
  const vae = await inTime(of<Vae>(engine, VAE));
  const twice = await inTime(of<Vae>(engine, VAE).catch((error: unknown) => error));
  expect(twice).toBeInstanceOf(RangeError);
  const bound = failure(vae.bound(new Uint8Array(784)));
  vae.close();
  expect(await inTime(bound)).toMatchObject({
    message: `the model ${VAE} is closed: open it again`,
  });
  expect(calls('unload')).toBe(1);
  const closed = await vae.samplePrior(1).catch((error: unknown) => error);
  expect(closed).toMatchObject({ message: `the model ${VAE} is closed: open it again` });
  await inTime(of<Vae>(engine, VAE));
});

it('ends what is under way when it is closed, and begins nothing more', async () => {
  const never = () => new Promise<never>(() => undefined);
  const engine = await open({ prior: never, openJob: never }, 1);
  const vae = await inTime(of<Vae>(engine, VAE));
  const under = vae.samplePrior(1).catch((error: unknown) => error);
  const bound = failure(vae.bound(new Uint8Array(784)));
  await vi.advanceTimersByTimeAsync(10);
  engine.close();
  expect(await inTime(under)).toBeInstanceOf(WorkerLostError);
  expect(await inTime(bound)).toBeInstanceOf(WorkerLostError);
  expect(ScriptedWorker.all.every(({ ended }) => ended)).toBe(true);
  await expect(engine.models('models')).rejects.toThrow('the engine is closed');
  expect(ScriptedWorker.all).toHaveLength(1);
});

it('rejects with the reason of the signal that ends a call', async () => {
  const engine = await open({ pixels: () => new Promise(() => undefined) }, 1);
  const vae = await inTime(of<Vae>(engine, VAE));
  const abort = new AbortController();
  const decoded = vae.decode([0], { signal: abort.signal }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10);
  const reason = new Error('another one is wanted');
  abort.abort(reason);
  expect(await inTime(decoded)).toBe(reason);
});

it('needs a whole number of workers', async () => {
  await expect(open({}, 0)).rejects.toThrow('workers: 0 is not a whole number from 1 on');
  await expect(open({}, 1.5)).rejects.toThrow(RangeError);
});

it('finds folders from where the page is, and says what is not an address', () => {
  const page = 'https://site.example/a/b.html';
  expect(folderUrl('models', page).href).toBe('https://site.example/a/models/');
  expect(folderUrl('https://other.example/m/', page).href).toBe('https://other.example/m/');
  expect(() => folderUrl('models', undefined)).toThrow('it must be a whole one');
});
