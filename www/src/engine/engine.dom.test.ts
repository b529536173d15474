import { afterEach, describe, expect, it, vi } from 'vitest';
import { clearUp, make, open, pass, world } from '../testing/page.svelte.ts';
import { bytesOf, DDPM, manifest, MAP_VAE, VAE } from '../testing/manifest.ts';
import type { ModelEntry } from '../../engine/protocol.ts';
import { calls, later, ScriptedWorker, workerOf } from '../testing/worker.ts';
import { Engine } from './engine.svelte.ts';
import { LoadError } from '../../engine/loader.ts';
import { REST_MS } from '../../engine/pool-services.ts';

afterEach(clearUp);

const fetched = () =>
  vi.mocked(fetch).mock.calls.map(([url]) => (url as URL).pathname.split('/').at(-1));
const story = () =>
  ScriptedWorker.all.map(({ name, calls }) => [name, ...calls.map(({ call }) => call)].join(' '));

const first = () => manifest.models.find(({ id }) => id === VAE) as ModelEntry;

/** An engine whose site is watched. */
async function watched(surroundings: Parameters<typeof open>[0] = {}) {
  const { engine } = await open(surroundings, () => null);
  return engine;
}

describe('the engine', () => {
  it('loads the first picture’s model, lets it be painted, and then the others', async () => {
    await watched();
    expect(story()).toEqual(['decoder manifest start load settle', 'sampler start load']);
    const [first] = workerOf('decoder').asked('load');
    expect(first?.entry.id).toBe(VAE);
    expect(Object.keys(first?.files ?? {})).toEqual(['decoder']);
  });

  it('begins with the sampler where the first picture is a chain’s', async () => {
    await watched({ first: 'sampler' });
    expect(story().sort()).toEqual(['decoder start load', 'sampler manifest start load settle']);
  });

  it('fetches each file once, and gives the same bytes to every worker', async () => {
    const engine = await watched();
    const names = fetched();
    expect(new Set(names).size).toBe(names.length);
    expect(names).not.toContain('mnist-vae-2d-decoder.onnx');
    const network = bytesOf('mnist-ddpm.onnx');
    await Promise.all([engine.pool.use(DDPM, async () => null), pass()]);
    for (const role of ['sampler', 'pool']) {
      const loads = workerOf(role).asked('load');
      expect(loads.find(({ entry }) => entry.id === DDPM)?.files).toEqual({ network });
    }
    expect(fetched()).toHaveLength(names.length);
    await engine.files.of(DDPM).get();
    expect(fetched()).toHaveLength(names.length);
  });

  it('fetches any other model when it is asked for, once for all who ask', async () => {
    const engine = await watched();
    const before = fetched().length;
    expect(engine.files.of(MAP_VAE)).toBe(engine.files.of(MAP_VAE));
    const { files } = await engine.files.of(MAP_VAE).get();
    expect(Object.keys(files).sort()).toEqual(['decoder', 'density', 'encoder']);
    expect(fetched()).toHaveLength(before + 3);
    expect(engine.files.extras.map(({ name, status }) => [name, status])).toEqual([
      [MAP_VAE, 'ready'],
    ]);
  });

  it('starts nothing in a browser that lacks what the page needs', () => {
    world();
    vi.stubGlobal('WebAssembly', undefined);
    const engine = make(() => new Engine({ decoder: '', sampler: '' }, 'decoder'));
    expect(engine.missing).toEqual(['webassembly', 'simd']);
    expect(ScriptedWorker.all).toEqual([]);
    expect(fetch).not.toHaveBeenCalled();
  });

  it('waits for a file that is missing until it is asked to try again', async () => {
    let missing = true;
    const engine = await watched({
      site: (path) => (missing && path === 'mnist-vae-decoder.onnx' ? null : undefined),
    });
    expect(engine.files.decoder.error).toEqual(
      new LoadError('missing', 'mnist-vae-decoder.onnx', 404),
    );
    expect(engine.decoder.loaded).toBe(false);
    // The failure of one model does not keep the other.
    expect(engine.sampler.loaded).toBe(true);
    missing = false;
    engine.files.decoder.retry();
    await pass();
    expect(engine.decoder.loaded).toBe(true);
  });

  it.each(['manifest.json', 'elbo_room_bg.wasm'])(
    'does not keep the rest of the page waiting where %s does not come',
    async (lost) => {
      let missing = true;
      const engine = await watched({
        site: (path) => (missing && path === lost ? null : undefined),
      });
      // The others have begun, and wait for the same.
      expect(ScriptedWorker.all.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['decoder', 'sampler']),
      );
      missing = false;
      engine.list.retry();
      engine.runtime.retry();
      await pass();
      expect(engine.decoder.loaded).toBe(true);
      expect(engine.sampler.loaded).toBe(true);
    },
  );

  it('fetches past the browser’s cache what the crate refused, when it is asked to', async () => {
    let failures = 1;
    const engine = await watched({
      script: {
        load: ({ entry }) => {
          if (entry.kind === 'ddpm' && failures-- > 0) throw new Error('checksum');
          return null;
        },
      },
    });
    expect(engine.files.sampler.error?.message).toBe('checksum');
    engine.files.sampler.retry();
    await pass();
    expect(engine.sampler.loaded).toBe(true);
    const modes = vi
      .mocked(fetch)
      .mock.calls.filter(([url]) => (url as URL).pathname.endsWith('mnist-ddpm.onnx'))
      .map(([, init]) => init?.cache);
    expect(modes).toEqual(['default', 'reload']);
  });

  it('asks for the scores of the test set once, and again where that failed', async () => {
    const engine = await watched({
      script: { evaluation: () => [] },
      site: (path) => (path === 'evaluation.json' ? '{}' : undefined),
    });
    vi.mocked(fetch).mockRejectedValueOnce(new TypeError('no connection'));
    await engine.evaluation.load();
    expect(engine.evaluation.found).toBeNull();
    expect(engine.faults).toEqual([new LoadError('offline', 'evaluation.json')]);
    const loading = engine.evaluation.load();
    await pass();
    await loading;
    expect(engine.evaluation.found).toEqual({ json: '{}', models: [] });
    expect(engine.faults).toEqual([]);
    await engine.evaluation.load();
    expect(calls('evaluation')).toBe(1);
  });

  it('says the same fault once, and of many the last', async () => {
    const engine = await watched();
    for (let i = 0; i < 20; i++) engine.report(new Error('the canvas is gone'));
    expect(engine.faults).toHaveLength(1);
    for (let i = 0; i < 20; i++) engine.report(new Error(`fault ${i}`));
    expect(engine.faults.length).toBeLessThanOrEqual(5);
    expect(engine.faults.at(-1)?.message).toBe('fault 19');
    engine.report('a text');
    expect(engine.faults.at(-1)?.message).toBe('a text');
    engine.dismiss();
    expect(engine.faults).toEqual([]);
  });
});

