/** What states cost that are computed together, and how time and memory grow with their number. */
import { type Scaling, measured, most, ofRatios, type Row, type Said } from './report.ts';
import { inTurns, type Step } from './steps.ts';
import { ratios } from './statistics.ts';
import { startCrate } from './shipped.ts';

const MEGABYTE = 1e6;
const WARM_UP_TURNS = 2;

/** 1, 2, 4 … up to `most`. */
const doublings = (most: number) =>
  Array.from({ length: Math.floor(Math.log2(most)) + 1 }, (_, i) => 2 ** i);

/** 10, 100 … up to `most`. */
const decades = (most: number) =>
  Array.from({ length: Math.floor(Math.log10(most)) }, (_, i) => 10 ** (i + 1));

export const together: Step = async (rows, { shipped, options, scaling }) => {
  const { turns, runs } = options;
  const { api, end } = await startCrate(shipped);
  const hierarchy = shipped.hvae !== undefined;
  if (shipped.hvae) await api.loadHvae(shipped.hvae.entry, shipped.hvae.files);
  const time = await inTurns(turns, WARM_UP_TURNS, {
    state: () => api.states(1, 4 * runs),
    states: () => api.states(4, runs),
    draw: () => api.draws(1, 8 * runs),
    draws: () => api.draws(8, runs),
    pass: async () => (hierarchy ? api.passes(1, 8 * runs) : 1),
    passes: async () => (hierarchy ? api.passes(8, runs) : 1),
    unguided: () => api.steps(1, 0, 2 * runs),
    guided: () => api.steps(1, 2, 2 * runs),
  });
  const against = (
    id: 'states' | 'draws' | 'passes' | 'guided',
    ours: number[],
    alone: number[],
    target: number,
  ): Row<Said> => ({
    id,
    title: ({ rows }) => rows[id],
    ours: measured(ours, 'ms'),
    peer: {
      name: ({ peers }) => peers[id === 'guided' ? 'unguided' : 'alone'],
      ...measured(alone, 'ms'),
    },
    verdict: ofRatios(({ verdicts }) => verdicts.time, ratios(ours, alone), most(target)),
  });
  rows.push(against('states', time.states, time.state, 0.65));
  rows.push(against('draws', time.draws, time.draw, 0.5));
  if (hierarchy) rows.push(against('passes', time.passes, time.pass, 0.5));
  rows.push(against('guided', time.guided, time.unguided, 1.4));

  const series = async (
    id: Scaling['id'],
    counts: number[],
    unit: Scaling['unit'],
    take: (count: number) => Promise<number>,
    repetitions: number,
  ) => {
    const points: Scaling['points'] = [];
    for (const count of counts) {
      // The first is not counted, unless it is all there is.
      const times = [await take(count)];
      if (repetitions > 0) times.pop();
      for (let i = 0; i < repetitions; i++) times.push(await take(count));
      points.push({ count, time: measured(times, unit), memory: (await api.memory()) / MEGABYTE });
    }
    scaling.push({ id, title: ({ scaling }) => scaling[id], unit, points });
  };
  const few = Math.min(turns, 7);
  await series('batch', doublings(options.batch), 'ms', (n) => api.states(n, runs), few);
  await series('grid', doublings(options.grid), 'ms', (n) => api.steps(n, 0, runs), few);
  const bound = async (timesteps: number) => (await api.bound(timesteps)) / 1000;
  await series('timesteps', decades(options.longest), 's', bound, 0);
  end();
};

/** Operator by operator, of each network for one state and for eight at once. */
export const profile: Step = async (_rows, { shipped, options, profiles }) => {
  const { api, end } = await startCrate(shipped);
  const networks: [string, Uint8Array | undefined][] = [
    ['U-Net', shipped.ddpm.files['network']],
    ['VAE decoder', shipped.vae.files['decoder']],
    ['HVAE decoder', shipped.hvae?.files['decoder']],
  ];
  for (const [network, file] of networks) {
    if (!file) continue;
    for (const states of [1, 8]) {
      const runs = Math.max(1, Math.ceil(options.profile / states));
      const operators = await api.profile(file, states, runs);
      profiles.push({ network, states, operators });
    }
  }
  end();
};
