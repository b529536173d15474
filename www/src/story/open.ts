import { reducedMotion } from '../motion.ts';
import type { Lab } from '../state.ts';

/** The derivation of a lab that is opened for the first time has to be fetched. */
const PATIENCE_MS = 20_000;

/** Opens a step of a lab's derivation, as soon as that is on the page, and gives it the focus. */
export async function openStep(lab: Lab, step: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  const find = () => {
    const details = document.getElementById(`step-${step}`);
    const isOfLab = details?.parentElement?.id === `derivation-${lab}`;
    return isOfLab ? (details as HTMLDetailsElement) : null;
  };
  let found = find();
  while (!found && performance.now() < deadline) {
    await new Promise(requestAnimationFrame);
    found = find();
  }
  if (!found) return;
  found.open = true;
  found.querySelector('summary')?.focus({ preventScroll: true });
  found.scrollIntoView({ block: 'start', behavior: reducedMotion() ? 'auto' : 'smooth' });
}
