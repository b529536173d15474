/** The parts of the soak that need no browser. */
import { expect, test } from '@playwright/test';
import { parseState } from '../../../www/src/address/address.ts';
import { FIELDS } from '../../../www/src/address/fields.ts';
import { LABS } from '../../../www/src/labs/index.ts';
import { Bounds, difference } from './bounds.ts';
import { changed, fieldsOf, Ledger, mayChange, MOVING } from './ledger.ts';
import { bitmap } from './picture.ts';
import { Random } from './random.ts';
import { growing, type MemorySample, reportText, samplesOf } from './report.ts';
import { type Action, script } from './script.ts';
import { FEWEST, type Sample, trendOf } from './slope.ts';
import { grownBetween, keptOf } from './snapshot.ts';
import { StoodStill, Steps } from './steps.ts';

const take = (seed: number, count: number): Action[] => {
  const actions = script(seed);
  return Array.from({ length: count }, () => actions.next().value);
};

test('random numbers are those of mulberry32, evenly spread, and a weight of 0 never comes', () => {
  // The published generator's first values for the seed 1.
  const random = new Random(1);
  expect([random.share(), random.share(), random.share()].map((x) => x.toFixed(9))).toEqual([
    '0.627073941',
    '0.002735721',
    '0.527447040',
  ]);
  const drawn = Array.from({ length: 4000 }, () => random.below(4));
  const counts = [0, 1, 2, 3].map((one) => drawn.filter((value) => value === one).length);
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(750));
  const keys = Array.from({ length: 200 }, () => random.weighted({ a: 1, b: 0, c: 3 }));
  expect(new Set(keys)).toEqual(new Set(['a', 'c']));
});

test('a seed decides the script, which has all that a visitor and the world do', () => {
  expect(take(7, 300)).toEqual(take(7, 300));
  expect(take(7, 300)).not.toEqual(take(8, 300));
  const kinds = new Set(take(1, 3000).map(({ kind }) => kind));
  expect(kinds.size).toBe(22);
  const labs = take(1, 3000).flatMap((action) => (action.kind === 'lab' ? [action.lab] : []));
  expect(new Set(labs)).toEqual(new Set(LABS.map(({ id }) => id)));
});

test('a sound address of the script is one that the page takes whole, and the others are not', () => {
  const addresses = take(3, 6000).flatMap((action) => (action.kind === 'address' ? [action] : []));
  const refused = ({ fragment }: { fragment: string }) => parseState(fragment).rejected.length > 0;
  const sound = addresses.filter((address) => address.sound);
  expect(sound.length).toBeGreaterThan(50);
  expect(sound.filter(refused)).toEqual([]);
  expect(addresses.filter((address) => !address.sound).filter(refused).length).toBeGreaterThan(10);
});

const line = (count: number, slope: number, noise: (i: number) => number): Sample[] =>
  Array.from({ length: count }, (_, i) => ({ at: i, value: 1000 + slope * i + noise(i) }));

test('slope and standard error are those of least squares', () => {
  // By hand: x = 0 … 3, y = 1, 3, 2, 5: slope 1.1, residuals -0.1, 0.8, -1.3, 0.6.
  const samples = [1, 3, 2, 5].map((value, at) => ({ at, value }));
  const { slope, standardError, flat } = trendOf(samples);
  expect(slope).toBeCloseTo(1.1, 12);
  // Neighbouring residuals are unlike: nothing is added.
  expect(standardError).toBeCloseTo(Math.sqrt(2.7 / 2 / 5), 12);
  expect(flat).toBeNull();
});

test('growth beyond noise is growth, noise alone is not, and nor is growth that is slight', () => {
  const random = new Random(5);
  const noise = Array.from({ length: 60 }, () => 40 * (random.share() - 0.5));
  const noisy = (i: number) => noise[i] ?? 0;
  expect(trendOf(line(60, 0, noisy)).flat).toBe(true);
  expect(trendOf(line(60, 3, noisy)).flat).toBe(false);
  expect(trendOf(line(60, -3, noisy)).flat).toBe(true);
  // Not noise, but half a hundredth of the mean in an hour.
  expect(trendOf(line(60, 0.08, () => 0)).flat).toBe(true);
  expect(trendOf(line(FEWEST - 1, 3, noisy)).flat).toBeNull();
});

