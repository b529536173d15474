import { storage } from '../storage.ts';
import { TOUR_STEPS, type TourStep } from '../state.ts';

/** What outlives a reload: where the visitor stood on the tour, and the page as it was before. */
export interface Memory {
  step: TourStep | null;
  /** The address's fragment from before the tour; null where the tour was come to by an address of its own. */
  before: string | null;
}

const KEY = 'elbo-room tour';
const NOTHING: Memory = { step: null, before: null };

/** A browser may refuse its storage, and anything may stand there. */
export function recall(): Memory {
  try {
    const found = JSON.parse(storage.notes().getItem(KEY) ?? 'null') as Partial<
      Record<keyof Memory, unknown>
    > | null;
    return {
      step: TOUR_STEPS.find((step) => step === found?.step) ?? null,
      before: typeof found?.before === 'string' ? found.before : null,
    };
  } catch {
    return NOTHING;
  }
}

export function remember(memory: Memory): void {
  try {
    storage.notes().setItem(KEY, JSON.stringify(memory));
  } catch {
    // The tour then starts at its beginning next time.
  }
}
