/** A second chain beside the first: what it is set to, and which of its frames belongs to one of the first. Pure. */
import type {
  DdpmEntry,
  SamplerOptions,
  Schedules,
  ScheduleTable,
} from '../../../engine/protocol.ts';
import { fitClass } from '../../models/classes.ts';
import { fitSchedule, mostSteps } from '../../models/fit.ts';
import {
  type Apart,
  type BesideSettings,
  chainLength,
  EACH,
  type ChainSettings,
  type Link,
  METHODS,
  SAME,
  STEP_COUNTS,
} from './settings.ts';
import { following } from '../apart.ts';

/** The timestep that a chain starts from, as far down the way in one of so many steps. */
export const fromWithin = (
  { from, steps }: Pick<ChainSettings, 'from' | 'steps'>,
  others: number,
): number | null => (from === null ? null : Math.max(1, Math.round((from * others) / steps)));

/** Class, schedule and steps that a model does not have give way to those that it has, in place. */
export function fitChain(
  chain: ChainSettings,
  entry: DdpmEntry | undefined,
  schedules: Schedules | null,
): void {
  if (entry && chain.digit === EACH) chain.digit = entry.classes.length > 0 ? EACH : null;
  else if (entry && chain.digit !== EACH) chain.digit = fitClass(entry, chain.digit);
  if (!schedules) return;
  fitSchedule(chain, schedules);
  const most = mostSteps(schedules, chain.schedule);
  const steps = STEP_COUNTS.findLast((count) => count <= most);
  if (steps === undefined || chain.steps <= steps) return;
  // As far down the way.
  chain.from = fromWithin(chain, steps);
  chain.steps = steps;
  chain.step = Math.min(chain.step, steps);
}

/** The settings of the second chain, as far down the way as the first where both start from a picture. */
export function settingsBeside(first: ChainSettings, beside: BesideSettings): ChainSettings {
  const { on: _, model: __, link: ___, digit, ...own } = beside;
  const both = { ...following(first, own), digit: digit === SAME ? first.digit : digit };
  return { ...both, from: fromWithin(first, both.steps) };
}

/** The class of a chain of a grid, of so many classes; null for none. */
export const classOf = (
  { digit }: Pick<ChainSettings, 'digit'>,
  chain: number,
  classes: number,
): number | null => (digit === EACH ? chain % classes : digit);

/** What the sampler is asked for: a chain cannot be guided without a class, nor by every model. */
export function optionsOf(chain: ChainSettings, guidable: boolean): SamplerOptions {
  const { digit, steps, method, eta, schedule, guidance, seed, samples } = chain;
  const several = digit === EACH && samples > 1;
  return {
    seed,
    class: several ? null : classOf(chain, 0, Infinity),
    ...(several && { everyClass: true }),
    schedule,
    steps,
    method,
    eta: method === 'ddim' ? eta : 0,
    guidance: digit === null || !guidable ? 0 : guidance,
    chains: samples,
  };
}

/** What there is to choose from for the second chain. */
export interface Choices {
  schedules: readonly ChainSettings['schedule'][];
  classes: number;
  /** Models other than the first chain's, by what an address calls them. */
  models: readonly string[];
}

const LARGEST_SEED = 2 ** 32 - 1;
const after = <T>(all: readonly T[], value: T): T | undefined =>
  all[(all.indexOf(value) + 1) % all.length];

/** A value for the second chain that makes a difference; undefined where there is no other. */
export function otherThan(
  first: ChainSettings,
  part: Apart,
  { schedules, classes, models }: Choices,
): Partial<BesideSettings> | undefined {
  switch (part) {
    case 'seed':
      return { seed: first.seed === LARGEST_SEED ? 0 : first.seed + 1 };
    case 'method':
      return { method: after(METHODS, first.method) ?? null };
    case 'eta':
      return { eta: first.eta < 0.5 ? 1 : 0 };
    case 'steps':
      return { steps: first.steps === STEP_COUNTS[0] ? 1000 : STEP_COUNTS[0] };
    case 'schedule': {
      const schedule = after(schedules, first.schedule);
      return schedule === first.schedule ? undefined : { schedule: schedule ?? null };
    }
    case 'guidance':
      return { guidance: first.guidance < 2 ? 4 : 0 };
    case 'digit':
      if (classes < 2) return undefined;
      return { digit: typeof first.digit === 'number' ? (first.digit + 1) % classes : 0 };
    case 'model':
      return models[0] === undefined ? undefined : { model: models[0] };
  }
}

/** A chain's way from its start to its sample. */
export interface Way {
  /** Steps that it goes, and of its whole schedule. */
  steps: number;
  table: ScheduleTable | null;
}

export const wayOf = (chain: ChainSettings, table: ScheduleTable | null): Way => ({
  steps: chainLength(chain),
  table,
});

/** The step of another chain that belongs to a step of this one. Samples belong together whatever led to them. */
export function linkedStep(step: number, from: Way, to: Way, link: Link): number {
  if (step >= from.steps) return to.steps;
  const share = Math.round((step / from.steps) * to.steps);
  if (link === 'share' || !from.table || !to.table) return share;
  const t = from.steps - step;
  const level = from.table.logSnr[from.table.t.indexOf(t)];
  if (level === undefined) return share;
  let nearest = { t: 0, distance: Infinity };
  for (const [i, other] of to.table.t.entries()) {
    const distance = Math.abs((to.table.logSnr[i] ?? Infinity) - level);
    if (other <= to.steps && distance < nearest.distance) nearest = { t: other, distance };
  }
  return to.steps - nearest.t;
}
