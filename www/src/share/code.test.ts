/** The programs are run: those in JavaScript with the crate, those in Python where there are PyTorch and onnxruntime. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FilesOf } from '../../engine/api.ts';
import type {
  DdpmEntry,
  DiffusionElboResult,
  HvaeEntry,
  InferenceSetup,
  LatentBoundResult,
  ModelEntry,
  PlaneSetup,
  SamplerOptions,
  VaeEntry,
} from '../../engine/protocol.ts';
import * as programs from './code.ts';

// Networks run here, beside whatever else keeps the machine busy.
vi.setConfig({ testTimeout: 60_000 });

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const json = (path: string): unknown => JSON.parse(readFileSync(at(path), 'utf8'));
const { models } = json('models/manifest.json') as { models: (VaeEntry | DdpmEntry)[] };
const entryOf = (id: string): unknown => models.find((entry) => entry.id === id);
const vae = entryOf('mnist-vae') as VaeEntry;
const mixture = entryOf('mnist-vae-8bit') as VaeEntry;
const ddpm = entryOf('mnist-ddpm') as DdpmEntry;
const hvae = entryOf('mnist-hvae') as HvaeEntry;
const about = { title: 'A title', address: 'https://page.example/#seed=1' };
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

/** The stroke in 8-bit levels. */
const stroke = { levels: image.levels.map((bit) => 255 * bit), shape: image.shape };
const cost = { schedule: 'cosine', steps: 1000, timesteps: 64, class: 1, seed: 3 } as const;

describe('the text', () => {
  it('says what it is of, where that is shown, and has the values of the page', () => {
    const text = programs.decodePython(vae, z, about);
    expect(text.split('\n').slice(0, 2)).toEqual(['# A title', '# https://page.example/#seed=1']);
    expect(text).toContain(`[[${z.join(', ')}]]`);
    expect(text).toContain('mnist-vae-decoder.onnx');
    expect(programs.chainJavascript(ddpm, chain, about)).toContain(JSON.stringify(chain));
  });

  it('guides where the page does, by the class that stands for none', () => {
    const guided = programs.chainPython(ddpm, { ...chain, guidance: 0.5 }, about);
    expect(guided).toContain('1.5 * x0 - 0.5 * predict(x, t, 10)');
    expect(programs.chainPython(ddpm, { ...chain, class: null }, about)).toContain(
      'x0 = predict(x, t, 10)',
    );
  });
});

interface Report {
  decoded: number[];
  mixture: number[];
  sample: number[];
  guided: number[];
  printed: string;
  costs: string;
  tables: number[][];
  clean: number[][];
}

const found = spawnSync('python3', [
  '-c',
  'import importlib.util as u; raise SystemExit(not all(map(u.find_spec, ["torch", "onnxruntime", "numpy", "PIL"])))',
]);
const hasPython = found.status === 0;

/** Runs the programs in one process, and calls their parts with the numbers of the fixtures. */
const DRIVER = `
import contextlib, io, json, sys
import numpy as np, torch
from PIL import Image
request = json.load(open("request.json"))
def run(text):
    scope = {}
    exec(text, scope)
    return scope
def levels(name):
    return np.asarray(Image.open(name)).ravel().tolist()
report = {}
run(request["decode"]); report["decoded"] = levels("decoded.png")
run(request["mixture"]); report["mixture"] = levels("decoded.png")
with contextlib.redirect_stdout(io.StringIO()) as printed:
    run(request["bound"])
report["printed"] = printed.getvalue()
with contextlib.redirect_stdout(io.StringIO()) as printed:
    run(request["cost"])
report["costs"] = printed.getvalue()
scope = run(request["chain"]); report["sample"] = levels("sample.png")
class Network:
    def run(self, _, feeds):
        return [self.f]
network = scope["network"] = Network()
report["clean"] = []
for case in request["lattice"]:
    network.f = np.array(case["f"], np.float32).reshape(1, 1, 4, 4)
    scope["lam"] = torch.tensor([np.inf, case["logSnr"]], dtype=torch.float64)
    x = torch.tensor(case["x_t"], dtype=torch.float64).reshape(1, 1, 4, 4)
    report["clean"].append(scope["predict"](x, 1, 0).ravel().tolist())
run(request["guided"]); report["guided"] = levels("sample.png")
report["tables"] = []
for text in request["tables"]:
    head = text[:text.index("def predict")]
    report["tables"].append(run(head)["lam"].tolist())
json.dump(report, open("report.json", "w"))
`;
const tables = golden.filter(({ steps }) => steps <= 1000);

