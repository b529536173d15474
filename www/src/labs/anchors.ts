import { type Lab, LABS } from './index.ts';
import { SCORED_ANCHORS } from './scored.ts';

/** What a symbol of a derivation can stand for: elements that carry the name as `data-anchor`. */
export type Anchor = (typeof LABS)[number]['anchors'][number] | (typeof SCORED_ANCHORS)[number];

/** Each anchor, and the labs that have it. */
export const ANCHORS = new Map<string, readonly Lab[]>();

for (const { id, anchors, scored } of LABS) {
  for (const anchor of [...anchors, ...(scored ? SCORED_ANCHORS : [])])
    ANCHORS.set(anchor, [...(ANCHORS.get(anchor) ?? []), id]);
}

export const isAnchor = (name: string): name is Anchor => ANCHORS.has(name);
