/** Pictures that are scored. */
import type { Pixels } from '../../engine/protocol.ts';
import type { ModelHost } from '../engine/hosts.ts';

/** One picture; equal keys mean equal pictures. */
export interface Picture extends Pixels {
  key: string;
}

/** What a lab shows. */
export interface Displayed {
  picture: Picture | null;
  /** Whether nothing is playing or being computed that would change it. */
  still: boolean;
  /** The worker that makes it. */
  from: ModelHost;
  /** The class that it was asked of. */
  class: number | null;
  /** Its log SNR, where it is a frame of a chain. */
  logSnr: number | null;
}
