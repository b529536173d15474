/** Bounds that grow evaluation by evaluation, which the workers of a pool share. */
import { kindOf } from '../kinds/index.ts';
import type { Run } from '../kinds/worker.ts';
import type { JobTask } from '../protocol.ts';
import { ddpm, heldOf, need } from './models.ts';
import { SetRun } from './sets.ts';
import { TOGETHER } from '../together.ts';
import { breathe, type Handlers, PROGRESS_MS } from './task.ts';

const jobs = new Map<number, Run | SetRun>();

const job = (jobId: number) => need(jobs.get(jobId), 'a job');

function runOf(jobId: number): Run {
  const run = job(jobId);
  if (run instanceof SetRun) throw new Error('images are evaluated one by one');
  return run;
}

function begin(task: JobTask): Run | SetRun {
  if (task.kind === 'set') return new SetRun(task);
  const { kind, model: id, image, options } = task;
  if (kind === 'classes') return ddpm(id).classify(image, options);
  const { entry, model, kind: of } = heldOf(id);
  if (kindOf(entry).bound === kind) return of.bound(model, image, options);
  throw new Error(`${id} has no job of kind ${kind}`);
}

export const boundHandlers: Handlers<'openJob' | 'evaluate' | 'record' | 'closeJob'> = {
  openJob({ jobId, task }) {
    jobs.get(jobId)?.free();
    jobs.delete(jobId);
    const run = begin(task);
    jobs.set(jobId, run);
    return { total: run.totalEvaluations };
  },

  async evaluate({ jobId, from, to }, task) {
    const images = job(jobId);
    if (images instanceof SetRun) return images.evaluate(from, to, task);
    const values: Float64Array[] = [];
    let breathed = performance.now();
    for (let index = from; index < to && !task.cancelled; index += TOGETHER) {
      // Looked up each time: it may be closed in a pause.
      values.push(...runOf(jobId).evaluateRange(index, Math.min(to, index + TOGETHER)));
      if (performance.now() - breathed < PROGRESS_MS) continue;
      await breathe();
      breathed = performance.now();
    }
    return values;
  },

  record({ jobId, from, values }) {
    const run = job(jobId);
    const changed = values
      .map((value, i) => run.record(from + i, value))
      .some((completed) => completed);
    return { evaluations: run.evaluations, result: changed ? (run.result() ?? null) : null };
  },

  closeJob({ jobId }) {
    jobs.get(jobId)?.free();
    jobs.delete(jobId);
    return null;
  },
};
