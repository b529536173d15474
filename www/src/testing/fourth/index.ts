/** A fourth kind of model, for a test: a normalizing flow, whose bound is exact. */
import type { VaeEntry } from '../../../engine/protocol.ts';
import { defineKind } from '../../../engine/kinds/define.ts';

type FlowEntry = Omit<VaeEntry, 'kind'> & { kind: 'flow'; blocks: string[] };

// The crate's types know the crate's kinds.
export const flow = defineKind<VaeEntry>({
  id: 'flow' as string as 'vae',
  bound: 'latent',
  layers: (entry) => (entry as unknown as FlowEntry).blocks.map((name) => ({ name })),
  count: (entry) => (entry as unknown as FlowEntry).blocks.length,
});
