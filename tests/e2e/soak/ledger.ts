/** A model of what was set: which fields of the page's state each deed may change, and what each control was set to. Pure. */
import { parseState, printFields } from '../../../www/src/address/address.ts';
import { FIELDS } from '../../../www/src/address/fields.ts';
import { type Lab, LABS } from '../../../www/src/labs/index.ts';
import { bound } from '../../../www/src/schema/bound.ts';
import type { Slices } from '../../../www/src/schema/rows.ts';
import type { Kind } from './script.ts';

/** The page's state, field by field, as an address has it. */
export type Fields = Readonly<Record<string, string>>;

export function fieldsOf(fragment: string): Fields {
  const texts = printFields(parseState(fragment).state);
  return Object.fromEntries(FIELDS.map(({ key }, i) => [key, texts[i] ?? '']));
}

export function changed(before: Fields, after: Fields): string[] {
  return Object.keys(after).filter((key) => before[key] !== after[key]);
}

/** The fields of the bound that stands below several labs, and the models that it is of. */
const SCORED = [...keysOf({ bound }), 'vae', 'ddpm'];

function keysOf(slices: Slices): string[] {
  return Object.values(slices).flatMap((rows) => Object.values(rows).map(({ key }) => key));
}

/** The fields that each lab declares, without the picture, which two labs share. */
const OWN = Object.fromEntries(
  LABS.map(({ id, state }) => [id, keysOf(state).filter((key) => key !== 'image')]),
) as Record<Lab, string[]>;
const { latent: LATENT, denoise: DENOISE } = OWN;

/** The fields that a lab's own controls set. */
const OWNED: Record<Lab, readonly string[]> = {
  ...OWN,
  latent: [...LATENT, ...SCORED],
  denoise: [...DENOISE, ...SCORED],
  elbo: [...OWN.elbo, ...SCORED],
};

/** What goes on by itself while it plays. */
export const MOVING: ReadonlySet<string> = new Set([
  ...['z', 'map', 'step', 'iterations', 'pt', 'trained'],
]);

/** Any field: what another address, the browser's Back or a model of one's own brings. */
const ANY = FIELDS.map(({ key }) => key);
/** Another model of a kind has other classes, schedules and latents. */
const OF_MODELS = ['vae', 'ddpm', ...LATENT, ...DENOISE, 'bound', 'T', 't', 'given', 'without'];

/** The radio buttons that move a picture, or leave it as it came. */
const PLACING = 'digit-placing';

/** The fields that a deed in a lab, with the control of a name, may change. */
export function mayChange(
  kind: Kind | 'reload',
  lab: Lab,
  tour: boolean,
  control?: string,
): readonly string[] {
  switch (kind) {
    case 'lab':
      return ['lab'];
    case 'choose':
      return control === PLACING ? [...OWNED[lab], 'image'] : OWNED[lab];
    case 'slide':
    case 'check':
    case 'type':
    case 'drag':
      return OWNED[lab];
    case 'select':
      return [...OWNED[lab], ...OF_MODELS];
    case 'press':
      // Pictures are sent to other labs, and the tour goes to them.
      return tour ? ANY : [...OWNED[lab], 'image', 'lab', 'tour', ...DENOISE];
    case 'draw':
    case 'picture':
    case 'upload':
      return ['image'];
    case 'language':
      return ['lang'];
    case 'address':
    case 'back':
      return ANY;
    case 'open':
    case 'remove':
      return ['lab', ...OF_MODELS];
    default:
      return [];
  }
}

/** What a control was set to, and the fields that changed with it. */
interface Setting {
  value: string;
  fields: readonly string[];
}

/** What is expected of the page from what has been done to it. */
export class Ledger {
  #fields: Fields;
  #settings = new Map<string, Setting>();

  constructor(fields: Fields) {
    this.#fields = fields;
  }

  get fields(): Fields {
    return this.#fields;
  }

  get settings(): number {
    return this.#settings.size;
  }

  /**
   * Takes the page's state after a deed; fields that it had no business to change are returned, with what they were and are. A
   * control that it set is remembered by its name.
   */
  take(
    after: Fields,
    allowed: readonly string[],
    control?: { name: string; value: string },
  ): string[] {
    const fields = changed(this.#fields, after);
    const lost = fields.filter((key) => !allowed.includes(key) && !MOVING.has(key));
    const said = lost.map((key) => `${key}: ${this.#fields[key]} became ${after[key]}`);
    this.#fields = after;
    for (const [name, setting] of this.#settings)
      if (setting.fields.some((key) => fields.includes(key))) this.#settings.delete(name);
    const own = fields.filter((key) => !MOVING.has(key));
    if (control && own.length > 0)
      this.#settings.set(control.name, { value: control.value, fields: own });
    return said;
  }

  /** Controls on display that do not stand where they were put. */
  astray(controls: Readonly<Record<string, string>>): string[] {
    return [...this.#settings].flatMap(([name, { value }]) => {
      const found = controls[name];
      return found === undefined || found === value
        ? []
        : [`${name} was set to ${value} and is ${found}`];
    });
  }
}
