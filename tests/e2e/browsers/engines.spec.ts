/**
 * The page in three engines: a slider, a chain, a drawing, a fit and a diffusion in the plane. What each shows is, bit for
 * bit, what the crate gives in Node.
 */
import {
  classRows,
  diffusionRows,
  latentRows,
  type Row,
} from '../../../www/src/scoring/results.ts';
import { estimate, fixed } from '../../../www/src/format.ts';
import { type Crate, decode, priorSample, sampled, STEPS } from '../crate.ts';
import { FEW, strokesIn } from '../drawing.ts';
import { en, expect, pageless as test } from '../fixtures.ts';
import { ENGINES } from './engines.ts';
import { attributeOf, clickButton, levelsOf, placeIn, textOf, type Visitor } from './visitor.ts';

for (const [name, launch] of Object.entries(ENGINES)) {
  test.describe(name, () => {
    let visitor: Visitor;
    const open = async (baseURL: string | undefined, fragment: string) =>
      visitor.open(`${baseURL}#${fragment}`);

    test.beforeAll(async () => void (visitor = await launch()));
    test.afterAll(() => visitor.close());
    // No worker died, and no call failed.
    test.afterEach(async () => expect(await textOf(visitor, 'notices')).toBe(''));

    test('a slider is dragged', async ({ crate, baseURL }) => {
      await open(baseURL, 'z=seed:3');
      const z = priorSample(crate, 3);
      await expectLevels(visitor, 'latent-digit', decode(crate, z));
      const index = crate.vaeEntry.latents.order[0] ?? 0;
      const slider = `latent-${index}`;
      const share = ((z[index] ?? 0) + 3) / 6;
      const from = await placeIn(visitor, slider, share, 0.5);
      const to = await placeIn(visitor, slider, 0.9, 0.5);
      const between = (at: number) =>
        [Math.round(from[0] + at * (to[0] - from[0])), from[1]] as const;
      await visitor.drag([from, between(0.25), between(0.5), between(0.75), to]);
      const value = Number(await valueOf(visitor, slider));
      expect(value).toBeGreaterThan(1.5);
      await expectLevels(visitor, 'latent-digit', decode(crate, z.with(index, value)));
    });

    test('a chain is played', async ({ crate, baseURL }) => {
      await open(baseURL, `lab=denoise&steps=${STEPS}&seed=7`);
      const frames = sampled(crate, STEPS + 1, { seed: 7, class: 3 });
      await expectLevels(visitor, 'denoise-x', frames[0]?.x ?? []);
      await clickButton(visitor, en.denoise.play);
      await expect
        .poll(() => textOf(visitor, 'denoise-step'))
        .toBe(en.denoise.step({ index: STEPS, steps: STEPS }));
      await expectLevels(visitor, 'denoise-x', frames[STEPS]?.x ?? []);
      await expectLevels(visitor, 'denoise-x0', frames[STEPS]?.predictedX0 ?? []);
    });

    test('a drawing is scored', async ({ crate, baseURL }) => {
      await open(baseURL, `lab=elbo&image=strokes:&${FEW}`);
      await expect.poll(() => attributeOf(visitor, 'drawing-pad', 'role')).not.toBeNull();
      const at = (right: number, down: number) => placeIn(visitor, 'drawing-pad', right, down);
      await visitor.drag([
        await at(0.25, 0.2),
        await at(0.5, 0.2),
        await at(0.75, 0.2),
        await at(0.6, 0.5),
        await at(0.45, 0.85),
      ]);
      const hash = () => visitor.evaluate(() => location.hash);
      await expect.poll(hash).toMatch(/image=strokes:[\w-]/);
      const image = crate.renderDigit(strokesIn(await hash()));
      await expectLevels(visitor, 'elbo-picture', image);
      const cards = [
        ...crate.latent.map(({ entry }) => `bound-${entry.id}`),
        `bound-${crate.ddpmEntry.id}`,
        'which-digit',
      ];
      for (const card of cards)
        await expect
          .poll(() => attributeOf(visitor, card, 'data-status'), {
            message: card,
          })
          .toBe('done');
      await visitor.evaluate(() => {
        // A clipboard cannot be read in every engine; what would be copied is noted instead.
        Object.defineProperty(navigator, 'clipboard', {
          value: {
            writeText: async (text: string) => void Object.assign(globalThis, { text }),
          },
        });
      });
      await clickButton(visitor, en.share.open({ title: en.elboLab.results.title }));
      await clickButton(visitor, en.share.copyAs({ kind: 'JSON' }));
      const json = await visitor.evaluate(() => (globalThis as unknown as { text: string }).text);
      const { image: scored, results } = JSON.parse(json) as {
        image: number[];
        results: Row[];
      };
      expect(scored).toEqual(Array.from(image));
      expect(JSON.stringify(results, null, 2)).toBe(JSON.stringify(rowsOf(crate, image), null, 2));
    });

    test('a distribution is fitted', async ({ crate, baseURL }) => {
      const iterations = 150;
      await open(
        baseURL,
        `lab=inference&target=banana&family=full-covariance&vseed=5&iterations=${iterations}`,
      );
      const fit = new crate.VariationalInference('banana', 'full-covariance', {
        seed: 5,
      });
      fit.step(iterations);
      const expectState = async () => {
        const { state } = fit;
        const count = 'inference-iteration';
        await expect.poll(() => textOf(visitor, count)).toBe(String(state.iteration));
        await expect.poll(() => attributeOf(visitor, count, 'data-current')).toBe('true');
        for (const [part, value] of [
          ['log-z', state.logZ],
          ['elbo', state.elbo],
          ['gap', state.gap],
        ] as const)
          expect(await textOf(visitor, `inference-${part}`)).toBe(fixed(value, 4));
      };
      await expectState();
      await clickButton(visitor, en.inference.step);
      fit.step(1);
      await expectState();
    });

    test('a diffusion in the plane is what it is elsewhere', async ({ crate, baseURL }) => {
      const options = {
        data: 'moons',
        schedule: 'cosine',
        steps: 30,
        seed: 4,
      } as const;
      await open(
        baseURL,
        'lab=plane&pdata=moons&pschedule=cosine&psteps=30&pseed=4&pt=9&x=0.4,0.7',
      );
      const done = (testId: string) => attributeOf(visitor, testId, 'data-done');
      await expect.poll(() => done('plane-reached'), { timeout: 60_000 }).toBe('true');
      await expect.poll(() => done('plane-progress'), { timeout: 120_000 }).toBe('true');
      const diffusion = new crate.PlaneDiffusion({
        ...options,
        particles: 1000,
      });
      const point = diffusion.point(0.4, 0.7);
      while (!point.done) point.step();
      const { logP, bound, gap, flowLogP, denoising } = point.result;
      for (const [part, value] of [
        ['log-p', logP],
        ['elbo', bound?.elbo],
        ['gap', gap?.total],
        ['flow-log-p', flowLogP],
        ['kl', diffusion.kernels(0.4, 0.7, 9).kl],
      ] as const)
        expect(await textOf(visitor, `plane-${part}`)).toBe(fixed(value ?? NaN, 4));
      const drawn = estimate(denoising?.cost ?? { mean: NaN, standardError: null }, 3);
      expect(await textOf(visitor, 'plane-form-denoising')).toContain(drawn.mean);
      diffusion.advance(30);
      const { ancestral, ddim, flow } = diffusion.scores();
      const scores = await textOf(visitor, 'plane-scores');
      for (const distance of [ancestral, ddim, flow])
        expect(scores).toContain(fixed(1000 * (distance ?? NaN), 1));
    });
  });
}

