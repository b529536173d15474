/** Frames of chains that were shared out. Pure. */
import type { Frame, SharedFrame } from './protocol.ts';

/** One frame of the chains of several: those of the first, then those of the others in their order. */
export function joined(first: Frame, others: readonly SharedFrame[]): Frame {
  const parts: SharedFrame[] = [first, ...others];
  const all = (which: 'x' | 'predictedX0') =>
    Uint8Array.from(parts.flatMap((part) => [...part[which]]));
  return {
    ...first,
    x: all('x'),
    predictedX0: all('predictedX0'),
    rmsToOriginal: first.rmsToOriginal && parts.flatMap(({ rmsToOriginal }) => rmsToOriginal ?? []),
  };
}
