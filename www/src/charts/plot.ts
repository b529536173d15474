/** What the parts of a chart share: its scales, its area, its colours. */
import { getContext, setContext } from 'svelte';

/** From a value to a pixel of the chart; NaN for a value that has no place. */
export type Scale = (value: number) => number;

/** In the units of the data. */
export type Point = readonly [x: number, y: number];

export interface Margin {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** Edges of the area inside the margins, in pixels of the chart. */
export interface Plot extends Margin {
  x: Scale;
  y: Scale;
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A value that can be read off, in pixels of the chart. */
export interface Place {
  /** Where it is told. */
  x: number;
  y: number;
  /** Where the pointer means it; the place itself if there is none. */
  hit?: Box;
  /** What is outlined while it is told, instead of a ring around the place; null: the chart shows that itself. */
  outline?: Box | null;
}

const KEY = Symbol('plot');
/** For the chart; `plot` may have getters. */
export const setPlot = (plot: Plot) => setContext(KEY, plot);
/** For its marks. */
export const plotOf = () => getContext<Plot>(KEY);

const COLOURS = {
  accent: 'var(--accent)',
  ink: 'var(--ink)',
  soft: 'var(--ink-soft)',
  line: 'var(--line-strong)',
  surface: 'var(--surface)',
  second: 'var(--ddpm)',
} as const;
export type Colour = keyof typeof COLOURS;
export const paint = (colour: Colour) => COLOURS[colour];

/** Decimals that tell the ticks of an axis apart. */
export function decimalsOf(ticks: readonly number[]): number {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  return Math.max(0, Math.ceil(-Math.log10(step > 0 ? step : 1) - 1e-9));
}

/** How much a pixel off the chart's axis counts where one along it counts 1. */
const OFF_AXIS = { x: 0.05, y: 0.02, both: 1 } as const;
export type Along = keyof typeof OFF_AXIS;

/** The place that is nearest to a pointer, or null. A pointer within a place's box is at no distance from it. */
export function nearest(
  places: readonly Place[],
  [px, py]: Point,
  along: Along,
  reach = Infinity,
): number | null {
  const [across, up] = [along === 'y' ? OFF_AXIS.y : 1, along === 'x' ? OFF_AXIS.x : 1];
  let found: number | null = null;
  let least = reach;
  for (const [i, { x, y, hit }] of places.entries()) {
    const box = hit ?? { x, y, width: 0, height: 0 };
    const dx = Math.max(box.x - px, 0, px - box.x - box.width);
    const dy = Math.max(box.y - py, 0, py - box.y - box.height);
    const away = Math.hypot(across * dx, up * dy);
    // Of bars that overlap, the lower one stands in front.
    const front =
      away === least && found !== null && box.height < (places[found]?.hit?.height ?? 0);
    if (away < least || front) [found, least] = [i, away];
  }
  return found;
}

/** Where a key takes the reader from one value among so many; undefined for a key that is not for that. */
export function stepTo(key: string, at: number | null, count: number): number | undefined {
  if (count === 0) return undefined;
  const last = count - 1;
  const to = {
    ArrowRight: at === null ? 0 : at + 1,
    ArrowDown: at === null ? 0 : at + 1,
    ArrowLeft: at === null ? last : at - 1,
    ArrowUp: at === null ? last : at - 1,
    PageDown: (at ?? -1) + 10,
    PageUp: (at ?? count) - 10,
    Home: 0,
    End: last,
  }[key];
  return to === undefined ? undefined : Math.min(last, Math.max(0, to));
}

/** Names beside the ends of their lines, pushed apart where they would meet, down to `bottom`. */
export function apart<T extends { y: number }>(names: readonly T[], bottom: number): T[] {
  const LINE = 14;
  const placed = names.map((name) => ({ ...name })).sort((a, b) => a.y - b.y);
  placed.forEach((name, i) => {
    name.y = Math.max(name.y, (placed[i - 1]?.y ?? -Infinity) + LINE);
  });
  const over = Math.max(0, (placed.at(-1)?.y ?? 0) - bottom);
  return placed.map((name) => ({ ...name, y: name.y - over }));
}
