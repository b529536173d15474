/** The samplers that are held against each other. */
import { messages } from '../../messages/index.ts';

// Constant, so that no canvas is handed over anew when a title changes.
export const SAMPLERS = ['ancestral', 'ddim', 'flow'] as const;

export function samplerTitles(eta: number) {
  const { ancestral, ddim, flow } = messages.planeLab.stage.samplers;
  return { ancestral, ddim: ddim({ eta: String(eta) }), flow };
}
