import { COMMON, PictureError, type PictureFault } from './drawing/file.ts';
import { LoadError } from '../engine/loader.ts';
import { messages, textBy } from './messages/index.ts';

/** What went wrong, in the page's language; what the code says of it, which is English, follows in brackets. */
export function explain(error: Error): string {
  const text = messages.errors;
  if (error instanceof LoadError) {
    if (error.failure === 'http') return text.http({ file: error.file, status: error.status });
    return text[error.failure]({ file: error.file });
  }
  if (error instanceof PictureError) return explainPicture(error.fault);
  return text.because({
    cause: textBy(text.kinds, error.name) ?? text.unexpected,
    detail: error.message || error.name,
  });
}

function explainPicture(fault: PictureFault): string {
  const text = messages.errors.picture;
  switch (fault.reason) {
    case 'empty':
      return text.empty;
    case 'bytes':
      return text.bytes({ megabytes: fault.megabytes, most: fault.most });
    case 'pixels':
      return text.pixels({ megapixels: fault.megapixels, most: fault.most });
    case 'format':
      return fault.format ? text.format({ format: fault.format }) : text.unknown;
    case 'damaged':
      if (fault.format === 'HEIC') return text.heic;
      return COMMON.has(fault.format)
        ? text.damaged({ format: fault.format })
        : text.format({ format: fault.format });
    case 'randomized':
      return text.randomized;
    case 'blank':
      return text.blank;
    case 'text':
      return text.text;
  }
}
