import type { Engine } from '../../engine/engine.svelte.ts';
import type { Pixels, VaeEntry } from '../../../engine/protocol.ts';
import { fitClass } from '../../models/classes.ts';
import type { Page } from '../../page.svelte.ts';

/** What the second model takes from the lab. */
interface First {
  readonly entry: VaeEntry | undefined;
  readonly shown: (Pixels & { z: number[] }) | null;
  readonly class: number | null;
  readonly partners: VaeEntry[];
}

/** A second VAE, which decodes the same point as the first. */
export class BesideVae {
  shown = $state.raw<Pixels | null>(null);
  /** The point and the model of that picture. */
  #by = $state('');
  #asked = '';

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly first: First,
  ) {
    if (engine.missing.length > 0) return;
    $effect(() => this.#decode());
  }

  get entry(): VaeEntry | undefined {
    const { beside } = this.page.state.latent;
    return this.first.partners.find(({ id }) => id === beside);
  }

  /** Whether the picture is of the point on display. */
  get current(): boolean {
    return this.shown !== null && this.#by === this.#wanted;
  }

  get #wanted(): string {
    const { shown, class: given } = this.first;
    return `${this.entry?.id} ${given} ${shown?.z.join(',')} ${this.engine.decoder.generation}`;
  }

  #decode(): void {
    const { entry } = this;
    const { shown, class: given } = this.first;
    if (!entry || !shown || this.page.state.lab !== 'latent') return;
    const wanted = this.#wanted;
    if (this.#asked === wanted) return;
    this.#asked = wanted;
    const { decoder, files } = this.engine;
    const call = {
      model: entry.id,
      sources: [{ z: [...shown.z] }],
      class: fitClass(entry, given),
      surface: null,
    };
    decoder
      .queue('beside')
      .submit(async () => {
        await decoder.ensureModel(files.of(entry.id));
        return decoder.client.call('decode', call);
      })
      .then(({ levels, shape }) => {
        this.shown = { levels, shape };
        this.#by = wanted;
      }, this.engine.report);
  }
}
