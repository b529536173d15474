/** The chain of a diffusion model's bound, the same under every picture of the page. */
import type { ScheduleKind } from '../../engine/protocol.ts';
import { choice } from './codecs.ts';
import { row } from './rows.ts';

export const SCHEDULES = [
  'cosine',
  'linear',
  'log-snr-linear',
] as const satisfies readonly ScheduleKind[];
/** Those, and that of a network's own training, which only some have. */
export const ALL_SCHEDULES = [...SCHEDULES, 'trained'] as const satisfies readonly ScheduleKind[];
export const TIMESTEP_COUNTS = [64, 128, 256, 512, 'all'] as const;

export const bound = {
  schedule: row('bound', choice(ALL_SCHEDULES), 'log-snr-linear'),
  timesteps: row('timesteps', choice(TIMESTEP_COUNTS), 128),
};
