/** Writes ONNX files: as much of the format as small networks need. */

/** Lengths of axes; a name stands for one that is not fixed. */
export type Shape = readonly (number | string)[];
export type ElementType = 'float' | 'int64';
/** Name of a value in the graph. */
export type Value = string;
type Attribute = number | readonly number[];

const OPSET = 17;
const IR_VERSION = 8;
const ELEMENT = { float: 1, int64: 7 } as const;
/** Codes of AttributeProto.AttributeType. */
const INT = 2;
const INTS = 7;

function varint(value: number | bigint): number[] {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

/** A field of Protocol Buffers: a number, a text, or bytes, which a nested message is as well. */
function field(number: number, value: number | string | Uint8Array): Uint8Array {
  if (typeof value === 'number') return Uint8Array.from([...varint(number << 3), ...varint(value)]);
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return join([Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes]);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const message = (...fields: Uint8Array[]) => join(fields);

function tensor(
  name: string,
  type: ElementType,
  shape: readonly number[],
  values: ArrayLike<number>,
): Uint8Array {
  const count = shape.reduce((product, length) => product * length, 1);
  if (values.length !== count)
    throw new Error(`${name}: ${values.length} values do not fill [${shape.join(', ')}]`);
  const raw =
    type === 'float'
      ? Float32Array.from(values)
      : BigInt64Array.from(Array.from(values, (value) => BigInt(value)));
  return message(
    ...shape.map((length) => field(1, length)),
    field(2, ELEMENT[type]),
    field(8, name),
    field(9, new Uint8Array(raw.buffer)),
  );
}

function valueInfo(name: string, type: ElementType, shape: Shape): Uint8Array {
  const dimensions = shape.map((length) =>
    field(1, typeof length === 'number' ? field(1, length) : field(2, length)),
  );
  const tensorType = message(field(1, ELEMENT[type]), field(2, message(...dimensions)));
  return message(field(1, name), field(2, field(1, tensorType)));
}

function attribute(name: string, value: Attribute): Uint8Array {
  return typeof value === 'number'
    ? message(field(1, name), field(3, value), field(20, INT))
    : message(field(1, name), ...value.map((entry) => field(8, entry)), field(20, INTS));
}

/** A network, built node by node. */
export class Graph {
  #nodes: Uint8Array[] = [];
  #constants: Uint8Array[] = [];
  #inputs: Uint8Array[] = [];
  #outputs: Uint8Array[] = [];
  #count = 0;

  input(name: string, shape: Shape, type: ElementType = 'float'): Value {
    this.#inputs.push(field(11, valueInfo(name, type, shape)));
    return name;
  }

  constant(
    shape: readonly number[],
    values: ArrayLike<number>,
    type: ElementType = 'float',
  ): Value {
    const name = this.#name('constant');
    this.#constants.push(field(5, tensor(name, type, shape, values)));
    return name;
  }

  scalar(value: number): Value {
    return this.constant([], [value]);
  }

  node(
    operator: string,
    inputs: readonly Value[],
    attributes: Record<string, Attribute> = {},
    name = this.#name(operator),
  ): Value {
    this.#nodes.push(
      field(
        1,
        message(
          ...inputs.map((input) => field(1, input)),
          field(2, name),
          field(3, name),
          field(4, operator),
          ...Object.entries(attributes).map((entry) => field(5, attribute(...entry))),
        ),
      ),
    );
    return name;
  }

  reshape(value: Value, shape: readonly number[]): Value {
    return this.node('Reshape', [value, this.constant([shape.length], shape, 'int64')]);
  }

  /** Part of the second axis. */
  slice(value: Value, start: number, end: number): Value {
    const list = (entry: number) => this.constant([1], [entry], 'int64');
    return this.node('Slice', [value, list(start), list(end), list(1)]);
  }

  output(value: Value, name: string, shape: Shape): void {
    this.node('Identity', [value], {}, name);
    this.#outputs.push(field(12, valueInfo(name, 'float', shape)));
  }

  /** The bytes of the file. */
  file(): Uint8Array {
    const graph = message(
      ...this.#nodes,
      field(2, 'stand-in'),
      ...this.#constants,
      ...this.#inputs,
      ...this.#outputs,
    );
    return message(
      field(1, IR_VERSION),
      field(2, 'elbo-room-e2e'),
      field(7, graph),
      field(8, message(field(1, ''), field(2, OPSET))),
    );
  }

  #name(stem: string): Value {
    return `${stem.toLowerCase()}_${this.#count++}`;
  }
}
