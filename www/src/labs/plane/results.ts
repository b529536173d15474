/** The numbers of the plane lab as a table, for other programs. Pure: no DOM. */
import type { Estimate, PlanePointResult } from '../../../engine/protocol.ts';
import type { Row } from '../../scoring/results.ts';
import type { PlaneSettings } from './settings.ts';

const exact = (mean: number): Estimate => ({ mean, standardError: null });

/** Every number of a point, in nats. */
export function planeRows(settings: PlaneSettings, result: PlanePointResult): Row[] {
  const { bound, gap, sweep, errors } = result;
  const terms: [term: string, value: Estimate][] = [
    ['log p(x)', exact(result.logP)],
    ...(result.modelLogP === null
      ? []
      : [['log p(x) of the model', exact(result.modelLogP)] as [string, Estimate]]),
    ...(result.flowLogP === null
      ? []
      : [['log p(x) of the ODE', exact(result.flowLogP)] as [string, Estimate]]),
  ];
  const add = (term: string, value: number) => terms.push([term, exact(value)]);
  if (bound) {
    add('L_T', bound.prior);
    add('sum of L_{t-1}', bound.denoising);
    add('L_0', bound.reconstruction);
    add('ELBO', bound.elbo);
    bound.perTimestep.forEach((nats, i) => add(`L_{t-1} at t = ${i + 2}`, nats));
  }
  if (gap) {
    add('gap', gap.total);
    add('gap, noisy end', gap.noise);
    add('gap, steps', gap.steps);
    add('gap, clean end', gap.data);
    add('gap, model', gap.model);
  }
  if (result.denoising) terms.push(['-ELBO by denoising matching', result.denoising.cost]);
  if (result.consistency) terms.push(['-ELBO by consistency', result.consistency.cost]);
  for (const { schedule, points } of sweep) {
    for (const { steps, elbo } of points) add(`ELBO (${schedule}, T = ${steps})`, elbo);
  }
  errors?.logSnr.forEach((logSnr, i) => {
    add(`error of the model at log SNR ${logSnr.toFixed(3)}`, errors.model[i] ?? NaN);
    add(`error of the best at log SNR ${logSnr.toFixed(3)}`, errors.exact[i] ?? NaN);
  });
  const { model, schedule, steps, seed } = settings;
  return terms.map(([term, { mean, standardError }]) => ({
    model: `${model} (${schedule}, T = ${steps})`,
    task: 'plane',
    term,
    value: mean,
    standardError,
    unit: 'nats',
    evaluations: result.draws,
    seed,
  }));
}
