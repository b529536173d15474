/** How programs in Python put pictures and classes into networks, and cut networks out of files. Pure. */
import { isOwn } from '../../../engine/own.ts';
import type { DdpmEntry, ImageShape } from '../../../engine/protocol.ts';

type Adapter = NonNullable<DdpmEntry['network']>;
type ClassInput = NonNullable<Adapter['condition']>;
type Layout = NonNullable<Adapter['image']>['layout'];

export const quoted = (names: readonly string[]) =>
  names.map((name) => JSON.stringify(name)).join(', ');
export const plain = (values: readonly number[]) => values.join(', ');

/** The number that stands for a class in a program, or for none. */
export function labelOf(
  input: ClassInput | undefined,
  classes: readonly string[],
  given: number | null,
): number {
  if (given !== null) return given;
  const none = input?.null;
  return typeof none === 'object' && 'index' in none ? none.index : classes.length;
}

/** Entries of a dictionary of inputs: the classes in `labels`, one for each state. */
export function classFeeds(input: ClassInput | undefined, classes: readonly string[]): string[] {
  if (!input && classes.length === 0) return [];
  const { name = 'class', form = 'index', null: none = 'extra-index', shape } = input ?? {};
  const { numbers = form === 'index' ? 'integer' : 'float' } = input ?? {};
  const count = classes.length;
  const shaped = shape?.length ? `.reshape(-1, ${plain(shape)})` : '';
  const masked = typeof none === 'object' && 'mask' in none ? none.mask : null;
  const index = masked ? `np.array(labels) % ${count}` : 'labels';
  const length = none === 'extra-index' ? count + 1 : count;
  const value =
    form === 'index'
      ? `np.array(${index}, ${TYPES[numbers]})`
      : // The row after the last is all zeros.
        `np.eye(${Math.max(length, count + 1)}, ${length}, dtype=${TYPES[numbers]})[${index}]`;
  const feeds = [`${JSON.stringify(name)}: ${value}${shaped}`];
  if (masked) {
    const { present, absent } = masked;
    const values = `np.where(np.array(labels) < ${count}, ${present}, ${absent}).astype(${TYPES[masked.numbers ?? 'float']})`;
    const { shape: own = [] } = masked;
    feeds.push(
      `${JSON.stringify(masked.name)}: ${
        own.length > 0
          ? `np.tile(${values}.reshape(-1, ${plain(own.map(() => 1))}), [1, ${plain(own)}])`
          : values
      }`,
    );
  }
  return feeds;
}

export const TYPES = { integer: 'np.int64', float: 'np.float32' } as const;

/** All names of a class's inputs. */
export const classNames = (input: ClassInput | undefined): string[] =>
  input
    ? [
        input.name ?? 'class',
        ...(typeof input.null === 'object' && 'mask' in input.null ? [input.null.mask.name] : []),
      ]
    : [];

/** A batch of images as a network sees it, from a tensor in PyTorch's order. */
export function imageFeed(
  tensor: string,
  { channels, height, width }: ImageShape,
  { layout, shape }: { layout?: Layout; shape?: readonly number[] } = {},
): string {
  const isLast = layout === 'nhwc';
  const own = shape ?? (isLast ? [height, width, channels] : null);
  const turned = isLast && channels > 1 ? '.permute(0, 2, 3, 1)' : '';
  return `${tensor}.float()${turned}${own ? `.reshape(-1, ${plain(own)})` : ''}.numpy()`;
}

/** An output of the network for `rows` images, in PyTorch's order. */
export function imageOf(
  tensor: string,
  rows: string,
  { height, width }: ImageShape,
  layout: Layout,
): string {
  return layout === 'nhwc'
    ? `${tensor}.reshape(${rows}, ${height}, ${width}, -1).permute(0, 3, 1, 2)`
    : `${tensor}.reshape(${rows}, -1, ${height}, ${width})`;
}

/** A line for networks whose batch is fixed: the one state as often as they want it. */
export const tiled = (feeds: string, batch = 1): string[] =>
  batch > 1
    ? [`${feeds} = {name: np.repeat(value, ${batch}, 0) for name, value in ${feeds}.items()}`]
    : [];

/** A session of a network. Files of the visitor's own may be cut at values that are not among their inputs and outputs. */
export const session = (
  name: string,
  id: string,
  path: string,
  inputs: readonly string[],
  outputs: readonly string[],
): string =>
  isOwn(id)
    ? `${name} = part(${JSON.stringify(path)}, [${quoted(inputs)}], [${quoted(outputs)}])`
    : `${name} = ort.InferenceSession(${JSON.stringify(path)})`;

/** What `session` needs. */
export const cutter = (id: string): string[] =>
  isOwn(id)
    ? [
        'import onnx',
        'def part(file, inputs, outputs):  # of a graph, between values of these names',
        '    onnx.utils.extract_model(file, "part.onnx", inputs, outputs)',
        '    return ort.InferenceSession("part.onnx")',
      ]
    : [];
