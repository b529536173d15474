import type { HvaeEntry } from '../../protocol.ts';
import { defineKind } from '../define.ts';

export const hvae = defineKind<HvaeEntry>({
  id: 'hvae',
  bound: 'latent',
  layers: ({ layers }) => layers,
  reconstructsByLayer: true,
  count: ({ layers }) => layers.length,
});
