import { fromShares, type Stroke, toShares } from '../../drawing/strokes.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import { formatKey } from '../../../engine/facts.ts';
import type { ExampleDrawing, Format, Pixels } from '../../../engine/protocol.ts';

/** An example drawing, and the image of its thumbnail. */
export interface Example extends Omit<ExampleDrawing, 'strokes'> {
  strokes: Stroke[];
  picture: Pixels;
}

/** Longest side of a thumbnail in pixels. */
const THUMBNAIL = 56;

/** The example drawings of the crate. */
export class Examples {
  list = $state.raw<Example[]>([]);
  /** The format and the worker of the thumbnails. */
  #thumbnails = '';

  constructor(
    private readonly engine: Engine,
    private readonly onload: () => void,
  ) {}

  /** With thumbnails of a format's proportions. */
  load({ shape, digit }: Format): void {
    const { engine } = this;
    const name = `${engine.decoder.generation} ${formatKey({ shape, digit })}`;
    if (name === this.#thumbnails) return;
    this.#thumbnails = name;
    const scale = Math.min(1, THUMBNAIL / Math.max(shape.height, shape.width));
    const scaled = (side: number) => Math.max(1, Math.round(side * scale));
    const small = { channels: 1, height: scaled(shape.height), width: scaled(shape.width) };
    engine.decoder
      .queue('examples')
      .submit(async () => {
        const drawings = await engine.decoder.client.call('examples', null);
        return Promise.all(
          drawings.map(async (drawing) => {
            const strokes = fromShares(drawing.strokes);
            const format = { shape: small, digit };
            const of = { strokes: toShares(strokes) };
            const levels = await engine.decoder.client.call('prepare', { of, format });
            return { ...drawing, strokes, picture: { levels, shape: small } };
          }),
        );
      })
      .then((examples) => {
        this.list = examples;
        this.onload();
      }, engine.report);
  }
}
