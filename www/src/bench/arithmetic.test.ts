import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { multiplyAdds } from './arithmetic.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../../tests/fixtures/${name}`, import.meta.url));
const network = fixture('arithmetic.onnx');

it('counts what ONNX’s own shapes give', () => {
  expect(multiplyAdds(network)).toBe(
    (JSON.parse(fixture('arithmetic.json').toString()) as { multiplyAdds: number }).multiplyAdds,
  );
});

it('refuses what is not a whole ONNX file', () => {
  expect(() => multiplyAdds(network.subarray(0, network.length >> 1))).toThrow();
  expect(() => multiplyAdds(new TextEncoder().encode('<!doctype html><p>not found'))).toThrow();
  expect(() => multiplyAdds(new Uint8Array())).toThrow('no graph');
});

it('refuses an operator it does not know', () => {
  const at = network.indexOf('Sigmoid');
  const other = Uint8Array.from(network);
  other.set(new TextEncoder().encode('Sigmund'), at);
  expect(() => multiplyAdds(other)).toThrow('Sigmund');
});
