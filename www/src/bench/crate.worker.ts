/** A worker that measures this crate: one instance of it, timed where it computes. */
import init, {
  Ddpm,
  type DdpmEntry,
  type DdpmFiles,
  type DiffusionElbo,
  Hvae,
  type HvaeEntry,
  type HvaeFiles,
  type GraphInfo,
  inspectOnnx,
  type LatentBound,
  type OperatorTime,
  probeOnnx,
  profileOnnx,
  Vae,
  type VaeEntry,
  type VaeFiles,
  VariationalInference,
} from '../../pkg/elbo_room.js';
import { FAMILIES, TARGETS } from '../labs/inference/settings.ts';
import { CLASS, latents, LOG_SNR, noisy, picture } from './inputs.ts';
import { Peak } from './peak.ts';
import { offer } from './remote.ts';
import { TOGETHER } from '../../engine/together.ts';
import { timed, timedWarm } from './timing.ts';

let memory: WebAssembly.Memory;
let vae: Vae;
let ddpm: Ddpm;
let hvae: Hvae;
let peak: Peak;
/** A network of anybody's. */
let own: Uint8Array;
/** Bounds whose evaluations are timed. */
let diffusion: DiffusionElbo | undefined;
let latent: LatentBound | undefined;

const image = (length: number) =>
  Uint8Array.from(picture(length), (value) => Math.round(255 * value));

/** Milliseconds of an evaluation among `count` that are computed together. */
function evaluations(bound: DiffusionElbo | LatentBound, count: number, runs: number): number {
  let from = 0;
  const next = () => {
    if (from + count > bound.totalEvaluations) from = 0;
    bound.evaluateRange(from, from + count);
    from += count;
  };
  return timedWarm(next, runs) / count;
}

const api = {
  async start(module: WebAssembly.Module): Promise<void> {
    ({ memory } = await init({ module_or_path: module }));
  },

  /** Milliseconds from the file's bytes to a model that is ready. */
  loadVae: (entry: VaeEntry, files: Record<string, Uint8Array>) =>
    timed(() => void (vae = Vae.load(entry, files as VaeFiles))),

  loadDdpm: (entry: DdpmEntry, files: Record<string, Uint8Array>) =>
    timed(() => void (ddpm = Ddpm.load(entry, files as DdpmFiles))),

  /** Multiply-adds of one evaluation, each counted as its definition has it, however it is computed. */
  multiplyAdds: (network: Uint8Array) => inspectOnnx(network).multiplyAdds,

  /** Milliseconds of one evaluation among others, as in a chain: a mean over `runs`. */
  network: (runs: number) => timedWarm(() => void api.predict(), runs),

  decode: (runs: number) => timedWarm(() => void api.decoded(), runs),

  encode: (runs: number) => timedWarm(() => void api.encoded(), runs),

  predict: () =>
    ddpm.predict(Float64Array.from(noisy(ddpm.height * ddpm.width)), LOG_SNR, CLASS).x0,

  decoded: () => vae.decode(latents(vae.latents)),

  encoded: () => vae.encode(picture(vae.height * vae.width)),

  loadHvae(entry: HvaeEntry, files: Record<string, Uint8Array>): void {
    hvae = Hvae.load(entry, files as HvaeFiles);
  },

  /** Milliseconds of a term of the diffusion bound among `count`. */
  states(count: number, runs: number): number {
    diffusion ??= ddpm.elbo(image(ddpm.height * ddpm.width), { seed: 1, timesteps: 'all' });
    return evaluations(diffusion, count, runs);
  },

  /** Milliseconds of a draw of the hierarchical VAE among `count`. */
  passes(count: number, runs: number): number {
    latent ??= hvae.bound(image(hvae.height * hvae.width), { seed: 1 });
    return evaluations(latent, count, runs);
  },

  /** Milliseconds of one decoded image among `count`. */
  draws(count: number, runs: number): number {
    const z = Float32Array.from({ length: count * vae.latents }, (_, i) => Math.sin(i));
    return timedWarm(() => void vae.decode(z), runs) / count;
  },

  /** Milliseconds of a step of one chain among `chains`. */
  steps(chains: number, guidance: number, runs: number): number {
    const sampler = ddpm.sampler({ seed: 1, class: CLASS, steps: runs + 2, chains, guidance });
    const time = timedWarm(() => void sampler.step(), runs) / chains;
    sampler.free();
    return time;
  },

  /** Milliseconds of a bound over every step of a chain, on this thread. */
  bound(steps: number): number {
    const levels = image(ddpm.height * ddpm.width);
    const bound = ddpm.elbo(levels, { seed: 1, steps, timesteps: 'all' });
    const time = timed(() => {
      while (!bound.done) bound.advance(TOGETHER);
    });
    bound.free();
    return time;
  },

  /** Takes a network of anybody's, and says what is in it. */
  takeOwn: (file: Uint8Array): GraphInfo => inspectOnnx((own = file)),

  /**
   * Milliseconds of one evaluation of it: a mean over `runs`, after one that is not counted. The clock is read before and
   * after each of its operators.
   */
  own: (runs: number) => profileOnnx(own, 1, runs).reduce((sum, { time }) => sum + time, 0),

  /** Its outputs. */
  ownOutputs: () => probeOnnx(own),

  profile: (file: Uint8Array, states: number, runs: number): OperatorTime[] =>
    profileOnnx(file, states, runs),

  /** Iterations a second of the fit, among all that the inference lab has, that takes the longest. */
  slowestFit(iterations: number): number {
    const times = TARGETS.flatMap((target) =>
      FAMILIES.map((family) => {
        const fit = new VariationalInference(target, family);
        const time = timed(() => fit.step(iterations));
        fit.free();
        return time;
      }),
    );
    return (1000 * iterations) / Math.max(...times);
  },

  async preparePeak(milliseconds: number): Promise<void> {
    peak = await Peak.prepare(milliseconds);
  },

  gigaflops: () => peak.gigaflops(),

  /** Bytes of WebAssembly memory. It never shrinks, so this is the most there was. */
  memory: () => memory.buffer.byteLength,
};

export type CrateApi = typeof api;

offer(api);
