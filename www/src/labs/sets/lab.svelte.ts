import { untrack } from 'svelte';
import { asError } from '../../../engine/errors.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import { boundLack } from '../../../engine/facts.ts';
import type { ModelEntry, Pixels } from '../../../engine/protocol.ts';
import { randomSeed } from '../../../engine/seed.ts';
import { columnsOf } from '../../../engine/scores.ts';
import type { Page } from '../../page.svelte.ts';
import { BesideScores } from './beside.svelte.ts';
import { drawnSet, isDrawn } from './drawings.ts';
import { SetFigures } from './figures.svelte.ts';
import { type KeptSet, SetLibrary } from './library.svelte.ts';
import { DataSetError, type Given, openSets } from './opening.ts';
import { type Scored, scoredWith } from './scored.ts';
import type { SetScoring } from './scoring.svelte.ts';
import {
  type Measure,
  type SetsSettings,
  type Side,
  type Sided,
  sided,
  sideOf,
  SIDES,
  type Sort,
} from './settings.ts';
import { givenOf, setupOf } from './setup.ts';
import { openFiles } from './store.ts';
import { toolsOf } from './tools.ts';
import { besides, type Column, filtered, type Key, type Scores, sorted, valueOf } from './view.ts';

/** Whole data sets: opened, scored image after image, sorted, compared. */
export class SetsLab {
  readonly library: SetLibrary;
  /** Files are being read; of pictures, how many. */
  opening = $state.raw<{ done: number; total: number } | null>(null);
  error = $state.raw<Error | null>(null);
  /** Names of label files for which there is no set of as many images. */
  unmatched = $state.raw<string[]>([]);
  /** Files of the folder or archive that was opened last that nobody can read. */
  leftOut = $state.raw<DataSetError[]>([]);
  current = $state.raw<Scored | null>(null);
  other = $state.raw<Scored | null>(null);
  readonly beside: BesideScores;
  readonly figures: SetFigures;
  /** The place of the row that is looked at. */
  selected = $state<number | null>(null);
  /** Lets files be chosen; set by the component that shows them. */
  pick = $state.raw<(() => void) | null>(null);
  levels = $state.raw<Uint8Array | null>(null);
  /** Ids of sets of the site's, which are few images and scored as soon as an address shows them. */
  #brought = $state.raw<ReadonlySet<string>>(new Set());
  /** Those that ran when another lab came on display. */
  #held = new Set<SetScoring>();

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    library?: SetLibrary,
  ) {
    this.library = library ?? new SetLibrary(openFiles(page.host.keeps));
    this.beside = new BesideScores(engine, page, this);
    this.figures = new SetFigures(engine, page, this);
    if (engine.missing.length > 0) return;
    $effect(() => this.#follow('current', this.set));
    $effect(() => this.#follow('other', this.otherSet));
    $effect(() => this.#bring());
    $effect(() => this.#begin());
    $effect(() => this.#share());
    const keep = () => this.#all().forEach((scoring) => void scoring.keep());
    addEventListener('pagehide', keep);
    $effect(() => () => {
      removeEventListener('pagehide', keep);
      this.#all().forEach((scoring) => scoring.close());
    });
  }

  get settings(): SetsSettings {
    return this.page.state.sets;
  }

  get set(): KeptSet | undefined {
    const { sets } = this.library;
    return this.library.find(this.settings.set) ?? (this.settings.set === '' ? sets[0] : undefined);
  }

  get otherSet(): KeptSet | undefined {
    const { other } = this.settings;
    return other !== '' && other !== this.set?.id ? this.library.find(other) : undefined;
  }

  /** Models that have a bound. */
  get models(): ModelEntry[] {
    return (this.engine.manifest?.models ?? []).filter((entry) => !boundLack(entry));
  }

  get model(): ModelEntry | undefined {
    const { models } = this;
    return models.find(({ id }) => id === this.settings.model) ?? models[0];
  }

  /** The class of a VAE that is conditioned on one: that of the latent lab. */
  get given(): number | null {
    return givenOf(this.model, this.page.state.latent.class);
  }

  setModel(id: string): void {
    this.settings.model = id;
    this.beside.refit();
  }

  /** Images that are asked for. */
  get wanted(): number {
    const count = this.set?.count ?? 0;
    const { images } = this.settings;
    return images === 'all' ? count : Math.min(images, count);
  }

  get columns() {
    return this.model ? columnsOf(this.model) : [];
  }

  /** The columns of the table: beside the one that is sorted by, those of the second scoring. */
  get tabled(): readonly Column[] {
    const { columns, measure, beside } = this;
    if (!beside.scored) return columns;
    return columns.flatMap((name) =>
      name === measure ? SIDES.map((side) => sided(side, name)) : [name],
    );
  }

  /** Of which model a column of the table is. */
  modelOf(column: Column | Key): ModelEntry | undefined {
    return sideOf(column).side === 'b' ? this.beside.model : this.model;
  }

  /** The column that rows are sorted by, where the model has it. */
  get sort(): Sort {
    const { sort } = this.settings;
    if (sort === 'image' || sort === 'label') return sort;
    return this.columns.includes(sort) ? sort : 'elbo';
  }

  /** The column whose values are compared. */
  get measure(): Measure {
    const { sort } = this;
    return sort === 'image' || sort === 'label' ? 'elbo' : sort;
  }

  /** Of which scoring rows are sorted by a column. */
  get side(): Side {
    const hasSides = this.beside.scored && this.sort === this.measure;
    return hasSides ? this.settings.side : 'a';
  }

  /** What rows are sorted by. */
  get key(): Key {
    return this.sort === this.measure ? this.shown : this.sort;
  }

  /** The column whose values are counted, and of which the sheet has the extremes. */
  get shown(): Sided<Measure> {
    return sided(this.side, this.measure);
  }

  scoresOf({ set, scoring }: Scored, model = this.model): Scores {
    return {
      columns: model ? columnsOf(model) : [],
      order: scoring.order,
      labels: set.labels,
      has: (place) => scoring.has(place),
      value: (place, column) => scoring.value(place, column),
    };
  }

  get otherScores(): Scores | null {
    if (!this.other?.scoring.loaded) return null;
    void this.other.scoring.done;
    return this.scoresOf(this.other);
  }

  get scores(): Scores | null {
    if (!this.current?.scoring.loaded) return null;
    // What is made of the rows is made anew when more have come.
    void this.current.scoring.done;
    const own = this.scoresOf(this.current);
    const { scored, model } = this.beside;
    if (!scored?.scoring.loaded) return own;
    void scored.scoring.done;
    return besides(own, this.scoresOf(scored, model));
  }

  /** The places of rows that the filters let through: a band of a column that the model does not have is none of them. */
  readonly #filtered = $derived.by((): number[] => {
    const { scores } = this;
    if (!scores) return [];
    const { band, label } = this.settings;
    const known = band && scores.columns.some((name) => name === band.column) ? band : null;
    return filtered(scores, { band: known, label });
  });

  /** Those, in order. */
  readonly places = $derived.by((): number[] => {
    const { scores } = this;
    return scores ? sorted(scores, this.#filtered, this.key, this.settings.descending) : [];
  });

  /** Those with the lowest or the highest values of the measure, at most so many: equal ones by the number of their image. */
  extremes(descending: boolean, most: number): number[] {
    const { scores, shown } = this;
    if (!scores) return [];
    const places = this.#filtered.filter((place) => !Number.isNaN(valueOf(scores, shown, place)));
    return sorted(scores, places, shown, descending).slice(0, most);
  }

  /** The picture at a place of the set on display. */
  picture(place: number): Pixels | null {
    const { current, levels } = this;
    if (!current || !levels) return null;
    const { shape } = current.set;
    const size = shape.channels * shape.height * shape.width;
    const image = current.scoring.order[place] ?? 0;
    return { levels: levels.slice(image * size, (image + 1) * size), shape };
  }

  async open(given: readonly Given[]): Promise<void> {
    if (this.opening) return;
    this.opening = { done: 0, total: 0 };
    this.error = null;
    this.unmatched = [];
    this.leftOut = [];
    const progress = (done: number, total: number) => (this.opening = { done, total });
    const tools = toolsOf(this.engine.decoder.client, progress);
    try {
      const { sets, labels, leftOut } = await openSets(given, tools);
      this.leftOut = leftOut;
      let newest: KeptSet | undefined;
      for (const opened of sets) newest = await this.library.add(opened);
      for (const one of labels) await this.#label(one);
      if (newest) this.settings.set = newest.id;
    } catch (error) {
      this.error = asError(error);
    }
    this.opening = null;
  }

  /** Labels that came alone belong to the set on display, or to the newest that lacks them. */
  async #label(one: { name: string; labels: string[] }): Promise<void> {
    const { set } = this;
    const { sets } = this.library;
    const fits = ({ count }: KeptSet) => count === one.labels.length;
    const found =
      set && fits(set) ? set : sets.find((other) => fits(other) && other.labels === null);
    if (found) await this.library.label(found, one.labels);
    else if (sets.length === 0)
      throw new DataSetError(
        one.name,
        `it has ${one.labels.length} labels and no images: open both together`,
      );
    else this.unmatched = [...this.unmatched, `${one.name} (${one.labels.length})`];
  }

  async remove(set: KeptSet): Promise<void> {
    for (const scoring of this.#all()) if (scoring.set.id === set.id) scoring.close();
    if (this.settings.set === set.id) this.settings.set = '';
    if (this.settings.other === set.id) this.settings.other = '';
    try {
      await this.library.remove(set);
    } catch (error) {
      this.error = asError(error);
    }
  }

  dice(): void {
    this.settings.seed = randomSeed();
  }

  /** The scorings of the set on display: one, or two beside each other. */
  get runs(): Scored[] {
    return [this.current, this.beside.scored].filter((one) => one !== null);
  }

  /** Whether all that is asked for of the set on display is scored. */
  get complete(): boolean {
    const { runs, wanted } = this;
    const has = ({ scoring }: Scored) => scoring.done >= wanted && scoring.doneOf(wanted) >= wanted;
    return runs.length > 0 && runs.every(has);
  }

  start(which: Scored): void {
    const { images } = this.settings;
    which.scoring.start(images === 'all' ? which.set.count : images);
  }

  /** Opens sets that the address has by a name, and calls them by their ids from then on. */
  #bring(): void {
    const { settings } = this;
    const roles = (['set', 'other'] as const).filter((role) => isDrawn(settings[role]));
    if (roles.length === 0 || this.page.state.lab !== 'sets' || !this.library.settled) return;
    const names = roles.map((role) => settings[role]);
    untrack(() => this.engine.decoder.queue('sets drawn'))
      .submit(async () => {
        for (const [i, role] of roles.entries()) {
          const name = names[i];
          if (name === undefined || !isDrawn(name)) continue;
          const { id } = await this.library.add(await drawnSet(name, this.engine.decoder.client));
          this.#brought = new Set([...this.#brought, id]);
          if (settings[role] === name) settings[role] = id;
        }
      })
      .catch(this.engine.report);
  }

  #begin(): void {
    for (const which of this.#shown()) {
      if (!this.#brought.has(which.set.id)) continue;
      const { scoring, set } = which;
      if (!scoring.loaded || scoring.status !== 'idle' || scoring.done >= set.count) continue;
      untrack(() => this.start(which));
    }
  }

  #shown(): Scored[] {
    return [...this.runs, ...(this.other ? [this.other] : [])];
  }

  #all(): SetScoring[] {
    return this.#shown().map(({ scoring }) => scoring);
  }

  /** Another set, model or estimator has other scores. */
  #follow(role: 'current' | 'other', set: KeptSet | undefined): void {
    const { model, given } = this;
    const setup = model && setupOf(this.settings, model, given);
    untrack(() => {
      const before = this[role];
      const next = scoredWith(before, set, setup, this.engine, this.library);
      this[role] = next;
      if (next?.scoring === before?.scoring) return;
      if (role === 'current') this.selected = null;
      this.figures.clear(role);
      if (role === 'current' && before?.set.id !== set?.id) this.#show(set);
    });
  }

  #show(set: KeptSet | undefined): void {
    this.levels = null;
    if (!set) return;
    this.library.levels(set).then(
      (levels) => {
        if (this.set?.id === set.id) this.levels = levels;
      },
      (error) => (this.error = asError(error)),
    );
  }

  /**
   * The pool works for this lab while it is on display. In a hidden tab it goes on, other than the bounds of pictures: who has 10,000
   * images scored looks at something else until they are.
   */
  #share(): void {
    const here = this.page.state.lab === 'sets';
    const all = this.#all();
    untrack(() => {
      for (const scoring of all) {
        if (!here && scoring.status === 'running') {
          scoring.pause();
          this.#held.add(scoring);
        } else if (here && this.#held.delete(scoring) && scoring.status === 'paused')
          scoring.resume();
      }
    });
  }
}
