/** How a model is conditioned on classes. */
import type { DdpmEntry, ModelEntry } from '../../engine/protocol.ts';

/** Whether a VAE can be used without a class. */
const isFree = ({ classes = [], encoder, decoder }: Extract<ModelEntry, { kind: 'vae' }>) =>
  classes.length === 0 ||
  [encoder?.condition, decoder?.condition].every((input) => input?.null !== 'none');

/** Whether a model can be asked for "no class". */
export const hasNullClass = (entry: Exclude<ModelEntry, { kind: 'hvae' }>): boolean =>
  entry.kind === 'vae'
    ? isFree(entry)
    : entry.classes.length === 0 || entry.network?.condition?.null !== 'none';

/** Whether samples can be guided: by classes, and by what the network says without one. */
export const canGuide = (entry: DdpmEntry): boolean =>
  entry.classes.length > 0 && hasNullClass(entry);

/** A class that a model has, in place of one that it has not. */
export function fitClass(
  entry: Exclude<ModelEntry, { kind: 'hvae' }>,
  given: number | null,
): number | null {
  const count = entry.classes?.length ?? 0;
  if (given !== null && given < count) return given;
  return hasNullClass(entry) ? null : 0;
}
