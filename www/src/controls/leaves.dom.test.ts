import { expect, it } from 'vitest';
import { leaves } from './leaves.ts';

it('what is dragged from one part of an element to another does not leave it', () => {
  document.body.innerHTML = '<div id="zone"><p id="part"></p></div><p id="beside"></p>';
  const at = (id: string) => document.getElementById(id);
  const zone = at('zone') as HTMLElement;
  const told: boolean[] = [];
  zone.addEventListener('dragleave', (event) => told.push(leaves(event)));
  for (const relatedTarget of [at('part'), zone, at('beside'), null])
    zone.dispatchEvent(new MouseEvent('dragleave', { relatedTarget }));
  expect(told).toEqual([false, false, true, true]);
});