describe('a worker that dies', () => {
  it('is replaced by one that gets the same bytes, and is told of', async () => {
    const engine = await watched();
    const [before] = workerOf('sampler').asked('load');
    workerOf('sampler').die('unreachable');
    expect(engine.sampler.loaded).toBe(false);
    expect(engine.losses).toEqual([{ role: 'sampler', reason: 'unreachable', restarting: true }]);
    await pass();
    expect(engine.sampler.generation).toBe(1);
    expect(engine.sampler.loaded).toBe(true);
    expect(workerOf('sampler').asked('load')).toEqual([before]);
    expect(fetched().filter((name) => name === 'mnist-ddpm.onnx')).toHaveLength(1);
    engine.dismiss();
    expect(engine.losses).toEqual([]);
  });

  it('is given up when it dies again and again, which its lab shows, until it is restarted', async () => {
    const engine = await watched();
    for (let death = 0; death < 4; death++) {
      workerOf('decoder').die();
      await pass();
    }
    expect(engine.decoder.down).toBe(true);
    expect(engine.decoder.loaded).toBe(false);
    expect(engine.losses).toEqual([
      { role: 'decoder', reason: 'out of memory', restarting: false },
    ]);
    engine.dismiss();
    expect(engine.losses).toHaveLength(1);
    engine.restart('decoder');
    await pass();
    expect(engine.losses).toEqual([]);
    expect(engine.decoder.down).toBe(false);
    expect(engine.decoder.loaded).toBe(true);
  });

  it('is not given up where it dies seldom', async () => {
    const engine = await watched();
    for (let death = 0; death < 8; death++) {
      workerOf('decoder').die();
      await pass(30_000);
    }
    expect(engine.decoder.down).toBe(false);
    expect(engine.decoder.loaded).toBe(true);
    expect(engine.decoder.generation).toBe(8);
  });

  it('takes no model with it that was loaded besides, nor a call that waits in a queue', async () => {
    const engine = await watched({ script: { npy: () => new Uint8Array() } });
    await Promise.all([engine.decoder.ensureModel(engine.files.of(MAP_VAE)), pass()]);
    expect(workerOf('decoder').asked('load')).toHaveLength(2);
    const queue = engine.decoder.queue('x');
    const first = queue.submit(() =>
      engine.decoder.client.call('npy', { values: new Float64Array() }),
    );
    workerOf('decoder').die();
    await expect(first).rejects.toThrow('the worker has ended');
    await pass();
    expect(engine.decoder.queue('x')).not.toBe(queue);
    await Promise.all([engine.decoder.ensureModel(engine.files.of(MAP_VAE)), pass()]);
    expect(
      workerOf('decoder')
        .asked('load')
        .map(({ entry }) => entry.id),
    ).toEqual([VAE, MAP_VAE]);
  });

  it('without a chance to start is lost like any other', async () => {
    const engine = await watched({
      script: {
        start: (_, { worker }) => {
          if (worker.name === 'sampler') throw new Error('no SIMD');
          return null;
        },
      },
    });
    expect(engine.sampler.down).toBe(true);
    expect(engine.losses).toEqual([{ role: 'sampler', reason: 'no SIMD', restarting: false }]);
    expect(engine.decoder.loaded).toBe(true);
  });
});

