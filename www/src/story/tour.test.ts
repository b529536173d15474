import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseState, printState } from '../address/address.ts';
import { defaultState, TOUR_STEPS } from '../state.ts';
import { manifest } from '../testing/manifest.ts';
import { ANCHORS } from '../labs/anchors.ts';
import { recall, remember } from './memory.ts';
import { stateAt, stepsFor, STOPS } from './tour.ts';

describe.each(TOUR_STEPS)('the step %s', (step) => {
  it('sets the page to a state that its address brings back', () => {
    const state = stateAt(step, defaultState());
    expect(state.tour).toBe(step);
    expect(parseState(printState(state))).toEqual({ state, rejected: [] });
  });

  it('points at what its lab has', () => {
    const { at, lab } = STOPS[step];
    for (const anchor of at) expect(ANCHORS.get(anchor)).toContain(lab);
  });

  it('keeps the language and the models, and nothing else of what was', () => {
    const mine = parseState(
      '#lang=zh&vae=mine&ddpm=other&z=1,2&digit=7&guidance=2&image=example:5&target=ring&q=1,0,0,1,1,0',
    );
    const state = stateAt(step, mine.state);
    expect(state).toEqual({
      ...stateAt(step, defaultState()),
      language: 'zh',
      decoder: 'mine',
      sampler: 'other',
    });
  });
});

describe('the steps of a site', () => {
  const { models } = manifest;
  const of = (...kinds: string[]) => models.filter(({ kind }) => kinds.includes(kind));
  const steps = (some: typeof models, evaluated = true) => stepsFor({ models: some, evaluated });
  const FITS = ['bound', 'divergences', 'gradients', 'mean-field'];
  /** The parts of the plane. */
  const [KNOWN, ...REST] = ['known', 'ends', 'wrong'];

  it('are all of them with the models that ship, and while the models are not known', () => {
    expect(steps(models)).toEqual(TOUR_STEPS);
    expect(stepsFor(null)).toEqual(TOUR_STEPS);
  });

  it('leave out what needs a model that is not there', () => {
    expect(steps([])).toEqual([...FITS, KNOWN, ...REST]);
    expect(steps(of('ddpm'))).toEqual([
      ...FITS,
      'diffusion',
      KNOWN,
      'terms',
      'schedule',
      ...REST,
      // there are two data sets of such models
      'strangers',
      'digit',
    ]);
    expect(steps(of('vae'), false)).toEqual([
      'integral',
      ...FITS,
      'vae',
      'gap',
      KNOWN,
      ...REST,
      'compare',
    ]);
    expect(steps(models, false)).toEqual(
      TOUR_STEPS.filter((step) => step !== 'odd' && step !== 'strangers'),
    );
  });

  it('leave out the bound of a decoder alone, and digits where there are no classes', () => {
    const decoders = of('vae').map((entry) =>
      entry.kind === 'vae' ? { ...entry, files: { decoder: entry.files.decoder } } : entry,
    );
    expect(steps(decoders)).toEqual(['integral', ...FITS, KNOWN, ...REST]);
    const named = of('ddpm').map((entry) => ({ ...entry, classes: ['swan', 'ring'] }));
    expect(steps(named as typeof models)).not.toContain('digit');
  });
});

describe('what is remembered of the tour', () => {
  afterEach(() => vi.unstubAllGlobals());

  function storage(value: string | null) {
    const kept = { value };
    vi.stubGlobal('localStorage', {
      getItem: () => kept.value,
      setItem: (_: string, text: string) => (kept.value = text),
    });
    return kept;
  }

  it('comes back', () => {
    storage(null);
    expect(recall()).toEqual({ step: null, before: null });
    remember({ step: 'gap', before: '#lab=elbo' });
    expect(recall()).toEqual({ step: 'gap', before: '#lab=elbo' });
    remember({ step: null, before: '' });
    expect(recall()).toEqual({ step: null, before: '' });
  });

  it.each(['', '{', '"gap"', '7', '{"step":"attic","before":3}', '[]'])(
    'is nothing where %j stands',
    (text) => {
      storage(text);
      expect(recall()).toEqual({ step: null, before: null });
    },
  );

  it('is nothing where the browser refuses its storage', () => {
    const refuse = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse });
    expect(() => remember({ step: 'gap', before: null })).not.toThrow();
    expect(recall()).toEqual({ step: null, before: null });
  });
});