const valueOf = (visitor: Visitor, testId: string) =>
  visitor.evaluate(
    (selector) => document.querySelector<HTMLInputElement>(selector)?.value,
    `[data-testid="${testId}"]`,
  );

async function expectLevels(
  visitor: Visitor,
  testId: string,
  wanted: ArrayLike<number>,
): Promise<void> {
  await expect.poll(() => levelsOf(visitor, testId)).toEqual(Array.from(wanted));
}

/** A run of the crate, to its end. */
function complete<Result>(run: {
  readonly done: boolean;
  step(): boolean;
  result(): Result | undefined;
  free(): void;
}): Result {
  while (!run.done) run.step();
  const result = run.result();
  run.free();
  if (!result) throw new Error('the run is complete');
  return result;
}

/** The page's table of results, from the crate. */
function rowsOf({ latent, ddpm, ddpmEntry }: Crate, image: Uint8Array): Row[] {
  const chain = { schedule: 'log-snr-linear', steps: 50, seed: 0 } as const;
  const flat = latent.filter(({ entry }) => entry.kind === 'vae');
  const deep = latent.filter(({ entry }) => entry.kind === 'hvae');
  return [
    ...[...flat, ...deep].flatMap(({ entry, model }) =>
      latentRows(entry.id, complete(model.bound(image, { samples: 100, seed: 0 }))),
    ),
    ...diffusionRows(
      ddpmEntry.id,
      complete(
        ddpm.elbo(image, {
          ...chain,
          timesteps: 64,
          class: null,
          consistency: true,
        }),
      ),
    ),
    ...classRows(
      ddpmEntry.id,
      ddpmEntry.classes,
      complete(ddpm.classify(image, { ...chain, evaluationsPerClass: 10 })),
    ),
  ];
}
