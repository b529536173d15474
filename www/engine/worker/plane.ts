/** The plane lab: a diffusion whose log p(x) is known, painted and computed in slices. */
import { PlaneDiffusion, PlaneNetwork, type PlanePoint } from '../../pkg/elbo_room.js';
import type { PlaneOf, PlaneSetup, PlaneView } from '../protocol.ts';
import { surface } from './surfaces.ts';
import { breathe, type Handlers, hold, inSlices } from './task.ts';

/** Particles that have a plane of their own, the first of them the large one. */
const PLANES = ['forward', 'ancestral', 'ddim', 'flow'] as const;
/** The second diffusion has planes of its samplers alone. */
const SURFACES = {
  a: PLANES.map((particles) => ({ particles, name: `plane-${particles}` })),
  b: PLANES.slice(1).map((particles) => ({ particles, name: `plane-b-${particles}` })),
};
type Place = PlaneOf['place'];
/** Networks in training that are kept: one for each weighting. */
const NETWORKS = 2;
/** How long computing goes on before messages are looked for, in milliseconds. */
const SLICE_MS = { point: 12, train: 60 };
/** Results are posted no more often than this. */
const REPORT_MS = 150;

/** The first diffusion and the second, each with the setup and the version of the network that it is of. */
const held: Record<Place, { diffusion?: PlaneDiffusion | undefined; current: string }> = {
  a: { current: '' },
  b: { current: '' },
};
const networks = new Map<string, PlaneNetwork>();

/** The network of these options with at most so many steps made: one that went on is begun anew. */
function networkOf(options: NonNullable<PlaneSetup['network']>, most = Infinity): PlaneNetwork {
  const key = JSON.stringify(options);
  let network = networks.get(key);
  if (network && network.steps > most) {
    network.free();
    network = undefined;
  }
  network ??= new PlaneNetwork(options);
  networks.delete(key);
  networks.set(key, network);
  for (const [old, unused] of [...networks].slice(0, -NETWORKS)) {
    unused.free();
    networks.delete(old);
  }
  return network;
}

function prepare({ place, setup: { options, network }, version }: PlaneOf): PlaneDiffusion {
  const slot = held[place];
  const name = JSON.stringify([options, network, version]);
  if (slot.diffusion && name === slot.current) return slot.diffusion;
  slot.diffusion?.free();
  slot.diffusion = undefined;
  const made = new PlaneDiffusion(options);
  if (network) made.useNetwork(networkOf(network));
  slot.current = name;
  return (slot.diffusion = made);
}

/** Whether a slice may go on: a call that was cancelled, or whose diffusion was replaced, ends. */
const goesOn = (made: PlaneDiffusion, place: Place, task: { cancelled: boolean }) =>
  !task.cancelled && made === held[place].diffusion;

export const planeHandlers: Handlers<
  'planePaint' | 'planeAdvance' | 'planePoint' | 'planeTrain' | 'planeScores'
> = {
  async planePaint({ asked, t, look, small, field, particle, point, hold: wait, ...of }) {
    const planes = await Promise.all(
      SURFACES[of.place].map(async ({ particles, name }) => ({
        particles,
        canvas: await surface(name),
      })),
    );
    const made = prepare(of);
    for (const { particles, canvas } of planes) {
      const isLarge = particles === 'forward';
      const { target: density, ...rest } = isLarge ? look : small;
      made.paint(canvas, {
        ...rest,
        density,
        t,
        particles,
        ...(isLarge ? { point, ...(field && { field }) } : { path: particle }),
      });
    }
    if (wait) hold();
    const view: PlaneView = {
      asked,
      t,
      logSnr: t > 0 ? (made.logSnr[t - 1] ?? null) : null,
      kernels: t > 1 ? made.kernels(...point, t) : null,
    };
    return view;
  },

  async planeAdvance(of, task) {
    const made = prepare(of);
    const report = () => ({ reached: made.reached });
    await inSlices(
      task,
      () => {
        if (!goesOn(made, of.place, task)) return false;
        made.advance(1);
        return made.reached > 0;
      },
      report,
    );
    const isHeld = made === held[of.place].diffusion;
    return isHeld ? report() : { reached: of.setup.options.steps ?? 0 };
  },

  async planePoint({ point: at, ...of }, task) {
    const point: PlanePoint = prepare(of).point(...at);
    try {
      let reported = performance.now();
      while (!point.done) {
        const until = performance.now() + SLICE_MS.point;
        do point.step();
        while (performance.now() < until);
        if (performance.now() - reported > REPORT_MS) {
          reported = performance.now();
          task.progress(point.result);
        }
        await breathe();
        if (task.cancelled) break;
      }
      return point.result;
    } finally {
      point.free();
    }
  },

  async planeTrain({ network: options, steps }, task) {
    const network = networkOf(options, steps);
    const key = JSON.stringify(options);
    const report = () => ({
      steps: network.steps,
      trace: network.trace,
      exactElbo: network.exactElbo,
    });
    // What was there before is shown at once.
    task.progress(report());
    let last = report();
    while (networks.get(key) === network && network.steps < steps && !task.cancelled) {
      const until = performance.now() + SLICE_MS.train;
      while (network.steps < steps && performance.now() < until) {
        // A row of the trace is made after every 200 steps.
        network.train(Math.min(10, steps - network.steps));
      }
      last = report();
      task.progress(last);
      await breathe();
    }
    return last;
  },

  planeScores: (of) => prepare(of).scores(),
};
