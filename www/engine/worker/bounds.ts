/** Bounds that grow evaluation by evaluation, which the workers of a pool share. */
import { kindOf } from '../kinds/index.ts';
import type { Run } from '../kinds/worker.ts';
import type { GrowthTask } from '../protocol.ts';
import { ddpm, heldOf, need } from './models.ts';
import { SetRun } from './sets.ts';
import { TOGETHER } from '../together.ts';
import { breathe, type Handlers, PROGRESS_MS } from './task.ts';

const growths = new Map<number, Run | SetRun>();

const growth = (ticket: number) => need(growths.get(ticket), 'a growth');

function runOf(ticket: number): Run {
  const run = growth(ticket);
  if (run instanceof SetRun) throw new Error('images are evaluated one by one');
  return run;
}

function begin(task: GrowthTask): Run | SetRun {
  if (task.kind === 'set') return new SetRun(task);
  const { kind, model: id, image, options } = task;
  if (kind === 'classes') return ddpm(id).classify(image, options);
  const { entry, model, kind: of } = heldOf(id);
  if (kindOf(entry).bound === kind) return of.bound(model, image, options);
  throw new Error(`${id} has no growth of kind ${kind}`);
}

export const boundHandlers: Handlers<'openGrowth' | 'evaluate' | 'record' | 'closeGrowth'> = {
  openGrowth({ ticket, task }) {
    growths.get(ticket)?.free();
    growths.delete(ticket);
    const run = begin(task);
    growths.set(ticket, run);
    return { total: run.totalEvaluations };
  },

  async evaluate({ ticket, from, to }, task) {
    const images = growth(ticket);
    if (images instanceof SetRun) return images.evaluate(from, to, task);
    const values: Float64Array[] = [];
    let breathed = performance.now();
    for (let index = from; index < to && !task.cancelled; index += TOGETHER) {
      // Looked up each time: it may be closed in a pause.
      values.push(...runOf(ticket).evaluateRange(index, Math.min(to, index + TOGETHER)));
      if (performance.now() - breathed < PROGRESS_MS) continue;
      await breathe();
      breathed = performance.now();
    }
    return values;
  },

  record({ ticket, from, values }) {
    const run = growth(ticket);
    const changed = values
      .map((value, i) => run.record(from + i, value))
      .some((completed) => completed);
    return { evaluations: run.evaluations, result: changed ? (run.result() ?? null) : null };
  },

  closeGrowth({ ticket }) {
    growths.get(ticket)?.free();
    growths.delete(ticket);
    return null;
  },
};
