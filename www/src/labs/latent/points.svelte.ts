import type { Engine } from '../../engine/engine.svelte.ts';
import { dimensionsOf } from '../../../engine/facts.ts';
import type { LatentPoint, Pixels, VaeEntry } from '../../../engine/protocol.ts';
import type { Page } from '../../page.svelte.ts';

/** What the comparison takes from the lab. */
interface Lab {
  readonly entry: VaeEntry | undefined;
  readonly ready: boolean;
  readonly class: number | null;
}

/** A point of latent space, and its picture. */
interface Decoded extends Pixels {
  z: number[];
}

/** How far apart two points of latent space are. */
export interface Apart {
  /** Of the one from the other. */
  distance: number;
  /** Between them as seen from the origin, in degrees; null where one is the origin. */
  angle: number | null;
}

export function apartOf(a: readonly number[], b: readonly number[]): Apart {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * (y[i] ?? NaN), 0);
  const lengths = Math.sqrt(dot(a, a) * dot(b, b));
  const cosine = Math.min(1, Math.max(-1, dot(a, b) / lengths));
  return {
    distance: Math.hypot(...a.map((value, i) => value - (b[i] ?? NaN))),
    angle: lengths > 0 ? (180 / Math.PI) * Math.acos(cosine) : null,
  };
}

/** The ends A and B of the path beside each other, decoded by one model. */
export class BesidePoints {
  /** A and B as they were decoded last. */
  shown = $state.raw<{ a: Decoded; b: Decoded } | null>(null);
  /** The points and the model of these pictures. */
  #by = $state('');
  #asked = '';

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly lab: Lab,
  ) {
    if (engine.missing.length > 0) return;
    $effect(() => this.#decode());
  }

  get #state() {
    return this.page.state.latent;
  }

  get on(): boolean {
    return this.#state.points;
  }

  /** Whether the pictures are of the points that are set. */
  get current(): boolean {
    return this.shown !== null && this.#by === this.#wanted;
  }

  get apart(): Apart | null {
    return this.current && this.shown ? apartOf(this.shown.a.z, this.shown.b.z) : null;
  }

  get #wanted(): string {
    const { a, b } = this.#state;
    const { entry, class: given } = this.lab;
    return JSON.stringify([entry?.id, given, a, b, this.engine.decoder.generation]);
  }

  #decode(): void {
    const { entry, ready, class: given } = this.lab;
    if (!this.on || !entry || !ready || this.page.state.lab !== 'latent') return;
    const wanted = this.#wanted;
    if (this.#asked === wanted) return;
    this.#asked = wanted;
    const { decoder } = this.engine;
    const sources: LatentPoint[] = [$state.snapshot(this.#state.a), $state.snapshot(this.#state.b)];
    const call = { model: entry.id, sources, class: given, surface: null };
    decoder
      .queue('points')
      .submit(() => decoder.client.call('decode', call))
      .then(({ z: [a, b], levels, shape }) => {
        if (!a || !b) return;
        const size = dimensionsOf(shape);
        this.shown = {
          a: { z: a, levels: levels.slice(0, size), shape },
          b: { z: b, levels: levels.slice(size), shape },
        };
        this.#by = wanted;
      }, this.engine.report);
  }
}
