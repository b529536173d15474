/** Canvases of the page that this worker paints on, by their names. */
import type { Handlers } from './task.ts';

const surfaces = new Map<string, OffscreenCanvas>();
const awaited = new Map<string, ((canvas: OffscreenCanvas) => void)[]>();

/** The canvas of a name: a promise of it where the page has not put it up yet. */
export function surface(name: string): OffscreenCanvas | Promise<OffscreenCanvas> {
  const canvas = surfaces.get(name);
  if (canvas) return canvas;
  return new Promise((resolve) => awaited.set(name, [...(awaited.get(name) ?? []), resolve]));
}

/**
 * Has the canvas give the same context whenever it is asked: the crate asks for each picture, and Firefox (ESR 153) refuses
 * another time once the page has read the canvas.
 */
function keepContext(canvas: OffscreenCanvas): void {
  const context = canvas.getContext('2d');
  Object.defineProperty(canvas, 'getContext', { value: () => context });
}

export const surfaceHandlers: Handlers<'surface'> = {
  surface({ name, canvas }) {
    keepContext(canvas);
    surfaces.set(name, canvas);
    for (const take of awaited.get(name) ?? []) take(canvas);
    awaited.delete(name);
    return null;
  },
};
