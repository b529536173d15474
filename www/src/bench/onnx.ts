/** Reads of an ONNX file what counting its arithmetic needs: nodes, integer attributes, shapes and integer constants. */

interface OnnxTensor {
  dims: number[];
  /** Its values where they are 64-bit integers. */
  ints: number[] | null;
}

export interface OnnxNode {
  op: string;
  inputs: string[];
  outputs: string[];
  ints: Map<string, number[]>;
  tensors: Map<string, OnnxTensor>;
}

export interface OnnxGraph {
  nodes: OnnxNode[];
  initializers: Map<string, OnnxTensor>;
  /** Shapes by name, symbolic dimensions as 1. */
  inputs: Map<string, number[]>;
}

const INT64 = 7;

/** One message of Protocol Buffers: its fields in order, unread. */
class Message {
  readonly fields: { number: number; value: number | Uint8Array }[] = [];

  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    const varint = () => {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = view.getUint8(at++);
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) return Number(BigInt.asIntN(64, value));
      }
    };
    while (at < bytes.length) {
      const tag = varint();
      const [number, wire] = [tag >>> 3, tag & 7];
      if (wire === 0) this.fields.push({ number, value: varint() });
      else if (wire === 2) {
        const length = varint();
        this.fields.push({ number, value: bytes.subarray(at, at + length) });
        at += length;
      } else if (wire === 1 || wire === 5) at += wire === 1 ? 8 : 4;
      else throw new Error(`invalid wire type ${wire}: this is not an ONNX file`);
    }
    if (at > bytes.length) throw new Error('the ONNX file ends early');
  }

  bytes(number: number): Uint8Array[] {
    return this.fields.flatMap((field) =>
      field.number === number && field.value instanceof Uint8Array ? [field.value] : [],
    );
  }

  messages = (number: number) => this.bytes(number).map((bytes) => new Message(bytes));

  texts = (number: number) => this.bytes(number).map((bytes) => new TextDecoder().decode(bytes));

  text = (number: number) => this.texts(number)[0] ?? '';

  /** Integers, packed or not. */
  ints(number: number): number[] {
    return this.fields.flatMap((field) => {
      if (field.number !== number) return [];
      return typeof field.value === 'number' ? [field.value] : packed(field.value);
    });
  }
}

function packed(bytes: Uint8Array): number[] {
  const values: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    values.push(Number(BigInt.asIntN(64, value)));
    [value, shift] = [0n, 0n];
  }
  return values;
}

function readTensor(message: Message): OnnxTensor {
  const dims = message.ints(1);
  if (message.ints(2)[0] !== INT64) return { dims, ints: null };
  const raw = message.bytes(9)[0];
  if (!raw) return { dims, ints: message.ints(7) };
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return {
    dims,
    ints: Array.from({ length: raw.length / 8 }, (_, i) => Number(view.getBigInt64(8 * i, true))),
  };
}

function readNode(message: Message): OnnxNode {
  const attributes = message.messages(5).map((attribute) => ({
    name: attribute.text(1),
    ints: [...attribute.ints(3), ...attribute.ints(8)],
    tensor: attribute.messages(5)[0],
  }));
  return {
    op: message.text(4),
    inputs: message.texts(1),
    outputs: message.texts(2),
    ints: new Map(attributes.map(({ name, ints }) => [name, ints])),
    tensors: new Map(
      attributes.flatMap(({ name, tensor }) => (tensor ? [[name, readTensor(tensor)]] : [])),
    ),
  };
}

function readInput(message: Message): [string, number[]] {
  const shape = message.messages(2)[0]?.messages(1)[0]?.messages(2)[0];
  return [
    message.text(1),
    (shape?.messages(1) ?? []).map((dimension) => dimension.ints(1)[0] ?? 1),
  ];
}

export function readOnnx(bytes: Uint8Array): OnnxGraph {
  const graph = new Message(bytes).messages(7)[0];
  if (!graph) throw new Error('the ONNX file has no graph');
  return {
    nodes: graph.messages(1).map(readNode),
    initializers: new Map(graph.messages(5).map((tensor) => [tensor.text(8), readTensor(tensor)])),
    inputs: new Map(graph.messages(11).map(readInput)),
  };
}
