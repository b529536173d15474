/** One picture under the models of several data sets, and where it stands between the test images of each two. */
import { untrack } from 'svelte';
import { isCancelled } from '../../../engine/errors.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import { boundLack, isDiffusion, strangersOf, type Task, taskOf } from '../../../engine/facts.ts';
import type {
  EvaluatedModel,
  ModelEntry,
  StrangerDetector,
  StrangerEvidence,
  StrangerPlace,
  Strangers,
} from '../../../engine/protocol.ts';
import type { Page } from '../../page.svelte.ts';
import { JobView } from '../../scoring/job-view.svelte.ts';
import { ORDERS } from './orders.ts';
import type { ElboLab } from './lab.svelte.ts';

/** Draws of the latents where the evaluation does not say how many it took. */
const DRAWS = 64;

/** A model, what is known of strangers under it, and its bound of the picture. */
export interface Row {
  entry: ModelEntry;
  evaluated: EvaluatedModel;
  strangers: Strangers;
  bound:
    { kind: 'latent'; of: JobView<'latent'> } | { kind: 'diffusion'; of: JobView<'diffusion'> };
}

export class StrangersPanel {
  rows = $state.raw<Row[]>([]);
  /** By the ids of models; of the newest picture. */
  places = $state.raw<Readonly<Record<string, readonly StrangerPlace[]>>>({});
  /** Whose distributions are shown, and by which score. */
  model = $state('');
  detector = $state<StrangerDetector>('likelihood');

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly lab: ElboLab,
  ) {
    $effect(() => this.#find());
    $effect(() => this.#score());
    $effect(() => {
      for (const row of this.rows) this.#place(row);
    });
  }

  get #isOpen(): boolean {
    return this.page.state.elbo.strangers && this.page.state.lab === 'elbo';
  }

  of(task: Task): Row[] {
    return this.rows.filter(({ entry }) => taskOf(entry) === task);
  }

  /** The row whose distributions are shown: without a choice the first one that finds strangers likelier than its own. */
  get shown(): Row | undefined {
    const likelihood = (row: Row) => row.strangers.detectors[0]?.auroc ?? 1;
    return (
      this.rows.find(({ entry }) => entry.id === this.model) ??
      this.rows.find((row) => likelihood(row) < 0.5) ??
      this.rows[0]
    );
  }

  #find(): void {
    const models = this.engine.evaluation.models;
    const before = untrack(() => this.rows);
    this.rows = this.lab.shipped.flatMap((entry): Row[] => {
      const evaluated = strangersOf(models, entry);
      if (!evaluated?.strangers || boundLack(entry)) return [];
      const known = before.find((row) => row.entry === entry);
      if (known) return [known];
      const { engine } = this;
      const bound: Row['bound'] = isDiffusion(entry)
        ? { kind: 'diffusion', of: new JobView<'diffusion'>(engine, ORDERS.strangers) }
        : { kind: 'latent', of: new JobView<'latent'>(engine, ORDERS.strangers) };
      return [{ entry, evaluated, strangers: evaluated.strangers, bound }];
    });
  }

  /** With as many draws, or the very chain, that the test images were scored with. */
  #score(): void {
    const { seed } = this.page.state.elbo;
    for (const { entry, evaluated, bound } of this.rows) {
      if (bound.kind === 'latent') {
        const samples = evaluated.scores[0]?.samples ?? DRAWS;
        const options = { samples, proposal: 'posterior' as const, seed };
        const named = this.#isOpen
          ? this.lab.named<'latent'>(entry, { kind: 'latent', options })
          : null;
        untrack(() => bound.of.set(named));
      } else if (evaluated.chain) {
        const { schedule, steps, timesteps } = evaluated.chain;
        const options = {
          schedule,
          steps,
          timesteps: timesteps ?? ('all' as const),
          class: null,
          seed,
        };
        const named = this.#isOpen
          ? this.lab.named<'diffusion'>(entry, { kind: 'diffusion', options })
          : null;
        untrack(() => bound.of.set(named));
      }
    }
  }

  #evidence({ bound }: Row): StrangerEvidence | null {
    const { current, status } = bound.of;
    if (!current || status !== 'done') return null;
    if (bound.kind === 'diffusion') {
      const { result } = bound.of;
      return result && { elbo: result.elbo.mean, perTimestep: result.perTimestep };
    }
    const { result } = bound.of;
    return result && { elbo: result.elbo.mean, kl: result.kl.mean };
  }

  #place(row: Row): void {
    const { decoder } = this.engine;
    const json = this.engine.evaluation.found?.json;
    const { id, image } = row.entry;
    const evidence = this.#evidence(row);
    const picture = this.lab.imageFor(row.entry);
    if (!evidence || !picture || json === undefined || !Number.isFinite(evidence.elbo)) {
      const { [id]: _, ...others } = untrack(() => this.places);
      this.places = others;
      return;
    }
    const call = {
      json,
      model: id,
      dataset: row.evaluated.dataset,
      image: { levels: picture.levels, shape: image },
      seed: this.page.state.elbo.seed,
      evidence,
    };
    untrack(() =>
      decoder.queue(`place ${id}`).submit(() => decoder.client.call('place', call)),
    ).then(
      (places) => (this.places = { ...this.places, [id]: places }),
      (error) => {
        if (!isCancelled(error)) this.engine.report(error);
      },
    );
  }
}
