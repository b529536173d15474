// What the code imports when it needs it, which the fake clock would not wait for.
import '@noble/hashes/sha2.js';
import { File as NodeFile } from 'node:buffer';
import { flushSync } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.svelte.ts';
import type {
  FlatImage,
  GraphInfo,
  ModelCheck,
  Phrase,
  Proposal,
  VaeEntry,
} from '../../engine/protocol.ts';
import { clearUp, make, pass, world } from '../testing/page.svelte.ts';
import { manifest, VAE } from '../testing/manifest.ts';
import { inTime } from '../testing/time.ts';
import { later, type Script, ScriptedWorker, workerOf } from '../testing/worker.ts';
import { pack } from './archive.ts';
import { FIRST_LIMIT_MS, TimeLimitError } from './checker.ts';
import { Opening } from './opening.svelte.ts';
import { OwnLibrary } from './own.svelte.ts';
import type { ModelStore } from './store.ts';

afterEach(clearUp);

const { files: _, ...shipped } = manifest.models.find(({ id }) => id === VAE) as VaeEntry;
const entry: VaeEntry = {
  ...shipped,
  id: 'opened',
  latents: { count: 2, klPerLatent: [], order: [0, 1] },
  files: { encoder: { path: 'my-encoder.onnx' }, decoder: { path: 'my-decoder.onnx' } },
};
const info = (externalData: string[] = []) =>
  ({ externalData, inputs: [], outputs: [] }) as unknown as GraphInfo;
const phrase = (message: string): Phrase => ({ code: 'a-class', values: {}, message });
const proposal: Proposal = {
  entry,
  guesses: [
    {
      field: 'decoder.output',
      choice: phrase('logits'),
      reason: phrase('its name'),
      alternatives: [
        {
          label: phrase('mean'),
          changes: { 'decoder.output.value': 'mean', likelihood: 'gaussian' },
        },
      ],
    },
  ],
  missing: [],
  flat: null,
};
const found: ModelCheck = { pictures: [], warnings: [], klPerLatent: [0.5, 1.5], elbo: -100 };

/** A store that forgets. */
const store = {
  list: async () => [],
  files: async () => ({}),
  put: async () => undefined,
  update: async () => undefined,
  remove: async () => undefined,
} as unknown as ModelStore;

const standard: Script = {
  inspect: () => info(),
  propose: () => proposal,
  changeEntry: ({ entry: old, changes }) => ({ ...old, ...changes }),
  check: () => found,
};

async function begin(script: Script = {}) {
  world({ script: { ...standard, ...script } });
  const made = make(() => {
    const library = new OwnLibrary(store);
    return {
      library,
      opening: new Opening(new Engine({ decoder: '', sampler: '' }, 'decoder', library), library),
    };
  });
  await pass(200);
  return made;
}

/** jsdom's files cannot be read. */
const given = (bytes: Uint8Array<ArrayBuffer>, name: string) =>
  new NodeFile([bytes], name) as unknown as File;
const file = (name: string, ...bytes: number[]) => given(Uint8Array.from(bytes), name);
const both = [file('my-encoder.onnx', 1), file('my-decoder.onnx', 2, 3)];
const asked = <K extends 'inspect' | 'propose' | 'check' | 'changeEntry'>(name: K) =>
  ScriptedWorker.all.flatMap((worker) => worker.asked(name));

