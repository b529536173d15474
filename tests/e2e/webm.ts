/** What a WebM file says of itself (RFC 9559), as far as a test asks. */

/** A length in bytes: as many more of them as the first one has leading zeros. */
function lengthAt(file: Uint8Array, at: number): { value: number; next: number } {
  const first = file[at] ?? 0;
  const count = Math.clz32(first) - 23;
  let value = first & (0xff >> count);
  for (let i = 1; i < count; i++) value = value * 256 + (file[at + i] ?? 0);
  return { value, next: at + count };
}

function* elementsOf(file: Uint8Array): Generator<{ id: string; content: Uint8Array }> {
  for (let at = 0; at < file.length;) {
    const start = at;
    at = lengthAt(file, at).next;
    const id = Buffer.from(file.subarray(start, at)).toString('hex');
    const { value, next } = lengthAt(file, at);
    // All ones: as far as the file goes.
    const end = file
      .subarray(at, next)
      .every((byte, i) => byte === (i ? 255 : 255 >> (next - at - 1)))
      ? file.length
      : next + value;
    yield { id, content: file.subarray(next, end) };
    at = end;
  }
}

const SEGMENT = '18538067';
const CLUSTER = '1f43b675';
const SIMPLE_BLOCK = 'a3';
const BLOCK_GROUP = 'a0';
const TAGS = '1254c367';
const TAG = '7373';
const SIMPLE_TAG = '67c8';
const TAG_NAME = '45a3';
const TAG_STRING = '4487';

/** Elements at the end of a path of names. */
const found = (file: Uint8Array, [id, ...path]: readonly string[]): Uint8Array[] =>
  [...elementsOf(file)]
    .filter((element) => element.id === id)
    .flatMap(({ content }) => (path.length > 0 ? found(content, path) : [content]));

export function readWebm(file: Uint8Array): { frames: number; tags: Record<string, string> } {
  const textOf = (tag: Uint8Array, id: string) =>
    Buffer.concat(found(tag, [id]))
      .toString('utf8')
      .replace(/\0+$/, '');
  return {
    frames: [SIMPLE_BLOCK, BLOCK_GROUP].flatMap((id) => found(file, [SEGMENT, CLUSTER, id])).length,
    tags: Object.fromEntries(
      found(file, [SEGMENT, TAGS, TAG, SIMPLE_TAG]).map((tag) => [
        textOf(tag, TAG_NAME),
        textOf(tag, TAG_STRING),
      ]),
    ),
  };
}
