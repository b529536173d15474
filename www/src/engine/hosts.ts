/** The workers that hold a model which the labs share, and the models that each of them can hold. */
import { hasLatents, isDiffusion } from '../../engine/facts.ts';
import type { DdpmEntry, ModelEntry, VaeEntry } from '../../engine/protocol.ts';

export interface HostedEntries {
  decoder: VaeEntry;
  sampler: DdpmEntry;
}

export type ModelHost = keyof HostedEntries;

export const MODEL_HOSTS = ['decoder', 'sampler'] as const satisfies readonly ModelHost[];

const SUITS: { [H in ModelHost]: (entry: ModelEntry) => entry is HostedEntries[H] } = {
  decoder: hasLatents,
  sampler: isDiffusion,
};

/** The models that a worker can hold. */
export const modelsFor = <H extends ModelHost>(
  host: H,
  models: readonly ModelEntry[],
): HostedEntries[H][] => models.filter(SUITS[host]);

/** The worker that can hold a model; undefined where the labs only show it beside others. */
export const hostOf = (entry: ModelEntry): ModelHost | undefined =>
  MODEL_HOSTS.find((host) => SUITS[host](entry));