test('of 300 noises whose neighbours are alike, hardly any is called growth', () => {
  const random = new Random(11);
  let called = 0;
  for (let run = 0; run < 300; run++) {
    let level = 0;
    const walk = Array.from({ length: 60 }, () => {
      level = 0.6 * level + 400 * (random.share() - 0.5);
      return level;
    });
    if (trendOf(line(60, 0, (i) => walk[i] ?? 0)).flat === false) called++;
  }
  expect(called).toBeLessThan(10);
});

test('a field that a deed had no business to change is told, and others are not', () => {
  const before = fieldsOf('#lab=elbo&image=strokes:&k=100');
  const ledger = new Ledger(before);
  const set = fieldsOf('#lab=elbo&image=strokes:&k=1000');
  const control = { name: 'importance-samples', value: '1000' };
  expect(ledger.take(set, mayChange('choose', 'elbo', false), control)).toEqual([]);
  expect(ledger.settings).toBe(1);
  expect(ledger.astray({ 'importance-samples': '1000' })).toEqual([]);
  expect(ledger.astray({ 'importance-samples': '100' })).toHaveLength(1);
  // Not on display now.
  expect(ledger.astray({})).toEqual([]);
  // Another picture is none of a worker's business.
  const lost = fieldsOf('#lab=elbo&k=1000');
  expect(ledger.take(lost, mayChange('kill', 'elbo', false))).toEqual([
    'image: strokes: became example:',
  ]);
  // The samples are set by something else: what the control was set to is forgotten.
  ledger.take(fieldsOf('#lab=elbo&k=5000'), mayChange('address', 'elbo', false));
  expect(ledger.settings).toBe(0);
});

test('what plays may move by itself, and each lab owns fields that there are', () => {
  const ledger = new Ledger(fieldsOf('#lab=denoise&step=3'));
  expect(ledger.take(fieldsOf('#lab=denoise&step=9'), [])).toEqual([]);
  const keys = new Set(FIELDS.map(({ key }) => key));
  for (const key of MOVING) expect(keys).toContain(key);
  const owned = new Set(LABS.flatMap(({ id }) => mayChange('slide', id, false)));
  for (const key of owned) expect(keys).toContain(key);
  // All that does not belong to one lab.
  expect([...keys].filter((key) => !owned.has(key)).sort()).toEqual([
    'embed',
    'image',
    'lab',
    'lang',
    'tour',
  ]);
  expect(changed(fieldsOf('#'), fieldsOf('#k=100'))).toEqual(['k']);
  expect(mayChange('choose', 'elbo', false, 'noise')).not.toContain('image');
  expect(mayChange('choose', 'elbo', false, 'digit-placing')).toContain('image');
});

const task = JSON.stringify({
  call: 'openJob',
  params: { task: { model: 'm', image: { $array: 'Uint8Array', of: [1] }, seed: 0 } },
});

test('bounds that differ in one bit are told with the place, and equal ones counted', () => {
  const bounds = new Bounds();
  const finish = (result: string) => bounds.add({ task, result, spent: 5 });
  finish('{"elbo":-97.10000000000001}');
  finish('{"elbo":-97.10000000000001}');
  expect(bounds.faults).toEqual([]);
  finish('{"elbo":-97.10000000000002}');
  expect(bounds.faults).toHaveLength(1);
  expect([bounds.distinct, bounds.finished, bounds.spent]).toEqual([1, 3, 5]);
  expect(difference(task, '{"a":12}', '{"a":13}')).toBe(
    'openJob {"model":"m","seed":0}: “{"a":12}” where an undisturbed page has “{"a":13}”',
  );
});

test('an export without numbers, or with one that no worker has said, is a fault', () => {
  const bounds = new Bounds();
  expect(bounds.check('').faults).toHaveLength(1);
  const results = [{ model: 'm', term: 'ELBO', value: 1 }];
  const { compared, faults } = bounds.check(JSON.stringify({ image: [1], models: [], results }));
  expect([compared, faults.length]).toEqual([1, 1]);
});

test('a picture for the upload is a bitmap of the stated size', () => {
  const file = bitmap(3);
  expect(file.equals(bitmap(3))).toBe(true);
  expect(file.subarray(0, 2).toString()).toBe('BM');
  expect(file.readUInt32LE(2)).toBe(file.length);
  const [width, height] = [file.readInt32LE(18), file.readInt32LE(22)];
  expect(file.length).toBe(54 + Math.ceil((3 * width) / 4) * 4 * height);
});

