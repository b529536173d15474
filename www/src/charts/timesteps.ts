import type { DiffusionElboResult } from '../engine/protocol.ts';

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
