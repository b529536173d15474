/**
 * The most arithmetic that WebAssembly SIMD does on this machine: a loop that multiplies and adds in registers alone, as
 * many independent chains as hide the latency of either. No compiler can shorten it, because each step needs the last.
 */

import { timed } from './timing.ts';

/** Chains that are tried: fewer leave the units waiting, more no longer fit the sixteen registers of x86. */
export const CHAINS = [8, 10, 12, 13, 20] as const;
const UNROLLED = 8;
const LANES = 4;
const X = 0.5;
const Y = 1;

const start = (chain: number) => (chain + 1) / 16;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  do {
    const rest = value >>> 7;
    bytes.push((value & 0x7f) | (rest ? 0x80 : 0));
    value = rest;
  } while (value);
  return bytes;
}

const section = (id: number, content: number[]) => [id, ...unsigned(content.length), ...content];

/** Opcodes, with their operands where these never change. */
const op = {
  get: (local: number) => [0x20, ...unsigned(local)],
  set: (local: number) => [0x21, ...unsigned(local)],
  float: (value: number) => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  splat: [0xfd, 0x13],
  lane0: [0xfd, 0x1f, 0],
  add: [0xfd, 0xe4, 0x01],
  mul: [0xfd, 0xe6, 0x01],
  loop: [0x03, 0x40],
  /** Counts the parameter down and goes round until it is 0. */
  again: [0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0],
  end: [0x0b],
};

/** A module that exports `run(rounds)`: so many rounds of a_j = a_j x + y in every chain; returns the sum over the chains. */
export function peakModule(chains: number): Uint8Array<ArrayBuffer> {
  const x = 1 + chains;
  const y = x + 1;
  const each = (code: (local: number, chain: number) => number[]) =>
    Array.from({ length: chains }, (_, chain) => code(1 + chain, chain)).flat();
  const step = each((a) => [
    ...op.get(a),
    ...op.get(x),
    ...op.mul,
    ...op.get(y),
    ...op.add,
    ...op.set(a),
  ]);
  const code = [
    ...[1, ...unsigned(chains + 2), 0x7b], // locals: one group of v128
    ...each((a, chain) => [...op.float(start(chain)), ...op.splat, ...op.set(a)]),
    ...[...op.float(X), ...op.splat, ...op.set(x), ...op.float(Y), ...op.splat, ...op.set(y)],
    ...[...op.loop, ...Array.from({ length: UNROLLED }, () => step).flat(), ...op.again, ...op.end],
    ...each((a, chain) => [...op.get(a), ...(chain > 0 ? op.add : [])]),
    ...[...op.lane0, ...op.end],
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // \0asm, version 1
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7d]), // type: i32 -> f32
    ...section(3, [1, 0]),
    ...section(7, [1, 3, ...new TextEncoder().encode('run'), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

/** Floating-point operations of so many rounds. */
export const peakOperations = (chains: number, rounds: number) =>
  2 * LANES * chains * UNROLLED * rounds;

/** What `run` must return: the same chains in plain JavaScript. */
export function peakReference(chains: number, rounds: number): number {
  let sum = 0;
  for (let chain = 0; chain < chains; chain++) {
    let a = Math.fround(start(chain));
    for (let i = 0; i < rounds * UNROLLED; i++) a = Math.fround(Math.fround(a * X) + Y);
    sum = Math.fround(sum + a);
  }
  return sum;
}

export type PeakRun = (rounds: number) => number;

export async function compilePeak(chains: number): Promise<PeakRun> {
  const { instance } = await WebAssembly.instantiate(peakModule(chains));
  return instance.exports['run'] as PeakRun;
}

/** Bursts of each number of chains when the best is sought: the fastest of them was not interrupted. */
const BURSTS = 5;
const BURST_MS = 1;

/** Measures the peak in GFLOP/s with the number of chains that suits this machine best. */
export class Peak {
  private constructor(
    private readonly chains: number,
    private readonly run: PeakRun,
    private readonly rounds: number,
  ) {}

  /** Each measurement will take about so many milliseconds. */
  static async prepare(milliseconds: number): Promise<Peak> {
    let best = { chains: 0, run: (() => 0) as PeakRun, rate: 0 };
    for (const chains of CHAINS) {
      const run = await compilePeak(chains);
      let rounds = 1 << 10;
      let time = 0;
      while (time < BURST_MS) {
        rounds *= 2;
        const count = rounds;
        time = Math.min(...Array.from({ length: BURSTS }, () => timed(() => void run(count))));
      }
      const rate = peakOperations(chains, rounds) / time;
      if (rate > best.rate) best = { chains, run, rate };
    }
    const { chains, run, rate } = best;
    return new Peak(chains, run, Math.ceil((rate * milliseconds) / peakOperations(chains, 1)));
  }

  gigaflops(): number {
    return peakOperations(this.chains, this.rounds) / timed(() => void this.run(this.rounds)) / 1e6;
  }
}
