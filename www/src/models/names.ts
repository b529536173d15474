/** Names that tell models apart. */
import { isOwn } from '../engine/own.ts';
import type { ModelEntry } from '../engine/protocol.ts';

/** The part of an id that people can compare: of a model of one's own, the beginning of its files' checksum. */
const shortId = (id: string) => (isOwn(id) ? (id.split('.')[1] ?? '').slice(0, 6) : id);

/** The title of each model by its id, with more of what tells it from others of the same title. */
export function namesOf(
  entries: readonly ModelEntry[],
  titleOf: (entry: ModelEntry) => string,
): Map<string, string> {
  const titles = entries.map(titleOf);
  return new Map(
    entries.map((entry, i) => {
      const title = titles[i] ?? '';
      const alike = titles.filter((other) => other === title).length > 1;
      return [entry.id, alike ? `${title} (${shortId(entry.id)})` : title];
    }),
  );
}
