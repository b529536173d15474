/** The texts of the benchmark's page, which the other pages do without. The table on a terminal and the JSON are in these words. */
export const bench = {
  title: 'Benchmark',
  lead: 'This crate against onnxruntime-web and against the peak of WebAssembly SIMD, on the same files, in turns, in this browser.',
  /** What stands between backticks is set as code. */
  notIsolated: (opener: string, embedder: string, serve: string) =>
    `onnxruntime-web runs with one thread here: threads need a page that its server isolates from other origins, by the headers \`${opener}\` and \`${embedder}\`. \`${serve}\` sends them.`,
  run: 'Run',
  about: (turns: number, rounds: number) =>
    `Takes a few minutes; ${turns} turns of each short measure, ${rounds} of each long one. Let nothing else run.`,
  measuring: (what: string) => `Measuring: ${what} …`,
  stages: {
    files: 'files',
    slider: 'slider',
    single: 'single evaluations',
    together: 'several states at once, and growth',
    loading: 'loading',
    cores: 'all cores',
    profile: 'operators',
  },
  done: 'Done.',
  frame: 'The page whose slider is measured',
  refused: (option: string, asked: string, most: number) =>
    `The address asks for ${option} = “${asked}”; it must be a whole number from 1 to ${most}.`,

  headings: ['Measure', 'ELBO Room', 'Against', 'Comparison', 'Target', 'Met'],
  /** Between a name and what is said of it. */
  colon: ': ',
  yes: 'yes',
  no: 'no',
  rows: {
    slider: 'Slider event to painted canvas',
    network: 'U-Net evaluation, one thread',
    decode: 'VAE decode, one thread',
    encode: 'VAE encode, one thread',
    peak: 'U-Net arithmetic, as direct convolutions',
    states: 'U-Net, a term of the bound, 4 at once',
    draws: 'VAE decode, 8 at once',
    passes: 'Hierarchical VAE, a draw of the bound, 8 at once',
    guided: 'A step with guidance',
    fits: (iterations: number) =>
      `Inference lab, ${iterations} iterations with 10 samples, of all targets and families the slowest`,
    memory: (runs: number) =>
      `Memory of a worker with both models, and its growth over ${runs} runs of each network`,
    load: 'U-Net, ONNX bytes to ready, in a new worker after the VAE',
    chains: (chains: number, steps: number, cores: number) =>
      `${chains} chains of ${steps} steps, ${cores === 1 ? 'one core' : `all ${cores} cores`}`,
    bound: (timesteps: number) => `Bound over every t of T = ${timesteps}, all cores`,
  },
  peers: {
    simd: 'SIMD peak',
    threads: (engine: string, threads: number) =>
      `${engine}, ${threads === 1 ? 'one thread' : `${threads} threads`}`,
    alone: 'one at a time',
    unguided: 'without guidance',
    batch: (peer: string, batch: number) => `${peer}, batch ${batch}`,
    evaluations: (peer: string, evaluations: number) => `${peer}, ${evaluations} evaluations`,
  },
  verdicts: {
    time: 'time',
    share: 'share',
    throughput: 'throughput',
    growth: 'growth',
    late: '95th percentile',
    median: 'median',
  },

  agreement: {
    title: 'Same results',
    about: 'Largest absolute difference between the two engines on the same input.',
    outputs: {
      clean: 'predicted clean image',
      decoded: 'decoded pixel means',
      means: 'encoded means',
      logVariances: 'encoded log variances',
    },
    within: (output: string, difference: string, tolerance: string) =>
      `${output}: ${difference} (within ${tolerance})`,
    beyond: (output: string, difference: string, tolerance: string) =>
      `${output}: ${difference} (beyond ${tolerance})`,
  },
  /** How time and memory grow with a number. */
  growth: {
    title: 'Growth',
    batch: 'U-Net, a term of the bound, by states at once',
    grid: 'A step of one chain, by chains of a grid',
    timesteps: 'Bound over every t, one thread, by T',
    count: 'Number',
    headings: ['Time', 'Of the first', 'Memory of the worker'],
  },
  unknownBrowser: 'a browser of unknown make',
  engines: (ours: string, peer: string) => `elbo-room ${ours} and onnxruntime-web ${peer}`,
  machine: (browser: string, cores: number, threads: number) =>
    `${browser}, ${cores} cores, onnxruntime-web with ${threads === 1 ? 'one thread' : `up to ${threads} threads`}`,
  setting: (engines: string, machine: string, repetitions: string) =>
    `${engines}, ${machine}; ${repetitions}`,
  repetitions: (turns: number, rounds: number) =>
    `medians and quartiles of ${turns} turns, ${rounds} of the long ones.`,
};

export type BenchTexts = typeof bench;
