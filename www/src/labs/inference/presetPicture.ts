import { type InferenceSettings, setupOf } from './settings.ts';
import { following } from '../apart.ts';
import type { Site } from '../../../vite/site.ts';
import type { Painter } from '../../../vite/pictures/painter.ts';
import { type Point, Sheet, WHOLE } from '../../../vite/pictures/sheet.ts';

/** Iterations that a fit is followed for: a build is not to wait longer. */
const MOST_ITERATIONS = 300;
/** Shares of q's mass within its lines. */
const SHARES = [0.5, 0.95];
/** Places of the grid along each side. */
const POINTS = WHOLE;
/** Gaps in nats at the lower and the upper end of the axis, which is logarithmic. */
const GAPS = { least: 1e-3, most: 10 };

/** The target with the fitted q, from `left` on; the course of log p(x) − ELBO. */
function fitOn(sheet: Sheet, site: Site, settings: InferenceSettings, left: number): Point[] {
  const { target, family, options } = setupOf(settings);
  const fit = new site.crate.VariationalInference(target, family, options);
  fit.step(Math.min(MOST_ITERATIONS, settings.iterations));
  sheet.density(fit.logDensity('target', POINTS, POINTS), left);
  const { x, y } = fit.window;
  const share = (value: number, [from, to]: [number, number]) => (value - from) / (to - from);
  for (const line of SHARES.flatMap((of) => fit.contours('reverse', of, POINTS))) {
    const points = Array.from({ length: line.length / 2 }, (_, i): Point => [
      left + WHOLE * share(line[2 * i] ?? 0, x),
      WHOLE * (1 - share(line[2 * i + 1] ?? 0, y)),
    ]);
    sheet.line('line', points);
  }
  const { iteration, gap } = fit.trace;
  const last = iteration.at(-1) ?? 1;
  const [least, most] = [Math.log(GAPS.least), Math.log(GAPS.most)];
  const course = iteration.map((i, at): Point => {
    const height = share(Math.log(Math.max(GAPS.least, gap[at] ?? 0)), [least, most]);
    return [i / last, height];
  });
  fit.free();
  return course;
}

/** The plane beside the course of the gap, or the planes of two fits. */
export const picture: Painter = (site, { inference, besideFit }) => {
  const { on, ...own } = besideFit;
  const sheet = new Sheet(site.crate);
  const course = fitOn(sheet, site, inference, 0);
  if (on) fitOn(sheet, site, following(inference, own), WHOLE);
  else sheet.axes().curve('line', course);
  return Promise.resolve(sheet.picture);
};
