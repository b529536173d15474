import { mount, unmount } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dimensionsOf } from '../../../engine/facts.ts';
import type { EvaluatedModel, JobResult, ModelEntry } from '../../../engine/protocol.ts';
import { messages, titleOf } from '../../messages/index.ts';
import { namesOf } from '../../models/names.ts';
import { manifest } from '../../testing/manifest.ts';
import { clearUp, make, open, pass } from '../../testing/page.svelte.ts';
import { type Script, ScriptedWorker, workerOf } from '../../testing/worker.ts';
import { ElboLab } from './lab.svelte.ts';
import { edgesOf, shareBelow, sharesIn } from './strangers.ts';
import StrangersCard from './StrangersCard.svelte';
import { StrangersPanel } from './strangers.svelte.ts';

afterEach(clearUp);

const entryOf = (id: string): ModelEntry => {
  const found = manifest.models.find((entry) => entry.id === id);
  if (!found) throw new Error(id);
  return found;
};

const quantiles = (from: number) => Array.from({ length: 51 }, (_, i) => from + i);

/** Scores of a model on the images of a data set that is not its own. */
function scored(id: string, own: string, dataset: string, auroc: number): EvaluatedModel {
  const { files, kind } = entryOf(id);
  return {
    id,
    dataset,
    own: false,
    files: Object.fromEntries(Object.entries(files).map(([role, file]) => [role, file.sha256])),
    command: `evaluate ${id}`,
    scores: [{ metric: 'elbo', samples: 16 }],
    chain:
      kind === 'ddpm'
        ? { schedule: 'log-snr-linear', steps: 500, timesteps: 32, givenClass: false }
        : undefined,
    strangers: {
      own,
      images: [300, 200],
      typical: -100,
      detectors: [
        {
          detector: 'likelihood',
          auroc,
          standardError: 0.01,
          own: quantiles(-150),
          other: quantiles(-120),
        },
        { detector: 'code-ratio', auroc: 0.97, own: quantiles(0), other: quantiles(-60) },
      ],
    },
  } as unknown as EvaluatedModel;
}

const SCORED = [
  scored('mnist-vae', 'MNIST test', 'Fashion-MNIST test', 0.9),
  scored('fashion-vae', 'Fashion-MNIST test', 'MNIST test', 0.2),
  scored('fashion-ddpm', 'Fashion-MNIST test', 'MNIST test', 0.3),
];

const script: Script = {
  examples: () => [{ name: '3', strokes: [Float32Array.of(0, 0, 1, 1)] }] as never,
  prepare: ({ format }) => new Uint8Array(dimensionsOf(format.shape)).fill(3),
  evaluation: () => SCORED,
  openJob: () => ({ total: 8 }),
  evaluate: ({ from, to }) => Array.from({ length: to - from }, () => Float64Array.of(1)),
  record: ({ from, values }) => ({
    evaluations: from + values.length,
    result: {
      samples: from + values.length,
      elbo: { mean: -111, standardError: 1 },
      kl: { mean: 20, standardError: 0 },
      perTimestep: [{ t: 3, logSnr: 1, nats: 2, evaluations: 1 }],
    } as unknown as JobResult,
  }),
  closeJob: () => null,
  place: ({ evidence }) => [
    { detector: 'likelihood', score: evidence.elbo, own: 78, other: 18 },
    { detector: 'code-ratio', score: -20, own: 0, other: 80 },
  ],
};

const names = namesOf(manifest.models, titleOf);
const tasks = () =>
  ScriptedWorker.all.flatMap((worker) => worker.asked('openJob').map(({ task }) => task));

async function opened(hash: string) {
  const { lab, engine, page } = await open({ hash, script }, (engine, page) => {
    const lab = new ElboLab(engine, page);
    return { lab, panel: new StrangersPanel(engine, page, lab) };
  });
  await pass(3000);
  return { ...lab, engine, page };
}

describe('a distribution known by its quantiles', () => {
  it('has the shares of straight lines between them', () => {
    const known = [0, 1, 1, 3];
    const found = [-1, 0, 0.5, 1, 2, 3, 4].map((value) => shareBelow(known, value));
    const expected = [0, 0, 1 / 6, 2 / 3, 5 / 6, 1, 1];
    found.forEach((share, i) => expect(share).toBeCloseTo(expected[i] ?? NaN, 12));
  });

  it('falls into bins over both sets, all of it', () => {
    const [a, b] = [quantiles(0), quantiles(25)];
    const edges = edgesOf(a, b, 15);
    expect([edges[0], edges.at(-1), edges.length]).toEqual([0, 75, 16]);
    const shares = sharesIn(a, edges);
    expect(shares.slice(0, 10).every((share) => Math.abs(share - 0.1) < 1e-12)).toBe(true);
    expect(shares.slice(10).every((share) => share === 0)).toBe(true);
    for (const set of [a, b, [4, 4, 4]]) {
      const sum = sharesIn(set, edgesOf(set, b, 7)).reduce((all, share) => all + share, 0);
      expect(sum).toBeCloseTo(1, 12);
    }
  });
});

