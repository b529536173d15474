import { describe, expect, it } from 'vitest';
import { defaultState } from '../state.ts';
import { parseState } from './address.ts';
import { fitToModels } from './fit.ts';

const catalog = {
  decoders: [
    { id: 'vae', latents: 4 },
    { id: 'like', latents: 4 },
    { id: 'flat', latents: 2 },
  ],
  samplers: [{ id: 'ddpm', classes: 10 }],
};

describe('fitting to the models', () => {
  it('fills a short point up', () => {
    const { state } = parseState('#z=1&a=0.5,1');
    expect(fitToModels(state, catalog)).toEqual([]);
    expect(state.latent.at).toEqual({ z: [1, 0, 0, 0] });
    expect(state.latent.a).toEqual({ z: [0.5, 1, 0, 0] });
  });

  it('rejects what the models do not have', () => {
    const { state } = parseState('#vae=other&ddpm=other&z=1,1,1,1,1&digit=10');
    expect(fitToModels(state, catalog).map((one) => 'key' in one && one.key)).toEqual([
      'vae',
      'ddpm',
      'z',
      'digit',
    ]);
    expect(state.decoder).toBe('');
    expect(state.latent.at).toEqual(defaultState().latent.at);
    expect(state.denoise.digit).toBeNull();
  });

  it('rejects a second model that is not there, or has other latents', () => {
    const fitted = (address: string) => {
      const { state } = parseState(address);
      const rejected = fitToModels(state, catalog).map((one) => 'key' in one && one.key);
      return [rejected, state.latent.beside, state.besideChain.model];
    };
    expect(fitted('#vs.vae=like&vs&vs.ddpm=ddpm')).toEqual([[], 'like', 'ddpm']);
    expect(fitted('#vs.vae=other&vs&vs.ddpm=other')).toEqual([['vs.vae', 'vs.ddpm'], null, null]);
    expect(fitted('#vs.vae=flat')).toEqual([['vs.vae'], null, null]);
    expect(fitted('#vs.vae=vae')).toEqual([['vs.vae'], null, null]);
  });

  it('accepts a manifest without models', () => {
    const { state } = parseState('#z=1');
    expect(fitToModels(state, { decoders: [], samplers: [] })).toEqual([]);
  });
});
