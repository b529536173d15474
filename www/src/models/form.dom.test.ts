import { render } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { DdpmEntry, EntryChanges } from '../../engine/protocol.ts';
import { Engine } from '../engine/engine.svelte.ts';
import { DDPM, manifest } from '../testing/manifest.ts';
import { clearUp, make, world } from '../testing/page.svelte.ts';
import EntryForm from './EntryForm.svelte';
import { Opening } from './opening.svelte.ts';
import { OwnLibrary } from './own.svelte.ts';
import type { ModelStore } from './store.ts';

afterEach(clearUp);

function form(network: NonNullable<DdpmEntry['network']>) {
  world();
  const shipped = manifest.models.find(({ id }) => id === DDPM) as DdpmEntry;
  const opening = make(() => {
    const library = new OwnLibrary({} as unknown as ModelStore);
    return new Opening(new Engine({ decoder: '', sampler: '' }, 'decoder', library), library);
  });
  const changes: EntryChanges[] = [];
  vi.spyOn(opening, 'change').mockImplementation(async (wanted) => void changes.push(wanted));
  const entry: DdpmEntry = { ...shipped, network };
  const { container } = render(EntryForm, { opening, entry });
  const steps = container.querySelector<HTMLInputElement>('[data-testid="chain-steps"]');
  return { changes, steps };
}

it('asks how long the chain of the training was, and takes no length that none has', () => {
  const schedule = { kind: 'linear' as const, steps: 1000, betaEnd: 0.01 };
  const { changes, steps } = form({ time: { form: 'timestep', schedule } });
  if (!steps) throw new Error('there is no field');
  expect(steps.valueAsNumber).toBe(1000);
  const write = (value: string) => {
    steps.value = value;
    steps.dispatchEvent(new Event('change', { bubbles: true }));
  };
  write('1');
  write('');
  expect(changes).toEqual([]);
  write('60');
  expect(changes).toEqual([{ 'network.time.schedule': { ...schedule, steps: 60 } }]);
});

it('does not ask where each step has its number, or where there is no chain', () => {
  const betas = { kind: 'betas' as const, betas: [0.1, 0.2] };
  expect(form({ time: { form: 'timestep', schedule: betas } }).steps).toBeNull();
  expect(form({ time: { form: 'flow' } }).steps).toBeNull();
});
