/** A fourth kind of model: one folder (testing/fourth), and a line in each of the two lists of kinds. */
import { afterEach, expect, it, vi } from 'vitest';
import { boundLack, classesOf, isLatent } from '../../engine/facts.ts';
import type { ModelEntry } from '../../engine/protocol.ts';
import { columnsOf } from '../../engine/scores.ts';
import { boundHandlers } from '../../engine/worker/bounds.ts';
import { modelHandlers } from '../../engine/worker/models.ts';
import { SetRun } from '../../engine/worker/sets.ts';
import { ElboLab } from '../labs/elbo/lab.svelte.ts';
import { LABS } from '../labs/index.ts';
import { columnName } from '../labs/sets/columns.ts';
import { flat } from '../testing/images.ts';
import { manifest } from '../testing/manifest.ts';
import { clearUp, open, pass } from '../testing/page.svelte.ts';
import { ScriptedWorker } from '../testing/worker.ts';
import { hostOf } from './hosts.ts';

vi.mock('../../engine/kinds/index.ts', async (original) => {
  const known = await original<typeof import('../../engine/kinds/index.ts')>();
  const { flow } = await import('../testing/fourth/index.ts');
  const KINDS = [...known.KINDS, flow];
  const kindOf = ({ kind }: { kind: string }) => KINDS.find(({ id }) => id === kind);
  return { ...known, KINDS, kindOf };
});
vi.mock('../../engine/kinds/workers.ts', async (original) => {
  const { WORKER_KINDS } = await original<typeof import('../../engine/kinds/workers.ts')>();
  const { flow } = await import('../testing/fourth/worker.ts');
  return { WORKER_KINDS: [...WORKER_KINDS, flow] };
});

vi.mock('../../pkg/elbo_room.js', async (original) => ({
  ...(await original<object>()),
  imageSeed: (seed: number, image: number) => seed + image,
}));

afterEach(clearUp);

const [first] = manifest.models;
const entry = {
  ...first,
  id: 'flow',
  title: 'A flow',
  kind: 'flow',
  blocks: ['coarse', 'fine'],
} as unknown as ModelEntry;
const TASK = { cancelled: false, progress: () => undefined };

it('is loaded by a worker, which grows its bound and scores data sets with it', async () => {
  void modelHandlers.load({ entry, files: {} }, TASK);
  const image = flat(2).levels;
  const task = { kind: 'latent', model: 'flow', image, options: {} } as const;
  expect(await boundHandlers.openJob({ jobId: 1, task }, TASK)).toEqual({ total: 1 });
  const values = await boundHandlers.evaluate({ jobId: 1, from: 0, to: 1 }, TASK);
  expect(await boundHandlers.record({ jobId: 1, from: 0, values }, TASK)).toMatchObject({
    evaluations: 1,
    result: { elbo: { mean: -2 * 784 } },
  });
  const other = { ...task, kind: 'diffusion', options: {} } as const;
  expect(() => boundHandlers.openJob({ jobId: 2, task: other }, TASK)).toThrow(
    'flow has no job of kind diffusion',
  );

  const options = { shape: entry.image, images: [0], seed: 1, latent: {}, diffusion: {} };
  const [row] = await new SetRun({ kind: 'set', model: 'flow', image, options }).evaluate(
    0,
    1,
    TASK,
  );
  const columns = columnsOf(entry);
  expect(row).toHaveLength(columns.length);
  expect(columns.slice(-2)).toEqual(['layer0', 'layer1']);
  expect([row?.[0], row?.at(-2), row?.at(-1)]).toEqual([-2 * 784, 0.5, 0.25]);
  expect(columnName('layer1', entry)).toContain('fine');
});

it('has no worker of its own, and so is shown beside others, where a visitor who opens one is led', () => {
  expect(hostOf(entry)).toBeUndefined();
  expect(LABS.find((lab) => 'opens' in lab && lab.opens(entry))?.id).toBe('elbo');
});

it('is compared with the other models in the ELBO lab', async () => {
  expect([boundLack(entry), classesOf(entry), isLatent(entry)]).toEqual([null, [], true]);
  const { lab } = await open(
    {
      hash: '#lab=elbo',
      script: {
        manifest: () => ({ ...manifest, models: [...manifest.models, entry] }),
        examples: () => [{ name: '3', strokes: [Float32Array.of(0, 0, 1, 1)] }] as never,
        prepare: () => flat(3).levels,
        openJob: () => ({ total: 1 }),
        evaluate: () => [Float64Array.of(1)],
        record: () => ({ evaluations: 1, result: null }),
        closeJob: () => null,
      },
    },
    (engine, page) => new ElboLab(engine, page),
  );
  await pass(2000);
  // After the kinds that the list has before it.
  expect(lab.latent.at(-1)?.entry.id).toBe('flow');
  const tasks = ScriptedWorker.all.flatMap((worker) => worker.asked('openJob'));
  const own = tasks.find(({ task }) => task.model === 'flow')?.task;
  expect(own).toMatchObject({ kind: 'latent', image: flat(3).levels });
});
