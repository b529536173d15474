import { fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { printState } from '../../address/address.ts';
import { Bitmap } from '../../drawing/pixels.ts';
import { Drawing, MOST_POINTS, pointCount } from '../../drawing/strokes.ts';
import en from 'virtual:texts/page/en';
import { flat } from '../../testing/images.ts';
import { byHand, clearUp, pass } from '../../testing/page.svelte.ts';
import { layOut, pointer } from '../../testing/pictures.ts';
import { calls } from '../../testing/worker.ts';
import { imageCommands } from './commands.ts';
import DrawingPad from './DrawingPad.svelte';
import ImageCard from './ImageCard.svelte';
import { level, opened } from '../../testing/image-input.ts';

// Importing takes real time, which the fake clock does not wait for.
beforeAll(() => import('image-size'));
afterEach(clearUp);

describe('the picture of the ELBO lab', () => {
  it('is the first example where the address names none', async () => {
    const { imageInput } = await opened();
    expect(imageInput.examples.map(({ name }) => name)).toEqual(['3', '7-crossed']);
    expect(imageInput.example?.name).toBe('3');
    expect(level(imageInput)).toBe(2);
  });

  it('is not computed before a lab needs it', async () => {
    const { imageInput, page } = await opened('');
    expect(calls('examples')).toBe(0);
    page.state.lab = 'denoise';
    await pass();
    expect(calls('examples')).toBe(0);
    page.state.denoise.from = 10;
    await pass();
    expect(level(imageInput)).toBe(2);
  });

  it('is the first example, said to be so, where the address names one that is not there', async () => {
    const { imageInput, page } = await opened('#lab=elbo&image=example:11');
    expect(imageInput.example?.name).toBe('3');
    expect(page.rejected).toEqual([{ key: 'image', value: 'example:11' }]);
  });

  it('is drawn, scored when the pen is up, and part of the address', async () => {
    const { imageInput, page } = await opened();
    imageInput.draw([10, 10]);
    imageInput.draw([200, 40, 90, 250]);
    await pass();
    expect(imageInput.picture).toBeNull();
    expect(imageInput.shown?.levels[0]).toBe(2 + 3);
    imageInput.lift();
    await pass();
    const { image } = page.state.elbo;
    expect(image).toEqual({
      strokes: new Drawing([
        [0, 0, 0, 255],
        [10, 10, 200, 40, 90, 250],
      ]),
    });
    expect(level(imageInput)).toBe(5);
  });

  it('is never more than an address carries, however fast the pen is', async () => {
    const { imageInput, page } = await opened(`#lab=elbo&image=strokes:`);
    const zigzag = (points: number) =>
      Array.from({ length: points }, (_, i) => [(i * 7) % 256, (i % 2) * 255]).flat();
    imageInput.draw(zigzag(MOST_POINTS - 1));
    expect(imageInput.full).toBe(false);
    imageInput.draw(zigzag(40));
    expect(imageInput.full).toBe(true);
    imageInput.draw([1, 1]);
    imageInput.lift();
    await pass();
    const { image } = page.state.elbo;
    const strokes = 'strokes' in image ? image.strokes.strokes : undefined;
    expect(strokes && pointCount(strokes)).toBe(MOST_POINTS);
    expect(imageInput.strokes).toEqual(strokes);
  });

  it('is taken back step by step', async () => {
    const { imageInput, page } = await opened();
    const [, crossed] = imageInput.examples;
    await byHand(() => crossed && imageInput.choose(crossed));
    await byHand(() => imageInput.take(flat(9)));
    await byHand(() => imageInput.clear());
    expect(imageInput.picture).toBeNull();
    imageInput.edits.undo();
    expect(page.state.elbo.image).toEqual({ pixels: new Bitmap(flat(9)) });
    imageInput.edits.undo();
    expect(page.state.elbo.image).toEqual({ example: '7-crossed' });
    imageInput.edits.undo();
    expect(page.state.elbo.image).toEqual({ example: '' });
    expect(imageInput.edits.canUndo).toBe(false);
  });

  it('is taken back stroke by stroke, the one under way too', async () => {
    const { imageInput } = await opened('#lab=elbo&image=strokes:');
    for (const place of [1, 2]) {
      await byHand(() => {
        imageInput.draw([place, place]);
        imageInput.lift();
      });
    }
    await byHand(() => imageInput.draw([9, 9]));
    imageInput.edits.undo();
    await pass();
    expect([imageInput.strokes, imageInput.live]).toEqual([[[1, 1]], null]);
    imageInput.edits.redo();
    expect(imageInput.strokes).toHaveLength(2);
  });

  it('does not go back behind another address', async () => {
    const { imageInput, page } = await opened();
    await byHand(() => imageInput.take(flat(9)));
    const address = printState({
      ...page.state,
      elbo: { ...page.state.elbo, image: { strokes: new Drawing([[1, 2]]) } },
    });
    history.replaceState(null, '', address);
    dispatchEvent(new HashChangeEvent('hashchange'));
    await pass();
    expect(imageInput.strokes).toEqual([[1, 2]]);
    imageInput.edits.undo();
    expect([imageInput.strokes, imageInput.edits.canUndo]).toEqual([[[1, 2]], false]);
  });
});

describe('the pad', () => {
  async function pad() {
    const { imageInput } = await opened('#lab=elbo&image=strokes:');
    layOut(256, 256);
    const { getByTestId } = render(DrawingPad, { imageInput });
    const element = getByTestId('drawing-pad');
    const send = (...args: Parameters<typeof pointer>) => fireEvent(element, pointer(...args));
    return { imageInput, element, send };
  }

  it('draws with one finger; a second one and the palm are turned away', async () => {
    const { imageInput, send } = await pad();
    await send('pointerdown', [20, 20]);
    await send('pointerdown', [200, 10], { id: 2, primary: false });
    await send('pointermove', [200, 60], { id: 2, primary: false });
    await send('pointermove', [20, 200]);
    await send('pointerup', [200, 60], { id: 2, primary: false });
    expect(imageInput.live).toHaveLength(4);
    await send('pointermove', [220, 200]);
    await send('pointerup', [220, 200]);
    expect(imageInput.live).toBeNull();
    expect(imageInput.strokes).toHaveLength(1);
    expect(imageInput.strokes[0]).toHaveLength(6);
  });

  it('draws with the main button alone, and again after a lost pointer', async () => {
    const { imageInput, send } = await pad();
    await send('pointerdown', [20, 20], { button: 2, type: 'mouse' });
    expect(imageInput.live).toBeNull();
    await send('pointerdown', [20, 20], { type: 'mouse' });
    await send('lostpointercapture', [20, 20], { type: 'mouse' });
    expect(imageInput.strokes).toHaveLength(1);
    await send('pointerdown', [90, 90], { id: 5 });
    await send('pointerup', [90, 90], { id: 5 });
    expect(imageInput.strokes).toHaveLength(2);
  });

  it('draws by the keyboard', async () => {
    const { imageInput, element } = await pad();
    const press = (key: string, shiftKey = false) => fireEvent.keyDown(element, { key, shiftKey });
    await press('ArrowLeft');
    expect(imageInput.live).toBeNull();
    await press(' ');
    await press('ArrowDown', true);
    await press('ArrowRight');
    await press('Escape');
    expect(imageInput.strokes).toEqual([[120, 128, 120, 160, 128, 160]]);
  });
});

describe('the card of the picture', () => {
  it('has the picture that is there noised, and hands over nothing of the click', async () => {
    const { imageInput } = await opened();
    const given: unknown[][] = [];
    const onnoise = (...some: unknown[]) => void given.push(some);
    const { getByTestId } = render(ImageCard, { imageInput, offers: [], active: true, onnoise });
    await fireEvent.click(getByTestId('noise-picture'));
    expect(given).toEqual([[]]);
  });

  it('lets its command ask for a file, while it is on display', async () => {
    const { imageInput } = await opened();
    expect(imageInput.pick).toBeNull();
    const { getByTestId, rerender } = render(ImageCard, { imageInput, offers: [], active: true });
    const asked = vi.spyOn(getByTestId('upload'), 'click').mockImplementation(() => undefined);
    imageCommands(imageInput).upload.run();
    expect(asked).toHaveBeenCalledOnce();
    await rerender({ active: false });
    expect(imageCommands(imageInput).upload.enabled()).toBe(false);
  });

  it('takes pictures that came together one after the other, other files last', async () => {
    const { imageInput } = await opened();
    const taken: string[] = [];
    vi.spyOn(imageInput.files, 'upload').mockImplementation(
      async (file) => void taken.push((file as File).name),
    );
    const { getByRole, queryByTestId } = render(ImageCard, {
      imageInput,
      offers: [],
      active: true,
    });
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
    expect(next()?.textContent).toBe(picture.next({ left: 2 }));
    await fireEvent.click(next() as HTMLElement);
    await fireEvent.click(next() as HTMLElement);
    expect(taken).toEqual(['one.png', 'two.jpg', 'notes.pdf']);
    expect(next()).toBeNull();
    // A model is left to the page.
    expect(await drop([named('decoder.onnx', '')])).toBe(true);
    expect(await drop([named('vae.zip', 'application/zip')])).toBe(true);
    expect(await drop([named('letter.txt', 'text/plain')])).toBe(false);
    expect(taken.splice(3)).toEqual(['letter.txt']);
    // Those of another drop take the place of what still waits.
    await drop(files);
    await drop([named('three.gif', 'image/gif')]);
    expect(taken.slice(3)).toEqual(['one.png', 'three.gif']);
    expect(next()).toBeNull();
  });
});
