import { VariationalInference } from '../../pkg/elbo_room.js';
import type { Calls } from '../calls.ts';
import type { InferenceSetup, InferenceView } from '../protocol.ts';
import { breathe, type Handlers } from './task.ts';

type Request = Calls['fit']['params'];

/** A fit of its own from its start, painted after each of so many iterations. */
export const fitFrames: Handlers<'fitFrames'>['fitFrames'] = async (
  { setup: { target, family, options }, iterations, look },
  task,
) => {
  const fit = new VariationalInference(target, family, options);
  try {
    const canvas = new OffscreenCanvas(1, 1);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const frames: Uint8ClampedArray<ArrayBuffer>[] = [];
    for (const iteration of iterations) {
      if (task.cancelled) break;
      fit.step(iteration - fit.state.iteration);
      fit.paint(canvas, { ...look, q: 'reverse', draws: true });
      const image = context?.getImageData(0, 0, canvas.width, canvas.height);
      if (!image) throw new Error('this browser has no canvas to draw the fit on');
      frames.push(new Uint8ClampedArray(image.data));
      task.progress(frames.length / iterations.length);
      await breathe();
    }
    return frames;
  } finally {
    fit.free();
  }
};

/** A run of the inference lab: a request names a state, and what leads there from the last one is done. */
export class Fitting {
  #fit: VariationalInference | undefined;
  /** The setup of `#fit`, and what the forward canvas shows. */
  #setup: InferenceSetup | undefined;
  #forward = '';
  #forwardFit: InferenceView['forward'] | undefined;

  show(
    { asked, setup, iterations, look }: Request,
    canvases: { reverse: OffscreenCanvas; forward?: OffscreenCanvas },
  ): InferenceView {
    const fit = this.#prepare(setup);
    const { iteration } = fit.state;
    if (iteration > iterations) fit.reset();
    fit.step(Math.max(0, iterations - fit.state.iteration));
    fit.paint(canvases.reverse, { ...look, q: 'reverse', draws: true });
    const forward = JSON.stringify([setup, look]);
    if (canvases.forward && forward !== this.#forward) {
      fit.paint(canvases.forward, { ...look, q: 'forward' });
      this.#forward = forward;
    }
    return {
      asked,
      painted: `${forward} ${fit.state.iteration}`,
      state: fit.state,
      trace: fit.trace,
      forward: (this.#forwardFit ??= fit.forward),
      window: fit.window,
      data: fit.data,
      draws: fit.draws(),
    };
  }

  #prepare(setup: InferenceSetup): VariationalInference {
    const last = this.#setup;
    this.#setup = setup;
    const { data, start } = setup.options;
    const same = (part: (setup: InferenceSetup) => unknown) =>
      last !== undefined && JSON.stringify(part(last)) === JSON.stringify(part(setup));
    const sameData = same(({ options }) => options.data);
    const sameStart = same(({ options }) => options.start);
    const rest = ({
      target,
      family,
      options: { data: _, start: __, ...others },
    }: InferenceSetup) => [target, family, others];
    // What was set by hand can be changed by hand; its default comes with a new fit alone.
    const movable = same(rest) && (sameData || data) && (sameStart || start) && (sameData || start);
    if (!this.#fit || !movable) {
      this.#fit?.free();
      this.#fit = undefined;
      this.#forwardFit = undefined;
      return (this.#fit = new VariationalInference(setup.target, setup.family, setup.options));
    }
    if (!sameData && data) {
      this.#forwardFit = undefined;
      this.#fit.setData(data);
    }
    if ((!sameData || !sameStart) && start) this.#fit.setQ(start);
    return this.#fit;
  }
}