describe.skipIf(!hasPython)(
  'in Python, which is skipped without torch, onnxruntime, numpy and pillow',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'elbo-room-code-'));
    let report: Report;

    beforeAll(() => {
      for (const entry of [vae, mixture, ddpm])
        for (const { path } of Object.values(entry.files))
          symlinkSync(at(`models/${path}`), join(folder, path));
      const request = {
        decode: programs.decodePython(vae, z, about),
        mixture: programs.decodePython(mixture, z, about),
        bound: programs.boundPython(vae, image, { samples: 400, seed: 3 }, about),
        cost: programs.diffusionPython(ddpm, stroke, cost, about),
        chain: programs.chainPython(ddpm, chain, about),
        guided: programs.chainPython(
          ddpm,
          { ...chain, method: 'ddpm', steps: 50, guidance: 0.5 },
          about,
        ),
        lattice: fixture.lattice,
        tables: tables.map(({ kind, steps }) =>
          programs.chainPython(ddpm, { ...chain, schedule: kind, steps }, about),
        ),
      };
      writeFileSync(join(folder, 'request.json'), JSON.stringify(request));
      const run = spawnSync('python3', ['-c', DRIVER], { cwd: folder, encoding: 'utf8' });
      if (run.status !== 0) throw new Error(run.stderr);
      report = JSON.parse(
        // What Python writes for λ_0.
        readFileSync(join(folder, 'report.json'), 'utf8').replaceAll('Infinity', '1e999'),
      ) as Report;
    }, 120_000);

    afterAll(() => rmSync(folder, { recursive: true }));

    it('decodes the same picture', () => {
      const expected =
        fixture.decoder.logits[0]?.map((logit) => 255 / (1 + Math.exp(-logit))) ?? [];
      expect(report.decoded).toHaveLength(784);
      report.decoded.forEach((level, i) =>
        expect(Math.abs(level - (expected[i] ?? NaN))).toBeLessThan(0.51),
      );
    });

    it('scores the same picture', async () => {
      const { crate } = await theCrate();
      const bound = crate.vae.bound(stroke.levels, { samples: 400, seed: 5 });
      while (!bound.done) bound.step();
      const { elbo } = bound.result() as { elbo: { mean: number; standardError: number } };
      const [, mean = NaN, error = NaN] =
        /ELBO (\S+) ± (\S+) nats/.exec(report.printed)?.map(Number) ?? [];
      expect(Math.abs(mean - elbo.mean)).toBeLessThan(4 * Math.hypot(error, elbo.standardError));
      const [, tight = NaN] = /L_400 (\S+) nats/.exec(report.printed)?.map(Number) ?? [];
      expect(tight).toBeGreaterThan(mean);
    });

    it('finds the same bound of it under the diffusion model', async () => {
      const { bound } = await theBound();
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
  },
);

async function theCrate() {
  const crate = await import('../../pkg/elbo_room.js');
  await crate.default({ module_or_path: readFileSync(at('www/pkg/elbo_room_bg.wasm')) });
  const { models } = crate.parseManifest(readFileSync(at('models/manifest.json'), 'utf8'));
  const entry = models.find(({ id }) => id === vae.id) as VaeEntry;
  return { module: crate, models, crate: { vae: crate.Vae.load(entry, filesOf(entry)) } };
}

/** What the crate says of the stroke. */
async function theBound(options: Parameters<typeof programs.diffusionJavascript>[2] = cost) {
  const { module } = await theCrate();
  const bound = module.Ddpm.load(ddpm, filesOf(ddpm)).elbo(stroke.levels, options);
  while (!bound.done) bound.step();
  return { bound: bound.result() as DiffusionElboResult };
}

const filesOf = <Entry extends ModelEntry>(entry: Entry) =>
  Object.fromEntries(
    Object.entries(entry.files).map(([role, { path }]) => [
      role,
      new Uint8Array(readFileSync(at(`models/${path}`))),
    ]),
  ) as FilesOf<Entry>;

/** All of a point takes half a minute: its first slices show whose point it is. */
const SLICES = 3;

