/** WebAssembly that has been started, and models by their names; `wasm.d.ts` documents both. */
import init, { Ddpm, Hvae, Vae, parseManifest } from './wasm/elbo_room.js';

/** What depends on how files are read: `bytes` and `response` of a URL. */
export function entrance({ bytes, response }) {
  let started;

  function ready(module) {
    started ??= init({
      module_or_path: module ?? response(new URL('./wasm/elbo_room_bg.wasm', import.meta.url)),
    }).then(
      () => undefined,
      (error) => {
        // Another try may have a connection.
        started = undefined;
        throw error;
      },
    );
    return started;
  }

  async function openModels(folder) {
    const base = folderUrl(folder);
    const [text] = await Promise.all([bytes(new URL('manifest.json', base)), ready()]);
    return new Models(base, parseManifest(new TextDecoder().decode(text)), bytes);
  }

  return { ready, openModels };
}

/** A folder, whether or not its address ends as that of one; relative to the page where there is one. */
function folderUrl(folder) {
  const page = globalThis.document?.baseURI ?? globalThis.location?.href;
  if (!URL.canParse(folder, page)) {
    throw new TypeError(
      `${folder} is not an address${page ? '' : '; without a page it must be a whole one: file:///… or https://…'}`,
    );
  }
  const url = new URL(folder, page);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

class Models {
  #base;
  #bytes;

  constructor(base, manifest, bytes) {
    this.#base = base;
    this.#bytes = bytes;
    this.manifest = manifest;
  }

  async load(id) {
    const entry = this.manifest.models.find((model) => model.id === id);
    if (!entry) {
      const ids = this.manifest.models.map((model) => model.id).join(', ');
      throw new RangeError(`the manifest has no model ${JSON.stringify(id)}; it has ${ids}`);
    }
    const files = Object.fromEntries(
      await Promise.all(
        Object.entries(entry.files).map(async ([role, { path }]) => [
          role,
          await this.#bytes(new URL(path, this.#base)),
        ]),
      ),
    );
    switch (entry.kind) {
      case 'vae':
        return files.encoder ? Vae.load(entry, files) : Vae.loadDecoder(entry, files);
      case 'hvae':
        return Hvae.load(entry, files);
      default:
        return Ddpm.load(entry, files);
    }
  }
}
