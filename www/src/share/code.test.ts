/** The programs in Python about the shipped models are run where there are PyTorch and onnxruntime. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Ddpm, Vae } from '../../pkg/elbo_room.js';
import type {
  DdpmEntry,
  DiffusionElboResult,
  SamplerOptions,
  VaeEntry,
} from '../../engine/protocol.ts';
import { about, entryOf, filesOf, hasPython, inPython, json } from '../testing/programs.ts';
import * as programs from './code.ts';

// Networks run here, beside whatever else keeps the machine busy.
vi.setConfig({ testTimeout: 60_000 });

const vae = entryOf('mnist-vae') as VaeEntry;
const mixture = entryOf('mnist-vae-8bit') as VaeEntry;
const ddpm = entryOf('mnist-ddpm') as DdpmEntry;
const fixture = json('tests/fixtures/models.json') as {
  decoder: { z: number[][]; logits: number[][] };
  lattice: { logSnr: number; x_t: number[]; f: number[]; x0: number[] }[];
};
const golden = json('tests/fixtures/schedules.json') as {
  kind: 'cosine' | 'linear' | 'log-snr-linear';
  steps: number;
  rows: { t: number; logSnr: number }[];
}[];
const chain: SamplerOptions = {
  seed: 1,
  class: 7,
  schedule: 'cosine',
  steps: 20,
  method: 'ddim',
  eta: 0,
  guidance: 0,
};
const z = fixture.decoder.z[0] ?? [];
const image = {
  // A stroke down the middle.
  levels: Uint8Array.from({ length: 784 }, (_, i) => (i % 28 === 14 && i > 112 && i < 672 ? 1 : 0)),
  shape: vae.image,
};

/** Four digits, each of its class. */
const grid = { ...chain, steps: 50, chains: 4, class: null, everyClass: true };
/** A short way back from little noise. */
const FEW = { ...chain, class: 1, method: 'ddpm' } as const;
const FAR = 4;

/** The stroke in 8-bit levels. */
const stroke = { levels: image.levels.map((bit) => 255 * bit), shape: image.shape };
const cost = { schedule: 'cosine', steps: 1000, timesteps: 64, class: 1, seed: 3 } as const;

/** What the crate says of the stroke. */
function boundOf(options: Parameters<typeof programs.diffusionJavascript>[2]) {
  const bound = Ddpm.load(ddpm, filesOf(ddpm)).elbo(stroke.levels, options);
  while (!bound.done) bound.step();
  return bound.result() as DiffusionElboResult;
}

describe('the text', () => {
  it('says what it is of, where that is shown, and has the values of the page', () => {
    const text = programs.decodePython(vae, z, null, about);
    expect(text.split('\n').slice(0, 2)).toEqual(['# A title', '# https://page.example/#seed=1']);
    expect(text).toContain(`[[${z.join(', ')}]]`);
    expect(text).toContain('mnist-vae-decoder.onnx');
    expect(programs.chainJavascript(ddpm, chain, null, about)).toContain(JSON.stringify(chain));
  });

  it('guides where the page does, by the class that stands for none', () => {
    const guided = programs.chainPython(ddpm, { ...chain, guidance: 0.5 }, null, about);
    expect(guided).toContain('free = predict(x, t, [10] * 1)');
    expect(guided).toContain('1.5 * x0 - 0.5 * free');
    expect(programs.chainPython(ddpm, { ...chain, class: null }, null, about)).toContain(
      'labels = [10]',
    );
  });
});

interface Report {
  decoded: number[];
  mixture: number[];
  sample: number[];
  guided: number[];
  grid: number[];
  noised: number[];
  printed: string;
  costs: string;
  tables: number[][];
  clean: number[][];
}

/** Calls parts of the programs with the numbers of the fixtures. */
const DRIVER = `
report = {}
run(request["decode"]); report["decoded"] = levels("decoded")
run(request["mixture"]); report["mixture"] = levels("decoded")
report["printed"] = said(request["bound"])
report["costs"] = said(request["cost"])
scope = run(request["chain"]); report["sample"] = levels("sample")
class Network:
    def run(self, _, feeds):
        return [self.f]
network = scope["network"] = Network()
report["clean"] = []
for case in request["lattice"]:
    network.f = np.array(case["f"], np.float32).reshape(1, 1, 4, 4)
    scope["lam"] = torch.tensor([np.inf, case["logSnr"]], dtype=torch.float64)
    x = torch.tensor(case["x_t"], dtype=torch.float64).reshape(1, 1, 4, 4)
    report["clean"].append(scope["predict"](x, 1, [0]).ravel().tolist())
for name in ["guided", "grid", "noised"]:
    run(request[name]); report[name] = levels("sample")
report["tables"] = [run(text[:text.index("def predict")])["lam"].tolist() for text in request["tables"]]
`;
const tables = golden.filter(({ steps }) => steps <= 1000);

