/** What each step of the guided tour sets the page to, and what it points at. Pure: no DOM, no reactivity. */
import { definitionOf, LABS } from '../labs/index.ts';
import type { Site, Stop } from '../labs/stops.ts';
import { defaultState, type Lab, type PageState, TOUR_STEPS, type TourStep } from '../state.ts';

/** A stop, and the lab that it is in. */
export interface LabStop extends Stop {
  lab: Lab;
}

export const STOPS = Object.fromEntries(
  LABS.flatMap(({ id, tour }) =>
    Object.entries<Stop>(tour).map(([name, stop]) => [name, { ...stop, lab: id }]),
  ),
) as Record<TourStep, LabStop>;

/** The class of the colour of the model, or of the lab, that a stop is about. */
export const accentOf = ({ lab, accent }: LabStop): string => accent ?? definitionOf(lab).accent;

/** The steps that can be shown on a site; all of them while it is not known. */
export const stepsFor = (site: Site | null): TourStep[] =>
  TOUR_STEPS.filter((step) => site === null || (STOPS[step].needs?.(site) ?? true));

/** The page as a step wants it; the language and the models stay those of the visitor. */
export function stateAt(step: TourStep, { language, decoder, sampler }: PageState): PageState {
  const { lab, setting = {} } = STOPS[step];
  const state = { ...defaultState(), language, decoder, sampler, tour: step, lab };
  const slices = state as unknown as Record<string, object>;
  for (const [name, values] of Object.entries(setting))
    slices[name] = { ...slices[name], ...values };
  return state;
}
