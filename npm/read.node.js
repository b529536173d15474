/** Files by their addresses, in Node.js and Deno: `fetch` reads none of this machine there. */
import { readFile } from 'node:fs/promises';
import * as web from './read.js';

export const bytes = async (url) => (url.protocol === 'file:' ? read(url) : web.bytes(url));

export const response = async (url) => (url.protocol === 'file:' ? read(url) : web.response(url));

async function read(url) {
  try {
    return new Uint8Array(await readFile(url));
  } catch (error) {
    throw new TypeError(`${url} cannot be read: ${error.message}`, { cause: error });
  }
}
