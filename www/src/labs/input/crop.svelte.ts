import type { Frame, Rgba, Sheet } from '../../drawing/upload.ts';
import type { DigitReading, Format } from '../../../engine/protocol.ts';

export const CORNERS = ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const;
export type Corner = (typeof CORNERS)[number];

/** Of a region that was found, so much is added on each side: the ground tells the ink. */
const MARGIN = 0.15;
/** Shortest side of a frame, in shares of the picture's shorter one and in pixels. */
const LEAST = 0.04;
const LEAST_PIXELS = 4;

type Read = (of: Rgba, whole: boolean) => Promise<DigitReading>;

/** A picture of which a part is chosen, and what is found in that part. */
export class Crop {
  /** What is chosen, in pixels of the sheet. */
  frame = $state.raw<Frame>({ x: 0, y: 0, width: 1, height: 1 });
  /** What the frame holds; null while it is being read, or where nothing is in it. */
  reading = $state.raw<DigitReading | null>(null);
  /** The frame has one colour. */
  blank = $state(false);
  /** What may be meant, in pixels of the sheet. */
  readonly regions: readonly Frame[];
  /** Frames that were asked for: what comes late is of another one. */
  #asked = 0;
  #running = false;

  constructor(
    readonly sheet: Sheet,
    readonly format: Format,
    /** What was found in the whole picture, and how large that was read. */
    readonly found: Pick<DigitReading, 'problem' | 'regions'>,
    readWidth: number,
    private readonly side: number,
    private readonly read: Read,
  ) {
    const scale = sheet.width / readWidth;
    this.regions = found.regions.map(({ x, y, width, height }) =>
      this.#within({
        x: scale * (x - MARGIN * Math.max(width, height)),
        y: scale * (y - MARGIN * Math.max(width, height)),
        width: scale * (width + 2 * MARGIN * Math.max(width, height)),
        height: scale * (height + 2 * MARGIN * Math.max(width, height)),
      }),
    );
    const [first] = this.regions;
    const { width, height } = sheet;
    this.choose(first ?? { x: 0, y: 0, width, height });
  }

  get least(): number {
    const { width, height } = this.sheet;
    const shorter = Math.min(width, height);
    return Math.min(shorter, Math.max(LEAST_PIXELS, LEAST * shorter));
  }

  choose(frame: Frame): void {
    this.frame = this.#within(frame);
    this.#asked++;
    void this.#look();
  }

  /** By so many pixels of the sheet; the size stays. */
  move(dx: number, dy: number): void {
    const { x, y, width, height } = this.frame;
    this.choose({
      x: Math.min(Math.max(0, x + dx), this.sheet.width - width),
      y: Math.min(Math.max(0, y + dy), this.sheet.height - height),
      width,
      height,
    });
  }

  /** A corner goes to a place; the one across stays. */
  pull(corner: Corner, x: number, y: number): void {
    const { frame, least, sheet } = this;
    const place = (at: number, far: number, most: number, first: boolean): [number, number] => {
      const limited = first
        ? Math.min(Math.max(0, at), far - least)
        : Math.max(Math.min(most, at), far + least);
      return first ? [limited, far - limited] : [far, limited - far];
    };
    const left = corner.endsWith('left');
    const top = corner.startsWith('top');
    const [nx, width] = place(x, left ? frame.x + frame.width : frame.x, sheet.width, left);
    const [ny, height] = place(y, top ? frame.y + frame.height : frame.y, sheet.height, top);
    this.choose({ x: nx, y: ny, width, height });
  }

  /** All of the frame as it is, without looking for a digit. */
  whole(): Promise<DigitReading> {
    return this.read(this.sheet.read(this.side, this.frame), true);
  }

  #within({ x, y, width, height }: Frame): Frame {
    const { sheet } = this;
    const limit = (at: number, length: number, most: number): [number, number] => {
      const kept = Math.min(most, Math.max(Math.min(this.least, most), length));
      return [Math.min(Math.max(0, at), most - kept), kept];
    };
    // What lies outside is cut off, not moved inside.
    const cut = (at: number, length: number) => (at < 0 ? [0, length + at] : [at, length]);
    const [cx = 0, cw = 0] = cut(x, Math.min(width, sheet.width - x));
    const [cy = 0, ch = 0] = cut(y, Math.min(height, sheet.height - y));
    const [fx, fw] = limit(cx, cw, sheet.width);
    const [fy, fh] = limit(cy, ch, sheet.height);
    return { x: fx, y: fy, width: fw, height: fh };
  }

  /** One frame at a time; those that were asked for meanwhile are passed over but for the last. */
  async #look(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let asked = -1; asked !== this.#asked;) {
      asked = this.#asked;
      try {
        const reading = await this.read(this.sheet.read(this.side, this.frame), false);
        if (asked === this.#asked) [this.reading, this.blank] = [reading, false];
      } catch {
        // The crate refuses what shows nothing.
        if (asked === this.#asked) [this.reading, this.blank] = [null, true];
      }
    }
    this.#running = false;
  }
}
