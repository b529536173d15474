/** A browser that is driven as a visitor would, whatever its protocol is. */

import { expect } from '../fixtures.ts';

export type Point = readonly [x: number, y: number];

export interface Visitor {
  readonly name: string;
  open(url: string): Promise<void>;
  /** Runs a function in the page; what it is given and gives is JSON. */
  evaluate<Arguments extends unknown[], Result>(
    run: (...given: Arguments) => Result | Promise<Result>,
    ...given: Arguments
  ): Promise<Result>;
  /** Presses the pointer at the first point and lets go at the last. */
  drag(points: readonly Point[]): Promise<void>;
  close(): Promise<void>;
}

const selectorOf = (testId: string) => `[data-testid="${testId}"]`;

/** Text of an element; null where there is none. */
export const textOf = (visitor: Visitor, testId: string): Promise<string | null> =>
  visitor.evaluate(
    (selector) => document.querySelector<HTMLElement>(selector)?.innerText ?? null,
    selectorOf(testId),
  );

export const attributeOf = (
  visitor: Visitor,
  testId: string,
  name: string,
): Promise<string | null> =>
  visitor.evaluate(
    (selector, name) => document.querySelector(selector)?.getAttribute(name) ?? null,
    selectorOf(testId),
    name,
  );

/** A place in an element, from shares of its sides, scrolled into sight. */
export async function placeIn(
  visitor: Visitor,
  testId: string,
  right: number,
  down: number,
): Promise<Point> {
  return visitor.evaluate(
    (selector, right, down): [number, number] => {
      const element = document.querySelector(selector);
      if (!element) throw new Error(`${selector} is not on the page`);
      element.scrollIntoView({ block: 'center' });
      const box = element.getBoundingClientRect();
      return [Math.round(box.x + right * box.width), Math.round(box.y + down * box.height)];
    },
    selectorOf(testId),
    right,
    down,
  );
}

/** Clicks the button of this name as soon as it can be. */
export async function clickButton(visitor: Visitor, name: string): Promise<void> {
  const place = () =>
    visitor.evaluate((name): [number, number] | null => {
      const button = [...document.querySelectorAll('button')].find(
        (button) =>
          (button.ariaLabel ?? button.textContent).trim() === name && button.checkVisibility(),
      );
      if (!button || button.disabled) return null;
      button.scrollIntoView({ block: 'center' });
      const box = button.getBoundingClientRect();
      return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];
    }, name);
  await expect.poll(place, { message: `the button ${name}` }).not.toBeNull();
  await visitor.drag([(await place()) as Point]);
}

/** The grey levels of a canvas; null unless every pixel is an opaque grey. */
export function levelsOf(visitor: Visitor, testId: string): Promise<number[] | null> {
  return visitor.evaluate((selector) => {
    const element = document.querySelector<HTMLCanvasElement>(selector);
    if (!element?.width) return null;
    const copy = new OffscreenCanvas(element.width, element.height);
    const context = copy.getContext('2d');
    if (!context) throw new Error('no 2-D context');
    context.drawImage(element, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    const grey: number[] = [];
    for (let i = 0; i < data.length; i += 4) {
      if (data[i] !== data[i + 1] || data[i] !== data[i + 2] || data[i + 3] !== 255) return null;
      grey.push(data[i] as number);
    }
    return grey;
  }, selectorOf(testId));
}
