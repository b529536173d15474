import type { PlaneParticles } from '../../../pkg/elbo_room.js';
import { following } from '../apart.ts';
import { linkedTimestep, type PlaneSettings, planeSetup, REACH } from './settings.ts';
import type { Site } from '../../../vite/site.ts';
import type { Painter } from '../../../vite/pictures/painter.ts';
import { Sheet, WHOLE } from '../../../vite/pictures/sheet.ts';

const PARTICLES = 90;

/** The noised data and so many particles of each kind from its place on. */
function drawOn(
  sheet: Sheet,
  site: Site,
  settings: PlaneSettings,
  places: readonly (readonly [of: PlaneParticles, left: number])[],
): void {
  const { options, network } = planeSetup(settings);
  const plane = new site.crate.PlaneDiffusion({ ...options, particles: PARTICLES });
  if (network) {
    const trained = new site.crate.PlaneNetwork(network);
    trained.train(settings.trained);
    plane.useNetwork(trained);
    trained.free();
  }
  plane.advance(settings.steps);
  for (const [of, left] of places) {
    sheet.density(plane.logDensity(settings.t, WHOLE), left);
    const at = plane.particles(of, settings.t);
    for (let i = 0; i < at.length; i += 2) {
      const [x, y] = [at[i] ?? 0, at[i + 1] ?? 0].map((value) => value / (2 * REACH));
      if (Math.max(Math.abs(x ?? 0), Math.abs(y ?? 0)) < 0.49)
        sheet.dot('a', [left + WHOLE * (0.5 + (x ?? 0)), WHOLE * (0.5 - (y ?? 0))], 0.8);
    }
  }
  plane.free();
}

/** Draws of the noised data beside those of the model, or the models of two diffusions. */
export const picture: Painter = (site, { plane, besidePlane }) => {
  const { on, ...own } = besidePlane;
  const sheet = new Sheet(site.crate);
  const sampler = plane.eta > 0 ? 'ddim' : 'ancestral';
  if (on) {
    const other = following(plane, own);
    drawOn(sheet, site, plane, [[sampler, 0]]);
    const t = linkedTimestep(plane, other.steps);
    drawOn(sheet, site, { ...other, t }, [[sampler, WHOLE]]);
  } else {
    drawOn(sheet, site, plane, [
      ['forward', 0],
      [sampler, WHOLE],
    ]);
  }
  return Promise.resolve(sheet.picture);
};
