/** Fetching with progress by bytes. */
import { idOf, isOwn } from './own.ts';
import type { FileEntry, ModelEntry } from './protocol.ts';

export type LoadFailure = 'missing' | 'offline' | 'http' | 'webpage';

const SAID: Record<LoadFailure, string> = {
  missing: 'the server has no such file',
  offline: 'there is no connection, or no answer',
  http: 'the server refuses it',
  webpage: 'the server sends a web page in its place',
};

export class LoadError extends Error {
  override name = 'LoadError';
  constructor(
    readonly failure: LoadFailure,
    readonly file: string,
    readonly status = 0,
    options?: ErrorOptions,
  ) {
    super(
      `${file} cannot be read: ${SAID[failure]}${status ? ` (status ${status})` : ''}`,
      options,
    );
  }
}

export interface FetchOptions {
  /** Called with the bytes that came since the last call. */
  onBytes?: (count: number) => void;
  /** Past the HTTP cache: for a retry after a file turned out to be corrupt. */
  fresh?: boolean;
}

export function fetchBytes(
  url: URL,
  { onBytes, fresh = false }: FetchOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return request(url, fresh, async (response) => noPage(url, await collect(response, onBytes)));
}

/** Compiles while the bytes come, where the server gives the file its type. */
export function fetchModule(
  url: URL,
  { onBytes, fresh = false }: FetchOptions = {},
): Promise<WebAssembly.Module> {
  return request(url, fresh, async (response) => {
    const copy = response.clone();
    const counted = collect(copy, onBytes);
    if (response.headers.get('content-type') !== 'application/wasm')
      return WebAssembly.compile(noPage(url, await counted));
    // What breaks the stream shows in the copy as well: as a broken connection, where the compiler would blame the module.
    const [module] = await Promise.all([WebAssembly.compileStreaming(response), counted]);
    return module;
  });
}

const nameOf = ({ pathname }: URL) => pathname.slice(pathname.lastIndexOf('/') + 1);

/** No file of the engine or of a model begins as markup: some servers answer with a page whatever they are asked for. */
function noPage(url: URL, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (/^\s*</.test(new TextDecoder().decode(bytes.subarray(0, 16))))
    throw new LoadError('webpage', nameOf(url));
  return bytes;
}

async function request<T>(
  url: URL,
  fresh: boolean,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  const file = nameOf(url);
  try {
    const response = await fetch(url, { cache: fresh ? 'reload' : 'default' });
    if (!response.ok)
      throw new LoadError(response.status === 404 ? 'missing' : 'http', file, response.status);
    return await read(response);
  } catch (error) {
    if (error instanceof LoadError || error instanceof WebAssembly.CompileError) throw error;
    throw new LoadError('offline', file);
  }
}

async function collect(
  response: Response,
  onBytes: FetchOptions['onBytes'],
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array(await response.arrayBuffer());
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    onBytes?.(value.length);
  }
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

export const modelBytes = (entry: ModelEntry) =>
  Object.values<FileEntry>(entry.files).reduce((sum, file) => sum + (file.bytes ?? 0), 0);

/**
 * The entry a state asks for, else the first; nothing in place of a model of the visitor's own that is not there, as its numbers
 * would be taken for those of the one that was asked for.
 */
export function chooseModel<Entry extends ModelEntry>(
  entries: readonly Entry[],
  wanted: string,
): Entry | undefined {
  const found = entries.find((entry) => entry.id === idOf(wanted));
  return found ?? (isOwn(wanted) ? undefined : entries[0]);
}
