import { isCancelled } from '../../../engine/errors.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import { evaluationOf } from '../../../engine/facts.ts';
import type { DiffusionElboResult, EvaluatedModel, ModelEntry } from '../../../engine/protocol.ts';

/** The bounds of the test set under one model, and how many of a hundred are lower than that of the picture. */
export class Surprise {
  percentile = $state<number | null>(null);

  /** `elbo` is the picture's own, in nats; null while there is none, or while it is of another chain than was evaluated. */
  constructor(
    private readonly engine: Engine,
    private readonly entry: () => ModelEntry,
    private readonly elbo: () => number | null,
  ) {
    $effect(() => this.#locate());
  }

  get evaluated(): EvaluatedModel | undefined {
    return evaluationOf(this.engine.evaluation.models, this.entry());
  }

  #locate(): void {
    const elbo = this.elbo();
    const { evaluated, engine } = this;
    if (elbo === null || !evaluated || !engine.evaluation.found) {
      this.percentile = null;
      return;
    }
    const { decoder } = engine;
    const call = { json: engine.evaluation.found.json, model: evaluated.id, elbo };
    decoder
      .queue(`percentile ${evaluated.id}`)
      .submit(() => decoder.client.call('percentile', call))
      .then(
        (percentile) => (this.percentile = percentile),
        (error) => {
          if (!isCancelled(error)) engine.report(error);
        },
      );
  }
}

/** Whether the bound was computed for the chain that the test set was scored with, and told of the class as that was. */
export const isOfChain = (
  result: Pick<DiffusionElboResult, 'schedule' | 'steps' | 'class'>,
  chain: EvaluatedModel['chain'],
): boolean =>
  result.schedule === chain?.schedule &&
  result.steps === chain.steps &&
  (result.class !== null) === chain.givenClass;
