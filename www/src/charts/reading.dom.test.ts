/** Values are read off every chart by pointer, touch and keyboard. */
import { fireEvent, render } from '@testing-library/svelte';
import { tick } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { messages } from '../messages/index.ts';
import { clearUp } from '../testing/page.svelte.ts';
import { layOut, pointer } from '../testing/pictures.ts';
import Bars from './Bars.svelte';
import PlayheadChart from './PlayheadChart.svelte';
import TimestepChart from './TimestepChart.svelte';

afterEach(clearUp);

const [WIDTH, HEIGHT] = [440, 150];

/** Four bars, 100 pixels apart from 36 on. */
function bars(onactivate?: (key: string | null) => void) {
  layOut(WIDTH, HEIGHT);
  const shown = render(Bars, {
    width: WIDTH,
    bars: ['a', 'b', 'c', 'd'].map((key, i) => ({
      key,
      label: key,
      value: i + 1,
      title: `${key} has ${i + 1}`,
    })),
    label: 'Costs',
    testid: 'bars',
    onactivate,
  });
  const reader = shown.getByRole('application', {
    name: messages.charts.values({ label: 'Costs' }),
  });
  const said = () => shown.queryByTestId('chart-value')?.textContent.trim() ?? null;
  const at = (name: string, x: number, type = 'mouse') =>
    fireEvent(shown.getByTestId('bars'), pointer(name, [x, 60], { type }));
  return { ...shown, reader, said, at };
}

it('tells the value under a mouse until it leaves', async () => {
  const { said, at, reader, getByTestId } = bars();
  expect(said()).toBeNull();
  await at('pointermove', 90);
  expect(said()).toBe('a has 1');
  expect(getByTestId('bars').querySelector('.told')?.getAttribute('width')).toBe('72');
  await at('pointermove', 310);
  expect(said()).toBe('c has 3');
  await fireEvent(reader, pointer('pointerleave', [0, 0], { type: 'mouse' }));
  expect(said()).toBeNull();
  expect(getByTestId('bars').querySelector('.told')).toBeNull();
});

it('keeps what a finger touched until the next touch elsewhere', async () => {
  const { said, at, reader } = bars();
  await at('pointerdown', 190, 'touch');
  await fireEvent(reader, pointer('pointerleave', [190, 60]));
  expect(said()).toBe('b has 2');
  await fireEvent(document.body, pointer('pointerdown', [0, 0]));
  expect(said()).toBeNull();
});

it('steps through the values by keyboard, says them, and is done at Escape or when left', async () => {
  const onactivate = vi.fn();
  const { said, reader, getByRole } = bars(onactivate);
  reader.focus();
  expect(said()).toBeNull();
  await fireEvent.keyDown(reader, { key: 'ArrowRight' });
  await fireEvent.keyDown(reader, { key: 'ArrowRight' });
  expect(said()).toBe('b has 2');
  expect(getByRole('status').textContent).toBe('b has 2');
  await fireEvent.keyDown(reader, { key: 'End' });
  expect(said()).toBe('d has 4');
  await fireEvent.keyDown(reader, { key: 'Escape' });
  expect(said()).toBeNull();
  expect(onactivate.mock.calls.flat()).toEqual(['a', 'b', 'd', null]);
  await fireEvent.keyDown(reader, { key: 'Home' });
  expect(said()).toBe('a has 1');
  reader.blur();
  await tick();
  expect(said()).toBeNull();
  // Combinations are the browser's.
  reader.focus();
  await fireEvent.keyDown(reader, { key: 'ArrowRight', altKey: true });
  expect(said()).toBeNull();
});

const costs = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ t: i + 1, nats: i % 7, logSnr: 5 - i }));

it('tells the value at the playhead of a chart that is a slider, and leaves it its keys', async () => {
  layOut(WIDTH, 180);
  const onscrub = vi.fn();
  const { getByTestId, queryByRole } = render(PlayheadChart, {
    width: WIDTH,
    points: costs(10) as never,
    steps: 10,
    t: 4,
    active: false,
    onscrub,
    onactivate: () => undefined,
  });
  expect(queryByRole('application')).toBeNull();
  getByTestId('playhead-chart').focus();
  await tick();
  expect(getByTestId('chart-value').textContent.trim()).toBe(
    messages.charts.cost({ t: 4, nats: '3.0000' }),
  );
  await fireEvent.keyDown(getByTestId('playhead-chart'), { key: 'ArrowRight' });
  expect(onscrub).toHaveBeenCalledWith(3);
});

it('draws marks beyond two thousand on a canvas, and keeps their path for the saved drawing', async () => {
  layOut(WIDTH, 118);
  vi.stubGlobal('matchMedia', () => ({
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  vi.stubGlobal(
    'Path2D',
    class {
      constructor(readonly d: string) {}
    },
  );
  const stroked: { d: string; width: number; alpha: number }[] = [];
  const context = {
    lineWidth: 0,
    globalAlpha: 0,
    setTransform: () => undefined,
    stroke: ({ d }: { d: string }) =>
      stroked.push({ d, width: context.lineWidth, alpha: context.globalAlpha }),
  };
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(context as never);
  Object.defineProperty(SVGSVGElement.prototype, 'viewBox', {
    configurable: true,
    value: { baseVal: { width: WIDTH, height: 118 } },
  });
  const { container, rerender, getByTestId } = render(TimestepChart, {
    width: WIDTH,
    points: costs(2000) as never,
    steps: 3000,
  });
  await tick();
  expect(container.querySelector('canvas')).toBeNull();
  const stems = () => getByTestId('timestep-chart').querySelector('.stem')?.getAttribute('d') ?? '';
  expect(stems().match(/M/g)).toHaveLength(2000);
  await rerender({ points: costs(2001) as never });
  await tick();
  expect(container.querySelectorAll('canvas')).toHaveLength(1);
  expect(stems().match(/M/g)).toHaveLength(2001);
  expect(stroked.at(-1)?.d).toBe(stems());
  // As many nodes as with two thousand: the marks are one path.
  expect(getByTestId('timestep-chart').querySelectorAll('path')).toHaveLength(1);
  document.documentElement.dataset['theme'] = 'dark';
  const before = stroked.length;
  await Promise.resolve();
  expect(stroked.length).toBe(before + 1);
  delete document.documentElement.dataset['theme'];
  await rerender({ points: costs(5) as never });
  await tick();
  expect(container.querySelector('canvas')).toBeNull();
});
