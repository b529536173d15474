/** Files and pointers as a browser gives them, where jsdom has neither. */
import { vi } from 'vitest';
import { later } from './worker.ts';

/** As much of a PNG file as says how large its picture is. */
export function pngHead(width: number, height: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(33);
  head.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(head.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  return head;
}

/** Pictures that decode when the test says so; what is read back from a canvas may be altered. */
export function decodable(alter: (data: Uint8ClampedArray) => Uint8ClampedArray = (data) => data) {
  /** What was drawn on canvases, and the matrices that were set. */
  const drawn: unknown[][] = [];
  const open = new Map<Blob, ReturnType<typeof later<object>>>();
  const answerFor = (file: Blob) => {
    const answer = open.get(file) ?? later<object>();
    open.set(file, answer);
    // One that is refused before it is asked for is nobody's fault.
    answer.promise.catch(() => undefined);
    return answer;
  };
  vi.stubGlobal('createImageBitmap', (file: Blob) => answerFor(file).promise);
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      constructor(
        readonly width: number,
        readonly height: number,
      ) {}
      getContext() {
        let put: Uint8ClampedArray | undefined;
        return {
          drawImage: (...args: unknown[]) => drawn.push(args),
          setTransform: (...matrix: number[]) => drawn.push(['matrix', ...matrix]),
          createImageData: (width: number, height: number) => ({
            data: new Uint8ClampedArray(4 * width * height),
          }),
          putImageData: ({ data }: { data: Uint8ClampedArray }) => (put = data),
          getImageData: (_x: number, _y: number, width: number, height: number) => ({
            data: alter(put ?? new Uint8ClampedArray(4 * width * height)),
          }),
        };
      }
    },
  );
  // An image element shows no more than a bitmap does.
  Object.assign(URL, { createObjectURL: () => 'blob:', revokeObjectURL: () => undefined });
  vi.stubGlobal(
    'Image',
    class {
      decode() {
        return Promise.reject(new Error('no picture'));
      }
    },
  );
  return {
    drawn,
    decode: (file: Blob, width = 28, height = 28) =>
      answerFor(file).resolve({ width, height, close: () => undefined }),
    refuse: (file: Blob) =>
      answerFor(file).reject(Object.assign(new Error('no picture'), { name: 'InvalidStateError' })),
  };
}

interface Touch {
  id?: number;
  primary?: boolean;
  button?: number;
  type?: string;
}

/** A pointer event at a place of the page, in pixels. */
export function pointer(
  name: string,
  [clientX, clientY]: readonly [number, number],
  { id = 1, primary = true, button = 0, type = 'touch' }: Touch = {},
): PointerEvent {
  const event = new MouseEvent(name, { bubbles: true, cancelable: true, button, clientX, clientY });
  return Object.assign(event, {
    pointerId: id,
    isPrimary: primary,
    pointerType: type,
  }) as unknown as PointerEvent;
}

/** jsdom lays nothing out and captures no pointer. */
export function layOut(width: number, height: number): void {
  Element.prototype.setPointerCapture = () => undefined;
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  vi.spyOn(HTMLElement.prototype, 'offsetWidth', 'get').mockReturnValue(width);
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(width);
  vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue(
    new DOMRect(0, 0, width, height),
  );
}
