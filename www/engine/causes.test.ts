import { expect, it } from 'vitest';
import { withCauses } from './causes.ts';

it('says what caused an error, from the nearest cause to the first', () => {
  const first = new Error('no node gives "x"');
  const cause = new Error('the graph cannot be built', { cause: first });
  expect(withCauses(new Error('a.onnx cannot be run', { cause }))).toBe(
    'a.onnx cannot be run: the graph cannot be built: no node gives "x"',
  );
  expect(withCauses(new Error('seed is -1', { cause: 'a text' }))).toBe('seed is -1');
});
