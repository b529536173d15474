import { fireEvent, render } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { tick } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import PlayheadChart from '../charts/PlayheadChart.svelte';
import ScheduleChart from '../charts/ScheduleChart.svelte';
import Handle from '../labs/shared/Handle.svelte';
import { clearUp } from '../testing/page.svelte.ts';
import { layOut, pointer } from '../testing/pictures.ts';
import { Drag, passed } from './drag.ts';
import SeedField from './SeedField.svelte';
import Slider from './Slider.svelte';

afterEach(clearUp);

type Captured = PointerEvent & { currentTarget: Element };
/** As it reaches its handler. */
function at(name: string, touch: Parameters<typeof pointer>[2] = {}): Captured {
  const target = document.createElement('div');
  target.setPointerCapture = vi.fn();
  return Object.defineProperty(pointer(name, [0, 0], touch), 'currentTarget', {
    value: target,
  }) as Captured;
}

describe('a drag', () => {
  it('is of the pointer that began it, until that is gone', () => {
    const drag = new Drag();
    const first = at('pointerdown', { id: 4 });
    expect(drag.begin(first)).toBe(true);
    expect(first.currentTarget.setPointerCapture).toHaveBeenCalledWith(4);
    expect(drag.begin(at('pointerdown', { id: 5 }))).toBe(false);
    expect(drag.has(at('pointermove', { id: 5 }))).toBe(false);
    expect(drag.end(at('pointerup', { id: 5 }))).toBe(false);
    expect(drag.has(at('pointermove', { id: 4 }))).toBe(true);
    expect(drag.end(at('pointerup', { id: 4 }))).toBe(true);
    expect(drag.end(at('lostpointercapture', { id: 4 }))).toBe(false);
    expect(drag.begin(at('pointerdown', { id: 5 }))).toBe(true);
  });

  it.each([{ button: 1 }, { button: 2 }, { primary: false }])('does not begin with %j', (touch) => {
    const drag = new Drag();
    const event = at('pointerdown', touch);
    expect(drag.begin(event)).toBe(false);
    expect(event.currentTarget.setPointerCapture).not.toHaveBeenCalled();
  });

  it('passes all places that the browser tells, or the one of the event', () => {
    const event = at('pointermove');
    expect(passed(event)).toEqual([event]);
    const between = [at('pointermove'), at('pointermove')];
    expect(passed(Object.assign(event, { getCoalescedEvents: () => between }))).toBe(between);
    expect(passed(Object.assign(event, { getCoalescedEvents: () => [] }))).toEqual([event]);
  });
});

describe('a chart with a playhead', () => {
  const chart = () => {
    const onscrub = vi.fn();
    layOut(552, 180);
    const { getByTestId } = render(PlayheadChart, {
      width: 552,
      points: [],
      steps: 1000,
      t: 500,
      active: false,
      onscrub,
      onactivate: () => undefined,
    });
    return { onscrub, element: getByTestId('playhead-chart') };
  };

  it('is scrubbed by one pointer with its main button, within the chain', async () => {
    const { onscrub, element } = chart();
    const send = (...args: Parameters<typeof pointer>) => fireEvent(element, pointer(...args));
    await send('pointermove', [290, 0]);
    await send('pointerdown', [290, 0], { button: 2 });
    expect(onscrub).not.toHaveBeenCalled();
    await send('pointerdown', [40, 0]);
    expect(onscrub).toHaveBeenLastCalledWith(1000);
    await send('pointermove', [2000, 0]);
    expect(onscrub).toHaveBeenLastCalledWith(1);
    await send('pointermove', [290, 0], { id: 2, primary: false });
    expect(onscrub).toHaveBeenCalledTimes(2);
    await send('pointerup', [290, 0]);
    await send('pointermove', [290, 0]);
    expect(onscrub).toHaveBeenCalledTimes(2);
  });

  it.each([
    ['ArrowRight', 499],
    ['ArrowLeft', 501],
    ['Home', 1],
    ['End', 1000],
  ])('goes by %s to t = %i', async (key, t) => {
    const { onscrub, element } = chart();
    await fireEvent.keyDown(element, { key });
    expect(onscrub).toHaveBeenCalledWith(t);
  });
});

it('scrubs the schedule by one pointer', async () => {
  const onscrub = vi.fn();
  layOut(600, 150);
  const { getByRole } = render(ScheduleChart, {
    table: null,
    steps: 100,
    step: 0,
    available: 101,
    onscrub,
  });
  const element = getByRole('slider');
  await fireEvent(element, pointer('pointerdown', [36, 10]));
  expect(onscrub).toHaveBeenLastCalledWith(0);
  await fireEvent(element, pointer('pointerdown', [588, 10], { id: 2, primary: false }));
  await fireEvent(element, pointer('pointermove', [588, 10], { id: 2, primary: false }));
  expect(onscrub).toHaveBeenCalledTimes(1);
  await fireEvent(element, pointer('pointermove', [588, 10]));
  expect(onscrub).toHaveBeenLastCalledWith(100);
});

