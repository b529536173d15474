import { untrack } from 'svelte';
import type { Engine } from '../../engine/engine.svelte.ts';
import { boundLack, formatKey, formatOf, type LatentEntry, taskOf } from '../../../engine/facts.ts';
import { isOwn } from '../../../engine/own.ts';
import type { ModelEntry } from '../../../engine/protocol.ts';
import type { Page } from '../../page.svelte.ts';
import { standardOf } from '../../schema/rows.ts';
import type { Picture } from '../../scoring/scoring.svelte.ts';
import { Growing, namedTask, RANKS } from './growing.svelte.ts';
import { drawsOf, type Paired, pairedOf } from './paired.ts';
import type { PictureDesk } from './picture.svelte.ts';
import { keyOf } from './placement.svelte.ts';
import { settings } from './settings.ts';

/** What the comparison takes from the lab. */
interface First {
  readonly desk: PictureDesk;
  readonly latent: readonly { entry: LatentEntry }[];
  pictureFor(entry: ModelEntry): Picture | null;
  classOf(entry: LatentEntry): { class?: number | null };
}

/** Two bounds from draws of q(z|x) with the same noise: of two models, of two pictures, or of both. */
export class BesideBounds {
  readonly a: Growing<'latent'>;
  readonly b: Growing<'latent'>;
  /** B's own picture, in the format of its model. */
  #made = $state.raw<Picture | null>(null);

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly lab: First,
  ) {
    this.a = new Growing(engine, RANKS.beside);
    this.b = new Growing(engine, RANKS.beside);
    if (engine.missing.length > 0) return;
    $effect(() => this.#check());
    $effect(() => this.#make());
    $effect(() => this.#score());
  }

  get #state() {
    return this.page.state.besideBounds;
  }

  get on(): boolean {
    return this.#state.a !== null;
  }

  /** Models that have a bound of this kind. */
  get choices(): LatentEntry[] {
    return (this.engine.manifest?.models ?? []).filter(
      (entry): entry is LatentEntry => entry.kind !== 'ddpm' && boundLack(entry) === null,
    );
  }

  get first(): LatentEntry | undefined {
    return this.choices.find(({ id }) => id === this.#state.a);
  }

  /** What may stand beside the first: bounds of its task, its own too. */
  get partners(): LatentEntry[] {
    const { first } = this;
    return first ? this.choices.filter((entry) => taskOf(entry) === taskOf(first)) : [];
  }

  get second(): LatentEntry | undefined {
    const { b } = this.#state;
    return b === null ? this.first : this.partners.find(({ id }) => id === b);
  }

  /** Whether B has a picture of its own. */
  get hasPicture(): boolean {
    return this.#state.image !== null;
  }

  /** The picture that B scores. */
  get picture(): Picture | null {
    const { second } = this;
    if (!second) return null;
    return this.hasPicture ? this.#made : this.lab.pictureFor(second);
  }

  /** The terms of both from the draws that both have; null while either is of something else. */
  readonly paired: Paired | null = $derived.by(() => {
    const [a, b] = [this.a, this.b];
    if (!a.current || !b.current || !a.result || !b.result) return null;
    return pairedOf(drawsOf(a.values, a.result), drawsOf(b.values, b.result));
  });

  /** Whether the noise of both has as many entries, and so is one and the same. */
  get sameNoise(): boolean {
    const [a, b] = [this.first, this.second];
    if (a?.kind === 'vae' && b?.kind === 'vae') return a.latents.count === b.latents.count;
    return a !== undefined && a.id === b?.id;
  }

  /** Shows the first model of the lab beside another of its task; or ends it and all that is set apart in it. */
  toggle(): void {
    if (this.on) Object.assign(this.#state, standardOf(settings.besideBounds));
    else {
      const { choices } = this;
      const first = this.lab.latent.find(({ entry }) => choices.includes(entry))?.entry;
      if (first) this.setFirst(first.id);
    }
  }

  setFirst(id: string): void {
    this.#state.a = id;
    const others = this.partners.filter((other) => other.id !== id);
    const stays = others.some((other) => other.id === this.#state.b);
    if (!stays && !this.hasPicture) this.#state.b = others[0]?.id ?? null;
    else if (!stays) this.#state.b = null;
  }

  setSecond(id: string): void {
    this.#state.b = id === this.#state.a ? null : id;
  }

  /** B goes on with the picture on display, whatever is drawn after it. */
  keepPicture(): void {
    this.#state.image = $state.snapshot(this.page.state.elbo.image);
  }

  samePicture(): void {
    this.#state.image = null;
  }

  /** Models that are not there, and a picture that is not in this browser, give way. */
  #check(): void {
    if (!this.engine.manifest) return;
    const { a, b, image } = this.#state;
    if (a !== null && !isOwn(a) && !this.first) {
      this.page.reject('vs.a', a);
      Object.assign(this.#state, standardOf(settings.besideBounds));
    } else if (this.first && b !== null && !isOwn(b) && !this.second) {
      this.page.reject('vs.b', b);
      this.#state.b = null;
    } else if (image && this.lab.desk.contentOf(image) === null) {
      this.page.reject('vs.image', settings.besideBounds.image.codec.print(image));
      this.#state.image = null;
    }
  }

  #make(): void {
    const { second } = this;
    const { image } = this.#state;
    const { desk } = this.lab;
    if (!image || !second || this.page.state.lab !== 'elbo') return;
    // A new worker renders what its predecessor may have left undone.
    void this.engine.decoder.generation;
    const content = desk.contentOf(image);
    if (!content) return;
    const format = formatOf(second);
    const key = `elbo ${keyOf(image)}`;
    const wanted = () =>
      this.#state.image === image && this.second && formatKey(formatOf(this.second));
    untrack(() => desk.levelsOf(content, format, 'beside')).then((levels) => {
      if (wanted() !== formatKey(format)) return;
      const isEmpty = levels.every((level) => level === 0);
      this.#made = isEmpty ? null : { key, levels, shape: format.shape };
    }, this.engine.report);
  }

  #score(): void {
    const { first, second } = this;
    const { samples, seed } = this.page.state.elbo;
    const task = (entry: LatentEntry | undefined, picture: Picture | null) => {
      if (!entry || !second) return null;
      const options = { samples, proposal: 'posterior', seed, ...this.lab.classOf(entry) } as const;
      return namedTask<'latent'>(picture, entry, { kind: 'latent', options });
    };
    const a = task(first, first ? this.lab.pictureFor(first) : null);
    const b = task(second, this.picture);
    untrack(() => {
      this.a.set(a);
      this.b.set(b);
    });
  }
}
