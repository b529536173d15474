/** The measures, one after the other, the two engines in turns within each. */
import type { DdpmFiles } from '../../engine/api.ts';
import { openEngine } from '../../engine/index.ts';
import type { Bench } from '../messages/catalogue.ts';
import { CLASS, cleanImage, noisy, picture, sigmoid } from './inputs.ts';
import {
  type Agreement,
  least,
  measured,
  most,
  ofRatios,
  ofTurns,
  type Options,
  type Scaling,
  type Profile,
  type Report,
  type Row,
  type Said,
  verdict,
} from './report.ts';
import { slide } from './slider.ts';
import { inTurns, type Stage, type Step, type Surroundings } from './steps.ts';
import { profile, together } from './batches.ts';
import { own } from './own.ts';
import { largestDifference, quantile, ratios, sort } from './statistics.ts';
import { fetchShipped, startCrate, startPeer } from './shipped.ts';

const ORT = 'onnxruntime-web';
const MEGABYTE = 1e6;
/** Where compilers have done what they do. */
const WARM_UP_TURNS = 3;
/** As long as a turn of the others, so that what else runs on the machine meets it as often. */
const PEAK_MS = 40;
/** What is lost by another order of the same sums, in units of pixels and latents. */
const TOLERANCE = 1e-3;

const oneThread: Step = async (rows, { shipped, options, agreement }) => {
  const { turns, runs } = options;
  const crate = await startCrate(shipped);
  const peer = await startPeer(shipped, 1);
  await crate.api.preparePeak(PEAK_MS);
  const time = await inTurns(turns, WARM_UP_TURNS, {
    peerNetwork: () => peer.api.time('network', 1, runs),
    network: () => crate.api.network(runs),
    peak: () => crate.api.gigaflops(),
    decode: () => crate.api.decode(2 * runs),
    peerDecode: () => peer.api.time('decoder', 1, 2 * runs),
    encode: () => crate.api.encode(2 * runs),
    peerEncode: () => peer.api.time('encoder', 1, 2 * runs),
  });
  const compared = (
    id: 'network' | 'decode' | 'encode',
    ours: number[],
    theirs: number[],
    target: number | null,
  ) =>
    rows.push({
      id,
      title: ({ rows }) => rows[id],
      ours: measured(ours, 'ms'),
      peer: {
        name: ({ peers }) => peers.threads({ engine: ORT, threads: 1 }),
        ...measured(theirs, 'ms'),
      },
      verdict: ofRatios(
        ({ verdicts }) => verdicts.time,
        ratios(ours, theirs),
        target === null ? null : most(target),
      ),
    });
  compared('network', time.network, time.peerNetwork, 0.3);
  compared('decode', time.decode, time.peerDecode, 0.4);
  compared('encode', time.encode, time.peerEncode, null);
  const counted = await crate.api.multiplyAdds(shipped.ddpm.files.network as Uint8Array);
  const operations = 2 * (counted ?? NaN);
  const rates = time.network.map((milliseconds) => operations / milliseconds / 1e6);
  rows.push({
    id: 'peak',
    title: ({ rows }) => rows.peak,
    ours: measured(rates, 'GFLOP/s'),
    peer: { name: ({ peers }) => peers.simd, ...measured(time.peak, 'GFLOP/s') },
    verdict: ofRatios(({ verdicts }) => verdicts.share, ratios(rates, time.peak), least(0.75)),
  });
  const { parameterization } = shipped.ddpm.entry;
  const pixels = shipped.sizes.height * shipped.sizes.width;
  const [network, decoder, encoder] = await Promise.all(
    (['network', 'decoder', 'encoder'] as const).map((role) => peer.api.outputs(role)),
  );
  const output = (of: Record<string, Float32Array> | undefined, name: string) =>
    of?.[name] ?? new Float32Array();
  const agrees = (
    name: keyof Bench['agreement']['outputs'],
    ours: ArrayLike<number>,
    theirs: ArrayLike<number>,
  ) => {
    const difference = largestDifference(ours, theirs);
    agreement.push({
      output: (text) => text.agreement.outputs[name],
      difference,
      tolerance: TOLERANCE,
      met: difference <= TOLERANCE,
    });
  };
  const q = await crate.api.encoded();
  agrees(
    'clean',
    await crate.api.predict(),
    cleanImage(parameterization, noisy(pixels), output(network, 'output')),
  );
  agrees('decoded', await crate.api.decoded(), sigmoid(output(decoder, 'logits')));
  agrees('means', q.mean, output(encoder, 'mean'));
  agrees('logVariances', q.logVar, output(encoder, 'log_var'));
  await fits(rows, crate, options);
  await endurance(rows, crate, options);
  crate.end();
  peer.end();
};

