import type { ScheduleKind } from '../../engine/protocol.ts';

/** How a chart tells the lines of noise schedules apart. */
export const DASHES: Record<ScheduleKind, string> = {
  'log-snr-linear': 'none',
  cosine: '7 4',
  linear: '2 3',
  trained: '1 2',
};
