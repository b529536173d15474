/** The part of a file that becomes the picture. */
import { fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Calls } from '../../../engine/calls.ts';
import type { DigitReading } from '../../../engine/protocol.ts';
import { file, found, level, opened } from '../../testing/image-input.ts';
import { clearUp, pass } from '../../testing/page.svelte.ts';
import { decodable, layOut, pointer } from '../../testing/pictures.ts';
import { inTime } from '../../testing/time.ts';
import CropDialog from './CropDialog.svelte';

// Importing takes real time, which the fake clock does not wait for.
beforeAll(() => import('image-size'));
afterEach(clearUp);

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
    const { imageInput, page } = await opened('#lab=elbo', read);
    const { decode } = decodable();
    const photo = file();
    const taken = imageInput.files.upload(photo);
    decode(photo, 1024, 768);
    await inTime(taken);
    await pass();
    if (!imageInput.files.crop) throw new Error('no crop is asked for');
    return { imageInput, page, crop: imageInput.files.crop };
  }

  it('has the visitor choose one, and the picture stays until then', async () => {
    const { imageInput, crop } = await cropping();
    expect(level(imageInput)).toBe(2);
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
    await inTime(imageInput.files.finishCrop('digit'));
    await pass();
    expect(imageInput.files.crop).toBeNull();
    expect(level(imageInput)).toBe(180);
    expect(imageInput.files.canCrop).toBe(true);
    const [first] = imageInput.examples;
    if (first) imageInput.choose(first);
    await pass();
    expect(level(imageInput)).toBe(2);
    expect(imageInput.files.canCrop).toBe(false);
  });

  it('can be taken as it is, and cropped again', async () => {
    const { imageInput } = await cropping();
    await inTime(imageInput.files.finishCrop('whole'));
    await pass();
    expect(level(imageInput)).toBe(77);
    imageInput.files.cropAgain();
    expect(imageInput.files.crop?.frame).toEqual({ x: 0, y: 0, width: 1024, height: 768 });
    expect(imageInput.files.crop?.found.problem).toBeNull();
  });

  it('is left alone where something else is done', async () => {
    const { imageInput } = await cropping();
    imageInput.clear();
    expect(imageInput.files.crop).toBeNull();
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
    const { imageInput, crop } = await cropping((asked) => {
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
    imageInput.clear();
  });
});