describe('a worker whose labs nobody looks at', () => {
  const roles = () => ScriptedWorker.all.filter(({ ended }) => !ended).map(({ name }) => name);

  it('is given back after a while, and comes again with the next look, and what it held', async () => {
    const engine = await watched();
    const [before] = workerOf('decoder').asked('load');
    engine.look(['sampler']);
    await pass(REST_MS - 100);
    expect(roles()).toEqual(['decoder', 'sampler']);
    await pass(200);
    expect(roles()).toEqual(['sampler']);
    expect(engine.losses).toEqual([]);
    // Nothing is waited for.
    expect(engine.complete).toBe(true);
    await pass(2 * REST_MS);
    expect(roles()).toEqual(['sampler']);

    engine.look(['decoder']);
    await pass();
    expect(workerOf('decoder').asked('load')).toEqual([before]);
    expect([engine.decoder.loaded, engine.decoder.generation]).toEqual([true, 1]);
    expect(fetched().filter((name) => name === 'mnist-vae-decoder.onnx')).toHaveLength(1);
    await pass(REST_MS);
    expect(roles()).toEqual(['decoder']);
  });

  it('stays where somebody looks again in time', async () => {
    const engine = await watched();
    engine.look([]);
    await pass(REST_MS - 100);
    engine.look(['decoder', 'sampler']);
    await pass(2 * REST_MS);
    expect(roles()).toEqual(['decoder', 'sampler']);
    expect(engine.decoder.generation).toBe(0);
  });

  it('stays while it is at work', async () => {
    const { promise, resolve } = later<Uint8Array<ArrayBuffer>>();
    const engine = await watched({ script: { npy: () => promise } });
    const call = engine.decoder.client.call('npy', { values: new Float64Array() });
    engine.look([]);
    await pass(3 * REST_MS);
    expect(roles()).toEqual(['decoder']);
    resolve(new Uint8Array());
    await Promise.all([call, pass()]);
    await pass(REST_MS);
    expect(roles()).toEqual([]);
  });

  it('comes again for a call, and for another model', async () => {
    const known = { kinds: [], trainedSteps: null };
    const engine = await watched({ script: { schedules: () => known } });
    engine.look([]);
    await pass(REST_MS + 100);
    expect(roles()).toEqual([]);
    engine.use('decoder', MAP_VAE);
    await pass();
    expect(roles()).toEqual(['decoder']);
    const loads = workerOf('decoder').asked('load');
    expect(loads.map(({ entry }) => entry.id)).toEqual([MAP_VAE]);
    const call = engine.sampler.client.call('schedules', { model: DDPM });
    await pass();
    await expect(call).resolves.toEqual(known);
    expect(engine.sampler.loaded).toBe(true);
    await pass(REST_MS + 100);
    expect(roles()).toEqual([]);
    engine.close();
    await pass(REST_MS);
    expect(roles()).toEqual([]);
  });
});

