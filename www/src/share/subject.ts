/** What the share menu can be opened for, and what of it can leave the page. */

/** RGBA bytes, row by row. */
export interface Raster {
  width: number;
  height: number;
  rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** Numbers for other programs. */
export interface Table {
  columns: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
  /** What else the JSON file says, beside its address. */
  about?: Readonly<Record<string, unknown>>;
}

/** Pictures one after the other, all of one size. */
export interface Film {
  frames: readonly Raster[];
  /** How long each is shown, in milliseconds; the last one a while longer. */
  delay: number;
}

export interface Asked {
  signal: AbortSignal;
  /** A share of the work, from 0 to 1. */
  onProgress: (share: number) => void;
}

/** The same computation outside the page, in the languages it is written for; `address` is that of the page that shows it. */
export type Code = Partial<Record<'python' | 'javascript', (address: string) => Promise<string>>>;

/** A file that the menu has no kind for. */
export interface OtherFile {
  label: string;
  /** With its ending. */
  name: string;
  type: string;
  /** Text can be copied as well. */
  content: () => BlobPart | Promise<BlobPart>;
}

/** Everything but `file` and `title` says how to get it when it is asked for, `root` being what the page's canvases are in; null is "not there yet". */
export interface Subject {
  /** Names the files, without an ending. */
  file: string;
  /** The caption inside of them. */
  title: string;
  picture?: (root: ParentNode) => Raster | null;
  /** Frames side by side. */
  strip?: (root: ParentNode) => Raster | null | Promise<Raster | null>;
  film?: (asked: Asked) => Promise<Film>;
  chart?: () => SVGSVGElement | null;
  table?: (() => Table | null) | undefined;
  others?: () => readonly OtherFile[];
  code?: Code | undefined;
}

/** What a file says of itself. */
export interface Imprint {
  title: string;
  /** The page that shows it. */
  address: string;
}

export const SOFTWARE = 'ELBO Room';
