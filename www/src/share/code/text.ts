/** What programs have in common. Pure. */
import { isOwn } from '../../../engine/own.ts';
import type { ImageShape, Pixels } from '../../../engine/protocol.ts';

/** What a program says of itself in its first lines. */
export interface About {
  title: string;
  address: string;
}

export const list = (values: Iterable<number>) => `[${[...values].join(', ')}]`;

/** Short enough to be read around: a picture is a thousand numbers. */
export const base64 = (levels: Uint8Array) => btoa(String.fromCharCode(...levels));

/** In Python, with the sum of the program's packages and where its files are, if it has any. */
export const python = (
  { title, address }: About,
  packages: string,
  lines: readonly string[],
  id: string | null,
): string =>
  [
    `# ${title}`,
    `# ${address}`,
    `# pip install ${id !== null && isOwn(id) ? 'onnx ' : ''}${packages}${
      id === null
        ? ''
        : isOwn(id)
          ? '; the .onnx files are in the zip that the list of your models gives'
          : "; the .onnx files are those of the page's folder models/"
    }`,
    ...lines,
    '',
  ].join('\n');

export const NETWORKS = 'onnxruntime torch numpy';
export const WITH_PICTURES = `${NETWORKS} pillow`;
export const IMPORTS = [
  'import numpy as np, onnxruntime as ort, torch',
  'from PIL import Image',
] as const;

/** Sets the generator, which is another one than the page's. */
export const seeded = (seed: number) =>
  `torch.manual_seed(${seed})  # other noise than the page's, of the same distribution`;

/** Saves x of p(x|z) or of a chain, in [0, 1]. */
export const saved = (name: string) => [
  'levels = (255 * x).round().clamp(0, 255).byte()[0].permute(1, 2, 0).squeeze(-1)',
  `Image.fromarray(levels.numpy()).save("${name}.png")`,
];

/** The same of several, in as many rows as columns. */
export const savedGrid = (name: string, { channels, height, width }: ImageShape, side: number) => [
  `grid = (255 * x).round().clamp(0, 255).byte().reshape(${side}, ${side}, ${channels}, ${height}, ${width})`,
  `levels = grid.permute(0, 3, 1, 4, 2).reshape(${side * height}, ${side * width}, ${channels}).squeeze(-1)`,
  `Image.fromarray(levels.numpy()).save("${name}.png")`,
];

/** The axes of a batch of images, as arguments of a call. */
export const axes = ({ channels, height, width }: ImageShape) =>
  [channels, height, width].join(', ');

/** The levels of a picture, or its bits, as x. On the page, the channels of a pixel lie side by side. */
export const imageLines = ({ levels, shape }: Pixels) => {
  const { channels, height, width } = shape;
  const all = `x = torch.tensor(list(pixels)).double()`;
  return [
    `pixels = base64.b64decode("${base64(levels)}")`,
    channels === 1
      ? `${all}.reshape(1, ${axes(shape)})`
      : `${all}.reshape(1, ${height}, ${width}, ${channels}).permute(0, 3, 1, 2)`,
  ];
};

/** Lines for each image of a data set, as x. */
export const eachImage = (
  name: string,
  { channels, height, width }: ImageShape,
  lines: readonly string[],
) => [
  `levels = np.frombuffer(open(${JSON.stringify(name)}, "rb").read(), np.uint8, offset=16)  # an unpacked IDX file; np.load reads NPY`,
  `for image, pixels in enumerate(levels.reshape(-1, ${height}, ${width}, ${channels})):`,
  ...[
    'x = torch.tensor(pixels).double().permute(2, 0, 1)[None]',
    'print(f"image {image}")',
    ...lines,
  ].map((line) => (line === '' ? line : `    ${line}`)),
];
