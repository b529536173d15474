/** A worker that measures this crate: one instance of it, timed where it computes. */
import { expose } from 'comlink';
import init, {
  Ddpm,
  type DdpmEntry,
  Vae,
  type VaeEntry,
  VariationalInference,
} from '../../pkg/elbo_room.js';
import { FAMILIES, TARGETS } from '../labs/inference/settings.ts';
import { CLASS, latents, LOG_SNR, noisy, picture } from './inputs.ts';
import { Peak } from './peak.ts';
import { timed, timedWarm } from './timing.ts';

let memory: WebAssembly.Memory;
let vae: Vae;
let ddpm: Ddpm;
let peak: Peak;

const api = {
  async start(module: WebAssembly.Module): Promise<void> {
    ({ memory } = await init({ module_or_path: module }));
  },

  /** Milliseconds from the file's bytes to a model that is ready. */
  loadVae: (entry: VaeEntry, files: Record<string, Uint8Array>) =>
    timed(() => void (vae = Vae.load(entry, files))),

  loadDdpm: (entry: DdpmEntry, files: Record<string, Uint8Array>) =>
    timed(() => void (ddpm = Ddpm.load(entry, files))),

  /** Milliseconds of one evaluation among others, as in a chain: a mean over `runs`. */
  network: (runs: number) => timedWarm(() => void api.predict(), runs),

  decode: (runs: number) => timedWarm(() => void api.decoded(), runs),

  encode: (runs: number) => timedWarm(() => void api.encoded(), runs),

  predict: () =>
    ddpm.predict(Float64Array.from(noisy(ddpm.height * ddpm.width)), LOG_SNR, CLASS).x0,

  decoded: () => vae.decode(latents(vae.latents)),

  encoded: () => vae.encode(picture(vae.height * vae.width)),

  /** Runs some of the chains of a grid to their end. */
  chains(first: number, count: number, steps: number): void {
    const sampler = ddpm.sampler({
      seed: 1,
      class: CLASS,
      steps,
      chains: count,
      firstChain: first,
    });
    while (!sampler.done) sampler.step();
    sampler.free();
  },

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

expose(api);
