import { describe, expect, it } from 'vitest';
import { parseState, printState } from '../../address/address.ts';
import type { DdpmEntry } from '../../../engine/protocol.ts';
import { standardOf } from '../../schema/rows.ts';
import {
  type Choices,
  fitChain,
  linkedStep,
  otherThan,
  settingsBeside,
  type Way,
} from './apart.ts';
import { APART, type ChainSettings, settings } from './settings.ts';

const first = (part: Partial<ChainSettings> = {}): ChainSettings => ({
  ...standardOf(settings.denoise),
  ...part,
});
const beside = standardOf(settings.besideChain);

describe('the settings of a second chain', () => {
  it('are the first one’s but for what is set apart', () => {
    const a = first({ seed: 9, steps: 250, method: 'ddim', eta: 0.3 });
    expect(settingsBeside(a, beside)).toEqual(a);
    expect(settingsBeside(a, { ...beside, eta: 0, digit: null })).toEqual({
      ...a,
      eta: 0,
      digit: null,
    });
  });

  it('start as far down the way as the first, where that starts from a picture', () => {
    const a = first({ steps: 100, from: 50 });
    expect(settingsBeside(a, { ...beside, steps: 1000 }).from).toBe(500);
    expect(settingsBeside({ ...a, from: 1 }, { ...beside, steps: 20 }).from).toBe(1);
  });

  it('give way to what a model has', () => {
    const entry = { kind: 'ddpm', classes: ['0', '1'] } as DdpmEntry;
    const both = settingsBeside(first(), { ...beside, steps: 1000, schedule: 'linear' });
    fitChain(both, entry, { kinds: ['trained'], trainedSteps: null });
    expect(both).toMatchObject({ digit: null, schedule: 'trained', steps: 1000 });
    fitChain(both, entry, { kinds: ['trained'], trainedSteps: 300 });
    expect(both.steps).toBe(250);
  });

  it('start as far down the way too where the model has fewer steps', () => {
    const both = settingsBeside(first({ from: 500, steps: 1000, step: 400 }), beside);
    fitChain(both, undefined, { kinds: ['trained'], trainedSteps: 100 });
    expect(both).toMatchObject({ steps: 100, from: 50, step: 100 });
  });
});

describe('what is set apart', () => {
  const choices: Choices = {
    schedules: ['cosine', 'linear'],
    classes: 10,
    models: ['fashion-ddpm'],
  };
  const cases = [
    first(),
    first({ seed: 2 ** 32 - 1, steps: 20, eta: 1, guidance: 4, digit: null }),
  ];

  it.each(APART)('makes a difference at once: %s', (part) => {
    for (const a of cases) {
      const other = { ...beside, ...otherThan(a, part, choices) };
      expect(APART.filter((one) => other[one] !== settings.besideChain[one].standard)).toEqual([
        part,
      ]);
      if (part !== 'model') expect(settingsBeside(a, other)[part]).not.toEqual(a[part]);
    }
  });

  it('is not to be had where there is one choice', () => {
    const none: Choices = { schedules: ['cosine'], classes: 1, models: [] };
    for (const part of ['schedule', 'digit', 'model'] as const)
      expect(otherThan(first(), part, none)).toBeUndefined();
  });

  it('alone is in the address', () => {
    const { state, rejected } = parseState('#lab=denoise&vs&vs.steps=20&vs.digit=none');
    expect(rejected).toEqual([]);
    expect(state.besideChain).toEqual({ ...beside, on: true, steps: 20, digit: null });
    expect(printState(state)).toBe('#len=42&lab=denoise&vs=1&vs.digit=none&vs.steps=20');
    expect(printState(parseState('#lab=denoise').state)).toBe('#len=11&lab=denoise');
  });

  it('is nothing without a second chain, and the page says so', () => {
    const { state, rejected } = parseState('#lab=denoise&vs.steps=20');
    expect(state.besideChain).toEqual(beside);
    expect(rejected).toEqual([{ key: 'vs.steps', value: '20' }]);
  });
});

/** A chain of so many steps whose log SNR at t is `level(t)`. */
function way(total: number, level: (t: number) => number, steps = total): Way {
  const t = Array.from({ length: total }, (_, i) => i + 1);
  return { steps, table: { t, logSnr: t.map(level), alphaBar: t.map(() => 0) } };
}

describe('the playheads', () => {
  const long = way(1000, (t) => 10 - t / 50);
  const short = way(20, (t) => 10 - t);
  const steep = way(20, (t) => 10 - 2 * t);

  it('go the same share of their steps', () => {
    expect(linkedStep(0, long, short, 'share')).toBe(0);
    expect(linkedStep(499, long, short, 'share')).toBe(10);
    expect(linkedStep(3, short, long, 'share')).toBe(150);
    expect(linkedStep(1000, long, short, 'share')).toBe(20);
  });

  it('stand at the nearest noise level', () => {
    // At step 500, t = 500 and log SNR 0: t = 10 where it is 10 − t, t = 5 where it is 10 − 2t.
    expect(linkedStep(500, long, short, 'log-snr')).toBe(10);
    expect(linkedStep(500, long, steep, 'log-snr')).toBe(15);
    // Noisier than anything there: its start.
    expect(linkedStep(0, steep, short, 'log-snr')).toBe(0);
    // Purer than every noisy state of the other: its last one, and the samples belong together.
    expect(linkedStep(999, long, steep, 'log-snr')).toBe(19);
    expect(linkedStep(1000, long, steep, 'log-snr')).toBe(20);
  });

  it('never go back', () => {
    for (const link of ['share', 'log-snr'] as const)
      for (const [a, b] of [
        [long, short],
        [short, long],
        [long, steep],
      ] as const) {
        const steps = Array.from({ length: a.steps + 1 }, (_, i) => linkedStep(i, a, b, link));
        expect(steps).toEqual(steps.toSorted((one, other) => one - other));
        expect(steps.at(-1)).toBe(b.steps);
      }
  });

  it('stay within a chain that starts from a picture', () => {
    const part = way(20, (t) => 10 - t, 5);
    expect(linkedStep(0, long, part, 'log-snr')).toBe(0);
    expect(linkedStep(1000, long, part, 'log-snr')).toBe(5);
  });

  it('go by the share until the noise levels are known', () => {
    expect(linkedStep(500, long, { steps: 20, table: null }, 'log-snr')).toBe(10);
  });
});
