/** Programs in JavaScript. Pure. */
import { isDiffusion } from '../../../engine/facts.ts';
import { isOwn } from '../../../engine/own.ts';
import type {
  ChainStart,
  DdpmEntry,
  Jobs,
  InferenceSetup,
  ModelEntry,
  Pixels,
  PlaneSetup,
  SamplerOptions,
  VaeEntry,
} from '../../../engine/protocol.ts';
import { type About, base64 } from './text.ts';

/** With the npm package, of which these functions are `used`. */
const plain = ({ title, address }: About, used: string[], lines: string[]) =>
  [
    `// ${title}`,
    `// ${address}`,
    `import { ${used.join(', ')} } from "elbo-room/wasm";`,
    '',
    ...lines,
    '',
  ].join('\n');

/** The same with a model. */
const javascript = (about: About, id: string, used: string[], lines: string[]) =>
  plain(
    about,
    ['openModels', ...used],
    [
      isOwn(id)
        ? 'const models = await openModels("models/"); // where the zip is unpacked that the list of your models gives'
        : 'const models = await openModels("models/"); // the folder of this site, or that of the package',
      `const model = await models.load("${id}");`,
      ...lines,
    ],
  );

const decoded = (name: string, levels: Uint8Array) =>
  `const ${name} = Uint8Array.from(atob("${base64(levels)}"), (c) => c.charCodeAt(0));`;
const GROWN = ['while (!bound.done) bound.step();', 'console.log(bound.result());'];

const painted = ({ channels, height, width }: Pixels['shape'], columns = 1) =>
  `paint(document.querySelector("canvas"), levels, { channels: ${channels}, height: ${height}, width: ${width}${columns > 1 ? `, columns: ${columns}` : ''} });`;

export const decodeJavascript = (
  entry: VaeEntry,
  z: readonly number[],
  given: number | null,
  about: About,
): string =>
  javascript(
    about,
    entry.id,
    ['paint', 'toLevels'],
    [
      `const levels = toLevels(model.decode(Float32Array.of(${[...z].join(', ')})${given === null ? '' : `, ${given}`}));`,
      painted(entry.image),
    ],
  );

/** Of a VAE or a hierarchy of any likelihood. */
export const boundJavascript = (
  entry: ModelEntry,
  picture: Pixels,
  options: Jobs['latent']['options'],
  about: About,
): string =>
  javascript(
    about,
    entry.id,
    [],
    [
      decoded('levels', picture.levels),
      `const bound = model.bound(levels, ${JSON.stringify(options)});`,
      ...GROWN,
    ],
  );

export const diffusionJavascript = (
  entry: DdpmEntry,
  picture: Pixels,
  options: Jobs['diffusion']['options'],
  about: About,
): string =>
  javascript(
    about,
    entry.id,
    [],
    [
      decoded('levels', picture.levels),
      `const bound = model.elbo(levels, ${JSON.stringify(options)});`,
      ...GROWN,
    ],
  );

/** A fit of q to p, so many iterations on. */
export const fitJavascript = (
  { target, family, options }: InferenceSetup,
  iterations: number,
  about: About,
): string =>
  plain(
    about,
    ['ready', 'VariationalInference'],
    [
      'await ready();',
      `const fit = new VariationalInference("${target}", "${family}", ${JSON.stringify(options)});`,
      `fit.step(${iterations});`,
      'console.log(fit.state); // ELBO, log Z, the gap between them, and q',
    ],
  );

/** What a point costs a diffusion in the plane; of a network after so many steps of training. */
export const pointJavascript = (
  { options, network }: PlaneSetup,
  trained: number,
  [x, y]: readonly [number, number],
  about: About,
): string =>
  plain(
    about,
    ['ready', 'PlaneDiffusion', ...(network ? ['PlaneNetwork'] : [])],
    [
      'await ready();',
      `const diffusion = new PlaneDiffusion(${JSON.stringify(options)});`,
      ...(network
        ? [
            `const network = new PlaneNetwork(${JSON.stringify(network)});`,
            `network.train(${trained});`,
            'diffusion.useNetwork(network);',
          ]
        : []),
      `const point = diffusion.point(${x}, ${y});`,
      'while (!point.done) point.step();',
      'console.log(point.result); // the bound term by term, log p(x), and the gap between them',
    ],
  );

/** Reverse chains from pure noise, or from a picture that is noised to one of their timesteps. */
export const chainJavascript = (
  entry: DdpmEntry,
  options: SamplerOptions,
  start: ChainStart | null,
  about: About,
): string =>
  javascript(
    about,
    entry.id,
    ['paint'],
    [
      ...(start
        ? [
            decoded('picture', start.image),
            `const sampler = model.denoise(picture, ${start.t}, ${JSON.stringify(options)});`,
          ]
        : [`const sampler = model.sampler(${JSON.stringify(options)});`]),
      'while (!sampler.done) sampler.step();',
      'const levels = sampler.frame(sampler.length - 1).x;',
      painted(entry.image, Math.sqrt(options.chains ?? 1)),
    ],
  );

/** What the data set lab computes, in its order, of as many images: the same numbers, bit for bit. */
export const setJavascript = (
  entry: ModelEntry,
  { name, images, seed }: { name: string; images: number; seed: number },
  options: Jobs['latent']['options'] | Jobs['diffusion']['options'],
  about: About,
): string =>
  javascript(
    about,
    entry.id,
    ['imageOrder', 'imageSeed', 'readDataFile'],
    [
      `const file = await (await fetch(${JSON.stringify(name)})).arrayBuffer(); // of the data set, unpacked: IDX, NPY or CSV`,
      'const { levels, count } = readDataFile(new Uint8Array(file));',
      'const size = levels.length / count;',
      `const options = ${JSON.stringify(options)};`,
      `for (const image of imageOrder(${seed}, count).slice(0, ${images})) {`,
      '  const one = levels.slice(image * size, (image + 1) * size);',
      `  const bound = model.${isDiffusion(entry) ? 'elbo' : 'bound'}(one, { ...options, seed: imageSeed(${seed}, image) });`,
      '  while (!bound.done) bound.step();',
      '  console.log(image, bound.result());',
      '}',
    ],
  );
