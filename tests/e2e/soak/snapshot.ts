/** What a heap snapshot of V8 says that the page keeps. Pure. */

/** The parts of a snapshot that are read; nodes are rows of numbers, one for each of the fields. */
interface Snapshot {
  snapshot: { meta: { node_fields: string[]; node_types: [string[], ...unknown[]] } };
  nodes: number[];
  strings: string[];
}

/** Bytes. */
export interface Kept {
  /** Objects, closures, texts, numbers, nodes, buffers. */
  data: number;
  /** What V8 makes of functions as they are used: bytecode, machine code and its tables. It grows as more of them become hot. */
  code: number;
  /** The data by kind and name. */
  kinds: ReadonlyMap<string, number>;
}

/** Native objects that are code, too, and what the protocol itself records of requests. */
const NOT_DATA = ['WasmNativeModule', 'NetworkResourcesData'];

/** @throws Error where the text is not a snapshot */
export function keptOf(text: string): Kept {
  const { snapshot, nodes, strings } = JSON.parse(text) as Snapshot;
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [kind, name, size] = ['type', 'name', 'self_size'].map((field) => {
    const at = fields.indexOf(field);
    if (at < 0) throw new Error(`the nodes of the heap snapshot have no ${field}`);
    return at;
  }) as [number, number, number];
  const kinds = new Map<string, number>();
  let [data, code] = [0, 0];
  for (let at = 0; at < nodes.length; at += fields.length) {
    const type = types[0][nodes[at + kind] as number] as string;
    const word = strings[nodes[at + name] as number] as string;
    const bytes = nodes[at + size] as number;
    if (type === 'code' || NOT_DATA.some((part) => word.includes(part))) {
      code += bytes;
      continue;
    }
    data += bytes;
    // The name of a text is the text.
    const label = type.includes('string') ? type : `${type} ${word.slice(0, 60)}`;
    kinds.set(label, (kinds.get(label) ?? 0) + bytes);
  }
  return { data, code, kinds };
}

/** What has grown most from one to the other, in words. */
export function grownBetween(before: Kept, after: Kept, most = 6): string {
  const rows = [...after.kinds]
    .map(([label, bytes]) => ({ label, grown: bytes - (before.kinds.get(label) ?? 0) }))
    .filter(({ grown }) => grown > 0)
    .sort((a, b) => b.grown - a.grown);
  return rows
    .slice(0, most)
    .map(({ label, grown }) => `${label} +${(grown / 1000).toFixed(1)} kB`)
    .join(', ');
}
