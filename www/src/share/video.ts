/** A film as a video, by the browser's own encoders. Fetched when it is used. */
import {
  BufferTarget,
  CanvasSource,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  Quality,
  WebMOutputFormat,
} from 'mediabunny';
import { type Asked, type Film, type Imprint, SOFTWARE } from './subject.ts';

type VideoKind = 'webm' | 'mp4';

const CODECS = { webm: ['vp9', 'av1', 'vp8'], mp4: ['avc', 'av1'] } as const;
const LAST_FRAME_MS = 1500;
/** Where the browser has no encoder for a kind of video. */
class NoEncoderError extends Error {
  override name = 'NoEncoderError';
}

/** Encoders take even sides only. */
const even = (side: number) => side + (side % 2);

export async function toVideo(
  { frames, delay }: Film,
  kind: VideoKind,
  { title, address }: Imprint,
  { signal, onProgress }: Asked,
): Promise<Uint8Array<ArrayBuffer>> {
  const [first] = frames;
  if (!first) throw new RangeError('a film without frames');
  const size = { width: even(first.width), height: even(first.height) };
  const codec =
    'VideoEncoder' in globalThis
      ? await getFirstEncodableVideoCodec([...CODECS[kind]], size)
      : null;
  if (!codec) throw new NoEncoderError(kind);
  const canvas = document.createElement('canvas');
  Object.assign(canvas, size);
  const context = canvas.getContext('2d');
  if (!context) throw new NoEncoderError(kind);
  const target = new BufferTarget();
  const output = new Output({
    format: kind === 'webm' ? new WebMOutputFormat() : new Mp4OutputFormat(),
    target,
  });
  const source = new CanvasSource(canvas, { codec, quality: new Quality('high') });
  output.addVideoTrack(source);
  output.setMetadataTags({ title, comment: address, raw: {}, artist: SOFTWARE });
  try {
    await output.start();
    for (const [i, frame] of frames.entries()) {
      signal.throwIfAborted();
      context.putImageData(new ImageData(frame.rgba, frame.width, frame.height), 0, 0);
      const shown = i === frames.length - 1 ? LAST_FRAME_MS : delay;
      await source.add((i * delay) / 1000, shown / 1000);
      onProgress((i + 1) / frames.length);
    }
    await output.finalize();
  } catch (error) {
    if (output.state !== 'finalized') await output.cancel();
    throw error;
  }
  if (!target.buffer) throw new Error('the encoder gave no file');
  return new Uint8Array(target.buffer);
}
