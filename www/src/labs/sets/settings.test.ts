import { describe, expect, it } from 'vitest';
import type { ModelEntry } from '../../../engine/protocol.ts';
import { manifest } from '../../testing/manifest.ts';
import {
  defaultSets,
  parseBand,
  parseLabel,
  parseSetId,
  printBand,
  sided,
  sideOf,
  snapBand,
} from './settings.ts';
import { reproductionOf, setupOf } from './setup.ts';

const entryOf = (kind: ModelEntry['kind']) =>
  manifest.models.find((entry) => entry.kind === kind) as ModelEntry;

describe('what an address has of a data set', () => {
  it.each(['elbo,-100,-80.5', 'paretoShape,0,0.7', 'kl,5,5'])('takes the band %s', (text) => {
    const band = parseBand(text);
    expect(band && printBand(band)).toBe(text);
  });

  it.each([
    '',
    'elbo',
    'elbo,1',
    'elbo,2,1',
    'image,1,2',
    'nope,1,2',
    'elbo,a,2',
    'elbo,1,2,3',
    'elbo,1e3,2e3',
  ])('refuses the band %j', (text) => expect(parseBand(text)).toBeUndefined());

  it('keeps a band that can be written, and none that is too long to be', () => {
    expect(snapBand({ column: 'elbo', low: -1 / 3, high: 0 })).toEqual({
      column: 'elbo',
      low: -0.333333,
      high: 0,
    });
    expect(snapBand({ column: 'elbo', low: -1e12, high: 0 })).toBeNull();
  });

  it('tells of which scoring a column is', () => {
    expect(parseBand('difference.kl,-1,2')).toEqual({ column: 'difference.kl', low: -1, high: 2 });
    expect(parseBand('c.kl,-1,2')).toBeUndefined();
    expect(parseBand('b.image,-1,2')).toBeUndefined();
    for (const side of ['a', 'b', 'difference'] as const)
      expect(sideOf(sided(side, 'kl'))).toEqual({ side, name: 'kl' });
  });

  it('takes ids and labels of a reasonable length', () => {
    expect(parseSetId('0123456789abcdef')).toBe('0123456789abcdef');
    expect(parseSetId('../../x')).toBeUndefined();
    expect(parseLabel('a'.repeat(65))).toBeUndefined();
  });
});

describe('what images are scored with', () => {
  it('has a name that changes with everything that changes a number, and with nothing else', () => {
    const settings = defaultSets();
    const name = (
      change: Partial<typeof settings>,
      kind: ModelEntry['kind'] = 'vae',
      given: number | null = null,
    ) => setupOf({ ...settings, ...change }, entryOf(kind), given).key;
    const names = [
      name({}),
      name({ draws: 16 }),
      name({ proposal: 'laplace' }),
      name({ seed: 1 }),
      name({}, 'vae', 3),
      name({}, 'hvae'),
      name({}, 'ddpm'),
      name({ timesteps: 16 }, 'ddpm'),
      name({ schedule: 'cosine' }, 'ddpm'),
    ];
    expect(new Set(names).size).toBe(names.length);
    expect(name({ sort: 'kl', images: 'all', timesteps: 16 })).toBe(name({}));
    expect(name({ draws: 16 }, 'ddpm')).toBe(name({}, 'ddpm'));
    for (const one of names) expect(one).toMatch(/^[\w-]+$/);
    // The images of another order stand in other rows.
    const ordered = setupOf(settings, entryOf('vae'), null, 5);
    expect([ordered.order, ordered.options.seed]).toEqual([5, 0]);
    expect(names).not.toContain(ordered.key);
  });

  it('is told as the command of the native program', () => {
    const set = {
      name: 'digits',
      sha256: '00',
      count: 50,
      shape: { channels: 1, height: 28, width: 28 },
    };
    const about = { address: 'a', title: 't', images: 20, given: null };
    const command = (settings: ReturnType<typeof defaultSets>, kind: ModelEntry['kind']) =>
      reproductionOf(settings, entryOf(kind), set as never, about).command;
    const own = { ...entryOf('vae'), id: 'own.0123456789abcdef0123.01234567' };
    expect(reproductionOf(defaultSets(), own, set as never, about).command).toContain(
      '--data DIR --manifest MODEL/manifest.json --models own.0123456789abcdef0123.01234567 ',
    );
    const start = 'cargo run --release --example evaluate -- --data DIR --models';
    expect(command({ ...defaultSets(), seed: 3 }, 'vae')).toBe(
      `${start} mnist-vae --images 20 --samples 64 --seed 3`,
    );
    expect(command({ ...defaultSets(), proposal: 'laplace', draws: 5000 }, 'vae')).toBe(
      `${start} mnist-vae --images 1 --importance-images 20 --importance-samples 5000 --proposal laplace --seed 0`,
    );
    expect(command(defaultSets(), 'ddpm')).toBe(
      `${start} mnist-ddpm --images 20 --schedule log-snr-linear --steps 1000 --timesteps 128 --seed 0`,
    );
  });
});
