import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { VaeEntry } from '../../engine/protocol.ts';
import { manifest, VAE } from '../testing/manifest.ts';
import { ArchiveError, baseName, holdModel, isModel, pack, readFiles } from './archive.ts';
import { canonical, checksums, sha256 } from './digest.ts';
import { titleFrom } from './opening.svelte.ts';

const entry = manifest.models.find(({ id }) => id === VAE) as VaeEntry;
const bytes = { encoder: Uint8Array.of(1, 2, 3), decoder: Uint8Array.of(4, 5) };
const file = (name: string, content: Uint8Array) => new File([new Uint8Array(content)], name);

describe('files', () => {
  it.each([
    ['a/b/net.onnx', 'net.onnx'],
    ['C:\\models\\net.onnx', 'net.onnx'],
    ['模型 1.onnx', '模型 1.onnx'],
    ['a:b?.onnx', 'a_b_.onnx'],
    ['..', 'file'],
    ['', 'file'],
  ])('of the path %j are called %j', (path, name) => {
    expect(baseName(path)).toBe(name);
  });

  it('come out of an archive as they went in', async () => {
    const zip = await pack(entry, bytes);
    const names = Object.fromEntries(
      (await readFiles([file('model.zip', zip), file('more.data', Uint8Array.of(9))])).map(
        ({ name, bytes: content }) => [name, content],
      ),
    );
    const { 'manifest.json': json, ...rest } = names;
    expect(JSON.parse(new TextDecoder().decode(json))).toEqual({ format: 2, models: [entry] });
    expect(rest).toEqual({
      [entry.files.encoder?.path ?? '']: bytes.encoder,
      [entry.files.decoder.path]: bytes.decoder,
      'more.data': Uint8Array.of(9),
    });
  });

  it('leaves out folders and what the Finder adds', async () => {
    const zip = zipSync({
      'a/': new Uint8Array(),
      'a/n.onnx': strToU8('n'),
      '__MACOSX/a/._n.onnx': strToU8('x'),
    });
    expect((await readFiles([file('a.zip', zip)])).map(({ name }) => name)).toEqual(['n.onnx']);
  });

  it.each([
    [['net.onnx'], true],
    [['net.onnx', 'net.onnx.data'], true],
    [['sample.png', 'NET.ONNX'], true],
    [['manifest.json'], true],
    [['manifest.json', 'labels.csv'], false],
    [['digits.zip'], false],
    [[], false],
  ])('of the names %j are a model: %j', (names, model) =>
    expect(isModel(names.map((name) => ({ name })))).toBe(model),
  );

  it.each([
    [['net/vae.onnx', 'net/readme.md'], true],
    [['manifest.json'], true],
    [['manifest.json', 'NET.ONNX'], true],
    [['images/', 'images/1.png', 'images/manifest.json'], false],
    [['digits.idx'], false],
    [['__MACOSX/net.onnx', 'digits.npy'], false],
  ])('in an archive by the names %j are a model: %j', async (names, model) => {
    const zip = zipSync(Object.fromEntries(names.map((name) => [name, new Uint8Array()])));
    expect(await holdModel([file('beside.csv', strToU8('1')), file('a.ZIP', zip)])).toBe(model);
  });

  it('are a model by their own names, and none in an archive that cannot be read', async () => {
    const broken = file('broken.zip', strToU8('PK, but no zip'));
    expect(await holdModel([broken])).toBe(false);
    expect(await holdModel([broken, file('net.onnx', strToU8('n'))])).toBe(true);
  });

  it('says which archive cannot be read', async () => {
    const reading = readFiles([file('broken.zip', strToU8('PK, but no zip'))]);
    await expect(reading).rejects.toThrow(ArchiveError);
    await expect(reading).rejects.toThrow('broken.zip');
  });
});

describe('the checksum of a model', () => {
  it('is SHA-256, with or without the browser’s help', async () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(await sha256(strToU8('abc'))).toBe(abc);
    const subtle = Object.getOwnPropertyDescriptor(Crypto.prototype, 'subtle');
    Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined, configurable: true });
    try {
      expect(await sha256(strToU8('abc'))).toBe(abc);
    } finally {
      if (subtle) Object.defineProperty(Crypto.prototype, 'subtle', subtle);
    }
  });

  it('is the same for equal values in any order of keys', () => {
    expect(canonical({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe(
      canonical({ b: [1, { c: 'x', d: null }] }),
    );
  });

  it('names the files and how they are read, not what they are called', async () => {
    const { id, files } = await checksums(entry, bytes);
    expect(id).toMatch(/^own\.[0-9a-f]{20}\.[0-9a-f]{8}$/);
    expect(files['decoder']).toEqual({
      path: entry.files.decoder.path,
      bytes: 2,
      sha256: await sha256(bytes.decoder),
    });
    const idOf = async (changed: VaeEntry, content: Record<string, Uint8Array> = bytes) =>
      (await checksums(changed, content)).id;
    expect(await idOf({ ...entry, id: 'x', title: 'y', dataset: 'z' })).toBe(id);
    const { count } = entry.latents;
    expect(await idOf({ ...entry, latents: { count, klPerLatent: [], order: [] } })).toBe(id);
    const otherFiles = await idOf(entry, { ...bytes, decoder: Uint8Array.of(4, 6) });
    const otherReading = await idOf({ ...entry, likelihood: 'gaussian' });
    const [, fileSum, settingSum] = id.split('.');
    expect(otherFiles.split('.')).toEqual([
      'own',
      expect.not.stringMatching(fileSum ?? ''),
      settingSum,
    ]);
    expect(otherReading.split('.')).toEqual([
      'own',
      fileSum,
      expect.not.stringMatching(settingSum ?? ''),
    ]);
  });
});

describe('the name of a model', () => {
  it.each([
    [['vae-encoder.onnx', 'vae-decoder.onnx'], 'vae'],
    [['beta_vae_enc_v2.onnx', 'beta_vae_dec_v2.onnx'], 'beta vae v2'],
    [['decoder.onnx'], 'decoder'],
    [['unet.onnx'], 'unet'],
  ])('of %j is %j', (names, title) => {
    expect(titleFrom(names)).toBe(title);
  });
});
