import { fireEvent, render } from '@testing-library/svelte';
import { userEvent } from '@testing-library/user-event';
import { flushSync } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { manifest, VAE } from '../../testing/manifest.ts';
import { clearUp, open } from '../../testing/page.svelte.ts';
import { layOut, pointer } from '../../testing/pictures.ts';
import type { SetsLab } from './lab.svelte.ts';
import Spread from './Spread.svelte';

afterEach(clearUp);

/** Where the margins leave 568 pixels for 200 nats, from pixel 16: -150 at 158, -100 at 300, -50 at 442. */
const SPACE = 600;
const EDGES = [-200, -150, -100, -50, 0];

async function histogram() {
  const { page } = await open({ hash: '#lab=sets' }, () => null);
  layOut(SPACE, 170);
  const lab = {
    settings: page.state.sets,
    figures: { histogram: { own: { edges: EDGES, counts: [1, 4, 3, 2] }, other: null } },
    shown: 'elbo',
    model: manifest.models.find(({ id }) => id === VAE),
    set: null,
    otherSet: null,
  } as unknown as SetsLab;
  const shown = render(Spread, { lab });
  flushSync();
  const chart = shown.getByTestId('sets-histogram');
  const send = (...event: Parameters<typeof pointer>) => fireEvent(chart, pointer(...event));
  return {
    ...shown,
    chart,
    send,
    band: () => page.state.sets.band && { ...page.state.sets.band },
    brush: () => {
      const brush = chart.querySelector('.brush');
      return ['x', 'width'].map((name) => Number(brush?.getAttribute(name)));
    },
    user: userEvent.setup({ advanceTimers: (time) => vi.advanceTimersByTime(time) }),
  };
}

const bandOf = (low: number, high: number) => ({ column: 'elbo', low, high });

describe('the brush of the histogram', () => {
  it.each(['mouse', 'touch', 'pen'])('takes a range by %s, from either side', async (type) => {
    const { send, band, brush } = await histogram();
    await send('pointerdown', [158, 60], { type });
    await send('pointermove', [300, 90], { type });
    // Shown while it is drawn, and not yet taken.
    expect(brush()).toEqual([158, 142]);
    expect(band()).toBeNull();
    await send('pointerup', [300, 90], { type });
    expect(band()).toEqual(bandOf(-150, -100));
    expect(brush()).toEqual([158, 142]);
    await send('pointerdown', [442, 60], { type });
    await send('pointermove', [300, 60], { type });
    await send('pointerup', [300, 60], { type });
    expect(band()).toEqual(bandOf(-100, -50));
  });

  it('ends at the axis however far the pointer goes', async () => {
    const { send, band } = await histogram();
    await send('pointerdown', [300, 60]);
    await send('pointermove', [4000, 60]);
    await send('pointerup', [4000, 60]);
    expect(band()).toEqual(bandOf(-100, 0));
  });

  it('follows one finger: a second neither joins nor ends it', async () => {
    const { send, band } = await histogram();
    await send('pointerdown', [158, 60]);
    const second = { id: 2, primary: false };
    await send('pointerdown', [500, 60], second);
    await send('pointermove', [300, 60]);
    await send('pointermove', [560, 60], second);
    await send('pointerup', [560, 60], second);
    expect(band()).toBeNull();
    await send('pointerup', [300, 60]);
    expect(band()).toEqual(bandOf(-150, -100));
  });

  it.each(['pointercancel', 'lostpointercapture'])('leaves what was there at %s', async (end) => {
    const { send, band, brush } = await histogram();
    await send('pointerdown', [158, 60]);
    await send('pointermove', [300, 60]);
    await send('pointerup', [300, 60]);
    await send('pointerdown', [400, 60]);
    await send('pointermove', [500, 60]);
    await send(end, [500, 60]);
    expect(band()).toEqual(bandOf(-150, -100));
    expect(brush()).toEqual([158, 142]);
    await send('pointermove', [560, 60]);
    expect(brush()).toEqual([158, 142]);
  });

  it('is taken away by a press without a way, and no other button begins one', async () => {
    const { send, band, chart } = await histogram();
    await send('pointerdown', [158, 60], { button: 2 });
    await send('pointermove', [300, 60]);
    await send('pointerup', [300, 60]);
    expect(band()).toBeNull();
    await send('pointerdown', [158, 60]);
    await send('pointermove', [300, 60]);
    await send('pointerup', [300, 60]);
    await send('pointerdown', [400, 60]);
    await send('pointermove', [403, 60]);
    await send('pointerup', [403, 60]);
    expect(band()).toBeNull();
    expect(chart.querySelector('.brush')).toBeNull();
  });

  it('has fields for the keyboard, whose ends may come in either order', async () => {
    const { user, getByTestId, band, brush } = await histogram();
    const [low, high] = [getByTestId('sets-low'), getByTestId('sets-high')];
    await user.click(low);
    await user.keyboard('-150');
    await user.tab();
    expect(band()).toEqual(bandOf(-150, 0));
    expect(document.activeElement).toBe(high);
    await user.clear(high);
    await user.keyboard('-180');
    await user.tab();
    expect(band()).toEqual(bandOf(-180, -150));
    // 20 and 50 of 200 nats, on 568 pixels.
    expect(brush()[0]).toBeCloseTo(16 + 56.8, 9);
    expect(brush()[1]).toBeCloseTo(85.2, 9);
    await user.clear(low);
    await user.tab();
    expect(band()).toEqual(bandOf(-180, -150));
  });
});
