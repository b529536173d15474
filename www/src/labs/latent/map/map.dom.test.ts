import { afterEach, describe, expect, it } from 'vitest';
import { MAP_VAE } from '../../../testing/manifest.ts';
import { clearUp, open, pass } from '../../../testing/page.svelte.ts';
import { decoding } from '../../../testing/scripts.ts';
import { calls, workerOf } from '../../../testing/worker.ts';
import { MOST_CORNERS } from '../settings.ts';
import { MapLab } from './lab.svelte.ts';
import { toCoordinates, toPlace } from './plane.ts';

afterEach(clearUp);

async function opened(hash = '', surroundings: Partial<Parameters<typeof open>[0]> = {}) {
  const { lab, page, engine } = await open(
    { script: decoding(), hash, ...surroundings },
    (engine, page) => new MapLab(engine, page),
  );
  return { map: lab, page, engine };
}

async function seen(...args: Parameters<typeof opened>) {
  const world = await opened(...args);
  world.map.seen = true;
  await pass(100);
  return world;
}

const asked = (surface: string) =>
  workerOf('decoder')
    .asked('decode')
    .filter((call) => call.surface === surface);

describe('the map', () => {
  it('fetches its model when it comes into sight, and paints its plane', async () => {
    const { map } = await opened();
    expect(map.entry?.id).toBe(MAP_VAE);
    expect(map.ready).toBe(false);
    expect(calls('plane')).toBe(0);
    map.seen = true;
    await pass(100);
    expect(map.ready).toBe(true);
    expect(map.painted).toBe(1);
    expect(workerOf('decoder').asked('plane')).toMatchObject([{ model: MAP_VAE, range: 3 }]);
    expect(asked('map-digit')).toEqual([
      { sources: [{ z: [0, 0] }], class: null, surface: 'map-digit', model: MAP_VAE },
    ]);
  });

  it('moves the point, and follows the address', async () => {
    const { map, page } = await seen('#map=1,-2');
    expect(map.shown?.z).toEqual([1, -2]);
    map.moveTo([0.5, 0.25]);
    await pass();
    expect(page.state.map.at).toEqual({ z: [0.5, 0.25] });
    expect(map.shown?.z).toEqual([0.5, 0.25]);
    expect(map.picture?.key).toBe('map 0.5,0.25');
  });

  it('shows what the pointer is over, and the chosen point again when it leaves', async () => {
    const { map, page } = await seen('#map=1,1');
    map.hovered = [2, 2];
    await pass();
    expect(map.shown?.z).toEqual([2, 2]);
    expect(page.state.map.at).toEqual({ z: [1, 1] });
    map.hovered = null;
    await pass();
    expect(map.shown?.z).toEqual([1, 1]);
  });

  it('draws a path, which plays at once from its beginning to its end', async () => {
    const { map, page } = await seen();
    map.draw([
      [-2, -2],
      [0, 1],
    ]);
    map.draw([[2, 2]]);
    map.lift();
    expect(page.state.map.path).toEqual(
      (
        [
          [-2, -2],
          [0, 1],
          [2, 2],
        ] as const
      ).flatMap((point) => toPlace(point)),
    );
    expect(page.state.map.at).toEqual({ position: 0 });
    expect(map.playing).toBe(true);
    await pass(2600);
    expect(map.position).toBeGreaterThan(0.45);
    expect(map.position).toBeLessThan(0.6);
    await pass(3000);
    expect([map.position, map.playing]).toEqual([1, false]);
    const strip = asked('map-strip').at(-1)?.sources ?? [];
    expect(strip).toHaveLength(13);
    expect(strip.at(-1)).toEqual({ path: toCoordinates(page.state.map.path), position: 1 });
  });

  it('does not play to who wants no movement', async () => {
    const { map } = await seen('', { reducedMotion: true });
    map.draw([
      [-2, -2],
      [2, 2],
    ]);
    map.lift();
    expect(map.playing).toBe(false);
    expect(map.onPath).toBe(true);
  });

  it('takes a mere dot for no path', async () => {
    const { map, page } = await seen('#map=1,1');
    map.draw([[0, 0]]);
    map.lift();
    expect(page.state.map).toMatchObject({ path: [], at: { z: [1, 1] } });
    map.lift();
    expect(map.live).toBeNull();
  });

  it('draws no path that an address could not carry', async () => {
    const { map, page } = await seen();
    map.draw(Array.from({ length: 600 }, (_, i) => [-3 + i / 100, i % 2 === 0 ? -3 : 3] as const));
    map.lift();
    expect(page.state.map.path.length).toBe(2 * MOST_CORNERS);
    expect(page.state.map.path.slice(0, 2)).toEqual(toPlace([-3, -3]));
  });

  it('builds a path corner by corner, and takes it back', async () => {
    const { map, page } = await seen('#map=-1,0');
    map.addCorner();
    map.moveTo([1, 0]);
    await pass();
    map.addCorner();
    expect(map.hasPath).toBe(true);
    map.goTo(0.503);
    await pass();
    expect(page.state.map.at).toEqual({ position: 0.5 });
    map.removeCorner();
    expect(map.hasPath).toBe(false);
    // The point stays where it was seen last.
    expect(map.onPath).toBe(false);
    map.clearPath();
    expect(page.state.map.path).toEqual([]);
  });

  it('goes nowhere on a path that is not there', async () => {
    const { map, page } = await seen('#map=1,1');
    map.goTo(0.5);
    expect(page.state.map.at).toEqual({ z: [1, 1] });
  });

  it('switches classes off and on, one by one and all at once', async () => {
    const { map, page } = await seen('', {
      script: { ...decoding(), classRegions: () => [{}, {}, {}] as never },
    });
    expect(map.regions).toHaveLength(3);
    map.toggle(2);
    map.toggle(0);
    expect(page.state.map.hidden).toEqual([0, 2]);
    expect([0, 1, 2].map((index) => map.isHidden(index))).toEqual([true, false, true]);
    map.toggle(2);
    expect(page.state.map.hidden).toEqual([0]);
    map.toggleAll();
    expect(page.state.map.hidden).toEqual([]);
    map.toggleAll();
    expect(page.state.map.hidden).toEqual([0, 1, 2]);
  });

  it('draws a point from the prior', async () => {
    const { map, page } = await seen();
    void map.random();
    await pass();
    expect(page.state.map.at).toEqual({ z: [0.77, 0.77] });
  });

  it('is painted anew by another worker, and looks dead where there is none', async () => {
    const { map } = await seen();
    workerOf('decoder').die();
    expect(map.ready).toBe(false);
    await pass(200);
    expect(map.ready).toBe(true);
    expect(workerOf('decoder').asked('plane')).toHaveLength(1);
    for (let death = 0; death < 3; death++) {
      workerOf('decoder').die();
      await pass();
    }
    expect(map.ready).toBe(false);
  });
});
