export interface RenderDigitOptions {
  /** Width of the brush in pixels of the result, 0.5 to 8; the one that gives the strokes of MNIST, 2.6, if absent. */
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
  channels: number;
  height: number;
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
