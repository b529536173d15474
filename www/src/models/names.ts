/** Names that tell models apart. */
import { datasetOf } from '../../engine/facts.ts';
import { isOwn } from '../../engine/own.ts';
import type { ModelEntry } from '../../engine/protocol.ts';

/** The part of an id that people can compare: of a model of one's own, the beginning of its files' checksum. */
const shortId = (id: string) => (isOwn(id) ? (id.split('.')[1] ?? '').slice(0, 6) : id);

/**
 * The title of each model by its id, with more of what tells it from others of the same title: the data set, where that does,
 * else the id.
 */
export function namesOf(
  entries: readonly ModelEntry[],
  titleOf: (entry: ModelEntry) => string,
): Map<string, string> {
  const titles = entries.map(titleOf);
  return new Map(
    entries.map((entry, i) => {
      const title = titles[i] ?? '';
      const alike = entries.filter((_, other) => titles[other] === title);
      if (alike.length < 2) return [entry.id, title];
      const dataset = datasetOf(entry);
      const isUnique = alike.filter((other) => datasetOf(other) === dataset).length < 2;
      return [
        entry.id,
        dataset && isUnique ? `${title} · ${dataset}` : `${title} (${shortId(entry.id)})`,
      ];
    }),
  );
}
