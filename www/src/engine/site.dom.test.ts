/** Sites that lack something, or have something wrong among what is right. */
import { afterEach, describe, expect, it } from 'vitest';
import { clearUp, open, pass } from '../testing/page.svelte.ts';
import { DDPM, manifest, VAE } from '../testing/manifest.ts';
import { MODEL_HOSTS } from './hosts.ts';
import { calls, type Script, workerOf } from '../testing/worker.ts';
import type { Engine } from './engine.svelte.ts';
import type { Manifest, ModelEntry } from '../../engine/protocol.ts';

afterEach(clearUp);

const without = (kind: ModelEntry['kind']): Manifest => ({
  ...manifest,
  models: manifest.models.filter((entry) => entry.kind !== kind),
});

/** An engine on a site with this manifest. */
async function on(list: Manifest, surroundings: Partial<Parameters<typeof open>[0]> = {}) {
  const { engine } = await open(
    {
      ...surroundings,
      script: { manifest: () => list, ...surroundings.script },
      site: (path) => (path === 'manifest.json' ? JSON.stringify(list) : surroundings.site?.(path)),
    },
    () => null,
  );
  return engine;
}

const obstacles = (engine: Engine) => ({
  latent: engine.obstacle('decoder', ''),
  denoise: engine.obstacle('sampler', ''),
});

describe('a site', () => {
  it('without a VAE has its diffusion model, and says what the latent lab lacks', async () => {
    const engine = await on(without('vae'));
    expect(obstacles(engine)).toEqual({ latent: { absent: 'decoder' }, denoise: null });
    expect(engine.sampler.held).toBe(DDPM);
    expect(engine.faults).toEqual([]);
    expect(engine.losses).toEqual([]);
  });

  it('without a diffusion model has its VAE, wherever the page is opened', async () => {
    for (const first of MODEL_HOSTS) {
      const engine = await on(without('ddpm'), { first });
      expect(obstacles(engine)).toEqual({ latent: null, denoise: { absent: 'sampler' } });
      expect(engine.decoder.held).toBe(VAE);
      clearUp();
    }
  });

  it('without any model says so', async () => {
    const engine = await on({ ...manifest, models: [] });
    expect(obstacles(engine)).toEqual({
      latent: { absent: 'decoder' },
      denoise: { absent: 'sampler' },
    });
  });

  it('whose list does not come, or is refused, keeps no lab waiting', async () => {
    const lost = await on(manifest, { site: () => null });
    expect(obstacles(lost)).toMatchObject({ latent: { failed: {} }, denoise: { failed: {} } });
    clearUp();
    const refused = await on(manifest, {
      script: {
        manifest: () => {
          throw Object.assign(new Error('a web page'), { name: 'ManifestError' });
        },
      },
    });
    const failed = { failed: { name: 'ManifestError', message: 'a web page' } };
    expect(obstacles(refused)).toMatchObject({ latent: failed, denoise: failed });
  });

  it('with a VAE whose file is missing scores with its diffusion model all the same', async () => {
    const engine = await on(manifest, {
      site: (path) => (path.startsWith('mnist-vae-decoder') ? null : undefined),
    });
    expect(obstacles(engine)).toMatchObject({ latent: { failed: {} }, denoise: null });
    expect(engine.sampler.held).toBe(DDPM);
    expect(engine.obstacle('decoder', '', 'pool')).toMatchObject({ failed: {} });
    expect(engine.obstacle('sampler', '', 'pool')).toBeNull();
  });

  it('tells of entries that were left out, once', async () => {
    const problems = [{ id: 'odd', message: 'model "odd": unknown field' }];
    const engine = await on({ ...manifest, problems });
    expect(engine.problems).toEqual(problems);
    engine.dismiss();
    expect(engine.problems).toEqual([]);
  });

  it('without scores of a test set is not asked for them again', async () => {
    const engine = await on(manifest, {
      site: (path) => (path === 'evaluation.json' ? null : undefined),
    });
    await engine.evaluation.load();
    await engine.evaluation.load();
    expect(engine.evaluation.exists).toBe(false);
    expect(engine.faults).toEqual([]);
    expect(calls('evaluation')).toBe(0);
  });

  it('with a web page in place of its scores says so once', async () => {
    const engine = await on(manifest, {
      script: {
        evaluation: () => {
          throw Object.assign(new Error('expected value at line 1'), { name: 'ManifestError' });
        },
      },
    });
    for (let i = 0; i < 2; i++) {
      const loading = engine.evaluation.load();
      await pass();
      await loading;
    }
    expect(engine.faults.map(({ name }) => name)).toEqual(['EvaluationError']);
    expect(calls('evaluation')).toBe(1);
  });
});

describe('a model that crashes each worker that loads it', () => {
  const crashing: Script = {
    load: ({ entry }) => {
      if (entry.kind === 'ddpm')
        throw Object.assign(new Error('unreachable'), { name: 'RuntimeError' });
      return null;
    },
  };

  it('is refused, and the workers live on with the others', async () => {
    const engine = await on(manifest, { script: crashing });
    await pass(2000);
    expect(engine.files.sampler.status).toBe('failed');
    expect(engine.sampler.down).toBe(false);
    expect(engine.decoder.held).toBe(VAE);
    expect(obstacles(engine)).toMatchObject({ latent: null, denoise: { failed: {} } });
    expect(workerOf('sampler').ended).toBe(false);
  });

  it('does not stop the pool', async () => {
    const engine = await on(manifest, {
      script: {
        ...crashing,
        load: ({ entry }) => {
          if (entry.id === 'mnist-hvae')
            throw Object.assign(new Error('unreachable'), { name: 'RuntimeError' });
          return null;
        },
        openJob: () => ({ total: 4 }),
        evaluate: ({ from, to }) => Array.from({ length: to - from }, () => Float64Array.of(1)),
        record: ({ from, values }) => ({ evaluations: from + values.length, result: null }),
        closeJob: () => null,
      },
    });
    const done: string[] = [];
    for (const model of ['mnist-hvae', 'mnist-vae'])
      engine.pool.submit(
        { kind: 'latent', model, image: new Uint8Array(784), options: {} },
        { onChange: ({ status }) => status === 'done' && done.push(model) },
      );
    await pass(5000);
    expect(done).toEqual(['mnist-vae']);
    expect(engine.files.find('mnist-hvae')?.status).toBe('failed');
    expect(engine.losses.filter(({ restarting }) => !restarting)).toEqual([]);
    engine.pool.close();
  });
});
