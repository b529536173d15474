import { readingSide, Sheet } from '../../drawing/upload.ts';
import type { WorkerClient } from '../../../engine/client.ts';
import type { Tools } from './opening.ts';

/** A worker reads the files and makes levels of pictures. */
export const toolsOf = (client: WorkerClient, progress: Tools['progress']): Tools => ({
  read: (bytes) => client.call('readData', { bytes }),
  decode: async (blob) => (await Sheet.open(blob)).read(readingSide(0)),
  fit: async (of, shape) => {
    const format = { shape, digit: false };
    const { levels } = await client.call('read', { of, format, whole: true });
    if (!levels) throw new Error('an image has no levels');
    return levels;
  },
  progress,
});
