/** The crate and the models of the site, in Node.js, for what the build draws with them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FileEntry, ModelEntry } from '../engine/protocol.ts';
import { type HostedEntries, type ModelHost, modelsFor } from '../src/engine/hosts.ts';
import type { Ddpm, DdpmFiles, Hvae, HvaeFiles, Vae, VaeFiles } from '../pkg/elbo_room.js';

export type Crate = typeof import('../pkg/elbo_room.js');
type Kind = ModelEntry['kind'];
type Of<K extends Kind> = Extract<ModelEntry, { kind: K }>;
interface Models {
  vae: Vae;
  hvae: Hvae;
  ddpm: Ddpm;
}

export class Site {
  readonly #loaded = new Map<string, Promise<unknown>>();

  private constructor(
    readonly crate: Crate,
    readonly entries: readonly ModelEntry[],
    private readonly folder: string,
  ) {}

  static async open(root: string): Promise<Site> {
    const crate = (await import(
      /* @vite-ignore */ pathToFileURL(join(root, 'www/pkg/elbo_room.js')).href
    )) as Crate;
    await crate.default({
      module_or_path: await readFile(join(root, 'www/pkg/elbo_room_bg.wasm')),
    });
    const folder = join(root, 'models');
    const manifest = await readFile(join(folder, 'manifest.json'), 'utf8');
    return new Site(crate, crate.parseManifest(manifest).models, folder);
  }

  /** The entry of that id, or the first that such a worker of the page can hold where the id is empty. */
  entry<H extends ModelHost>(host: H, id = ''): HostedEntries[H] | undefined {
    return modelsFor(host, this.entries).find((entry) => id === '' || entry.id === id);
  }

  /** The model of an entry, loaded once. */
  model<K extends Kind>(entry: Of<K>): Promise<Models[K]> {
    let model = this.#loaded.get(entry.id);
    if (!model) this.#loaded.set(entry.id, (model = this.#load(entry)));
    return model as Promise<Models[K]>;
  }

  async #load(entry: ModelEntry): Promise<Vae | Hvae | Ddpm> {
    const read = await Promise.all(
      Object.entries<FileEntry>(entry.files).map(
        async ([role, { path }]) =>
          [role, new Uint8Array(await readFile(join(this.folder, path)))] as const,
      ),
    );
    const files = Object.fromEntries(read);
    switch (entry.kind) {
      case 'vae':
        return this.crate.Vae.load(entry, files as VaeFiles);
      case 'hvae':
        return this.crate.Hvae.load(entry, files as HvaeFiles);
      case 'ddpm':
        return this.crate.Ddpm.load(entry, files as DdpmFiles);
    }
  }
}
