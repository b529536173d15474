/** A worker that measures onnxruntime-web on the same files and inputs. */
// It starts workers of its own.
import '../engine/trusted.ts';
import scriptUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import type { GraphInfo } from '../../engine/protocol.ts';
import { CLASS, latents, LOG_SNR, noisy, picture, probe } from './inputs.ts';
import { offer } from './remote.ts';
import { timedAsync, timedWarmAsync } from './timing.ts';

export type Role = 'network' | 'decoder' | 'encoder' | 'own';

/** A session, and the inputs that it is run on. */
interface Loaded {
  session: InferenceSession;
  feeds: Record<string, Tensor>;
}

const loaded = new Map<string, Loaded>();

/** The same sample `batch` times over. */
function repeated(values: Float32Array, batch: number): Float32Array {
  const all = new Float32Array(values.length * batch);
  for (let i = 0; i < batch; i++) all.set(values, i * values.length);
  return all;
}

type GraphPort = GraphInfo['inputs'][number];

/** For one image: of the height and width of the shapes, where these are open. */
function probeOf({ elementType, shape }: GraphPort, size: [number, number] | null): Tensor {
  const open = (axis: number) => (axis > 1 ? size?.[axis - 2] : undefined) ?? 1;
  const dims = (shape ?? []).map((dim, axis) => (typeof dim === 'number' ? dim : open(axis)));
  const count = dims.reduce((product, dim) => product * dim, 1);
  switch (elementType) {
    case 'float32':
      return new Tensor('float32', probe(count), dims);
    case 'int64':
      return new Tensor('int64', new BigInt64Array(count), dims);
    case 'int32':
      return new Tensor('int32', new Int32Array(count), dims);
    default:
      throw new TypeError(`inputs of ${elementType} are not compared here`);
  }
}

function feedsOf(role: Exclude<Role, 'own'>, batch: number, size: Sizes): Record<string, Tensor> {
  const image = (values: Float32Array) =>
    new Tensor('float32', repeated(values, batch), [batch, 1, size.height, size.width]);
  const pixels = size.height * size.width;
  if (role === 'decoder') {
    return {
      z: new Tensor('float32', repeated(latents(size.latents), batch), [batch, size.latents]),
    };
  }
  if (role === 'encoder') return { x: image(picture(pixels)) };
  return {
    x_t: image(noisy(pixels)),
    log_snr: new Tensor('float32', new Float32Array(batch).fill(LOG_SNR), [batch]),
    class: new Tensor('int64', new BigInt64Array(batch).fill(BigInt(CLASS)), [batch]),
  };
}

export interface Sizes {
  height: number;
  width: number;
  latents: number;
}

function of(role: Role, batch: number): Loaded {
  const found = loaded.get(`${role} ${batch}`);
  if (!found) throw new Error(`the ${role} with a batch of ${batch} is not loaded`);
  return found;
}

const run = ({ session, feeds }: Loaded) => session.run(feeds);

const api = {
  start(threads: number): void {
    env.wasm.numThreads = threads;
    env.wasm.wasmPaths = { mjs: scriptUrl, wasm: wasmUrl };
    env.logLevel = 'error';
  },

  /** Milliseconds from the file's bytes to a session that is ready, with the batch dimension fixed: that suits it best. */
  load(role: Exclude<Role, 'own'>, file: Uint8Array, batch: number, sizes: Sizes): Promise<number> {
    return timedAsync(async () => {
      const session = await InferenceSession.create(file, { freeDimensionOverrides: { batch } });
      loaded.set(`${role} ${batch}`, { session, feeds: feedsOf(role, batch, sizes) });
    });
  },

  /** Takes a network of anybody's, of which the crate says what its inputs are. */
  async takeOwn(
    file: Uint8Array,
    inputs: readonly GraphPort[],
    size: [number, number] | null,
  ): Promise<void> {
    const feeds = Object.fromEntries(inputs.map((port) => [port.name, probeOf(port, size)]));
    const open = inputs.flatMap(({ name, shape }) =>
      (shape ?? [])
        .map((dim, axis) => [dim, feeds[name]?.dims[axis] ?? 1] as const)
        .filter(([dim]) => typeof dim === 'string'),
    );
    const session = await InferenceSession.create(file, {
      freeDimensionOverrides: Object.fromEntries(open),
    });
    loaded.set('own 1', { session, feeds });
  },

  /** Milliseconds of one run among others: a mean over `runs`. */
  time: (role: Role, batch: number, runs: number) =>
    timedWarmAsync(() => run(of(role, batch)), runs),

  /** Evaluates the network on `count` samples, in batches as large as fit. */
  async evaluate(count: number, batch: number): Promise<void> {
    const [whole, single] = [of('network', batch), of('network', 1)];
    for (let i = 0; i < Math.floor(count / batch); i++) await run(whole);
    for (let i = 0; i < count % batch; i++) await run(single);
  },

  async outputs(role: Role): Promise<Record<string, Float32Array>> {
    const results = await run(of(role, 1));
    return Object.fromEntries(
      Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]),
    );
  },
};

export type PeerApi = typeof api;

offer(api);
