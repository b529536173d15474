/**
 * How much arithmetic a network is: the multiplications and additions of its convolutions and matrix products, each
 * counted as its definition has it, whatever way an engine finds around some of them.
 */
import { type OnnxGraph, type OnnxNode, readOnnx } from './onnx.ts';

type Shape = number[];

const ELEMENTWISE = new Set(
  'Abs Add Cast Clip Cos Div Erf Exp Identity Log Mul Neg Pow Relu Sigmoid Sin Softmax Sqrt Sub Tanh'.split(
    ' ',
  ),
);

const size = (shape: Shape) => shape.reduce((product, n) => product * n, 1);

function broadcast(shapes: Shape[]): Shape {
  const rank = Math.max(...shapes.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(...shapes.map((shape) => shape[shape.length - rank + axis] ?? 1)),
  );
}

/** Shapes of everything in a graph with a batch of 1, and the multiply-adds on the way. */
class Count {
  multiplyAdds = 0;
  readonly #shapes = new Map<string, Shape>();
  readonly #ints = new Map<string, number[]>();

  constructor({ nodes, initializers, inputs }: OnnxGraph) {
    for (const [name, shape] of inputs) this.#shapes.set(name, shape);
    for (const [name, tensor] of initializers) this.#constant(name, tensor);
    for (const node of nodes) {
      const shapes = this.#visit(node);
      node.outputs.forEach((name, i) => this.#shapes.set(name, (shapes[i] ?? shapes[0]) as Shape));
    }
  }

  #constant(name: string, { dims, ints }: { dims: Shape; ints: number[] | null }): void {
    this.#shapes.set(name, dims);
    if (ints) this.#ints.set(name, ints);
  }

  #shape(node: OnnxNode, input: number): Shape {
    const shape = this.#shapes.get(node.inputs[input] ?? '');
    if (!shape) throw new Error(`${node.op} has no input ${input} of a known shape`);
    return shape;
  }

  /** Integers of a constant input, or else of an attribute. */
  #values(node: OnnxNode, input: number, attribute = ''): number[] | undefined {
    return this.#ints.get(node.inputs[input] ?? '') ?? node.ints.get(attribute);
  }

  #visit(node: OnnxNode): Shape[] {
    const data = () => this.#shape(node, 0);
    const axis = (rank: number, or = 0) => ((node.ints.get('axis')?.[0] ?? or) + rank) % rank;
    if (ELEMENTWISE.has(node.op)) {
      return [
        broadcast(
          node.inputs.flatMap((name) =>
            this.#shapes.has(name) ? [this.#shapes.get(name) as Shape] : [],
          ),
        ),
      ];
    }
    switch (node.op) {
      case 'Constant': {
        const tensor = node.tensors.get('value') ?? { dims: [], ints: null };
        this.#constant(node.outputs[0] ?? '', tensor);
        return [tensor.dims];
      }
      case 'Conv':
        return [this.#convolution(node)];
      case 'Gemm':
        return [
          this.#product(this.#oriented(node, 0, 'transA'), this.#oriented(node, 1, 'transB')),
        ];
      case 'MatMul':
        return [this.#product(data(), this.#shape(node, 1))];
      case 'Reshape':
        return [this.#reshape(node)];
      case 'Transpose':
        return [
          (node.ints.get('perm') ?? data().map((_, i, all) => all.length - 1 - i)).map(
            (from) => data()[from] as number,
          ),
        ];
      case 'Concat': {
        const shapes = node.inputs.map((_, i) => this.#shape(node, i));
        const along = axis(data().length);
        return [
          data().with(
            along,
            shapes.reduce((sum, shape) => sum + (shape[along] as number), 0),
          ),
        ];
      }
      case 'Split': {
        const along = axis(data().length);
        const equal = node.outputs.map(() => (data()[along] as number) / node.outputs.length);
        return (this.#values(node, 1, 'split') ?? equal).map((part) => data().with(along, part));
      }
      case 'Gather':
        return [data().toSpliced(axis(data().length), 1, ...this.#shape(node, 1))];
      case 'Unsqueeze': {
        const axes = this.#values(node, 1, 'axes') ?? [];
        const rank = data().length + axes.length;
        const added = new Set(axes.map((at) => (at + rank) % rank));
        const rest = [...data()];
        return [
          Array.from({ length: rank }, (_, at) => (added.has(at) ? 1 : (rest.shift() as number))),
        ];
      }
      case 'ReduceMean': {
        const rank = data().length;
        const axes = this.#values(node, 1, 'axes')?.map((at) => (at + rank) % rank);
        const gone = (at: number) => axes?.includes(at) ?? true;
        const kept = data().map((n, at) => (gone(at) ? 1 : n));
        return [node.ints.get('keepdims')?.[0] === 0 ? kept.filter((_, at) => !gone(at)) : kept];
      }
      default:
        throw new Error(`the arithmetic of ${node.op} is not known here`);
    }
  }

  #oriented(node: OnnxNode, input: number, attribute: string): Shape {
    const shape = this.#shape(node, input);
    return node.ints.get(attribute)?.[0] ? shape.toReversed() : shape;
  }

  #product(a: Shape, b: Shape): Shape {
    const shape = [
      ...broadcast([a.slice(0, -2), b.slice(0, -2)]),
      a.at(-2) as number,
      b.at(-1) as number,
    ];
    this.multiplyAdds += size(shape) * (a.at(-1) as number);
    return shape;
  }

  #convolution(node: OnnxNode): Shape {
    const [batch = 1, , ...space] = this.#shape(node, 0);
    const [outputs = 1, ...kernel] = this.#shape(node, 1);
    const each = (name: string, or: number) => node.ints.get(name) ?? space.map(() => or);
    const [strides, dilations] = [each('strides', 1), each('dilations', 1)];
    const pads = node.ints.get('pads') ?? space.flatMap(() => [0, 0]);
    const extent = (at: number) => {
      const padded =
        (space[at] as number) + (pads[at] as number) + (pads[at + space.length] as number);
      const reach = (dilations[at] as number) * ((kernel[at + 1] as number) - 1) + 1;
      return Math.floor((padded - reach) / (strides[at] as number)) + 1;
    };
    const shape = [batch, outputs, ...space.map((_, at) => extent(at))];
    this.multiplyAdds += size(shape) * size(kernel);
    return shape;
  }

  #reshape(node: OnnxNode): Shape {
    const data = this.#shape(node, 0);
    const target = this.#values(node, 1);
    if (!target) throw new Error('a Reshape computes its shape at run time');
    const shape = target.map((n, at) => (n === 0 ? (data[at] as number) : n));
    const known = size(shape.filter((n) => n >= 0));
    return shape.map((n) => (n < 0 ? size(data) / known : n));
  }
}

/** Multiply-adds of one evaluation of an ONNX network, with a batch of 1. */
export const multiplyAdds = (file: Uint8Array): number => new Count(readOnnx(file)).multiplyAdds;
