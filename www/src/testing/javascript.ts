/** Runs programs in JavaScript for tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import * as crate from '../../pkg/elbo_room.js';
import { filesOf, models } from './programs.ts';

/** All of a point takes half a minute: its first slices show whose point it is. */
export const SLICES = 3;

/** Runs a program with the crate of the page, files in place of the server, and a canvas that keeps what is painted. */
export async function inJavascript(
  text: string,
  served: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {},
): Promise<{ painted: Uint8Array[]; said: unknown[] }> {
  const painted: Uint8Array[] = [];
  const said: unknown[] = [];
  const load = (id: string) => {
    const entry = models.find((model) => model.id === id);
    if (!entry) throw new Error(`no model ${id}`);
    if (entry.kind === 'vae') return crate.Vae.load(entry, filesOf(entry));
    if (entry.kind === 'hvae') return crate.Hvae.load(entry, filesOf(entry));
    return crate.Ddpm.load(entry, filesOf(entry));
  };
  class PlaneDiffusion extends crate.PlaneDiffusion {
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
    VariationalInference: crate.VariationalInference,
    PlaneDiffusion,
    PlaneNetwork: crate.PlaneNetwork,
    toLevels: crate.toLevels,
    paint: (_: unknown, levels: Uint8Array) => void painted.push(levels),
    imageOrder: crate.imageOrder,
    imageSeed: crate.imageSeed,
    readDataFile: crate.readDataFile,
    document: { querySelector: () => null },
    fetch: (name: string) => Promise.resolve(new Response(served[name] ?? null)),
    console: {
      log: (...values: unknown[]) => void said.push(values.length > 1 ? values : values[0]),
    },
  };
  const lines = text.split('\n');
  const imported = /^import \{ (.*) \} from "elbo-room\/wasm";$/
    .exec(lines[2] ?? '')?.[1]
    ?.split(', ');
  for (const name of Object.keys(scope).filter((name) => !/^(document|fetch|console)$/.test(name)))
    expect(imported?.includes(name), name).toBe(text.includes(`${name}(`));
  const body = lines.slice(3).join('\n');
  const parameters = Object.keys(scope).join(', ');
  const folder = mkdtempSync(join(tmpdir(), 'elbo-room-code-'));
  try {
    const file = join(folder, 'program.mjs');
    writeFileSync(file, `export default async ({ ${parameters} }) => {${body}};`);
    const loaded = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
      default: (surroundings: typeof scope) => Promise<void>;
    };
    await loaded.default(scope);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { painted, said };
}
