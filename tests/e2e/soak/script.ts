/** What the visitor and the world do next, from a seed. Pure: what is on the page then decides which control is meant. */
import { printFields } from '../../../www/src/address/address.ts';
import { FIELDS } from '../../../www/src/address/fields.ts';
import { STEP_COUNTS } from '../../../www/src/labs/denoise/settings.ts';
import { CLASS_COUNTS, IMPORTANCE_COUNTS, PROPOSALS } from '../../../www/src/labs/elbo/settings.ts';
import { type Lab, LABS } from '../../../www/src/labs/index.ts';
import { MAP_VIEWS } from '../../../www/src/labs/latent/settings.ts';
import { TIMESTEP_COUNTS } from '../../../www/src/schema/bound.ts';
import { defaultState, type PageState } from '../../../www/src/state.ts';
import { Random } from './random.ts';

/** Shares in [0, 1) name one of the controls on display, or a place on it. */
export type Action =
  | { kind: 'lab'; lab: Lab }
  | { kind: 'slide'; which: number; to: number; by: 'pointer' | 'keys' }
  | { kind: 'choose'; which: number }
  | { kind: 'select'; which: number; to: number }
  | { kind: 'check'; which: number }
  | { kind: 'type'; which: number; seed: number }
  | { kind: 'press'; which: number }
  | { kind: 'notice'; which: number }
  | { kind: 'draw'; points: [number, number][]; by: 'pointer' | 'keys' }
  | { kind: 'picture'; which: number }
  | { kind: 'upload'; seed: number; readable: boolean }
  | { kind: 'drag'; which: number; from: [number, number]; to: [number, number] }
  | { kind: 'language' }
  | { kind: 'address'; fragment: string; sound: boolean }
  | { kind: 'back' }
  | { kind: 'open' }
  | { kind: 'remove' }
  | { kind: 'wait'; milliseconds: number }
  | { kind: 'kill'; which: number; how: 'ends' | 'throws' }
  | { kind: 'network'; cut: 'off' | 'models' | 'scripts' | null }
  | { kind: 'quota'; bytes: number | null }
  | { kind: 'hide'; hidden: boolean };

export type Kind = Action['kind'];

/** How often each comes; together the disturbances are one in six. */
const WEIGHTS: Record<Kind, number> = {
  lab: 9,
  slide: 18,
  choose: 12,
  select: 4,
  check: 3,
  type: 3,
  press: 16,
  notice: 4,
  draw: 5,
  picture: 4,
  upload: 2,
  drag: 8,
  language: 2,
  address: 3,
  back: 2,
  open: 1,
  remove: 0.5,
  wait: 6,
  kill: 7,
  network: 5,
  quota: 2,
  hide: 3,
};

/** Quota of the runs that have one: less than one of the page's models. */
export const QUOTA = 1_000_000;

/** Actions without end; the same seed gives the same ones. */
export function* script(seed: number): Generator<Action, never> {
  const random = new Random(seed);
  for (;;) yield action(random.weighted(WEIGHTS), random);
}

const place = (random: Random): [number, number] => [
  random.between(0.05, 0.95),
  random.between(0.05, 0.95),
];

function action(kind: Kind, random: Random): Action {
  const which = random.share();
  switch (kind) {
    case 'lab':
      return { kind, lab: random.pick(LABS).id };
    case 'slide':
      return { kind, which, to: random.share(), by: random.chance(0.5) ? 'pointer' : 'keys' };
    case 'select':
      return { kind, which, to: random.share() };
    case 'type':
      return { kind, which, seed: random.below(2 ** 32) };
    case 'draw':
      return {
        kind,
        points: Array.from({ length: 2 + random.below(6) }, () => place(random)),
        by: random.chance(0.8) ? 'pointer' : 'keys',
      };
    case 'upload':
      return { kind, seed: random.below(2 ** 32), readable: random.chance(0.8) };
    case 'drag':
      return { kind, which, from: place(random), to: place(random) };
    case 'address': {
      const sound = random.chance(0.7);
      const fragment = addressOf(random);
      return { kind, sound, fragment: sound ? fragment : spoilt(fragment, random) };
    }
    case 'wait':
      return { kind, milliseconds: Math.round(random.between(50, 1200)) };
    case 'kill':
      return { kind, which, how: random.chance(0.5) ? 'ends' : 'throws' };
    case 'network':
      return { kind, cut: random.pick(['off', 'models', 'scripts', null, null] as const) };
    case 'quota':
      return { kind, bytes: random.chance(0.5) ? QUOTA : null };
    case 'hide':
      return { kind, hidden: random.chance(0.4) };
    case 'language':
    case 'back':
    case 'open':
    case 'remove':
      return { kind };
    default:
      return { kind, which };
  }
}

/** A state that the page can have, with bounds that are done soon. */
function stateOf(random: Random): PageState {
  const state = defaultState();
  const seed = () => random.below(2 ** 32);
  state.lab = random.pick(LABS).id;
  state.latent.at = random.chance(0.5) ? { seed: seed() } : { position: 0.5 };
  state.latent.a = { seed: seed() };
  state.latent.b = { seed: seed() };
  state.map.show = random.pick(MAP_VIEWS);
  state.denoise.seed = seed();
  state.denoise.digit = random.chance(0.3) ? null : random.below(10);
  state.denoise.steps = random.pick(STEP_COUNTS.slice(0, 2));
  state.denoise.method = random.chance(0.5) ? 'ddim' : 'ddpm';
  state.bound.timesteps = random.pick(TIMESTEP_COUNTS.slice(0, 2));
  state.elbo.seed = seed();
  state.elbo.samples = random.pick(IMPORTANCE_COUNTS.slice(0, 1));
  state.elbo.proposal = random.pick(PROPOSALS);
  state.elbo.perClass = random.pick(CLASS_COUNTS.slice(0, 2));
  state.elbo.steps = 2 + random.below(500);
  state.elbo.t = 1 + random.below(state.elbo.steps);
  state.inference.seed = seed();
  state.inference.iterations = random.below(100);
  state.plane.seed = seed();
  state.plane.data = 'two-gaussians';
  state.plane.steps = 20;
  state.plane.t = random.below(21);
  return state;
}

/** The fields of a state that are not the standard ones, in an order of their own. */
function addressOf(random: Random): string {
  const standard = printFields(defaultState());
  const printed = printFields(stateOf(random));
  return FIELDS.flatMap(({ key }, i) =>
    printed[i] === standard[i] ? [] : [`${key}=${printed[i]}`],
  ).join('&');
}

/** As a mail program, a typing hand or a stranger leaves an address. */
function spoilt(fragment: string, random: Random): string {
  const at = random.below(fragment.length + 1);
  return random.pick([
    fragment.slice(0, at),
    `${fragment}&image=__proto__:x`,
    `${fragment.slice(0, at)}%${fragment.slice(at)}`,
    `${fragment}&T=1e999&z=NaN,&layers=-1`,
    `unknown=${fragment}`,
  ]);
}
