/** The fonts of formulas, with the characters that formulas have and no others: half as large. Hints stay: without them brackets look bold where a browser hints. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import subset from 'subset-font';
import { cached } from './cache.ts';

const LATIN = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const LETTERS = `${LATIN}αβεηθλμπρστψϕΛΣΩ`;
const PUNCTUATION = " '()+,-./:;<=>[]^{|}~–’…";
const SPACES = '\u00A0\u2005\u2009\u200A\u200B';
const ACCENTS = 'ˉ\u0302\u0303';
// The first is the stroke through “≠”, which has no character of its own.
const SIGNS = '\uE020≠≤≥≪≈∼∝∈←→⇒⇔±×−·⋅∗⊙∑∏∫∂∇∞∣∥‖′ℓ#⏟';
const CHARACTERS = `${LETTERS}0123456789${PUNCTUATION}${SPACES}${ACCENTS}${SIGNS}`;

/** The characters of a font file: names of variables have one of their own. */
const charactersOf = (path: string) =>
  basename(path).startsWith('KaTeX_Math') ? LETTERS : CHARACTERS;

/** Letters of other scripts have fonts of the system. */
const OF_ANOTHER_SCRIPT = /\p{Script=Han}|[\u3000-\u303F\uFF00-\uFFEF]/u;

/** Fails where a formula has a character that the fonts are built without. */
export function requireCharacters(text: string, tex: string): void {
  for (const character of text)
    if (!CHARACTERS.includes(character) && !OF_ANOTHER_SCRIPT.test(character)) {
      const point = `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
      throw new Error(
        `the build has no “${character}” (${point}) for ${tex}: add it to CHARACTERS in vite/fonts.ts`,
      );
    }
}

/** The path of a font file with its characters alone. */
function smaller(path: string): Promise<string> {
  const [whole, characters] = [readFileSync(path), charactersOf(path)];
  return cached(basename(path), [whole, characters], () =>
    subset(whole, characters, { targetFormat: 'woff2' }),
  );
}

/** A style sheet, which stands at `path`, with smaller fonts in place of those it names. */
export async function withSmallerFonts(css: string, path: string): Promise<string> {
  const fonts = [
    ...new Set([...css.matchAll(/url\(([^)]+\.woff2)\)/g)].map(([, url = '']) => url)),
  ];
  const folder = dirname(path);
  const made = await Promise.all(fonts.map((font) => smaller(join(folder, font))));
  return fonts.reduce(
    (before, font, i) => before.replaceAll(font, relative(folder, made[i] as string)),
    css,
  );
}