test('memory of workers is told for each, and what grows is a fault that is told', () => {
  const sample = (at: number): MemorySample => ({
    at,
    page: 2e7 + 1e6 * at,
    code: 1e7,
    workers: 3e6 * (2 + (at % 2)),
    count: 2 + (at % 2),
    wasm: 4e7 * (3 + (at % 2)),
    instances: 3 + (at % 2),
  });
  const memory = Array.from({ length: 20 }, (_, at) => sample(at));
  expect(new Set(samplesOf(memory, 'workers').map(({ value }) => value))).toEqual(new Set([3e6]));
  expect(new Set(samplesOf(memory, 'wasm').map(({ value }) => value))).toEqual(new Set([4e7]));
  // Where none told it, there is nothing to be judged.
  const silent = memory.map((one) => ({ ...one, wasm: 0, instances: 0 }));
  expect(samplesOf(silent, 'wasm')).toEqual([]);
  expect(samplesOf(silent, 'workers')).toHaveLength(20);
  expect(growing(memory)).toEqual([
    'heap of the page: 32.0 MB, slope 1.000 ± 0.000 MB/min in 15 samples: GROWS',
  ]);
  // What comes with the first look at each lab is none.
  const first = memory.map((one) => ({ ...one, page: 2e7 + 1e6 * Math.min(4, one.at) }));
  expect(growing(first)).toEqual([]);
  const text = reportText({
    seed: 1,
    minutes: 20,
    done: { lab: 2, slide: 5 },
    skipped: {},
    killed: 1,
    reloads: 1,
    compared: 4,
    bounds: { distinct: 2, finished: 3, exported: 9 },
    memory,
    grown: 'object Array +1.0 kB',
    faults: ['one'],
  });
  expect(text).toContain('seed 1, 20.0 minutes, 7 deeds (slide 5, lab 2)');
  expect(text).toContain('1 faults:\n  one');
  expect(text).toContain('compiled code of the page: 10.0 to 10.0 MB');
  expect(text).toContain('has grown most: object Array +1.0 kB');
});

test('of a heap snapshot code is told apart from data, and what has grown is named', () => {
  const strings = ['', 'Array', 'system / Code', 'blink::WasmNativeModule', 'a text'];
  const types = ['object', 'code', 'native', 'string'];
  const rows = (objects: number) => [
    ...[0, 1, 16 * objects],
    ...[1, 2, 500],
    ...[2, 3, 7000],
    ...[3, 4, 40],
    ...[0, 1, 4],
  ];
  const snapshot = (objects: number) =>
    JSON.stringify({
      snapshot: { meta: { node_fields: ['type', 'name', 'self_size'], node_types: [types] } },
      nodes: rows(objects),
      strings,
    });
  const [before, after] = [keptOf(snapshot(1)), keptOf(snapshot(101))];
  expect(before).toEqual({
    data: 60,
    code: 7500,
    kinds: new Map([
      ['object Array', 20],
      ['string', 40],
    ]),
  });
  expect(after.code).toBe(7500);
  expect(grownBetween(before, after)).toBe('object Array +1.6 kB');
  expect(grownBetween(after, before)).toBe('');
  expect(() => keptOf('{"snapshot":{"meta":{"node_fields":[],"node_types":[[]]}}}')).toThrow(
    'type',
  );
});

/** What a browser's driver is like: calls that give promises, some of which never settle, and parts with calls of their own. */
class Keyboard {
  async press(key: string) {
    return key;
  }
  type(_text: string) {
    return new Promise<void>(() => undefined);
  }
}
class Driver {
  readonly keyboard = new Keyboard();
  readonly #title = 'page';
  title() {
    return this.#title;
  }
}

test('a step that never ends is told with its name, and others give what they give', async () => {
  const lines: string[] = [];
  const steps = new Steps((line) => lines.push(line), 5);
  const page = steps.of(new Driver(), 'page');
  steps.begin('type');
  expect(page.title()).toBe('page');
  expect(await page.keyboard.press('Enter')).toBe('Enter');
  expect(steps.last).toBe('page.keyboard.press Enter (type)');
  expect(steps.stood).toBeNull();
  await expect(page.keyboard.type('7')).rejects.toThrow(StoodStill);
  const said = 'page.keyboard.type 7 (type) has not ended in 0.005 s';
  expect(steps.stood?.message).toBe(said);
  expect(lines.at(-1)).toBe(said);
});

test('nothing is waited for any more once the page has crashed', async () => {
  const steps = new Steps(undefined, 3_600_000);
  const page = steps.of(new Driver(), 'page');
  const typed = page.keyboard.type('7');
  steps.stop('the page crashed');
  await expect(typed).rejects.toThrow('the page crashed in page.keyboard.type 7 (the start)');
  await expect(page.keyboard.type('8')).rejects.toThrow('the page crashed');
});
