import { PictureError } from '../../drawing/file.ts';
import { readingSide, type Rgba, Sheet } from '../../drawing/upload.ts';
import { asError } from '../../../engine/errors.ts';
import type { DigitReading, Format } from '../../../engine/protocol.ts';
import { Crop } from './crop.svelte.ts';

/** What a file was read as. */
export type Read = Pick<DigitReading, 'levels' | 'kept'>;

/** Where pictures go that files become. */
interface Place {
  /** The format in which files are taken. */
  format(): Format;
  /** Names the picture on display. */
  key(): string;
  read(of: Rgba, format: Format, whole: boolean): Promise<DigitReading>;
  /** Shows one, and returns the names of all that it can be shown as. */
  show(reading: Read, format: Format): readonly string[];
  /** A file is about to take the place of what is there. */
  begin(): void;
}

/** Files on their way to a picture: decoded, read, and cut where they hold more than one digit. */
export class ImageFiles {
  /** Why the last file could not be taken. */
  error = $state.raw<Error | null>(null);
  /** A file is being decoded. */
  busy = $state(false);
  /** The part of a picture that is being chosen. */
  crop = $state.raw<Crop | null>(null);
  /** The last file, and what was made of it. */
  #sheet = $state.raw<{ sheet: Sheet; keys: readonly string[] } | null>(null);
  /** Counts what was done to the picture: a file that comes late finds that something else was. */
  #deeds = 0;

  constructor(private readonly place: Place) {}

  /** Whatever is under way is not waited for any more. */
  supersede(): void {
    this.#deeds++;
    this.busy = false;
    this.error = null;
    this.crop = null;
  }

  /** Whether the picture on display was made of a file that is still there. */
  get canCrop(): boolean {
    return this.#sheet?.keys.includes(this.place.key()) ?? false;
  }

  /** Whether the browser changed the levels of the file by next to nothing. */
  get altered(): boolean {
    return this.canCrop && this.#sheet?.sheet.altered === true;
  }

  /** What was dropped or pasted is not a file. */
  refuseText(): void {
    this.place.begin();
    this.error = new PictureError({ reason: 'text' });
  }

  /** Takes a file, unless something else is done to the picture before it is decoded. */
  async upload(file: Blob): Promise<void> {
    this.place.begin();
    const deed = this.#deeds;
    this.busy = true;
    try {
      const format = this.place.format();
      const sheet = await Sheet.open(file);
      const of = sheet.read(this.#side);
      const reading = await this.place.read(of, format, false);
      if (deed === this.#deeds) {
        this.#sheet = { sheet, keys: [] };
        if (reading.levels) this.#show(reading, format);
        else this.#startCrop(sheet, format, reading, of.width);
      }
    } catch (error) {
      // The crate finds nothing to be told from its ground.
      const isBlank = asError(error).name === 'ValueError';
      if (deed === this.#deeds)
        this.error = isBlank ? new PictureError({ reason: 'blank' }) : asError(error);
    }
    if (deed === this.#deeds) this.busy = false;
  }

  /** Lets a part of the last file be chosen. */
  cropAgain(): void {
    const { sheet } = this.#sheet ?? {};
    const nothing = { problem: null, regions: [] };
    if (sheet) this.#startCrop(sheet, this.place.format(), nothing, sheet.width);
  }

  /** Takes the digit in the frame, or the frame as it is. */
  async finishCrop(how: 'digit' | 'whole'): Promise<void> {
    const { crop } = this;
    if (!crop) return;
    try {
      const reading = how === 'digit' ? crop.reading : await crop.whole();
      if (reading && this.crop === crop) this.#show(reading, crop.format);
    } catch (error) {
      this.error = asError(error);
    }
    if (this.crop === crop) this.crop = null;
  }

  #startCrop(
    sheet: Sheet,
    format: Format,
    found: Pick<DigitReading, 'problem' | 'regions'>,
    width: number,
  ): void {
    this.crop = new Crop(sheet, format, found, width, this.#side, (of, whole) =>
      this.place.read(of, format, whole),
    );
  }

  #show(reading: Read, format: Format): void {
    const keys = this.place.show(reading, format);
    if (this.#sheet && keys.length > 0) this.#sheet = { ...this.#sheet, keys };
  }

  /** How large files are read. */
  get #side(): number {
    const { height, width } = this.place.format().shape;
    return readingSide(Math.max(height, width));
  }
}
