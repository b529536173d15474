import type { Obstacle } from '../engine/engine.svelte.ts';
import { messages } from '../messages/index.ts';

/** What to say in the place of a model that does not come; empty where it is only awaited. */
export function sayObstacle(obstacle: Obstacle | null): string {
  const text = messages.site;
  if (!obstacle) return '';
  if ('absent' in obstacle) return text.absent[obstacle.absent];
  return 'failed' in obstacle ? text.failed : text.down;
}
