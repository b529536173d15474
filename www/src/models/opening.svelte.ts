import { asError } from '../../engine/errors.ts';
import { hasLatents } from '../../engine/facts.ts';
import type { Engine } from '../engine/engine.svelte.ts';
import type {
  EntryChanges,
  FileEntry,
  FlatImage,
  GraphInfo,
  ModelCheck,
  ModelEntry,
  Proposal,
} from '../../engine/protocol.ts';
import { baseName, isManifest, isModelFile, type NamedBytes, readFiles } from './archive.ts';
import { Checker, TimeLimitError } from './checker.ts';
import { checksums } from './digest.ts';
import type { OwnLibrary, OwnModel } from './own.svelte.ts';

/** A file with a graph, and what is in it. */
export interface GraphFile {
  name: string;
  bytes: number;
  /** Null until it has been looked into, and where that failed. */
  info: GraphInfo | null;
  error: Error | null;
}

/** What has become of the model so far. */
export type Stage =
  /** No file has been given. */
  | 'empty'
  /** Files are being read. */
  | 'reading'
  /** Something has to be given or changed before a model can be made of the files. */
  | 'incomplete'
  | 'checking'
  /** It has been run, and can be used. */
  | 'checked'
  | 'failed';

/** Files that the visitor has given, and the model that they make: looked into, adapted and checked, in a worker of its own. */
export class Opening {
  stage = $state<Stage>('empty');
  graphs = $state.raw<GraphFile[]>([]);
  proposal = $state.raw<Proposal | null>(null);
  /** Models of a manifest that was given, of which one is chosen. */
  models = $state.raw<ModelEntry[]>([]);
  /** The entry as it is now. */
  entry = $state.raw<ModelEntry | null>(null);
  /** Which alternative has been chosen of a guess, by its field; what is absent stands as it was proposed. */
  picks = $state.raw<Record<string, number>>({});
  found = $state.raw<ModelCheck | null>(null);
  /** Why the files, or the model, cannot be read or run. */
  error = $state.raw<Error | null>(null);
  /** Why a change was not made. */
  changeError = $state.raw<Error | null>(null);
  /** What else was said of the files: entries of a manifest that are not valid. */
  problems = $state.raw<string[]>([]);
  name = $state('');
  #files = $state.raw<NamedBytes[]>([]);
  /** Changes beside the guesses: values of the graph, and whatever was written by hand. */
  #changes: EntryChanges = {};
  readonly #checker: Checker;
  /** Counts what was asked for: an answer that comes late is of no use. */
  #turn = 0;

  constructor(
    engine: Engine,
    private readonly library: OwnLibrary,
  ) {
    this.#checker = new Checker(engine);
  }