describe('in JavaScript', () => {
  const folder = mkdtempSync(join(tmpdir(), 'elbo-room-code-'));
  let programsRun = 0;
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Runs a program with the crate of the page, files in place of the server, and a canvas that keeps what is painted. */
  async function run(text: string): Promise<{ painted: Uint8Array[]; said: unknown[] }> {
    const { module, models } = await theCrate();
    const painted: Uint8Array[] = [];
    const said: unknown[] = [];
    const load = (id: string) => {
      const entry = models.find((model) => model.id === id);
      if (!entry) throw new Error(`no model ${id}`);
      if (entry.kind === 'vae') return module.Vae.load(entry, filesOf(entry));
      if (entry.kind === 'hvae') return module.Hvae.load(entry, filesOf(entry));
      return module.Ddpm.load(entry, filesOf(entry));
    };
    class PlaneDiffusion extends module.PlaneDiffusion {
      override point(x: number, y: number) {
        const point = super.point(x, y);
        let left = SLICES;
        return Object.create(point, {
          done: { get: () => left === 0 },
          step: {
            value: () => {
              left--;
              point.step();
            },
          },
          result: { get: () => point.result as unknown },
        }) as typeof point;
      }
    }
    const scope = {
      openModels: (folder: string) => {
        expect(folder).toBe('models/');
        return Promise.resolve({ load: (id: string) => Promise.resolve(load(id)) });
      },
      ready: () => Promise.resolve(),
      VariationalInference: module.VariationalInference,
      PlaneDiffusion,
      PlaneNetwork: module.PlaneNetwork,
      toLevels: module.toLevels,
      paint: (_: unknown, levels: Uint8Array) => void painted.push(levels),
      document: { querySelector: () => null },
      console: { log: (value: unknown) => void said.push(value) },
    };
    const lines = text.split('\n');
    const imported = /^import \{ (.*) \} from "elbo-room\/wasm";$/
      .exec(lines[2] ?? '')?.[1]
      ?.split(', ');
    for (const name of Object.keys(scope).filter((name) => !/^(document|console)$/.test(name)))
      expect(imported?.includes(name), name).toBe(text.includes(`${name}(`));
    const body = lines.slice(3).join('\n');
    const file = join(folder, `program-${programsRun++}.mjs`);
    const parameters = Object.keys(scope).join(', ');
    writeFileSync(file, `export default async ({ ${parameters} }) => {${body}};`);
    const loaded = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
      default: (surroundings: typeof scope) => Promise<void>;
    };
    await loaded.default(scope);
    return { painted, said };
  }

  it('decodes the same picture', async () => {
    const { painted } = await run(programs.decodeJavascript(vae, z, about));
    const expected = fixture.decoder.logits[0]?.map((logit) => 255 / (1 + Math.exp(-logit))) ?? [];
    expect(painted).toHaveLength(1);
    painted[0]?.forEach((level, i) =>
      expect(Math.abs(level - (expected[i] ?? NaN))).toBeLessThan(0.51),
    );
  });

  it('scores a picture and goes a chain', async () => {
    const program = programs.boundJavascript(vae, stroke, { samples: 20, seed: 5 }, about);
    expect((await run(program)).said).toMatchObject([{ samples: 20, seed: 5, done: true }]);
    const { painted } = await run(programs.chainJavascript(ddpm, { ...chain, steps: 2 }, about));
    expect(painted[0]).toHaveLength(784);
  });

  it('finds the bounds of hierarchy and diffusion model that the crate finds', async () => {
    const { module } = await theCrate();
    const options = { samples: 8, seed: 2, proposal: 'posterior' } as const;
    const bound = module.Hvae.load(hvae, filesOf(hvae)).bound(stroke.levels, options);
    while (!bound.done) bound.step();
    const { said } = await run(programs.boundJavascript(hvae, stroke, options, about));
    expect(said).toEqual([bound.result() as LatentBoundResult]);

    const few = { ...cost, timesteps: 16 };
    const diffusion = await run(programs.diffusionJavascript(ddpm, stroke, few, about));
    expect(diffusion.said).toEqual([(await theBound(few)).bound]);
  }, 30_000);

  it('fits q, and finds what a point costs, as the labs do', async () => {
    const { module } = await theCrate();
    const setup: InferenceSetup = {
      target: 'banana',
      family: 'full-covariance',
      options: { samples: 10, seed: 4, learningRate: 0.05 },
    };
    const fit = new module.VariationalInference(setup.target, setup.family, setup.options);
    for (let i = 0; i < 30; i++) fit.step(1);
    expect((await run(programs.fitJavascript(setup, 30, about))).said).toEqual([fit.state]);

    const data = { data: 'two-gaussians', schedule: 'cosine', seed: 1 } as const;
    const plane: PlaneSetup = {
      options: { ...data, steps: 10, eta: 0, particles: 10, model: 'exact' },
      network: { ...data, steps: 10, weighting: 'bound' },
    };
    const network = new module.PlaneNetwork(plane.network ?? {});
    // By and by, as the lab does.
    for (let i = 0; i < 4; i++) network.train(5);
    const diffusion = new module.PlaneDiffusion(plane.options);
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
