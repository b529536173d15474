import { untrack } from 'svelte';
import type { Engine } from '../../engine/engine.svelte.ts';
import type { Histogram, Roc } from '../../../engine/protocol.ts';
import type { Page } from '../../page.svelte.ts';
import type { Measure, Sided } from './settings.ts';
import { filtered, type Scores, valuesOf } from './view.ts';

const BINS = 40;

/** What the figures are made of. */
interface Numbers {
  readonly scores: Scores | null;
  readonly otherScores: Scores | null;
  readonly measure: Measure;
  readonly shown: Sided<Measure>;
}

/** What a worker makes of all values of a column: how they are spread, and how well they tell two sets apart. */
export class SetFigures {
  histogram = $state.raw<{ own: Histogram; other: Histogram | null } | null>(null);
  roc = $state.raw<Roc | null>(null);

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly numbers: Numbers,
  ) {
    if (engine.missing.length > 0) return;
    $effect(() => this.#count());
    $effect(() => this.#compare());
  }

  /** One of the sets has other scores now. */
  clear(role: 'current' | 'other'): void {
    if (role === 'current') this.histogram = null;
    this.roc = null;
  }

  /** Of the images that the label lets through: the band is what the histogram is for. */
  #values(scores: Scores | null, column: Sided<Measure>, finite: boolean): Float64Array {
    if (!scores) return new Float64Array();
    const places = filtered(scores, { band: null, label: this.page.state.sets.label });
    return valuesOf(scores, places, column, finite);
  }

  #count(): void {
    if (this.page.state.lab !== 'sets') return;
    const { scores, otherScores, shown } = this.numbers;
    const [own, other] = [
      this.#values(scores, shown, true),
      this.#values(otherScores, shown, true),
    ];
    const { client } = this.engine.decoder;
    const count = (values: Float64Array) =>
      values.length > 0 ? client.call('histogram', { values, bins: BINS }) : null;
    untrack(() => this.engine.decoder.queue('sets histogram'))
      .submit(async () => {
        const [first, second] = await Promise.all([count(own), count(other)]);
        this.histogram = first && { own: first, other: second };
      })
      .catch(this.engine.report);
  }

  #compare(): void {
    const { scores, otherScores, measure } = this.numbers;
    const [positives, negatives] = [
      this.#values(scores, measure, false),
      this.#values(otherScores, measure, false),
    ];
    if (positives.length === 0 || negatives.length === 0) {
      this.roc = null;
      return;
    }
    const { client } = this.engine.decoder;
    untrack(() => this.engine.decoder.queue('sets roc'))
      .submit(async () => {
        this.roc = await client.call('roc', { positives, negatives });
      })
      .catch(this.engine.report);
  }
}
