import { untrack } from 'svelte';
import { CancelledError, isCancelled } from '../../../engine/errors.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import { dimensionsOf } from '../../../engine/facts.ts';
import type { ImageShape } from '../../../engine/protocol.ts';
import type { Page } from '../../page.svelte.ts';
import { evenly } from '../../share/raster.ts';
import type { Chain } from './chain.svelte.ts';
import type { ChainLab } from './lab.svelte.ts';
import { MOST_POINTS, nearest, type Path, pathsOf, pointsOf, type Walked } from './paths.ts';

/** The paths of chains through the plane of their first two principal components. */
export interface Drawn {
  /** Names the chains and what of them is drawn. */
  key: string;
  of: 'x' | 'predictedX0';
  shape: ImageShape;
  walks: readonly Walked[];
  paths: readonly Path[];
  /** Shares of the variance along both axes. */
  explained: readonly [number, number];
}

/** Draws the chains on display once they are complete. */
export class PathsLab {
  drawn = $state.raw<Drawn | null>(null);
  /** The path under the pointer, else that of the chosen sample. */
  pointed = $state<number | null>(null);

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly lab: ChainLab,
  ) {
    $effect(() => this.#compute());
  }

  /** The chains that are drawn: the first, and the second where there is one. */
  get #chains(): Chain[] {
    const { chain, beside } = this.lab;
    // Pictures of two sizes are not points of one space.
    return beside.on && !beside.shapesDiffer ? [chain, beside.chain] : [chain];
  }

  get of(): 'x' | 'predictedX0' {
    return this.page.state.denoise.paths === 'x' ? 'x' : 'predictedX0';
  }

  /** Whether all frames are there. */
  get complete(): boolean {
    const { lab } = this;
    const steps = [lab.steps, lab.beside.steps];
    return this.#chains.every((chain, i) => chain.held && chain.available > (steps[i] ?? 0));
  }

  get #key(): string {
    return [this.of, ...this.#chains.map(({ computed }) => computed)].join(' | ');
  }

  /** What is drawn is of chains that are no longer on display. */
  get old(): boolean {
    return this.drawn !== null && this.drawn.key !== this.#key;
  }

  /** The path that is spoken of. */
  get active(): Path | null {
    const { drawn, pointed } = this;
    const { cell } = this.page.state.denoise;
    if (!drawn) return null;
    return (
      (pointed === null ? null : drawn.paths[pointed]) ??
      drawn.paths.find((path) => path.of === 0 && path.cell === cell) ??
      null
    );
  }

  stepOf({ of }: Path): number {
    return of === 0 ? this.lab.step : this.lab.beside.step;
  }

  /** The picture of a path nearest to where the playhead is. */
  imageOf(path: Path): { levels: Uint8Array; t: number } | null {
    const { drawn } = this;
    if (!drawn) return null;
    const place = nearest(path, this.stepOf(path));
    const frame = drawn.walks[path.of]?.film.frames[place];
    const size = dimensionsOf(drawn.shape);
    return frame
      ? { levels: frame[drawn.of].slice(path.cell * size, (path.cell + 1) * size), t: frame.t }
      : null;
  }

  #compute(): (() => void) | undefined {
    if (!this.lab.active || !this.complete) return undefined;
    const key = this.#key;
    if (untrack(() => this.drawn?.key) === key) return undefined;
    const chains = this.#chains;
    const { of } = this;
    const abort = new AbortController();
    this.#draw(chains, of, abort.signal)
      .then((drawn) => {
        if (!abort.signal.aborted) [this.drawn, this.pointed] = [{ ...drawn, key }, null];
      })
      .catch((error: unknown) => {
        if (!isCancelled(error)) this.engine.report(error);
      });
    return () => abort.abort();
  }

  async #draw(
    chains: readonly Chain[],
    of: 'x' | 'predictedX0',
    signal: AbortSignal,
  ): Promise<Omit<Drawn, 'key'>> {
    const walks: Walked[] = [];
    for (const chain of chains) {
      const indices = evenly(chain.available, MOST_POINTS);
      const film = await chain.frames(indices, { signal });
      // Meanwhile another chain took its place.
      if (film.frames.length < indices.length) throw new CancelledError('the chain has ended');
      walks.push({ indices, film });
    }
    const shape = walks[0]?.film.shape ?? { channels: 1, height: 1, width: 1 };
    const dimensions = dimensionsOf(shape);
    const points = pointsOf(walks, of);
    // Not the sampler, which others wait for.
    const components = await this.engine.decoder.client.call(
      'components',
      { points, dimensions, components: 2 },
      { signal, transfer: [points.buffer] },
    );
    const { variances, totalVariance } = components;
    const share = (axis: 0 | 1) => (totalVariance > 0 ? (variances[axis] ?? 0) / totalVariance : 0);
    return {
      of,
      shape,
      walks,
      paths: pathsOf(walks, dimensions, components),
      explained: [share(0), share(1)],
    };
  }
}
