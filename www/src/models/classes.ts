/** How a model is conditioned on classes. */
import { classesOf, hasNullClass } from '../../engine/facts.ts';
import type { DdpmEntry, ModelEntry } from '../../engine/protocol.ts';

/** Whether samples can be guided: by classes, and by what the network says without one. */
export const canGuide = (entry: DdpmEntry): boolean =>
  entry.classes.length > 0 && hasNullClass(entry);

/** A class that a model has, in place of one that it has not. */
export function fitClass(entry: ModelEntry, given: number | null): number | null {
  if (given !== null && given < classesOf(entry).length) return given;
  return hasNullClass(entry) ? null : 0;
}