type Crate = Awaited<ReturnType<typeof startCrate>>;

async function fits(
  rows: Row<Said>[],
  { api }: Crate,
  { rounds, iterations }: Options,
): Promise<void> {
  const { rates } = await inTurns(rounds, 1, { rates: () => api.slowestFit(iterations) });
  rows.push({
    id: 'fits',
    title: ({ rows }) => rows.fits({ iterations }),
    ours: measured(rates, '/s'),
    peer: null,
    verdict: ofTurns(({ verdicts }) => verdicts.median, '/s', rates, least(2000)),
  });
}

async function endurance(rows: Row<Said>[], { api }: Crate, { enduring }: Options): Promise<void> {
  const before = await api.memory();
  await api.network(enduring);
  await api.decode(enduring);
  await api.encode(enduring);
  const growth = (await api.memory()) - before;
  rows.push({
    id: 'memory',
    title: ({ rows }) => rows.memory({ runs: enduring }),
    ours: measured([before / MEGABYTE], 'MB'),
    peer: null,
    verdict: verdict(({ verdicts }) => verdicts.growth, 'MB', growth / MEGABYTE, most(0)),
  });
}

const load: Step = async (rows, { shipped, options }) => {
  const time = await inTurns(options.loads, 1, {
    ours: async () => {
      const { loads, end } = await startCrate(shipped);
      end();
      return loads.ddpm;
    },
    theirs: async () => {
      const peer = await startPeer(shipped, 1);
      peer.end();
      return peer.load;
    },
  });
  rows.push({
    id: 'load',
    title: ({ rows }) => rows.load,
    ours: measured(time.ours, 'ms'),
    peer: { name: () => ORT, ...measured(time.theirs, 'ms') },
    verdict: ofRatios(({ verdicts }) => verdicts.time, ratios(time.ours, time.theirs), most(0.45)),
  });
};

const seconds = async (work: () => Promise<unknown>) => {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
};

