/** Programs in JavaScript. Pure. */
import { isOwn } from '../../../engine/own.ts';
import type {
  DdpmEntry,
  Growths,
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

const decoded = ({ levels }: Pixels) =>
  `const levels = Uint8Array.from(atob("${base64(levels)}"), (c) => c.charCodeAt(0));`;
const GROWN = ['while (!bound.done) bound.step();', 'console.log(bound.result());'];

const painted = ({ channels, height, width }: Pixels['shape']) =>
  `paint(document.querySelector("canvas"), levels, { channels: ${channels}, height: ${height}, width: ${width} });`;

export const decodeJavascript = (entry: VaeEntry, z: readonly number[], about: About): string =>
  javascript(
    about,
    entry.id,
    ['paint', 'toLevels'],
    [
      `const levels = toLevels(model.decode(Float32Array.of(${[...z].join(', ')})));`,
      painted(entry.image),
    ],
  );

/** Of a VAE or a hierarchy of any likelihood. */
export const boundJavascript = (
  entry: ModelEntry,
  picture: Pixels,
  options: Growths['latent']['options'],
  about: About,
): string =>
  javascript(
    about,
    entry.id,
    [],
    [decoded(picture), `const bound = model.bound(levels, ${JSON.stringify(options)});`, ...GROWN],
  );

export const diffusionJavascript = (
  entry: DdpmEntry,
  picture: Pixels,
  options: Growths['diffusion']['options'],
  about: About,
): string =>
  javascript(
    about,
    entry.id,
    [],
    [decoded(picture), `const bound = model.elbo(levels, ${JSON.stringify(options)});`, ...GROWN],
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

export const chainJavascript = (entry: DdpmEntry, options: SamplerOptions, about: About): string =>
  javascript(
    about,
    entry.id,
    ['paint'],
    [
      `const sampler = model.sampler(${JSON.stringify(options)});`,
      'while (!sampler.done) sampler.step();',
      'const levels = sampler.frame(sampler.length - 1).x;',
      painted(entry.image),
    ],
  );
