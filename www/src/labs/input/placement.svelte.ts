import { untrack } from 'svelte';
import { Bitmap } from '../../drawing/pixels.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import type { DigitStanding, Pixels } from '../../../engine/protocol.ts';
import { type ImageSource, keyOf } from './source.ts';

/** Whether pixels are as they came, or moved and scaled as MNIST's digits are. */
export type Placing = 'kept' | 'centred';

/** How pixels on display stand among MNIST's digits, and the same picture placed as they are. */
export class Placement {
  #found = $state.raw<{ key: string; standing: DigitStanding | null } | null>(null);
  #twins = $state.raw<Record<Placing, ImageSource> | null>(null);

  constructor(
    private readonly engine: Engine,
    private readonly source: () => ImageSource,
  ) {}

  /** Null for drawings, and while it is not known. */
  get standing(): DigitStanding | null {
    return this.#found?.key === keyOf(this.source()) ? this.#found.standing : null;
  }

  /** Which of two ways is on display; null where there is one only. */
  get way(): Placing | null {
    const key = keyOf(this.source());
    const twins = this.#twins;
    if (twins && keyOf(twins.kept) === key) return 'kept';
    return twins && keyOf(twins.centred) === key ? 'centred' : null;
  }

  /** The picture placed in a way, where there are two. */
  placed(way: Placing): ImageSource | undefined {
    return this.#twins?.[way];
  }

  pair(kept: ImageSource, centred: ImageSource): void {
    if (keyOf(kept) !== keyOf(centred)) this.#twins = { kept, centred };
  }

  /** Asks how pixels of MNIST's shape, which are on display, stand, and how they would be placed. */
  compare({ levels, shape }: Pixels): void {
    const { decoder } = this.engine;
    const source = this.source();
    const key = keyOf(source);
    untrack(() =>
      decoder.queue('standing').submit(() => decoder.client.call('standing', { levels })),
    ).then((standing) => {
      this.#found = { key, standing };
      if (!standing || standing.isStandard || key !== keyOf(this.source()) || this.way) return;
      this.pair(source, { pixels: new Bitmap({ levels: standing.centred, shape }) });
    }, this.engine.report);
  }
}