describe('files that are opened', () => {
  it('are looked into, proposed and checked, in a worker of their own, and become a model', async () => {
    const { opening, library } = await begin();
    expect(opening.stage).toBe('empty');
    await inTime(opening.take(both));
    expect(opening.stage).toBe('checked');
    expect(opening.graphs.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['my-encoder.onnx', 1],
      ['my-decoder.onnx', 2],
    ]);
    expect(workerOf('check').asked('check')).toEqual([
      { entry, files: { encoder: Uint8Array.of(1), decoder: Uint8Array.of(2, 3) } },
    ]);
    expect(opening.name).toBe('my');
    opening.name = 'the first';
    const model = await inTime(opening.use());
    expect(library.entries).toEqual([model.entry]);
    expect(model.entry.id).toMatch(/^own\./);
    expect(model.entry.title).toBe('the first');
    // Most informative first, by what the check has found.
    expect(model.entry.kind === 'vae' && model.entry.latents.order).toEqual([1, 0]);
    expect(model.entry.kind === 'vae' && model.entry.files.decoder.bytes).toBe(2);
  });

  it('wait for a file with weights that is asked for by its name', async () => {
    const { opening } = await begin({
      inspect: ({ file: bytes }) => info(bytes.length > 1 ? ['weights/my.data'] : []),
    });
    await inTime(opening.take(both));
    expect(opening.stage).toBe('incomplete');
    expect(opening.missing).toEqual(['my.data']);
    expect(asked('propose')).toEqual([]);
    await inTime(opening.take([file('my.data', 9, 9)]));
    flushSync();
    expect(opening.missing).toEqual([]);
    expect(opening.stage).toBe('checked');
    expect(asked('inspect').at(-1)?.external).toEqual(Uint8Array.of(9, 9));
  });

  it('are adapted by choices, which are made on what was proposed', async () => {
    const { opening } = await begin();
    await inTime(opening.take(both));
    await inTime(opening.pick('decoder.output', 0));
    expect(opening.entry?.likelihood).toBe('gaussian');
    await inTime(opening.change({ 'decoder.output.name': 'inner' }));
    expect(asked('changeEntry').at(-1)).toEqual({
      entry,
      changes: {
        'decoder.output.value': 'mean',
        likelihood: 'gaussian',
        'decoder.output.name': 'inner',
      },
    });
    await inTime(opening.pick('decoder.output', -1));
    expect(asked('changeEntry').at(-1)?.changes).toEqual({ 'decoder.output.name': 'inner' });
    expect(asked('check')).toHaveLength(4);
  });

  it('hold pictures of another size when it is given, and forget what was chosen for the first', async () => {
    const size = (height: number, width: number): FlatImage => ({
      image: { channels: 1, height, width },
    });
    const sizes = [size(28, 20), size(20, 28)];
    const { opening } = await begin({
      propose: ({ flat }) => {
        const [first] = sizes;
        const chosen = flat ?? first ?? null;
        const { image } = chosen ?? entry;
        return { ...proposal, entry: { ...entry, image }, flat: { length: 560, chosen, sizes } };
      },
    });
    await inTime(opening.take(both));
    expect(opening.entry?.image.width).toBe(20);
    await inTime(opening.pick('decoder.output', 0));
    const wide = size(14, 40);
    await inTime(opening.resize(wide));
    expect(opening.stage).toBe('checked');
    expect(opening.picks).toEqual({});
    expect(opening.proposal?.flat?.chosen).toEqual(wide);
    expect(workerOf('check').asked('check').at(-1)?.entry).toEqual({ ...entry, image: wide.image });
    expect(asked('propose').map(({ flat }) => flat)).toEqual([null, wide]);
    // The form's changes are made on this one.
    await inTime(opening.pick('decoder.output', 0));
    expect(asked('changeEntry').at(-1)?.entry.image).toEqual(wide.image);
  });

  it('are looked into anew at another size where they take any', async () => {
    const size = (side: number): FlatImage => ({
      image: { channels: 3, height: side, width: side },
      layout: 'nchw',
    });
    const { opening } = await begin({
      inspect: ({ size: given }) => ({ ...info(), size: given ?? [32, 32] }),
      propose: ({ files }) => {
        const chosen = size(files[0]?.info.size?.[0] ?? 0);
        const flat = { length: null, chosen, sizes: [size(32), size(64)] };
        return { ...proposal, entry: { ...entry, image: chosen.image }, flat };
      },
    });
    await inTime(opening.take(both));
    expect(opening.entry?.image.height).toBe(32);
    await inTime(opening.resize(size(64)));
    expect(opening.stage).toBe('checked');
    expect(opening.entry?.image.height).toBe(64);
    expect(opening.graphs.map(({ info }) => info?.size)).toEqual([
      [64, 64],
      [64, 64],
    ]);
    expect(asked('propose').map(({ flat }) => flat)).toEqual([null, null]);
  });

  it('forget what was changed of a field when what holds it is chosen anew', async () => {
    const time = (form: string) => ({ 'network.time': { form }, parameterization: 'v' });
    const guess = {
      field: 'network.time',
      choice: phrase('a timestep'),
      reason: phrase('its name'),
      alternatives: [{ label: phrase('flow'), changes: time('flow') }],
    };
    const { opening } = await begin({ propose: () => ({ ...proposal, guesses: [guess] }) });
    await inTime(opening.take(both));
    const last = () => asked('changeEntry').at(-1)?.changes;
    const steps = { 'network.time.schedule': { kind: 'linear', steps: 60 } };
    await inTime(opening.change({ ...steps, title: 'mine' }));
    expect(last()).toEqual({ ...steps, title: 'mine' });
    await inTime(opening.pick('network.time', 0));
    expect(last()).toEqual({ ...time('flow'), title: 'mine' });
    // What the check suggests is a change, too.
    await inTime(opening.change(time('sigma')));
    expect(last()).toEqual({ ...time('sigma'), title: 'mine' });
    await inTime(opening.pick('network.time', -1));
    expect(last()).toEqual({ title: 'mine' });
  });

  it('keep what they had where a change is refused', async () => {
    const { opening } = await begin({
      changeEntry: () => {
        throw Object.assign(new Error('no such value'), { name: 'ManifestError' });
      },
    });
    await inTime(opening.take(both));
    await inTime(opening.change({ image: 7 }));
    expect(opening.changeError?.message).toBe('no such value');
    expect(opening.stage).toBe('checked');
    expect(opening.entry).toEqual(entry);
  });

  it('are given up after 20 seconds, and more time is given when it is asked for', async () => {
    let slow = true;
    const { opening } = await begin({ check: () => (slow ? later<ModelCheck>().promise : found) });
    const taking = opening.take(both);
    await pass(FIRST_LIMIT_MS - 1000);
    expect(opening.stage).toBe('checking');
    const worker = workerOf('check');
    await pass(2000);
    await taking;
    expect(opening.stage).toBe('failed');
    expect(opening.error).toEqual(new TimeLimitError(20));
    expect(worker.ended).toBe(true);
    slow = false;
    await inTime(opening.retry());
    expect(opening.stage).toBe('checked');
    expect(opening.limitSeconds).toBe(60);
  });

  it('that trap say so, and neither the page nor the next file suffers', async () => {
    let traps = true;
    const { opening } = await begin({
      inspect: () => {
        if (traps) throw Object.assign(new Error('unreachable'), { name: 'RuntimeError' });
        return info();
      },
    });
    await inTime(opening.take([file('bad.onnx', 1)]));
    expect(opening.stage).toBe('failed');
    expect(opening.error?.name).toBe('RuntimeError');
    expect(opening.error?.message).toBe('unreachable');
    traps = false;
    opening.reset();
    await inTime(opening.take(both));
    expect(opening.stage).toBe('checked');
    const crews = ScriptedWorker.all.filter(({ ended, name }) => ended && name !== 'check');
    expect(crews).toEqual([]);
  });

  it('are not used when they come late', async () => {
    const first = later<ModelCheck>();
    let count = 0;
    const { opening } = await begin({ check: () => (count++ === 0 ? first.promise : found) });
    const taking = opening.take(both);
    await pass(100);
    await inTime(opening.pick('decoder.output', 0));
    first.resolve({ ...found, elbo: 1 });
    await inTime(taking);
    expect(opening.found?.elbo).toBe(-100);
    expect(opening.stage).toBe('checked');
  });

  it('can be a zip with a manifest, of several models', async () => {
    const { opening } = await begin({
      manifest: ({ json }) => ({ ...(JSON.parse(json) as typeof manifest), problems: [] }),
    });
    const own = {
      ...entry,
      title: 'packed',
      files: { decoder: { path: 'sub/d.onnx' } },
    } as VaeEntry;
    const zip = await pack(own, { decoder: Uint8Array.of(5) });
    await inTime(opening.take([given(zip, 'model.zip')]));
    expect(opening.stage).toBe('checked');
    expect(opening.name).toBe('packed');
    expect(asked('propose')).toEqual([]);
    expect(workerOf('check').asked('check')[0]?.files).toEqual({ decoder: Uint8Array.of(5) });
  });
});
