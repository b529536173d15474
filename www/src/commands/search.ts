/** Finds commands by words, in whichever language they are typed. Pure. */

/** Case, accents and full-width forms do not matter. */
export const plain = (text: string): string =>
  text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** What can be found: its names, one for each language, and other words about it. */
export interface Findable {
  names: readonly string[];
  words: readonly string[];
}

/** A name that begins with the word is worth most, then one of its words that does; 0: it is nowhere. */
function worth(word: string, { names, words }: Findable): number {
  const [own, other] = [names.map(plain), words.map(plain)];
  if (own.some((name) => name.startsWith(word))) return 4;
  if (own.some((name) => name.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word))))
    return 3;
  if (own.some((name) => name.includes(word))) return 2;
  return other.some((text) => text.includes(word)) ? 1 : 0;
}

/** What has every word of the query, what matches best first; otherwise in the order in which it came. */
export function search<T extends Findable>(query: string, all: readonly T[]): T[] {
  const asked = plain(query).split(/\s+/).filter(Boolean);
  if (asked.length === 0) return [...all];
  return all
    .map((one) => ({ one, worths: asked.map((word) => worth(word, one)) }))
    .filter(({ worths }) => worths.every((value) => value > 0))
    .map(({ one, worths }) => ({ one, sum: worths.reduce((a, b) => a + b, 0) }))
    .sort((a, b) => b.sum - a.sum)
    .map(({ one }) => one);
}
