/** The programs in JavaScript are run with the crate of the page. */
import { describe, expect, it, vi } from 'vitest';
import * as crate from '../../../pkg/elbo_room.js';
import type {
  DdpmEntry,
  DiffusionElboResult,
  HvaeEntry,
  InferenceSetup,
  LatentBoundResult,
  PlaneSetup,
  SamplerOptions,
  VaeEntry,
} from '../../../engine/protocol.ts';
import { inJavascript as run, SLICES } from '../../testing/javascript.ts';
import { about, entryOf, filesOf, json, softStroke } from '../../testing/programs.ts';
import * as programs from '../code.ts';

// Networks run here, beside whatever else keeps the machine busy.
vi.setConfig({ testTimeout: 60_000 });

const vae = entryOf('mnist-vae') as VaeEntry;
const ddpm = entryOf('mnist-ddpm') as DdpmEntry;
const hvae = entryOf('mnist-hvae') as HvaeEntry;
const fixture = json('tests/fixtures/models.json') as {
  decoder: { z: number[][]; logits: number[][] };
};
const chain: SamplerOptions = { seed: 1, class: 7, schedule: 'cosine', steps: 3, method: 'ddim' };
const z = fixture.decoder.z[0] ?? [];
const stroke = { levels: softStroke, shape: vae.image };
const cost = { schedule: 'cosine', steps: 1000, timesteps: 16, class: 1, seed: 3 } as const;

describe('in JavaScript', () => {
  it('decodes the same picture', async () => {
    const { painted } = await run(programs.decodeJavascript(vae, z, null, about));
    const expected = fixture.decoder.logits[0]?.map((logit) => 255 / (1 + Math.exp(-logit))) ?? [];
    expect(painted).toHaveLength(1);
    painted[0]?.forEach((level, i) =>
      expect(Math.abs(level - (expected[i] ?? NaN))).toBeLessThan(0.51),
    );
  });

  it('scores a picture and goes a chain', async () => {
    const program = programs.boundJavascript(vae, stroke, { samples: 20, seed: 5 }, about);
    expect((await run(program)).said).toMatchObject([{ samples: 20, seed: 5, done: true }]);
    const model = crate.Ddpm.load(ddpm, filesOf(ddpm));
    const options = { ...chain, chains: 4, class: null, everyClass: true };
    const last = (sampler: ReturnType<typeof model.sampler>) => {
      while (!sampler.done) sampler.step();
      return sampler.frame(sampler.length - 1).x;
    };
    const several = await run(programs.chainJavascript(ddpm, options, null, about));
    expect(several.painted).toEqual([last(model.sampler(options))]);
    const start = { image: stroke.levels, t: 2 };
    const noised = await run(programs.chainJavascript(ddpm, options, start, about));
    expect(noised.painted).toEqual([last(model.denoise(start.image, start.t, options))]);
  });

  it('finds the bounds of hierarchy and diffusion model that the crate finds', async () => {
    const options = { samples: 8, seed: 2, proposal: 'posterior' } as const;
    const bound = crate.Hvae.load(hvae, filesOf(hvae)).bound(stroke.levels, options);
    while (!bound.done) bound.step();
    const { said } = await run(programs.boundJavascript(hvae, stroke, options, about));
    expect(said).toEqual([bound.result() as LatentBoundResult]);

    const costs = crate.Ddpm.load(ddpm, filesOf(ddpm)).elbo(stroke.levels, cost);
    while (!costs.done) costs.step();
    const diffusion = await run(programs.diffusionJavascript(ddpm, stroke, cost, about));
    expect(diffusion.said).toEqual([costs.result() as DiffusionElboResult]);
  }, 30_000);

  it('fits q, and finds what a point costs, as the labs do', async () => {
    const setup: InferenceSetup = {
      target: 'banana',
      family: 'full-covariance',
      options: { samples: 10, seed: 4, learningRate: 0.05 },
    };
    const fit = new crate.VariationalInference(setup.target, setup.family, setup.options);
    for (let i = 0; i < 30; i++) fit.step(1);
    expect((await run(programs.fitJavascript(setup, 30, about))).said).toEqual([fit.state]);

    const data = { data: 'two-gaussians', schedule: 'cosine', seed: 1 } as const;
    const plane: PlaneSetup = {
      options: { ...data, steps: 10, eta: 0, particles: 10, model: 'exact' },
      network: { ...data, steps: 10, weighting: 'bound' },
    };
    const network = new crate.PlaneNetwork(plane.network ?? {});
    // By and by, as the lab does.
    for (let i = 0; i < 4; i++) network.train(5);
    const diffusion = new crate.PlaneDiffusion(plane.options);
    diffusion.useNetwork(network);
    const point = diffusion.point(0.5, -1);
    for (let i = 0; i < SLICES; i++) point.step();
    const { said } = await run(programs.pointJavascript(plane, 20, [0.5, -1], about));
    expect(said).toEqual([point.result as unknown]);
  });

  it('says where a model of the visitor’s own is', () => {
    const own = { ...vae, id: 'own.00000000000000000000.00000000' };
    const text = programs.boundJavascript(own, stroke, { samples: 8, seed: 1 }, about);
    expect(text).toContain('the zip is unpacked');
    expect(text).toContain(`models.load("${own.id}")`);
  });
});
