/** What a handler of a call is given, and how it lets others in while it computes. */
import type { CallName, Calls } from '../calls.ts';
import type { HandlersOf, TaskOf } from '../serve.ts';

export type Task<K extends CallName> = TaskOf<Calls[K]['progress']>;

export type Handlers<K extends CallName> = HandlersOf<Pick<Calls, K>>;

/** Progress is posted at display rate at most, and messages are looked for as often. */
export const PROGRESS_MS = 16;
/** How long computing waits after a frame was asked for by hand. */
const HOLD_MS = 80;

let holdUntil = 0;
const channel = new MessageChannel();
const resumptions: (() => void)[] = [];
channel.port1.onmessage = () => resumptions.shift()?.();

/** Computing waits a moment, so that a scrubbing hand is served first. */
export function hold(): void {
  holdUntil = performance.now() + HOLD_MS;
}

/** Lets the messages that arrived meanwhile be handled: cancellations and frames to show. */
export async function breathe(): Promise<void> {
  const held = holdUntil - performance.now();
  if (held > 0) return new Promise((resolve) => setTimeout(resolve, held));
  return new Promise((resolve) => {
    resumptions.push(resolve);
    channel.port2.postMessage(null);
  });
}

/** Calls `step` until it says that nothing is left or the page cancels, reporting through `report` in between. */
export async function inSlices<Progress>(
  task: TaskOf<Progress>,
  step: () => boolean,
  report: () => Progress,
) {
  let reported = 0;
  while (step()) {
    if (performance.now() - reported >= PROGRESS_MS) {
      reported = performance.now();
      task.progress(report());
    }
    await breathe();
    if (task.cancelled) break;
  }
}
