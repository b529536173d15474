import { expect, it } from 'vitest';
import { CallError, fromWire, toWire } from './errors.ts';

/** As postMessage copies it. */
const across = (thrown: unknown) => fromWire(structuredClone(toWire(thrown)));

it('keeps name, message, cause and plain fields of an error on its way between threads', () => {
  const source = Object.assign(new Error('no such operator', { cause: 'node 7' }), {
    name: 'ParseError',
    line: 3,
  });
  const thrown = Object.assign(new Error('the decoder cannot be read', { cause: source }), {
    name: 'ModelError',
    file: 'decoder.onnx',
    found: 12,
    // Would not survive the way.
    retry: () => undefined,
  });
  const arrived = across(thrown);
  expect(arrived).toBeInstanceOf(CallError);
  expect(arrived).toMatchObject({
    name: 'ModelError',
    message: 'the decoder cannot be read: no such operator',
    file: 'decoder.onnx',
    found: 12,
  });
  expect(arrived).not.toHaveProperty('retry');
  expect(arrived.cause).toBeInstanceOf(Error);
  expect(arrived.cause).toMatchObject({
    name: 'ParseError',
    message: 'no such operator',
    line: 3,
    cause: 'node 7',
  });
});

it('makes an error of whatever was thrown', () => {
  expect(across('no memory')).toMatchObject({ name: 'Error', message: 'no memory' });
  expect(across('no memory')).not.toHaveProperty('cause');
});