describe.skipIf(!hasPython)(
  'in Python, which is skipped without torch, onnxruntime, numpy and pillow',
  () => {
    let report: Report;

    beforeAll(() => {
      const request = {
        decode: programs.decodePython(vae, z, null, about),
        mixture: programs.decodePython(mixture, z, null, about),
        bound: programs.boundPython(vae, image, { samples: 400, seed: 3 }, about),
        cost: programs.diffusionPython(ddpm, stroke, cost, about),
        chain: programs.chainPython(ddpm, chain, null, about),
        guided: programs.chainPython(
          ddpm,
          { ...chain, method: 'ddpm', steps: 50, guidance: 0.5 },
          null,
          about,
        ),
        grid: programs.chainPython(ddpm, grid, null, about),
        noised: programs.chainPython(ddpm, FEW, { image: stroke.levels, t: FAR }, about),
        lattice: fixture.lattice,
        tables: tables.map(({ kind, steps }) =>
          programs.chainPython(ddpm, { ...chain, schedule: kind, steps }, null, about),
        ),
      };
      report = inPython(DRIVER, request, [vae, mixture, ddpm]) as Report;
    }, 120_000);

    it('decodes the same picture', () => {
      const expected =
        fixture.decoder.logits[0]?.map((logit) => 255 / (1 + Math.exp(-logit))) ?? [];
      expect(report.decoded).toHaveLength(784);
      report.decoded.forEach((level, i) =>
        expect(Math.abs(level - (expected[i] ?? NaN))).toBeLessThan(0.51),
      );
    });

    it('scores the same picture', () => {
      const bound = Vae.load(vae, filesOf(vae)).bound(stroke.levels, { samples: 400, seed: 5 });
      while (!bound.done) bound.step();
      const { elbo } = bound.result() as { elbo: { mean: number; standardError: number } };
      const [, mean = NaN, error = NaN] =
        /ELBO (\S+) ± (\S+) nats/.exec(report.printed)?.map(Number) ?? [];
      expect(Math.abs(mean - elbo.mean)).toBeLessThan(4 * Math.hypot(error, elbo.standardError));
      const [, tight = NaN] = /L_400 (\S+) nats/.exec(report.printed)?.map(Number) ?? [];
      expect(tight).toBeGreaterThan(mean);
    });

    it('finds the same bound of it under the diffusion model', () => {
      const bound = boundOf(cost);
      const [, mean = NaN, error = NaN, bits = NaN] =
        /ELBO (\S+) ± (\S+) nats, (\S+) bits/.exec(report.costs)?.map(Number) ?? [];
      const { elbo } = bound;
      expect(error).toBeGreaterThan(0);
      expect(Math.abs(mean - elbo.mean)).toBeLessThan(
        4 * Math.hypot(error, elbo.standardError ?? NaN),
      );
      expect(bits).toBeCloseTo(-mean / 784 / Math.log(2), 3);
    });

    it('has the schedules of the crate', () => {
      expect(tables.length).toBeGreaterThan(8);
      tables.forEach(({ rows }, i) => {
        for (const { t, logSnr } of rows) expect(report.tables[i]?.[t]).toBeCloseTo(logSnr, 8);
      });
    });

    it('takes from the network the image that the crate takes', () => {
      fixture.lattice.forEach(({ x0 }, i) => {
        x0.forEach((value, pixel) => expect(report.clean[i]?.[pixel]).toBeCloseTo(value, 5));
      });
    });

    it('goes the chain down to a digit: mostly paper, with ink in the middle', () => {
      for (const sample of [report.sample, report.guided]) {
        expect(sample).toHaveLength(784);
        const share = (part: number[]) => part.filter((level) => level > 127).length / part.length;
        const middle = sample.filter((_, i) => i % 28 >= 8 && i % 28 < 20 && i >= 168 && i < 616);
        const border = sample.filter((_, i) => i % 28 < 3 || i % 28 > 24 || i < 84 || i >= 700);
        expect(share(middle)).toBeGreaterThan(0.08);
        expect(share(border)).toBeLessThan(0.05);
      }
    });

    it('paints chains as a grid, each another digit', () => {
      expect(report.grid).toHaveLength(4 * 784);
      const cells = [0, 1, 2, 3].map((cell) =>
        report.grid.filter((_, i) => {
          const [row, column] = [Math.floor(i / 56), i % 56];
          return Math.floor(row / 28) === cell >> 1 && Math.floor(column / 28) === cell % 2;
        }),
      );
      for (const cell of cells) {
        const ink = cell.filter((level) => level > 127).length;
        expect(ink).toBeGreaterThan(20);
        expect(ink).toBeLessThan(300);
      }
      expect(new Set(cells.map(String)).size).toBe(4);
    });

    it('starts a chain from a picture as far from it as the crate does', () => {
      const sampler = Ddpm.load(ddpm, filesOf(ddpm)).denoise(stroke.levels, FAR, FEW);
      while (!sampler.done) sampler.step();
      const { x } = sampler.frame(sampler.length - 1);
      const distance = (levels: ArrayLike<number>) =>
        Math.sqrt(
          Array.from(levels).reduce(
            (sum, level, i) => sum + (level - (stroke.levels[i] ?? 0)) ** 2,
            0,
          ) / 784,
        );
      expect(distance(report.noised) / distance(x)).toBeGreaterThan(0.5);
      expect(distance(report.noised) / distance(x)).toBeLessThan(2);
    });
  },
);