describe('another model', () => {
  it('takes the place of the one that a lab has, which is freed then', async () => {
    const engine = await watched();
    const done = story();
    engine.use('decoder', VAE);
    await pass();
    expect(story()).toEqual(done);

    engine.use('decoder', MAP_VAE);
    expect(engine.decoder.loaded).toBe(false);
    await pass();
    const entry = engine.manifest?.models.find(({ id }) => id === MAP_VAE);
    expect(engine.decoder.holds(entry)).toBe(true);
    expect(workerOf('decoder').asked('load').at(-1)?.entry.id).toBe(MAP_VAE);
    expect(workerOf('decoder').asked('unload')).toEqual([{ id: VAE }]);
    expect(workerOf('sampler').asked('load')).toHaveLength(1);
  });

  it('is what a worker gets that takes the place of a lost one', async () => {
    const engine = await watched();
    engine.use('decoder', MAP_VAE);
    await pass();
    workerOf('decoder').die();
    await pass();
    expect(
      workerOf('decoder')
        .asked('load')
        .map(({ entry }) => entry.id),
    ).toEqual([MAP_VAE]);
  });

  it('of the visitor’s is loaded at once where the address names it, and another waits for it', async () => {
    const entry = { ...first(), id: 'own.0123456789abcdef0123.89abcdef', title: 'mine' };
    const own = {
      entries: [entry],
      ready: Promise.resolve(),
      files: async () => ({ decoder: Uint8Array.of(1), encoder: Uint8Array.of(2) }),
    };
    world();
    const engine = make(
      () => new Engine({ decoder: `${entry.id}.mine`, sampler: '' }, 'decoder', own),
    );
    await pass(200);
    expect(workerOf('decoder').asked('load')[0]).toEqual({
      entry,
      files: { decoder: Uint8Array.of(1) },
    });
    expect(engine.entry('decoder', entry.id)).toEqual(entry);
    expect(engine.entry('decoder', 'own.ffffffffffffffffffff.89abcdef')).toBeUndefined();
    expect(engine.entry('decoder', '')?.id).toBe(VAE);
  });
});

describe('a page whose lab needs no model', () => {
  it('fetches none, and has what it needs', async () => {
    const { engine } = await open({ first: null }, () => null);
    expect(engine.complete).toBe(true);
    expect(engine.manifest?.models).toHaveLength(manifest.models.length);
    expect(fetched().filter((name) => name?.endsWith('.onnx'))).toEqual([]);
    expect(calls('load')).toBe(0);
    expect(ScriptedWorker.all.map(({ name }) => name)).toEqual(['fitter']);
  });

  it('fetches them once a lab that needs them is opened', async () => {
    const { engine } = await open({ first: null }, () => null);
    make(() => engine.require([]));
    await pass();
    expect(calls('load')).toBe(0);
    make(() => engine.require(['sampler', 'decoder']));
    make(() => engine.require(['decoder', 'sampler']));
    expect(engine.complete).toBe(false);
    await pass(400);
    expect(engine.complete).toBe(true);
    expect([engine.decoder.loaded, engine.sampler.loaded]).toEqual([true, true]);
    expect(calls('load')).toBe(2);
    expect(calls('manifest')).toBe(1);
  });
});
