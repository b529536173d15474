import { scaleLinear } from 'd3-scale';
import type { DiffusionElboResult } from '../../engine/protocol.ts';
import type { Margin } from './plot.ts';

/** Axes of what each timestep costs: t falls to the right, towards the picture. */
export function costScales(
  points: readonly { nats: number }[],
  steps: number,
  /** The axis of costs reaches at least this far. */
  least: number,
  { width, height, margin }: { width: number; height: number; margin: Margin },
) {
  const x = scaleLinear([steps, 1], [margin.left, width - margin.right]);
  const most = Math.max(points.length > 0 ? least : 1, ...points.map(({ nats }) => nats));
  const y = scaleLinear([0, most], [height - margin.bottom, margin.top]).nice(3);
  const ticks = y.ticks(3);
  return { x, y, ticks, decimals: Math.max(0, -Math.floor(Math.log10(ticks[1] ?? 1))) };
}

/** The timesteps that the axis of a chain names. */
export const quarters = (steps: number) => [
  ...new Set([steps, 0.75 * steps, steps / 2, steps / 4, 1].map(Math.round)),
];

type Places = readonly Pick<DiffusionElboResult['perTimestep'][number], 't' | 'logSnr'>[];

/**
 * The timestep of a chain, by straight lines between those that are known, where its log SNR is that of another chain's state:
 * two chains with other schedules or lengths are at the same place of the same process there. Beyond the known ones it is the last
 * of them; null if there are none.
 */
export function timestepAt(known: Places, logSnr: number): number | null {
  const places = [...known].sort((a, b) => a.t - b.t);
  const after = places.findIndex((place) => place.logSnr <= logSnr);
  const [below, above] =
    after < 0 ? [places.at(-1), undefined] : [places[after - 1], places[after]];
  if (!below || !above) return (below ?? above)?.t ?? null;
  const share = (below.logSnr - logSnr) / (below.logSnr - above.logSnr);
  return below.t + share * (above.t - below.t);
}
