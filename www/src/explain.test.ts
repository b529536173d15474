import { afterEach, expect, it } from 'vitest';
import { CallError, WorkerLostError } from '../engine/errors.ts';
import { LoadError } from '../engine/loader.ts';
import en from 'virtual:texts/page/en';
import { PictureError } from './drawing/file.ts';
import { explain } from './explain.ts';
import { speech } from './messages/speech.svelte.ts';
import zh from 'virtual:texts/page/zh';

afterEach(() => {
  speech.chosen = null;
});

it.each([
  ['en', en.errors],
  ['zh', zh.errors],
] as const)('says in %s what went wrong, and what the code says of it', async (language, text) => {
  speech.chosen = language;
  await speech.load();
  expect(explain(new LoadError('missing', 'a.onnx', 404))).toBe(text.missing({ file: 'a.onnx' }));
  expect(explain(new LoadError('offline', 'a.onnx'))).toBe(text.offline({ file: 'a.onnx' }));
  expect(explain(new LoadError('webpage', 'a.onnx'))).toBe(text.webpage({ file: 'a.onnx' }));
  expect(explain(new LoadError('http', 'a.onnx', 503))).toBe(
    text.http({ file: 'a.onnx', status: 503 }),
  );
  expect(explain(new CallError('ChecksumError', 'a.onnx has 3 bytes'))).toBe(
    text.because({ cause: text.kinds['ChecksumError'], detail: 'a.onnx has 3 bytes' }),
  );
  expect(explain(new WorkerLostError('unreachable'))).toBe(
    text.because({ cause: text.kinds['WorkerLostError'], detail: 'unreachable' }),
  );
  expect(explain(new RangeError('too long'))).toBe(
    text.because({ cause: text.unexpected, detail: 'too long' }),
  );
  for (const [fault, said] of [
    [{ reason: 'empty' }, text.picture.empty],
    [{ reason: 'bytes', megabytes: 99, most: 64 }, text.picture.bytes({ megabytes: 99, most: 64 })],
    [
      { reason: 'pixels', megapixels: 900, most: 130 },
      text.picture.pixels({ megapixels: 900, most: 130 }),
    ],
    [{ reason: 'format', format: 'PDF' }, text.picture.format({ format: 'PDF' })],
    [{ reason: 'format', format: '' }, text.picture.unknown],
    [{ reason: 'damaged', format: 'PNG' }, text.picture.damaged({ format: 'PNG' })],
  ] as const)
    expect(explain(new PictureError(fault))).toBe(said);
  expect(explain(new DOMException('', 'DataCloneError'))).toBe(
    text.because({ cause: text.unexpected, detail: 'DataCloneError' }),
  );
});
