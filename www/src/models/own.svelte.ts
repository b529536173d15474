import { asError } from '../../engine/errors.ts';
import { hasLatents } from '../../engine/facts.ts';
import type { OwnModels } from '../../engine/own.ts';
import type { FileEntry, ModelEntry } from '../../engine/protocol.ts';
import { pack } from './archive.ts';
import type { KeptModel, ModelStore } from './store.ts';

export interface OwnModel extends KeptModel {
  /** False where there was no room for it: it is gone when the page closes. */
  kept: boolean;
}

export const bytesOf = ({ files }: ModelEntry): number =>
  Object.values<FileEntry>(files).reduce((sum, { bytes = 0 }) => sum + bytes, 0);

/** The models that the visitor has opened, now and on earlier visits. */
export class OwnLibrary implements OwnModels {
  models = $state.raw<OwnModel[]>([]);
  readonly entries: readonly ModelEntry[] = $derived(this.models.map(({ entry }) => entry));
  readonly ready: Promise<void>;
  /** Whether those of earlier visits have been looked for. */
  settled = $state(false);
  /** Why models cannot be kept, or why the last one was not. */
  error = $state.raw<Error | null>(null);
  /** The files of models that are not kept. */
  #files = new Map<string, Record<string, Uint8Array>>();

  /** Without a store, models last as long as the page. */
  constructor(private readonly store: ModelStore | null) {
    this.ready = this.#read();
  }

  async #read(): Promise<void> {
    try {
      const kept = (await this.store?.list()) ?? [];
      if (kept.length > 0)
        this.models = [...kept.map((model) => ({ ...model, kept: true })), ...this.models];
    } catch (error) {
      this.error = asError(error);
    }
    this.settled = true;
  }

  find(id: string): OwnModel | undefined {
    return this.models.find(({ entry }) => entry.id === id);
  }

  async files(id: string): Promise<Record<string, Uint8Array>> {
    return this.#files.get(id) ?? this.store?.files(id) ?? {};
  }

  /** Takes a model, and keeps it where there is room. One of the same id is replaced. */
  async add(entry: ModelEntry, files: Record<string, Uint8Array>): Promise<OwnModel> {
    await this.ready;
    const model = { entry, added: Date.now() };
    let kept = this.store !== null;
    this.error = null;
    try {
      await this.store?.put(model, files);
    } catch (error) {
      kept = false;
      this.error = asError(error);
    }
    if (!kept) this.#files.set(entry.id, files);
    const added = { ...model, kept };
    this.models = [...this.models.filter((other) => other.entry.id !== entry.id), added];
    return added;
  }

  async rename(id: string, title: string): Promise<void> {
    const model = this.find(id);
    if (!model || title === '' || title === model.entry.title) return;
    await this.#change(model, { ...model.entry, title });
  }

  /** Another order of the latents, by the KL of each over other pictures. */
  async rank(id: string, klPerLatent: number[]): Promise<void> {
    const model = this.find(id);
    if (!model || !hasLatents(model.entry)) return;
    const { entry } = model;
    const { count } = entry.latents;
    const order = [...klPerLatent.keys()].sort(
      (a, b) => (klPerLatent[b] ?? 0) - (klPerLatent[a] ?? 0),
    );
    await this.#change(model, { ...entry, latents: { count, klPerLatent, order } });
  }

  async #change(model: OwnModel, entry: ModelEntry): Promise<void> {
    const changed = { ...model, entry };
    this.models = this.models.map((other) => (other === model ? changed : other));
    if (!model.kept) return;
    try {
      await this.store?.update({ entry, added: model.added });
    } catch (error) {
      this.error = asError(error);
    }
  }

  async remove(id: string): Promise<void> {
    this.models = this.models.filter(({ entry }) => entry.id !== id);
    this.#files.delete(id);
    try {
      await this.store?.remove(id);
    } catch (error) {
      this.error = asError(error);
    }
  }

  async export(id: string): Promise<Blob> {
    const model = this.find(id);
    if (!model) throw new Error(`there is no model ${id}`);
    return new Blob([await pack(model.entry, await this.files(id))], { type: 'application/zip' });
  }
}
