/** How a drawing becomes a digit. */
export interface RenderDigitOptions {
  /** Width of the brush in pixels of the result, 0.5 to 8; 2.6, which gives the strokes of MNIST, if absent. */
  brush?: number;
}

/** A drawing that comes with the crate. */
export interface ExampleDrawing {
  /** Unique among them. */
  name: string;
  /** The digit that is meant; null for a drawing that is not a digit. */
  label: number | null;
  /** Polylines x0, y0, x1, y1, … in the unit square, y pointing down. */
  strokes: Float32Array[];
}

/** 1 channel for grey or 3 for red, green and blue; levels lie row by row, the channels of a pixel side by side. */
export interface ImageShape {
  /** Channels: 1 for grey, 3 for red, green and blue. */
  channels: number;
  /** Rows. */
  height: number;
  /** Columns. */
  width: number;
}

/** Rows and columns of one image in pixels, and how many images stand in a row. */
export interface Layout {
  height: number;
  width: number;
  columns?: number;
  /** 1 for grey (if absent), 3 for red, green and blue, side by side for each pixel. */
  channels?: number;
}

/** How a picture is read. */
export interface DigitFromPixelsOptions {
  /** Looks for no digit, and takes the whole picture between black bars; false if absent. */
  whole?: boolean;
}

/** A rectangle of a picture, in its pixels. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What a picture shows. */
export interface DigitReading {
  /** The digit as MNIST has its own, 28x28 levels row by row; null where not one digit stands out. */
  levels: Uint8Array | null;
  /** For a picture of 28x28 pixels, its own levels, inverted if its ink is dark. */
  kept: Uint8Array | null;
  /** Why there is no digit: there are several, or nothing looks like strokes of a pen. */
  problem: "several" | "shapeless" | null;
  /** Where the digit is, or what may be meant, in the order of reading. */
  regions: Region[];
}

/** The properties in which an image of 28x28 levels is, or is not, like MNIST's digits. */
export interface DigitStanding {
  isStandard: boolean;
  /** The most frequent level outside the ink. */
  ground: number;
  /** The greatest level. */
  peak: number;
  /** Whether the ground is black and the ink white. */
  hasRange: boolean;
  /** Whether there are two levels only. */
  twoLevels: boolean;
  /** How far the ink's centre of mass lies to the right of and below pixel (14, 14). */
  offset: [number, number];
  isCentred: boolean;
  /** The longer side of the ink in pixels. */
  longest: number;
  hasSize: boolean;
  /** The image made as MNIST's are; the same levels where it is like them already. */
  centred: Uint8Array;
}
