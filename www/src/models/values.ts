/** Values of a graph that may stand in the place of an output. */
import type { EntryChanges, FileEntry, GraphInfo, ModelEntry } from '../../engine/protocol.ts';

interface ValueChoice {
  name: string;
  /** Empty for an output of the graph. */
  operator: string;
  shape: string;
  changes: EntryChanges;
}

/** A field of an entry that names a value of a graph, and what it may be. */
export interface ValueField {
  field: string;
  current: string;
  choices: ValueChoice[];
}

const product = (shape: readonly number[]) => shape.reduce((all, n) => all * n, 1);
const same = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** Layout and shape for an image in a value of some shape without the batch. */
function placeOf(entry: ModelEntry, shape: readonly number[]) {
  const { channels, height, width } = entry.image;
  const nhwc = channels > 1 && same(shape, [height, width, channels]);
  const own = nhwc || same(shape, [channels, height, width]);
  return { layout: nhwc ? 'nhwc' : 'nchw', shape: own ? null : [...shape] };
}

/** Fields whose value can be picked, of the graphs by the names of their files. */
export function valueFields(entry: ModelEntry, graphs: Record<string, GraphInfo>): ValueField[] {
  const fields: ValueField[] = [];
  const graphOf = (file: FileEntry | undefined) => file && graphs[file.path];
  const add = (
    graph: GraphInfo | undefined,
    field: string,
    current: string | undefined,
    elements: readonly number[],
    changesOf: (name: string, shape: number[]) => EntryChanges,
  ) => {
    if (!graph || current === undefined) return;
    const outputs = new Set(graph.outputs.map(({ name }) => name));
    const choices = graph.values.flatMap(({ name, operator, shape }) => {
      // The first axis is the batch's.
      const inner = shape?.slice(1) ?? [];
      if (!shape || (name !== current && !elements.includes(product(inner)))) return [];
      const changes = changesOf(name, inner);
      return [
        { name, operator: outputs.has(name) ? '' : operator, shape: shape.join(' × '), changes },
      ];
    });
    if (choices.length > 1) fields.push({ field, current, choices: choices.reverse() });
  };
  const { channels, height, width } = entry.image;
  const pixels = channels * height * width;
  const image = (part: string) => (name: string, shape: number[]) => {
    const place = placeOf(entry, shape);
    return {
      [`${part}.name`]: name,
      [`${part}.layout`]: place.layout,
      [`${part}.shape`]: place.shape,
    };
  };
  if (entry.kind === 'vae') {
    const { decoder, encoder } = entry;
    const { count } = entry.latents;
    add(
      graphOf(entry.files.decoder),
      'decoder.output.name',
      decoder?.output?.name,
      [pixels],
      image('decoder.output'),
    );
    for (const field of ['meanName', 'spreadName'] as const)
      add(
        graphOf(entry.files.encoder),
        `encoder.posterior.${field}`,
        encoder?.posterior?.[field],
        [count],
        (name) => ({ [`encoder.posterior.${field}`]: name }),
      );
  } else if (entry.kind === 'ddpm') {
    add(
      graphOf(entry.files.network),
      'network.output.name',
      entry.network?.output?.name,
      [pixels, 2 * pixels],
      image('network.output'),
    );
  }
  return fields;
}
