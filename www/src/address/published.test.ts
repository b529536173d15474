/** Addresses that the page of version 0.1.0 wrote, as they stand in other people's pages: each goes on to mean the same. */
import { expect, it } from 'vitest';
import { defaultState } from '../state.ts';
import { parseState, printState } from './address.ts';
import published from './published.json' with { type: 'json' };

type Values = Record<string, unknown>;
const isSlice = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Parameters whatever their order. */
const parameters = (address: string) =>
  address
    .slice(1)
    .split('&')
    .sort((a, b) => a.localeCompare(b));

it('are twenty', () => {
  expect(published).toHaveLength(20);
});

it.each(published)('$address', ({ address, state: differences }) => {
  const { state, rejected } = parseState(address);
  expect(rejected).toEqual([]);
  const expected = defaultState() as unknown as Values;
  for (const [name, value] of Object.entries(differences)) {
    const standard = expected[name];
    // Parts of the state differ in some of their fields.
    expected[name] = isSlice(standard) ? { ...standard, ...(value as Values) } : value;
  }
  expect(state).toEqual(expected);
  expect(parameters(printState(state))).toEqual(parameters(address));
});
