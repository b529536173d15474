/** What labs show, to be scored. */
import type { Pixels } from '../../engine/protocol.ts';
import type { ModelHost } from '../engine/hosts.ts';

/** An image; equal keys mean equal images. */
export interface KeyedImage extends Pixels {
  key: string;
}

/** What a lab shows. */
export interface Displayed {
  image: KeyedImage | null;
  /** Whether nothing is playing or being computed that would change it. */
  still: boolean;
  /** The worker that makes it. */
  from: ModelHost;
  /** The class that it was asked of. */
  class: number | null;
  /** Its log SNR, where it is a frame of a chain. */
  logSnr: number | null;
}
