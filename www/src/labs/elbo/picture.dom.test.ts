import { Blob as ReadableBlob } from 'node:buffer';
import { fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { printState } from '../../address/address.ts';
import { printPixels } from '../../drawing/pixels.ts';
import { MOST_POINTS, parseStrokes, pointCount, printStrokes } from '../../drawing/strokes.ts';
import type { Calls } from '../../engine/calls.ts';
import type { DigitReading, DigitStanding, Pixels, VaeEntry } from '../../engine/protocol.ts';
import { explain } from '../../explain.ts';
import { en } from '../../messages/en.ts';
import { flat } from '../../testing/images.ts';
import { manifest } from '../../testing/manifest.ts';
import { byHand, clearUp, open, pass } from '../../testing/page.svelte.ts';
import { randomFrom } from '../../testing/random.ts';
import { decodable, layOut, pngHead, pointer } from '../../testing/pictures.ts';
import { inTime } from '../../testing/time.ts';
import { calls, workerOf } from '../../testing/worker.ts';
import { pictureCommands } from './commands.ts';
import CropDialog from './CropDialog.svelte';
import DrawingPad from './DrawingPad.svelte';
import { checksumOf, KeptPictures, type PictureStore } from './kept.svelte.ts';
import PictureCard from './PictureCard.svelte';
import { PictureDesk } from './picture.svelte.ts';
import Placing from './Placing.svelte';

// Importing takes real time, which the fake clock does not wait for.
beforeAll(() => import('image-size'));
afterEach(clearUp);

const EXAMPLES: Calls['examples']['result'] = ['3', '7-crossed'].map((name, i) => ({
  name,
  strokes: [Float32Array.of(0, 0, i, 1)],
})) as Calls['examples']['result'];

/** A picture whose levels count the points of its strokes, or tell the width of the file. */
const prepared = ({ of, format }: Calls['prepare']['params']): Uint8Array => {
  const points = 'strokes' in of && of.strokes.reduce((sum, { length }) => sum + length / 2, 0);
  return flat(points || 1, format.shape).levels;
};

/** A digit whose levels tell the width of the file, unless the script says what is found. */
const found = (levels: number, more: Partial<DigitReading> = {}): DigitReading => ({
  levels: flat(levels).levels,
  kept: null,
  problem: null,
  regions: [],
  ...more,
});
const reading = ({ of, format, whole }: Calls['read']['params']): DigitReading =>
  found(0, { levels: flat(whole ? 77 : of.width % 256, format.shape).levels });
/** Nothing is wrong with pixels of even levels; odd ones would be placed one level higher. */
const standing = ({ levels }: Calls['standing']['params']): DigitStanding => ({
  isStandard: (levels[0] ?? 0) % 2 === 0,
  ground: 3,
  peak: 250,
  hasRange: true,
  twoLevels: false,
  offset: [-3, 4],
  isCentred: false,
  longest: 20,
  hasSize: true,
  centred: flat((levels[0] ?? 0) + 1).levels,
});

/** A store of pictures. */
type Keeping = Pick<PictureStore, 'get' | 'put'>;
const empty: Keeping = { get: async () => null, put: async () => undefined };

async function opened(hash = '#lab=elbo', read = reading, keeping = empty) {
  const { engine, page, lab } = await open(
    {
      hash,
      script: {
        examples: () => EXAMPLES,
        prepare: prepared,
        read,
        standing,
      },
    },
    (engine, page) => new PictureDesk(engine, page, new KeptPictures(keeping)),
  );
  return { engine, page, desk: lab };
}

const level = (desk: PictureDesk) => desk.picture?.levels[0];
/** jsdom's own blobs cannot be read. */
const file = (width = 400, height = 400) =>
  new ReadableBlob([pngHead(width, height)]) as unknown as Blob;

describe('the picture of the ELBO lab', () => {
  it('is the first example where the address names none', async () => {
    const { desk } = await opened();
    expect(desk.examples.map(({ name }) => name)).toEqual(['3', '7-crossed']);
    expect(desk.example?.name).toBe('3');
    expect(level(desk)).toBe(2);
  });

  it('is not computed before a lab needs it', async () => {
    const { desk, page } = await opened('');
    expect(calls('examples')).toBe(0);
    page.state.lab = 'denoise';
    await pass();
    expect(calls('examples')).toBe(0);
    page.state.denoise.from = 10;
    await pass();
    expect(level(desk)).toBe(2);
  });

  it('is the first example, said to be so, where the address names one that is not there', async () => {
    const { desk, page } = await opened('#lab=elbo&image=example:11');
    expect(desk.example?.name).toBe('3');
    expect(page.rejected).toEqual([{ key: 'image', value: 'example:11' }]);
  });

  it('is drawn, scored when the pen is up, and part of the address', async () => {
    const { desk, page } = await opened();
    desk.draw([10, 10]);
    desk.draw([200, 40, 90, 250]);
    await pass();
    expect(desk.picture).toBeNull();
    expect(desk.shown?.levels[0]).toBe(2 + 3);
    desk.lift();
    await pass();
    const { image } = page.state.elbo;
    expect(image).toEqual({
      strokes: printStrokes([
        [0, 0, 0, 255],
        [10, 10, 200, 40, 90, 250],
      ]),
    });
    expect(level(desk)).toBe(5);
  });

  it('is never more than an address carries, however fast the pen is', async () => {
    const { desk, page } = await opened(`#lab=elbo&image=strokes:`);
    const zigzag = (points: number) =>
      Array.from({ length: points }, (_, i) => [(i * 7) % 256, (i % 2) * 255]).flat();
    desk.draw(zigzag(MOST_POINTS - 1));
    expect(desk.full).toBe(false);
    desk.draw(zigzag(40));
    expect(desk.full).toBe(true);
    desk.draw([1, 1]);
    desk.lift();
    await pass();
    const { image } = page.state.elbo;
    const strokes = 'strokes' in image ? parseStrokes(image.strokes) : undefined;
    expect(strokes && pointCount(strokes)).toBe(MOST_POINTS);
    expect(desk.strokes).toEqual(strokes);
  });

  it('is taken back step by step', async () => {
    const { desk, page } = await opened();
    const [, crossed] = desk.examples;
    await byHand(() => crossed && desk.choose(crossed));
    await byHand(() => desk.take(flat(9)));
    await byHand(() => desk.clear());
    expect(desk.picture).toBeNull();
    desk.edits.undo();
    expect(page.state.elbo.image).toEqual({
      pixels: printPixels(flat(9)),
    });
    desk.edits.undo();
    expect(page.state.elbo.image).toEqual({ example: '7-crossed' });
    desk.edits.undo();
    expect(page.state.elbo.image).toEqual({ example: '' });
    expect(desk.edits.canUndo).toBe(false);
  });

  it('is taken back stroke by stroke, the one under way too', async () => {
    const { desk } = await opened('#lab=elbo&image=strokes:');
    for (const place of [1, 2]) {
      await byHand(() => {
        desk.draw([place, place]);
        desk.lift();
      });
    }
    await byHand(() => desk.draw([9, 9]));
    desk.edits.undo();
    await pass();
    expect([desk.strokes, desk.live]).toEqual([[[1, 1]], null]);
    desk.edits.redo();
    expect(desk.strokes).toHaveLength(2);
  });

  it('does not go back behind another address', async () => {
    const { desk, page } = await opened();
    await byHand(() => desk.take(flat(9)));
    const address = printState({
      ...page.state,
      elbo: { ...page.state.elbo, image: { strokes: printStrokes([[1, 2]]) } },
    });
    history.replaceState(null, '', address);
    dispatchEvent(new HashChangeEvent('hashchange'));
    await pass();
    expect(desk.strokes).toEqual([[1, 2]]);
    desk.edits.undo();
    expect([desk.strokes, desk.edits.canUndo]).toEqual([[[1, 2]], false]);
  });
});

describe('a file', () => {
  it('becomes a digit, and the desk is busy meanwhile', async () => {
    const { desk } = await opened();
    const { decode } = decodable();
    const seven = file();
    const taken = desk.upload(seven);
    await pass();
    expect(desk.busy).toBe(true);
    decode(seven, 100, 50);
    await inTime(taken);
    await pass();
    expect(desk.busy).toBe(false);
    expect(level(desk)).toBe(100);
    expect(workerOf('decoder').asked('read').at(-1)?.of).toMatchObject({
      width: 100,
      height: 50,
    });
  });

  it('is made small before it is read', async () => {
    const { desk } = await opened();
    const { decode } = decodable();
    const photo = file();
    const taken = desk.upload(photo);
    decode(photo, 12_000, 9000);
    await inTime(taken);
    await pass();
    expect(workerOf('decoder').asked('read').at(-1)?.of).toMatchObject({
      width: 512,
      height: 384,
    });
  });

  it.each<[string, (desk: PictureDesk, state: { image: object }) => void, number | undefined]>([
    ['an example', (desk) => desk.examples[1] && desk.choose(desk.examples[1]), 2],
    ['another picture', (desk) => desk.take(flat(9)), 9],
    ['an empty pad', (desk) => desk.clear(), undefined],
    ['an address', (_, state) => (state.image = { example: '7-crossed' }), 2],
  ])('that comes after %s comes too late', async (_, deed, left) => {
    const { desk, page } = await opened();
    const { decode } = decodable();
    const slow = file();
    const taken = desk.upload(slow);
    await pass();
    deed(desk, page.state.elbo);
    await pass();
    expect(desk.busy).toBe(false);
    decode(slow, 99);
    await inTime(taken);
    await pass();
    expect(level(desk)).toBe(left);
    expect(desk.busy).toBe(false);
  });

  it('that comes after a stroke has begun does not end it', async () => {
    const { desk } = await opened('#lab=elbo&image=strokes:');
    const { decode } = decodable();
    const slow = file();
    const taken = desk.upload(slow);
    await pass();
    desk.draw([1, 1]);
    decode(slow, 99);
    await inTime(taken);
    await pass();
    desk.draw([200, 200]);
    desk.lift();
    await pass();
    expect(level(desk)).toBe(2);
  });

  it('is the last one that was chosen, whichever is decoded first', async () => {
    const { desk } = await opened();
    const { decode } = decodable();
    const [first, second] = [file(), file()];
    const taken = [desk.upload(first), desk.upload(second)] as const;
    decode(second, 50);
    await inTime(taken[1]);
    await pass();
    expect(level(desk)).toBe(50);
    decode(first, 99);
    await inTime(taken[0]);
    await pass();
    expect(level(desk)).toBe(50);
  });

  it('that cannot be decoded is refused with the reason, until something else is done', async () => {
    const { desk } = await opened();
    const { refuse } = decodable();
    const text = file();
    const taken = desk.upload(text);
    refuse(text);
    await inTime(taken);
    await pass();
    expect(desk.error).toMatchObject({ fault: { reason: 'damaged', format: 'PNG' } });
    expect(desk.busy).toBe(false);
    expect(level(desk)).toBe(2);
    desk.clear();
    expect(desk.error).toBeNull();
  });
});

it('a file with one colour is refused as blank', async () => {
  const { desk } = await opened('#lab=elbo', () => {
    throw Object.assign(new Error('nothing is drawn'), { name: 'ValueError' });
  });
  const { decode } = decodable();
  const white = file();
  const taken = desk.upload(white);
  decode(white, 100, 100);
  await inTime(taken);
  await pass();
  expect(desk.error).toMatchObject({ fault: { reason: 'blank' } });
  expect(desk.error && explain(desk.error)).toBe(en.errors.picture.blank);
});

describe('a file in which not one digit stands out', () => {
  const several = ({ of, whole }: Calls['read']['params']): DigitReading => {
    if (whole) return found(77);
    // Of the whole picture; a frame holds one digit.
    if (of.width === 512)
      return found(0, {
        levels: null,
        problem: 'several',
        regions: [
          { x: 100, y: 100, width: 100, height: 80 },
          { x: 300, y: 100, width: 60, height: 100 },
        ],
      });
    return found(of.width % 256);
  };

  async function cropping(read = several) {
    const { desk, page } = await opened('#lab=elbo', read);
    const { decode } = decodable();
    const photo = file();
    const taken = desk.upload(photo);
    decode(photo, 1024, 768);
    await inTime(taken);
    await pass();
    if (!desk.crop) throw new Error('no crop is asked for');
    return { desk, page, crop: desk.crop };
  }

  it('has the visitor choose one, and the picture stays until then', async () => {
    const { desk, crop } = await cropping();
    expect(level(desk)).toBe(2);
    expect(crop.found.problem).toBe('several');
    // Twice as large as what was read, with a margin of 15 % of the longer side.
    expect(crop.regions).toEqual([
      { x: 170, y: 170, width: 260, height: 220 },
      { x: 570, y: 170, width: 180, height: 260 },
    ]);
    expect(crop.frame).toEqual(crop.regions[0]);
    expect(crop.reading?.levels?.[0]).toBe(260 % 256);
    if (crop.regions[1]) crop.choose(crop.regions[1]);
    await pass();
    await inTime(desk.finishCrop('digit'));
    await pass();
    expect(desk.crop).toBeNull();
    expect(level(desk)).toBe(180);
    expect(desk.canCrop).toBe(true);
    const [first] = desk.examples;
    if (first) desk.choose(first);
    await pass();
    expect(level(desk)).toBe(2);
    expect(desk.canCrop).toBe(false);
  });

  it('can be taken as it is, and cropped again', async () => {
    const { desk } = await cropping();
    await inTime(desk.finishCrop('whole'));
    await pass();
    expect(level(desk)).toBe(77);
    desk.cropAgain();
    expect(desk.crop?.frame).toEqual({ x: 0, y: 0, width: 1024, height: 768 });
    expect(desk.crop?.found.problem).toBeNull();
  });

  it('is left alone where something else is done', async () => {
    const { desk } = await cropping();
    desk.clear();
    expect(desk.crop).toBeNull();
  });

  it('has a frame that stays inside, and is no smaller than a few pixels', async () => {
    const { crop } = await cropping();
    crop.choose({ x: 900, y: 700, width: 400, height: 400 });
    expect(crop.frame).toEqual({ x: 900, y: 700, width: 124, height: 68 });
    crop.move(-2000, 10);
    expect(crop.frame).toEqual({ x: 0, y: 700, width: 124, height: 68 });
    crop.pull('top-left', 50, 600);
    expect(crop.frame).toEqual({ x: 50, y: 600, width: 74, height: 168 });
    crop.pull('bottom-right', -10, 2000);
    expect(crop.frame).toMatchObject({ x: 50, y: 600, height: 168 });
    expect(crop.frame.width).toBeCloseTo(0.04 * 768, 9);
    crop.pull('top-right', 200, 650);
    expect(crop.frame).toEqual({ x: 50, y: 650, width: 150, height: 118 });
    crop.pull('bottom-left', 60, 700);
    expect(crop.frame).toEqual({ x: 60, y: 650, width: 140, height: 50 });
  });

  it('is cropped by pointer and by keyboard', async () => {
    const { crop } = await cropping();
    layOut(512, 384);
    // jsdom has no modal dialogs.
    HTMLDialogElement.prototype.showModal = function () {
      this.open = true;
    };
    const ontake = vi.fn();
    const { getByTestId, findByTestId } = render(CropDialog, {
      crop,
      ontake,
      onclose: () => undefined,
    });
    const stage = getByTestId('crop-stage');
    const frame = getByTestId('crop-frame');
    // One pixel of the screen is two of the picture.
    await fireEvent(frame, pointer('pointerdown', [100, 100]));
    await fireEvent(stage, pointer('pointermove', [110, 90]));
    await fireEvent(stage, pointer('pointerup', [110, 90]));
    expect(crop.frame).toEqual({ x: 190, y: 150, width: 260, height: 220 });
    await fireEvent(getByTestId('crop-bottom-right'), pointer('pointerdown', [225, 185]));
    await fireEvent(stage, pointer('pointermove', [300, 200]));
    await fireEvent(stage, pointer('pointerup', [300, 200]));
    expect(crop.frame).toEqual({ x: 190, y: 150, width: 410, height: 250 });
    await fireEvent(stage, pointer('pointerdown', [10, 20]));
    await fireEvent(stage, pointer('pointermove', [60, 90]));
    await fireEvent(stage, pointer('pointerup', [60, 90]));
    expect(crop.frame).toEqual({ x: 20, y: 40, width: 100, height: 140 });
    await fireEvent.keyDown(frame, { key: 'ArrowRight' });
    expect(crop.frame.x).toBeCloseTo(20 + 0.02 * 1024, 9);
    await fireEvent.keyDown(frame, { key: 'ArrowDown', shiftKey: true });
    expect(crop.frame.height).toBeCloseTo(140 + 0.02 * 1024, 9);
    await fireEvent.click(await findByTestId('crop-region-1'));
    expect(crop.frame).toEqual(crop.regions[1]);
    await pass();
    await fireEvent.click(getByTestId('crop-take'));
    expect(ontake).toHaveBeenCalledWith('digit');
  });

  it('says where nothing is in the frame', async () => {
    const { desk, crop } = await cropping((asked) => {
      if (asked.of.width === 100) throw new Error('nothing is drawn');
      return several(asked);
    });
    crop.choose({ x: 0, y: 0, width: 100, height: 100 });
    await pass();
    expect(crop.blank).toBe(true);
    expect(crop.reading).toBeNull();
    crop.choose({ x: 0, y: 0, width: 120, height: 100 });
    await pass();
    expect([crop.blank, crop.reading?.levels?.[0]]).toEqual([false, 120]);
    desk.clear();
  });
});

describe('pixels of the size of a digit', () => {
  it('are placed as MNIST has its own, and can be had as they came', async () => {
    const { desk } = await opened('#lab=elbo', () => found(10, { kept: flat(11).levels }));
    const { decode } = decodable();
    const small = file(28, 28);
    const taken = desk.upload(small);
    decode(small);
    await inTime(taken);
    await pass();
    expect([level(desk), desk.placement.way]).toEqual([10, 'centred']);
    const { getByTestId, getByLabelText } = render(Placing, { desk });
    const caption = () => getByTestId('picture-format').textContent;
    const size = en.images.size(28, 28, false);
    expect(caption()).toBe(en.images.placing.standard(size));
    await fireEvent.click(getByLabelText(en.images.placing.options.kept));
    await pass();
    expect([level(desk), desk.placement.way]).toEqual([11, 'kept']);
    // 3 to the left and 4 down are 5 pixels.
    expect(caption()).toBe(en.images.placing.kept(size, en.images.placing.offset('5.0')));
    await fireEvent.click(getByLabelText(en.images.placing.options.centred));
    await pass();
    expect(level(desk)).toBe(10);
    expect(desk.canCrop).toBe(true);
  });

  it('that come by an address are kept, and the other place is offered', async () => {
    const { desk } = await opened(`#lab=elbo&image=pixels:${printPixels(flat(21))}`);
    await pass();
    expect([level(desk), desk.placement.way]).toEqual([21, 'kept']);
    desk.place('centred');
    await pass();
    expect([level(desk), desk.placement.way]).toEqual([22, 'centred']);
  });

  it('that are as they should be have one place', async () => {
    const { desk } = await opened(`#lab=elbo&image=pixels:${printPixels(flat(20))}`);
    await pass();
    expect(desk.placement.standing?.isStandard).toBe(true);
    expect(desk.placement.way).toBeNull();
  });
});

describe('a browser that alters what is read from a canvas', () => {
  async function uploaded(by: number) {
    const { desk } = await opened();
    const { decode } = decodable((data) => data.map((level, i) => (i === 5 ? level + by : level)));
    const photo = file();
    const taken = desk.upload(photo);
    decode(photo, 100, 100);
    await inTime(taken);
    await pass();
    return desk;
  }

  it('by a level is told of', async () => {
    const desk = await uploaded(1);
    expect(level(desk)).toBe(100);
    expect(desk.altered).toBe(true);
  });

  it('by more is refused, since noise would be scored', async () => {
    const desk = await uploaded(9);
    expect(level(desk)).toBe(2);
    expect(desk.error).toMatchObject({ fault: { reason: 'randomized' } });
  });

  it('not at all is not spoken of', async () => {
    expect((await uploaded(0)).altered).toBe(false);
  });
});

describe('models of several formats', () => {
  const COLOUR = { channels: 3, height: 32, width: 40 };

  /** The site's models, and one of coloured pictures. */
  async function several(hash = '#lab=elbo', keeping = empty) {
    const world = await opened(hash, reading, keeping);
    const { engine, page } = world;
    const [first] = manifest.models;
    const entry = { ...first, id: 'colour', image: COLOUR, dataset: 'Photographs' } as VaeEntry;
    engine.manifest = { ...manifest, models: [...manifest.models, entry] };
    await pass();
    return { ...world, entry, small: manifest.models[0] as VaeEntry, page };
  }

  it('get a drawing at the size of each', async () => {
    const { desk, entry, small } = await several('#lab=elbo&image=strokes:BAQECAg');
    expect(desk.formats).toHaveLength(2);
    expect(desk.pictureFor(entry)).toMatchObject({ shape: COLOUR });
    expect(desk.pictureFor(entry)?.levels).toHaveLength(3840);
    expect(desk.pictureFor(small)?.levels).toHaveLength(784);
    expect(desk.foreignShape(entry)).toBeNull();
    expect([...desk.pictures.keys()]).toEqual(['28x28x1 digit', '32x40x3']);
  });

  it('get a picture of another shape resampled, and it is said', async () => {
    const { desk, entry, small } = await several();
    desk.take(flat(90, COLOUR));
    await pass();
    expect(desk.pictureFor(entry)?.levels[0]).toBe(90);
    expect(desk.foreignShape(entry)).toBeNull();
    // The script of the worker says 1 of what it resamples.
    expect(desk.pictureFor(small)?.levels[0]).toBe(1);
    expect(desk.foreignShape(small)).toEqual(COLOUR);
    // What came in a model's own format is shown in it, until another one is chosen.
    expect(desk.format).toEqual({ shape: COLOUR, digit: false });
    const [standard] = desk.formats;
    if (standard) desk.format = standard;
    await pass();
    expect(desk.shown?.levels).toHaveLength(784);
  });

  it('have files prepared for the format on display, and the pad in its proportions', async () => {
    const { desk, page } = await several();
    page.state.vae = 'colour';
    await pass();
    expect(desk.format).toEqual({ shape: COLOUR, digit: false });
    const { decode } = decodable();
    const photo = file();
    const taken = desk.upload(photo);
    decode(photo, 90, 60);
    await inTime(taken);
    await pass();
    expect(workerOf('decoder').asked('prepare').at(-1)?.format).toMatchObject({ digit: true });
    const [asked] = workerOf('decoder').asked('read');
    expect(asked?.format).toEqual({ shape: COLOUR, digit: false });
    expect(desk.shown?.shape).toEqual(COLOUR);
    const { getByTestId } = render(DrawingPad, { desk });
    expect(getByTestId('drawing-pad').getAttribute('viewBox')).toBe('0 0 255 204');
  });

  /** More than an address carries. */
  function noisy(): Pixels {
    const shape = { channels: 3, height: 400, width: 400 };
    const next = randomFrom(1);
    return { levels: Uint8Array.from({ length: 480_000 }, () => 256 * next()), shape };
  }

  it('may be too large for an address, which then names one that is kept in this browser', async () => {
    const { desk, page } = await several();
    const picture = noisy();
    desk.take(picture);
    await pass();
    expect(desk.keeping).toBe('browser');
    expect(desk.picture).not.toBeNull();
    expect(page.link()).toContain(`image=kept:${checksumOf(picture)}`);
    desk.clear();
    expect(desk.keeping).toBeNull();
  });

  it('is there again where the address names one that is kept, and said to be lost where it is not', async () => {
    const picture = noisy();
    const id = checksumOf(picture);
    const store = { get: async () => picture, put: async () => undefined };
    const { desk } = await several(`#lab=elbo&image=kept:${id}`, store);
    expect(desk.isPixels).toBe(true);
    expect(desk.foreignShape({ image: COLOUR })).toEqual(picture.shape);
    clearUp();
    const none = { ...store, get: async () => null };
    const other = await several(`#lab=elbo&image=kept:${id}`, none);
    expect(other.desk.lost).toBe(true);
    expect(other.desk.source).toEqual({ example: '' });
    other.desk.take(flat(7, COLOUR));
    expect(other.desk.lost).toBe(false);
  });

  it('says where there is no room to keep it', async () => {
    const full = {
      get: async () => null,
      put: () => Promise.reject(new DOMException('full', 'QuotaExceededError')),
    };
    const { desk } = await several('#lab=elbo', full);
    desk.take(noisy());
    await pass();
    expect(desk.keeping).toBe('page');
    expect(desk.picture).not.toBeNull();
  });

  it('never get what was asked for before in place of what came later', async () => {
    const { desk, entry } = await several();
    desk.draw([10, 10, 90, 90, 100, 20]);
    desk.lift();
    desk.take(flat(7, COLOUR));
    await pass();
    expect(desk.pictureFor(entry)?.levels[0]).toBe(7);
  });
});

describe('the pad', () => {
  async function pad() {
    const { desk } = await opened('#lab=elbo&image=strokes:');
    layOut(256, 256);
    const { getByTestId } = render(DrawingPad, { desk });
    const element = getByTestId('drawing-pad');
    const send = (...args: Parameters<typeof pointer>) => fireEvent(element, pointer(...args));
    return { desk, element, send };
  }

  it('draws with one finger; a second one and the palm are turned away', async () => {
    const { desk, send } = await pad();
    await send('pointerdown', [20, 20]);
    await send('pointerdown', [200, 10], { id: 2, primary: false });
    await send('pointermove', [200, 60], { id: 2, primary: false });
    await send('pointermove', [20, 200]);
    await send('pointerup', [200, 60], { id: 2, primary: false });
    expect(desk.live).toHaveLength(4);
    await send('pointermove', [220, 200]);
    await send('pointerup', [220, 200]);
    expect(desk.live).toBeNull();
    expect(desk.strokes).toHaveLength(1);
    expect(desk.strokes[0]).toHaveLength(6);
  });

  it('draws with the main button alone, and again after a lost pointer', async () => {
    const { desk, send } = await pad();
    await send('pointerdown', [20, 20], { button: 2, type: 'mouse' });
    expect(desk.live).toBeNull();
    await send('pointerdown', [20, 20], { type: 'mouse' });
    await send('lostpointercapture', [20, 20], { type: 'mouse' });
    expect(desk.strokes).toHaveLength(1);
    await send('pointerdown', [90, 90], { id: 5 });
    await send('pointerup', [90, 90], { id: 5 });
    expect(desk.strokes).toHaveLength(2);
  });

  it('draws by the keyboard', async () => {
    const { desk, element } = await pad();
    const press = (key: string, shiftKey = false) => fireEvent.keyDown(element, { key, shiftKey });
    await press('ArrowLeft');
    expect(desk.live).toBeNull();
    await press(' ');
    await press('ArrowDown', true);
    await press('ArrowRight');
    await press('Escape');
    expect(desk.strokes).toEqual([[120, 128, 120, 160, 128, 160]]);
  });
});

describe('the card of the picture', () => {
  it('has the picture that is there noised, and hands over nothing of the click', async () => {
    const { desk } = await opened();
    const given: unknown[][] = [];
    const onnoise = (...some: unknown[]) => void given.push(some);
    const { getByTestId } = render(PictureCard, { desk, offers: [], active: true, onnoise });
    await fireEvent.click(getByTestId('noise-picture'));
    expect(given).toEqual([[]]);
  });

  it('lets its command ask for a file, while it is on display', async () => {
    const { desk } = await opened();
    expect(desk.pick).toBeNull();
    const { getByTestId, rerender } = render(PictureCard, { desk, offers: [], active: true });
    const asked = vi.spyOn(getByTestId('upload'), 'click').mockImplementation(() => undefined);
    pictureCommands(desk).upload.run();
    expect(asked).toHaveBeenCalledOnce();
    await rerender({ active: false });
    expect(pictureCommands(desk).upload.enabled()).toBe(false);
  });

  it('takes pictures that came together one after the other, other files last', async () => {
    const { desk } = await opened();
    const taken: string[] = [];
    vi.spyOn(desk, 'upload').mockImplementation(
      async (file) => void taken.push((file as File).name),
    );
    const { getByRole, queryByTestId } = render(PictureCard, { desk, offers: [], active: true });
    const named = (name: string, type: string) => ({ name, type }) as File;
    const files = [
      named('notes.pdf', 'application/pdf'),
      named('one.png', 'image/png'),
      named('two.jpg', 'image/jpeg'),
    ];
    const { picture } = en.elboLab;
    const drop = (files: File[]) =>
      fireEvent.drop(getByRole('group', { name: picture.title }), { dataTransfer: { files } });
    await drop(files);
    expect(taken).toEqual(['one.png']);
    const next = () => queryByTestId('next-picture');
    expect(next()?.textContent).toBe(picture.next(2));
    await fireEvent.click(next() as HTMLElement);
    await fireEvent.click(next() as HTMLElement);
    expect(taken).toEqual(['one.png', 'two.jpg', 'notes.pdf']);
    expect(next()).toBeNull();
    // A model is left to the page.
    expect(await drop([named('decoder.onnx', '')])).toBe(true);
    expect(await drop([named('letter.txt', 'text/plain')])).toBe(false);
    expect(taken.splice(3)).toEqual(['letter.txt']);
    // Those of another drop take the place of what still waits.
    await drop(files);
    await drop([named('three.gif', 'image/gif')]);
    expect(taken.slice(3)).toEqual(['one.png', 'three.gif']);
    expect(next()).toBeNull();
  });
});
