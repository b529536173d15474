/** Schedules that a diffusion model does not have give way to those that it has, in place. */
import type { ScheduleKind, Schedules } from '../../engine/protocol.ts';

/** The most steps of a chain with a schedule. */
export const mostSteps = (known: Schedules, schedule: ScheduleKind): number =>
  schedule === 'trained' ? (known.trainedSteps ?? Infinity) : Infinity;

export function fitSchedule(settings: { schedule: ScheduleKind }, known: Schedules): void {
  const [first] = known.kinds;
  if (first && !known.kinds.includes(settings.schedule)) settings.schedule = first;
}