const allCores: Step = async (rows, { shipped, options, cores, threads }) => {
  const { chains, steps, rounds } = options;
  const engine = await openEngine({
    workers: cores,
    wasm: shipped.module,
    onLost: (reason, left) => console.error(`${reason}; ${left} workers are left`),
  });
  const ddpm = await engine.open(shipped.ddpm.entry, shipped.ddpm.files as DdpmFiles);
  const runChains = async (length: number) => {
    const sampler = ddpm.sampler({ chains, steps: length, seed: 1, class: CLASS });
    await sampler.frame(sampler.length - 1);
    sampler.close();
  };
  const { height, width } = shipped.sizes;
  const image = Uint8Array.from(picture(height * width), (value) => Math.round(255 * value));
  const bound = () => ddpm.bound(image, { seed: 1, steps: options.timesteps, timesteps: 'all' });
  const peer = await startPeer(shipped, threads, [chains, 1]);
  // Without what surrounds a network evaluation, and with whichever batch suits it better.
  await runChains(2);
  const evaluations = chains * steps;
  const time = await inTurns(rounds, 0, {
    ours: () => seconds(() => runChains(steps)),
    batched: () => seconds(() => peer.api.evaluate(evaluations, chains)),
    single: () => seconds(() => peer.api.evaluate(evaluations, 1)),
  });
  const median = (values: number[]) => quantile(sort(values), 0.5);
  const batch = median(time.batched) < median(time.single) ? chains : 1;
  const theirs = batch === 1 ? time.single : time.batched;
  const name: Said = ({ peers }) =>
    peers.batch({ peer: peers.threads({ engine: ORT, threads }), batch });
  rows.push({
    id: 'chains',
    title: ({ rows }) => rows.chains({ chains, steps, cores }),
    ours: measured(time.ours, 's'),
    peer: { name, ...measured(theirs, 's') },
    verdict: ofRatios(({ verdicts }) => verdicts.throughput, ratios(theirs, time.ours), least(4.5)),
  });
  const total = (await bound()).evaluations;
  const whole = await inTurns(rounds, 0, {
    ours: () => seconds(async () => bound()),
    theirs: () => seconds(() => peer.api.evaluate(total, batch)),
  });
  rows.push({
    id: 'bound',
    title: ({ rows }) => rows.bound({ timesteps: options.timesteps }),
    ours: measured(whole.ours, 's'),
    peer: {
      name: (text) => text.peers.evaluations({ peer: name(text), evaluations: total }),
      ...measured(whole.theirs, 's'),
    },
    verdict: ofRatios(
      ({ verdicts }) => verdicts.throughput,
      ratios(whole.theirs, whole.ours),
      least(4.5),
    ),
  });
  peer.end();
  engine.close();
};

/** One turn: they are spread over the run, so that a minute in which the machine is disturbed is not all that is measured. */
const slider: Step = async (rows, { options, slides, surroundings }) => {
  const frame = surroundings.openPage();
  try {
    slides.push(await slide(frame, options.slides));
  } finally {
    surroundings.closePage();
  }
  const late = slides.map((times) => quantile(sort(times), 0.95));
  rows[0] = {
    id: 'slider',
    title: ({ rows }) => rows.slider,
    ours: measured(slides.flat(), 'ms'),
    peer: null,
    verdict: ofTurns(({ verdicts }) => verdicts.late, 'ms', late, most(8)),
  };
};

const STEPS: [Stage, Step][] = [
  ['slider', slider],
  ['single', oneThread],
  ['slider', slider],
  ['together', together],
  ['slider', slider],
  ['loading', load],
  ['slider', slider],
  ['cores', allCores],
  ['slider', slider],
];

const PROFILE: [Stage, Step][] = [['profile', profile]];

/** `files` are networks of anybody's, which are measured in place of all else. */
export async function measure(
  options: Options,
  surroundings: Surroundings,
  files: readonly File[],
): Promise<Report<Said>> {
  const cores = navigator.hardwareConcurrency;
  // Threads share memory, which a page may do where it is isolated from other origins.
  const threads = crossOriginIsolated ? cores : 1;
  const rows: Row<Said>[] = [];
  const agreement: Agreement<Said>[] = [];
  const scaling: Scaling<Said>[] = [];
  const profiles: Profile[] = [];
  const slides: number[][] = [];
  surroundings.onProgress('files', rows);
  const shipped = await fetchShipped();
  const usual = options.profile > 0 ? PROFILE : STEPS;
  const steps: [Stage, Step][] = files.length > 0 ? [['own', own(files)]] : usual;
  for (const [stage, step] of steps) {
    surroundings.onProgress(stage, [...rows]);
    await step(rows, {
      shipped,
      options,
      cores,
      threads,
      agreement,
      scaling,
      profiles,
      slides,
      surroundings,
    });
  }
  return {
    version: __CRATE_VERSION__,
    peer: __PEER_VERSION__,
    userAgent: navigator.userAgent,
    cores,
    threads,
    options,
    rows,
    agreement,
    scaling,
    profiles,
  };
}
