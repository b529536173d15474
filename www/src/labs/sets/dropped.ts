/** Files in what was dropped, those in folders with their paths. */
import { DataSetError, type Given } from './opening.ts';

const MOST_FILES = 100_000;

const pathOf = ({ fullPath }: FileSystemEntry) => fullPath.replace(/^\//, '');
const tooMany = (entry: FileSystemEntry) =>
  new DataSetError(pathOf(entry), `more than ${MOST_FILES} files`);

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

/** A folder tells its entries in parts, the last of which is empty. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return all;
    all.push(...part);
    if (all.length > MOST_FILES) throw tooMany(folder);
  }
}

async function walk(entry: FileSystemEntry, into: Given[]): Promise<void> {
  if (entry.isFile) {
    if (into.length === MOST_FILES) throw tooMany(entry);
    const blob = await fileOf(entry as FileSystemFileEntry);
    into.push({ path: pathOf(entry), blob });
  } else
    for (const inner of await entriesOf(entry as FileSystemDirectoryEntry)) await walk(inner, into);
}

export async function givenBy(data: DataTransfer): Promise<Given[]> {
  // Once the event is over, the entries are gone; what was got of them stays.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry());
  const files = [...data.files];
  if (!entries.some((entry) => entry?.isDirectory)) return givenOf(files);
  const found: Given[] = [];
  for (const entry of entries) if (entry) await walk(entry, found);
  return found;
}

/** Files of a picker, of a folder with their paths in it. */
export const givenOf = (files: Iterable<File>): Given[] =>
  [...files].map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));
