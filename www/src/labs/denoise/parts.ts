/** The parts of a chain that are set apart, in words. */
import type { DdpmEntry } from '../../../engine/protocol.ts';
import { fixed } from '../../format.ts';
import { classNameOf, messages, titleOf } from '../../messages/index.ts';
import { namesOf } from '../../models/names.ts';
import { APART, type Apart, type ChainSettings, EACH } from './settings.ts';

function say(
  part: Apart,
  chain: ChainSettings,
  entry: DdpmEntry | undefined,
  models: DdpmEntry[],
): string {
  const text = messages.denoise;
  const { values } = text.compare;
  switch (part) {
    case 'seed':
      return values.seed({ seed: chain.seed });
    case 'method':
      return text.methods[chain.method];
    case 'eta':
      return `η = ${fixed(chain.eta, 2)}`;
    case 'steps':
      return values.steps({ steps: chain.steps });
    case 'schedule':
      return text.schedules[chain.schedule];
    case 'guidance':
      return `w = ${fixed(chain.guidance, 1)}`;
    case 'digit':
      if (chain.digit === EACH) return text.each;
      return chain.digit === null ? values.noClass : classNameOf(entry?.classes[chain.digit] ?? '');
    case 'model':
      return (entry && namesOf(models, titleOf).get(entry.id)) ?? '';
  }
}

/** What tells a chain from the other: its values of all that is set apart. */
export const nameOf = (
  beside: { apart: { is: (part: Apart) => boolean }; models: DdpmEntry[] },
  chain: ChainSettings,
  entry: DdpmEntry | undefined,
): string =>
  APART.filter((part) => beside.apart.is(part))
    .map((part) => say(part, chain, entry, beside.models))
    .join(messages.comma);
