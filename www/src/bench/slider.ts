/** The main page, in a frame, as a visitor has it: how long a moved slider takes to be painted. */
import type { Calls, FromWorker, ToWorker } from '../../engine/calls.ts';
import { sharedTime } from '../../engine/shared-time.ts';

type Scope = Window & typeof globalThis;

/** Time for the page to be idle between two events, as between those of a hand. */
const PAUSE_MS = 25;
const PATIENCE_MS = 120_000;

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function late(): Promise<never> {
  await pause(PATIENCE_MS);
  throw new Error('the digit was not painted');
}

async function until<T>(find: () => T | null | undefined | false): Promise<T> {
  for (const begun = performance.now(); performance.now() - begun < PATIENCE_MS; await pause(20)) {
    const found = find();
    if (found) return found;
  }
  throw new Error('the page did not become ready');
}

/**
 * Tells when the decoder's worker had painted the digit. From then on the picture is the browser's to show; the page, which hears of
 * it between its own frames, has no part in that.
 */
function onPainted({ Worker }: Scope, tell: (painted: number) => void): () => void {
  const { prototype } = Worker;
  const { postMessage } = prototype;
  prototype.postMessage = function (this: Worker, message: ToWorker, options?: unknown) {
    if (
      'call' in message &&
      message.call === 'decode' &&
      message.params.surface === 'latent-digit'
    ) {
      const answered = ({ data }: MessageEvent<FromWorker>) => {
        if ('watched' in data || data.id !== message.id || 'progress' in data) return;
        this.removeEventListener('message', answered);
        if ('result' in data) tell((data.result as Calls['decode']['result']).painted);
      };
      this.addEventListener('message', answered);
    }
    postMessage.call(this, message, options as StructuredSerializeOptions);
  };
  return () => void (prototype.postMessage = postMessage);
}

/** Milliseconds from each of `count` slider events to the painted canvas. */
export async function slide(frame: HTMLIFrameElement, count: number): Promise<number[]> {
  const scope = await until(() => frame.contentWindow as Scope | null);
  const find = (id: string) => scope.document.querySelector(`[data-testid="${id}"]`);
  await until(() => find('latent-0') && !find('loading'));
  const slider = find('latent-0') as HTMLInputElement;
  let onTime: ((painted: number) => void) | undefined;
  const restore = onPainted(scope, (painted) => onTime?.(painted));
  const times: number[] = [];
  try {
    for (let i = 0; i < count; i++) {
      await pause(PAUSE_MS);
      // up and down by tenths: a slider that stays where it is paints nothing
      slider.value = String((Math.abs((i % 120) - 60) - 30) / 10);
      const done = new Promise<number>((resolve) => (onTime = resolve));
      const begun = sharedTime();
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      times.push((await Promise.race([done, late()])) - begun);
    }
  } finally {
    restore();
  }
  return times;
}
