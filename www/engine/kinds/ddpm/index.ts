import type { DdpmEntry } from '../../protocol.ts';
import { defineKind } from '../define.ts';

export const ddpm = defineKind<DdpmEntry>({
  id: 'ddpm',
  bound: 'diffusion',
  classes: ({ classes }) => classes,
  hasNullClass: ({ network }) => network?.condition?.null !== 'none',
  count: ({ classes }) => classes.length,
});