describe('a handle', () => {
  function handle() {
    const [onmove, onnudge] = [vi.fn(), vi.fn()];
    layOut(100, 100);
    vi.spyOn(HTMLElement.prototype, 'offsetParent', 'get').mockReturnValue(document.body);
    const { getByTestId } = render(Handle, {
      kind: 'mean',
      at: [0.5, 0.5],
      label: 'Mean',
      value: '0, 0',
      testid: 'handle',
      onmove,
      onnudge,
    });
    return { onmove, onnudge, element: getByTestId('handle') };
  }

  it('keeps its distance from the pointer that took it', async () => {
    const { onmove, element } = handle();
    const send = (...args: Parameters<typeof pointer>) => fireEvent(element, pointer(...args));
    await send('pointermove', [10, 10]);
    await send('pointerdown', [53, 48], { button: 2 });
    await send('pointermove', [10, 10]);
    expect(onmove).not.toHaveBeenCalled();
    await send('pointerdown', [53, 48]);
    await send('pointermove', [63, 48]);
    const [[to]] = onmove.mock.calls as [[[number, number]]];
    expect(to[0]).toBeCloseTo(0.6, 10);
    expect(to[1]).toBeCloseTo(0.5, 10);
    await send('pointercancel', [63, 48]);
    await send('pointermove', [90, 90]);
    expect(onmove).toHaveBeenCalledOnce();
  });

  it('is nudged by the arrow keys, further with Shift, and by no shortcut of the browser', async () => {
    const { onnudge, element } = handle();
    await fireEvent.keyDown(element, { key: 'ArrowUp' });
    expect(onnudge).toHaveBeenLastCalledWith([0, 1], false);
    await fireEvent.keyDown(element, { key: 'ArrowLeft', shiftKey: true });
    expect(onnudge).toHaveBeenLastCalledWith([-1, 0], true);
    await fireEvent.keyDown(element, { key: 'ArrowLeft', altKey: true });
    await fireEvent.keyDown(element, { key: 'a' });
    expect(onnudge).toHaveBeenCalledTimes(2);
  });
});

describe('a slider', () => {
  const slider = (oninput: (value: number) => void, value = 0) => {
    const { getByRole, rerender } = render(Slider, {
      label: 'Latent',
      value,
      min: -3,
      max: 3,
      step: 0.01,
      oninput,
    });
    return { input: getByRole('slider') as HTMLInputElement, rerender };
  };

  it('gives values of its grid, without dust', async () => {
    const oninput = vi.fn();
    const { input } = slider(oninput);
    await fireEvent.input(input, { target: { value: '0.30000000000000004' } });
    expect(oninput).toHaveBeenLastCalledWith(0.3);
    await fireEvent.input(input, { target: { value: '-2.99' } });
    expect(oninput).toHaveBeenLastCalledWith(-2.99);
  });

  it('goes back to what its owner says where the value is refused', async () => {
    const { input } = slider(() => undefined, 1);
    await fireEvent.input(input, { target: { value: '2' } });
    await tick();
    await tick();
    expect(input.valueAsNumber).toBe(1);
  });
});

describe('the field of a seed', () => {
  const field = () => {
    const [onchange, ondice] = [vi.fn(), vi.fn()];
    const { getByRole } = render(SeedField, {
      label: 'Seed',
      value: 7,
      dice: { id: 'dice', group: 'lab', label: () => 'New random seed', run: ondice },
      onchange,
    });
    return { onchange, ondice, getByRole, input: getByRole('spinbutton') as HTMLInputElement };
  };

  it.each([
    ['0', 0],
    ['4294967295', 4294967295],
  ])('takes %s', async (text, seed) => {
    const { onchange, input } = field();
    await fireEvent.change(input, { target: { value: text } });
    expect(onchange).toHaveBeenCalledWith(seed);
  });

  it.each(['-1', '4294967296', '1.5', '', 'x'])('refuses “%s” and shows the last', async (text) => {
    const { onchange, input } = field();
    await fireEvent.change(input, { target: { value: text } });
    expect(onchange).not.toHaveBeenCalled();
    expect(input.valueAsNumber).toBe(7);
  });

  it('throws the dice', async () => {
    const { ondice, getByRole } = field();
    await userEvent.setup().click(getByRole('button', { name: 'New random seed' }));
    expect(ondice).toHaveBeenCalledOnce();
  });
});