  /** Names of files that are needed and have not been given. */
  readonly missing: string[] = $derived.by(() => {
    const given = new Set(this.#files.map(({ name }) => name));
    const external = this.graphs.flatMap(({ info }) => info?.externalData.map(baseName) ?? []);
    const paths = this.entry
      ? Object.values<FileEntry>(this.entry.files).map(({ path }) => path)
      : [];
    return [...new Set([...external, ...paths])].filter((name) => !given.has(name));
  });

  get busy(): boolean {
    return this.stage === 'reading' || this.stage === 'checking';
  }

  get limitSeconds(): number {
    return this.#checker.limitSeconds;
  }

  /** Takes files beside those that are there; one of the same name is replaced. */
  async take(files: Iterable<File>): Promise<void> {
    const turn = ++this.#turn;
    this.stage = 'reading';
    this.error = null;
    try {
      const read = await readFiles(files);
      if (turn !== this.#turn) return;
      const names = new Set(read.map(({ name }) => name));
      this.#files = [...this.#files.filter(({ name }) => !names.has(name)), ...read];
      await this.#look(turn);
    } catch (error) {
      this.#fail(turn, error);
    }
  }

  /** Leaves a file out. */
  async drop(name: string): Promise<void> {
    const turn = ++this.#turn;
    this.#files = this.#files.filter((file) => file.name !== name);
    if (this.#files.length === 0) this.reset();
    else await this.#look(turn).catch((error) => this.#fail(turn, error));
  }

  /** Forgets all files, and ends the worker. */
  reset(): void {
    this.#turn++;
    this.#checker.reset();
    this.#files = [];
    Object.assign(this, { stage: 'empty', graphs: [], error: null, name: '' });
    this.#begin();
  }

  /** One of the models of a manifest. */
  async choose(model: ModelEntry): Promise<void> {
    const turn = ++this.#turn;
    this.#begin();
    this.name = model.title;
    this.entry = withBaseNames(model);
    await this.#check(turn);
  }

  /** Chooses one of the alternatives of a guess, -1 for what was proposed, in place of what was changed of these fields. */
  async pick(field: string, alternative: number): Promise<void> {
    this.picks = { ...this.picks, [field]: alternative };
    const guess = this.proposal?.guesses.find((guess) => guess.field === field);
    this.#forget(guess?.alternatives.flatMap(({ changes }) => Object.keys(changes)) ?? []);
    await this.#adapt();
  }

  /** Changes fields of the entry beside the guesses. */
  async change(changes: EntryChanges): Promise<void> {
    this.#forget(Object.keys(changes));
    this.#changes = { ...this.#changes, ...changes };
    await this.#adapt();
  }

  /** Takes images for those of another size; what was chosen before was about the first. */
  async resize(size: FlatImage): Promise<void> {
    const turn = ++this.#turn;
    const isOpen = this.proposal?.flat?.length === null;
    try {
      if (isOpen) {
        const { height, width } = size.image;
        const files = this.#files.filter(isModelFile);
        const graphs = await Promise.all(files.map((file) => this.#inspect(file, [height, width])));
        if (turn !== this.#turn) return;
        this.graphs = graphs;
      }
      const flat = isOpen ? null : size;
      const proposal = await this.#checker.ask('propose', {
        id: 'opened',
        files: this.#usable,
        flat,
      });
      if (turn !== this.#turn) return;
      this.#begin();
      this.proposal = proposal;
      this.entry = proposal.entry;
    } catch (error) {
      this.#fail(turn, error);
      return;
    }
    if (this.entry) await this.#check(turn);
    else this.stage = 'incomplete';
  }

  /** Once more, with more time where it was the time that ended it. */
  async retry(): Promise<void> {
    if (this.error instanceof TimeLimitError) this.#checker.allowMore();
    const turn = ++this.#turn;
    if (this.entry) await this.#check(turn);
    else await this.#look(turn).catch((error) => this.#fail(turn, error));
  }

  /** Puts the model among the visitor's own, under its name. */
  async use(): Promise<OwnModel> {
    const { entry, found } = this;
    if (!entry) throw new Error('there is no model yet');
    const bytes = this.#bytesOf(entry);
    const { id, files } = await checksums(entry, bytes);
    const title = this.name.trim() || entry.title;
    const named = { ...entry, id, title, files } as ModelEntry;
    const kl = found?.klPerLatent ?? [];
    // The order of the sliders, where the entry does not come with one.
    if (
      hasLatents(named) &&
      named.latents.klPerLatent.length === 0 &&
      kl.length === named.latents.count &&
      kl.every(Number.isFinite)
    ) {
      const order = [...kl.keys()].sort((a, b) => (kl[b] ?? 0) - (kl[a] ?? 0));
      named.latents = { ...named.latents, klPerLatent: kl, order };
    }
    return this.library.add(named, bytes);
  }

  /** Takes back what was changed of fields, or of what lies in them. */
  #forget(fields: readonly string[]): void {
    const isIn = (name: string) =>
      fields.some((field) => name === field || name.startsWith(`${field}.`));
    this.#changes = Object.fromEntries(
      Object.entries(this.#changes).filter(([name]) => !isIn(name)),
    );
  }

  #begin(): void {
    Object.assign(this, {
      proposal: null,
      models: [],
      entry: null,
      picks: {},
      found: null,
      changeError: null,
      problems: [],
    });
    this.#changes = {};
  }

  #fail(turn: number, error: unknown): void {
    if (turn !== this.#turn) return;
    this.error = asError(error);
    this.found = null;
    this.stage = 'failed';
  }

  /** Looks into the files, and makes a proposal of them. */
  async #look(turn: number): Promise<void> {
    this.stage = 'reading';
    this.error = null;
    this.#begin();
    const graphs: GraphFile[] = [];
    for (const file of this.#files.filter(isModelFile)) {
      const known = this.graphs.find(
        ({ name, bytes }) => name === file.name && bytes === file.bytes.length,
      );
      const complete = known?.info?.externalData.length === 0;
      graphs.push(known && complete ? known : await this.#inspect(file));
      if (turn !== this.#turn) return;
    }
    this.graphs = graphs;
    const manifest = this.#files.find(isManifest);
    if (manifest) {
      const json = new TextDecoder().decode(manifest.bytes);
      const read = await this.#checker.ask('manifest', { json });
      if (turn !== this.#turn) return;
      this.problems = read.problems.map(({ message }) => message);
      this.models = read.models;
      const [first] = read.models;
      if (!first) {
        this.stage = 'incomplete';
        return;
      }
      this.name ||= first.title;
      this.entry = withBaseNames(first);
    } else {
      const usable = this.#usable;
      const failed = graphs.find(({ error }) => error);
      if (usable.length === 0 && failed?.error) throw failed.error;
      if (usable.length === 0 || this.missing.length > 0) {
        this.stage = 'incomplete';
        return;
      }
      this.name ||= titleFrom(usable.map(({ name }) => name));
      const proposal = await this.#checker.ask('propose', {
        id: 'opened',
        files: usable,
        flat: null,
      });
      if (turn !== this.#turn) return;
      this.proposal = proposal;
      this.entry = proposal.entry;
    }
    if (this.entry) await this.#check(turn);
    else this.stage = 'incomplete';
  }

  /** Files whose graph is known. */
  get #usable(): { name: string; info: GraphInfo }[] {
    return this.graphs.flatMap(({ name, info }) => (info ? [{ name, info }] : []));
  }

  async #inspect(file: NamedBytes, size: [number, number] | null = null): Promise<GraphFile> {
    const { name, bytes } = file;
    try {
      let info = await this.#checker.ask('inspect', { file: bytes, external: null, size });
      const beside = info.externalData.map(baseName);
      const external = this.#files.find((other) => beside.includes(other.name));
      if (external)
        info = await this.#checker.ask('inspect', { file: bytes, external: external.bytes, size });
      return { name, bytes: bytes.length, info, error: null };
    } catch (error) {
      return { name, bytes: bytes.length, info: null, error: asError(error) };
    }
  }

  /** The entry as it was proposed, or came, with all changes made anew; and what that one does. */
  async #adapt(): Promise<void> {
    const turn = ++this.#turn;
    const base = this.proposal?.entry ?? this.entry;
    if (!base) return;
    const changes: EntryChanges = {};
    for (const { field, alternatives } of this.proposal?.guesses ?? [])
      Object.assign(changes, alternatives[this.picks[field] ?? -1]?.changes);
    Object.assign(changes, this.#changes);
    try {
      const entry = await this.#checker.ask('changeEntry', { entry: base, changes });
      if (turn !== this.#turn) return;
      this.entry = entry;
      this.changeError = null;
    } catch (error) {
      if (turn === this.#turn) this.changeError = asError(error);
      return;
    }
    await this.#check(turn);
  }

  #bytesOf(entry: ModelEntry): Record<string, Uint8Array> {
    const roles = Object.entries<FileEntry>(entry.files).flatMap(([role, { path }]) => {
      const file = this.#files.find(({ name }) => name === path);
      return file ? [[role, file.bytes] as const] : [];
    });
    return Object.fromEntries(roles);
  }

  async #check(turn: number): Promise<void> {
    const { entry } = this;
    if (!entry || turn !== this.#turn) return;
    if (this.missing.length > 0) {
      this.stage = 'incomplete';
      return;
    }
    this.stage = 'checking';
    this.error = null;
    // What an earlier change asked for is not waited for.
    if (this.#checker.busy) this.#checker.end();
    try {
      const found = await this.#checker.ask('check', { entry, files: this.#bytesOf(entry) });
      if (turn !== this.#turn) return;
      this.found = found;
      this.stage = 'checked';
    } catch (error) {
      this.#fail(turn, error);
    }
  }
}

/** Files were given by the last parts of their names. */
function withBaseNames(entry: ModelEntry): ModelEntry {
  const files = Object.entries<FileEntry>(entry.files).map(
    ([role, file]) => [role, { ...file, path: baseName(file.path) }] as const,
  );
  return { ...entry, files: Object.fromEntries(files) } as ModelEntry;
}

/** A name for a model of files such as `vae-encoder.onnx` and `vae-decoder.onnx`. */
export function titleFrom(names: readonly string[]): string {
  const parts = names.map((name) =>
    name
      .replace(/\.onnx$/i, '')
      .split(/[-_. ]+/)
      .filter((part) => !/^(encoder|decoder|enc|dec|network|model|onnx|)$/i.test(part)),
  );
  const [first = [], ...others] = parts;
  const shared = first.filter((part) => others.every((other) => other.includes(part)));
  return (shared.length > 0 ? shared : first).join(' ') || (names[0] ?? '').replace(/\.onnx$/i, '');
}