describe('the ELBO lab and data sets', () => {
  it('compares the models of the data set that the diffusion model is of', async () => {
    const { lab, page } = await opened('#lab=elbo');
    expect(lab.dataset).toBe('MNIST');
    expect(lab.candidates.every(({ id }) => id.startsWith('mnist-'))).toBe(true);
    expect(tasks().some(({ model }) => model.startsWith('fashion-'))).toBe(false);
    page.state.sampler = 'fashion-ddpm';
    await pass(3000);
    expect(lab.dataset).toBe('Fashion-MNIST');
    expect(lab.latent.length).toBeGreaterThan(1);
    expect(lab.latent.every(({ entry }) => entry.id.startsWith('fashion-'))).toBe(true);
  });
});

describe('the panel of strangers', () => {
  it('asks for nothing before it is opened', async () => {
    const { panel, page } = await opened('#lab=elbo');
    expect(panel.rows.map(({ entry }) => entry.id)).toEqual(
      SCORED.map(({ id }) => id).sort(
        (a, b) =>
          manifest.models.findIndex((m) => m.id === a) -
          manifest.models.findIndex((m) => m.id === b),
      ),
    );
    expect(tasks().some(({ model }) => model.startsWith('fashion-'))).toBe(false);
    page.state.elbo.strangers = true;
    await pass(3000);
    const asked = tasks().filter(({ model }) => model.startsWith('fashion-'));
    expect(asked.map(({ model, options }) => [model, options])).toEqual(
      expect.arrayContaining([
        ['fashion-vae', { samples: 16, proposal: 'posterior', seed: 0 }],
        [
          'fashion-ddpm',
          { schedule: 'log-snr-linear', steps: 500, timesteps: 32, class: null, seed: 0 },
        ],
      ]),
    );
  });

  it('places the picture by what each model said of it', async () => {
    const { panel } = await opened('#lab=elbo&strangers=1');
    expect(Object.keys(panel.places).sort()).toEqual(['fashion-ddpm', 'fashion-vae', 'mnist-vae']);
    const asked = workerOf('decoder').asked('place');
    expect(asked.find(({ model }) => model === 'fashion-vae')).toMatchObject({
      dataset: 'MNIST test',
      evidence: { elbo: -111, kl: 20 },
    });
    expect(asked.find(({ model }) => model === 'fashion-ddpm')?.evidence).toEqual({
      elbo: -111,
      perTimestep: [{ t: 3, logSnr: 1, nats: 2, evaluations: 1 }],
    });
    // the first that finds strangers likelier than its own
    expect(panel.shown?.entry.id).toMatch(/^fashion-/);
  });

  it('says in numbers how often strangers are likelier, and what tells them apart', async () => {
    const { lab, engine, page } = await opened('#lab=elbo&strangers=1');
    vi.stubGlobal(
      'ResizeObserver',
      class {
        observe(): void {}
        unobserve(): void {}
        disconnect(): void {}
      },
    );
    const target = document.createElement('div');
    const card = make(() => mount(StrangersCard, { target, props: { engine, page, lab, names } }));
    await pass(3000);
    const select = target.querySelector('select');
    if (!select) throw new Error('no choice of models');
    const choose = async (id: string) => {
      select.value = id;
      select.dispatchEvent(new Event('change', { bubbles: true }));
      await pass();
    };
    const finding = () =>
      target.querySelector('[data-testid="strangers-finding"]')?.textContent.trim();
    const text = messages.elboLab.strangers;
    await choose('fashion-vae');
    const vae = names.get('fashion-vae') ?? '';
    expect(finding()).toBe(
      text.fails({ model: vae, own: 'Fashion-MNIST', other: 'MNIST test', percent: '80.0' }),
    );
    await choose('mnist-vae');
    const other = names.get('mnist-vae') ?? '';
    expect(finding()).toBe(
      text.holds({ model: other, own: 'MNIST', other: 'Fashion-MNIST test', percent: '10.0' }),
    );
    const cells = (detector: string) =>
      [...target.querySelectorAll(`[data-testid="detector-${detector}"] td`)].map((cell) =>
        cell.textContent.trim(),
      );
    expect(cells('likelihood')).toEqual(['0.900 ± 0.010', '78 %', '18 %']);
    expect(cells('code-ratio')).toEqual(['0.970', '0.0 %', '80 %']);
    await unmount(card);
  });
});
