/** Files that become the picture of the ELBO lab. */
import { fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { printPixels } from '../../drawing/pixels.ts';
import { explain } from '../../explain.ts';
import en from 'virtual:texts/page/en';
import { file, found, level, opened } from '../../testing/image-input.ts';
import { flat } from '../../testing/images.ts';
import { clearUp, pass } from '../../testing/page.svelte.ts';
import { decodable } from '../../testing/pictures.ts';
import { inTime } from '../../testing/time.ts';
import { workerOf } from '../../testing/worker.ts';
import { ImageInput } from './image-input.svelte.ts';
import Placing from './Placing.svelte';

// Importing takes real time, which the fake clock does not wait for.
beforeAll(() => import('image-size'));
afterEach(clearUp);

describe('a file', () => {
  it('becomes a digit, and the image input is busy meanwhile', async () => {
    const { imageInput } = await opened();
    const { decode } = decodable();
    const seven = file();
    const taken = imageInput.files.upload(seven);
    await pass();
    expect(imageInput.files.busy).toBe(true);
    decode(seven, 100, 50);
    await inTime(taken);
    await pass();
    expect(imageInput.files.busy).toBe(false);
    expect(level(imageInput)).toBe(100);
    expect(workerOf('decoder').asked('read').at(-1)?.of).toMatchObject({
      width: 100,
      height: 50,
    });
  });

  it('is made small before it is read', async () => {
    const { imageInput } = await opened();
    const { decode } = decodable();
    const photo = file();
    const taken = imageInput.files.upload(photo);
    decode(photo, 12_000, 9000);
    await inTime(taken);
    await pass();
    expect(workerOf('decoder').asked('read').at(-1)?.of).toMatchObject({
      width: 512,
      height: 384,
    });
  });

  it.each<[string, (imageInput: ImageInput, state: { image: object }) => void, number | undefined]>(
    [
      [
        'an example',
        (imageInput) => imageInput.examples[1] && imageInput.choose(imageInput.examples[1]),
        2,
      ],
      ['another picture', (imageInput) => imageInput.take(flat(9)), 9],
      ['an empty pad', (imageInput) => imageInput.clear(), undefined],
      ['an address', (_, state) => (state.image = { example: '7-crossed' }), 2],
    ],
  )('that comes after %s comes too late', async (_, deed, left) => {
    const { imageInput, page } = await opened();
    const { decode } = decodable();
    const slow = file();
    const taken = imageInput.files.upload(slow);
    await pass();
    deed(imageInput, page.state.elbo);
    await pass();
    expect(imageInput.files.busy).toBe(false);
    decode(slow, 99);
    await inTime(taken);
    await pass();
    expect(level(imageInput)).toBe(left);
    expect(imageInput.files.busy).toBe(false);
  });

  it('that comes after a stroke has begun does not end it', async () => {
    const { imageInput } = await opened('#lab=elbo&image=strokes:');
    const { decode } = decodable();
    const slow = file();
    const taken = imageInput.files.upload(slow);
    await pass();
    imageInput.draw([1, 1]);
    decode(slow, 99);
    await inTime(taken);
    await pass();
    imageInput.draw([200, 200]);
    imageInput.lift();
    await pass();
    expect(level(imageInput)).toBe(2);
  });

  it('is the last one that was chosen, whichever is decoded first', async () => {
    const { imageInput } = await opened();
    const { decode } = decodable();
    const [first, second] = [file(), file()];
    const taken = [imageInput.files.upload(first), imageInput.files.upload(second)] as const;
    decode(second, 50);
    await inTime(taken[1]);
    await pass();
    expect(level(imageInput)).toBe(50);
    decode(first, 99);
    await inTime(taken[0]);
    await pass();
    expect(level(imageInput)).toBe(50);
  });

  it('that cannot be decoded is refused with the reason, until something else is done', async () => {
    const { imageInput } = await opened();
    const { refuse } = decodable();
    const text = file();
    const taken = imageInput.files.upload(text);
    refuse(text);
    await inTime(taken);
    await pass();
    expect(imageInput.files.error).toMatchObject({ fault: { reason: 'damaged', format: 'PNG' } });
    expect(imageInput.files.busy).toBe(false);
    expect(level(imageInput)).toBe(2);
    imageInput.clear();
    expect(imageInput.files.error).toBeNull();
  });
});

it('a file with one colour is refused as blank', async () => {
  const { imageInput } = await opened('#lab=elbo', () => {
    throw Object.assign(new Error('nothing is drawn'), { name: 'ValueError' });
  });
  const { decode } = decodable();
  const white = file();
  const taken = imageInput.files.upload(white);
  decode(white, 100, 100);
  await inTime(taken);
  await pass();
  expect(imageInput.files.error).toMatchObject({ fault: { reason: 'blank' } });
  expect(imageInput.files.error && explain(imageInput.files.error)).toBe(en.errors.picture.blank);
});

describe('pixels of the size of a digit', () => {
  it('are placed as MNIST has its own, and can be had as they came', async () => {
    const { imageInput } = await opened('#lab=elbo', () => found(10, { kept: flat(11).levels }));
    const { decode } = decodable();
    const small = file(28, 28);
    const taken = imageInput.files.upload(small);
    decode(small);
    await inTime(taken);
    await pass();
    expect([level(imageInput), imageInput.placement.way]).toEqual([10, 'centred']);
    const { getByTestId, getByLabelText } = render(Placing, { imageInput });
    const caption = () => getByTestId('picture-format').textContent;
    const size = en.images.size({ width: 28, height: 28, colour: false });
    expect(caption()).toBe(en.images.placing.standard({ size }));
    await fireEvent.click(getByLabelText(en.images.placing.options.kept));
    await pass();
    expect([level(imageInput), imageInput.placement.way]).toEqual([11, 'kept']);
    // 3 to the left and 4 down are 5 pixels.
    expect(caption()).toBe(
      en.images.placing.kept({ size, faults: en.images.placing.offset({ pixels: '5.0' }) }),
    );
    await fireEvent.click(getByLabelText(en.images.placing.options.centred));
    await pass();
    expect(level(imageInput)).toBe(10);
    expect(imageInput.files.canCrop).toBe(true);
  });

  it('that come by an address are kept, and the other place is offered', async () => {
    const { imageInput } = await opened(`#lab=elbo&image=pixels:${printPixels(flat(21))}`);
    await pass();
    expect([level(imageInput), imageInput.placement.way]).toEqual([21, 'kept']);
    imageInput.place('centred');
    await pass();
    expect([level(imageInput), imageInput.placement.way]).toEqual([22, 'centred']);
  });

  it('that are as they should be have one place', async () => {
    const { imageInput } = await opened(`#lab=elbo&image=pixels:${printPixels(flat(20))}`);
    await pass();
    expect(imageInput.placement.standing?.isStandard).toBe(true);
    expect(imageInput.placement.way).toBeNull();
  });
});

describe('a browser that alters what is read from a canvas', () => {
  async function uploaded(by: number) {
    const { imageInput } = await opened();
    const { decode } = decodable((data) => data.map((level, i) => (i === 5 ? level + by : level)));
    const photo = file();
    const taken = imageInput.files.upload(photo);
    decode(photo, 100, 100);
    await inTime(taken);
    await pass();
    return imageInput;
  }

  it('by a level is told of', async () => {
    const imageInput = await uploaded(1);
    expect(level(imageInput)).toBe(100);
    expect(imageInput.files.altered).toBe(true);
  });

  it('by more is refused, since noise would be scored', async () => {
    const imageInput = await uploaded(9);
    expect(level(imageInput)).toBe(2);
    expect(imageInput.files.error).toMatchObject({ fault: { reason: 'randomized' } });
  });

  it('not at all is not spoken of', async () => {
    expect((await uploaded(0)).files.altered).toBe(false);
  });
});
