/** Does to the page what the script says, with pointer and keys where a visitor has those. */
import type { Locator, Page } from '@playwright/test';
import { LABS } from '../../../www/src/labs/index.ts';
import { give, VAE } from './files.ts';
import { type Fields, fieldsOf } from './ledger.ts';
import { bitmap } from './picture.ts';
import type { Action } from './script.ts';
import type { Control, Watched } from './watch.ts';
import type { World } from './world.ts';

/** Long enough for a busy machine: what takes longer is not there to be used. */
const PATIENCE_MS = 4000;
/** For what has to be there. */
const CERTAIN_MS = 20_000;
/** Presses of a key on a slider. */
const KEYS = ['ArrowRight', 'ArrowLeft', 'PageUp', 'PageDown', 'Home', 'End'] as const;

/** The control that a deed set, and what it then showed. */
export interface Deed {
  control?: { name: string; value: string };
}

export class Visitor {
  constructor(
    readonly page: Page,
    private readonly world: World,
  ) {
    // Files are given to the inputs themselves.
    page.on('filechooser', () => undefined);
  }

  async fields(): Promise<Fields> {
    return fieldsOf(await this.page.evaluate(() => (globalThis as Watched).soak.fragment()));
  }

  controls(): Promise<Control[]> {
    return this.page.evaluate(() => (globalThis as Watched).soak.controls());
  }

  /** The named controls on display, with what they show. */
  async shown(): Promise<Record<string, string>> {
    return Object.fromEntries(
      (await this.#settings()).map(({ name, value }) => [name, value] as const),
    );
  }

  async #settings(): Promise<Control[]> {
    const kinds = ['slide', 'choose', 'select', 'check'];
    return (await this.controls()).filter(({ kind, name }) => name && kinds.includes(kind));
  }

  /** Waits until nothing is under way that would set a part of the state. */
  async still(): Promise<void> {
    await this.page
      .waitForFunction(() => !(globalThis as Watched).soak.setting(), null, {
        timeout: PATIENCE_MS,
        polling: 30,
      })
      .catch(() => undefined);
    await this.frame();
  }

  /** What was pressed may be a button that loads the page anew: then it is waited for. */
  async frame(): Promise<void> {
    try {
      await this.page.evaluate(
        () =>
          new Promise<void>((resolve) =>
            requestAnimationFrame(() => requestAnimationFrame(() => resolve())),
          ),
      );
    } catch {
      await this.page.locator('nav a[aria-current=page]').waitFor();
    }
  }

  /** Does it; false where the page has nothing to do it with. */
  async act(action: Action): Promise<Deed | false> {
    const { page } = this;
    switch (action.kind) {
      case 'lab':
        return this.#press(
          page.locator('nav a').nth(LABS.findIndex(({ id }) => id === action.lab)),
        );
      case 'slide':
        return this.#slide(action);
      case 'choose':
      case 'check':
        return this.#operate(action.kind, action.which, (at) => this.#click(at));
      case 'select':
        return this.#operate(action.kind, action.which, (at) => this.#select(at, action.to));
      case 'type':
        return this.#operate(action.kind, action.which, (at) => this.#type(at, action.seed));
      case 'press':
      case 'notice':
        return this.#operate(action.kind, action.which, (at) => this.#click(at));
      case 'draw':
        return this.#draw(action);
      case 'picture': {
        const examples = page.locator('[data-testid^=example-]:visible');
        const count = await examples.count();
        return count > 0 && this.#press(examples.nth(Math.floor(action.which * count)));
      }
      case 'upload':
        return this.#upload(action);
      case 'drag':
        return this.#operate(action.kind, action.which, (at) => this.#drag(at, action));
      case 'language':
        return this.#press(page.locator('[data-testid^=language-]').first());
      case 'address':
        await page.evaluate((fragment) => (location.hash = fragment), action.fragment);
        return {};
      case 'back':
        await page.evaluate(() => {
          const { navigation } = globalThis as unknown as { navigation: { canGoBack: boolean } };
          if (navigation.canGoBack) history.back();
        });
        await page.waitForTimeout(100);
        return {};
      case 'open':
        return this.#open();
      case 'remove':
        return this.#remove();
      case 'wait':
        await page.waitForTimeout(action.milliseconds);
        return {};
      case 'kill':
        return (await this.world.kill(action)) && {};
      case 'network':
        await this.world.network(action.cut);
        return {};
      case 'quota':
        await this.world.quota(action.bytes);
        return {};
      case 'hide':
        await this.world.hide(action.hidden);
        return {};
    }
  }

  async #press(locator: Locator, timeout = PATIENCE_MS): Promise<Deed | false> {
    try {
      await locator.click({ timeout });
      return {};
    } catch {
      return false;
    }
  }

  /** Picks one of the controls of a kind, and has it do something. */
  async #operate(
    kind: Control['kind'],
    which: number,
    operate: (index: number) => Promise<boolean>,
  ): Promise<Deed | false> {
    const controls = await this.controls();
    const indices = controls.flatMap((control, i) => (control.kind === kind ? [i] : []));
    const index = indices[Math.floor(which * indices.length)];
    if (index === undefined || !(await operate(index))) return false;
    await this.frame();
    const name = controls[index]?.name ?? '';
    const now = (await this.#settings()).find((control) => control.name === name);
    return name && now ? { control: { name, value: now.value } } : {};
  }

  /** Where the element is, scrolled into sight; null where something else lies over it, or it is gone. */
  async #box(
    index: number,
  ): Promise<{ x: number; y: number; width: number; height: number } | null> {
    return this.page.evaluate((index) => {
      const element = (globalThis as Watched).soak.element(index);
      if (!element?.isConnected) return null;
      // A radio button is small and invisible: its label is what one presses.
      const target = element.matches('input[type=radio]')
        ? (element.closest('label') ?? element)
        : element;
      target.scrollIntoView({ block: 'center', behavior: 'instant' });
      const { x, y, width, height } = target.getBoundingClientRect();
      return width > 0 && height > 0 ? { x, y, width, height } : null;
    }, index);
  }

  async #click(index: number): Promise<boolean> {
    const box = await this.#box(index);
    if (!box) return false;
    await this.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    return true;
  }

  async #select(index: number, to: number): Promise<boolean> {
    return this.page.evaluate(
      ({ index, to }) => {
        const select = (globalThis as Watched).soak.element(index) as HTMLSelectElement | null;
        const option = select?.options[Math.floor(to * select.options.length)];
        if (!select || !option || option.disabled) return false;
        select.value = option.value;
        select.dispatchEvent(new Event('input', { bubbles: true }));
        select.dispatchEvent(new Event('change', { bubbles: true }));
        return true;
      },
      { index, to },
    );
  }

  async #type(index: number, seed: number): Promise<boolean> {
    if (!(await this.#click(index))) return false;
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.type(String(seed));
    await this.page.keyboard.press('Enter');
    return true;
  }

  #slide({ which, to, by }: Extract<Action, { kind: 'slide' }>): Promise<Deed | false> {
    return this.#operate('slide', which, async (index) => {
      const box = await this.#box(index);
      if (!box) return false;
      const { mouse, keyboard } = this.page;
      const y = box.y + box.height / 2;
      if (by === 'pointer') {
        await mouse.move(box.x + box.width / 2, y);
        await mouse.down();
        await mouse.move(box.x + to * box.width, y, { steps: 6 });
        await mouse.up();
        return true;
      }
      await this.page.evaluate((at) => (globalThis as Watched).soak.element(at)?.focus(), index);
      const key = KEYS[Math.floor(to * KEYS.length)] ?? 'ArrowRight';
      for (let i = 0; i < 3; i++) await keyboard.press(key);
      return true;
    });
  }

  async #draw({ points, by }: Extract<Action, { kind: 'draw' }>): Promise<Deed | false> {
    const pad = this.page.locator('[data-testid=drawing-pad]:visible');
    if ((await pad.count()) === 0) return false;
    const { mouse, keyboard } = this.page;
    if (by === 'keys') {
      await pad.focus({ timeout: PATIENCE_MS });
      await keyboard.press('Space');
      for (const [x, y] of points) {
        await keyboard.press(x < 0.5 ? 'Shift+ArrowLeft' : 'Shift+ArrowRight');
        await keyboard.press(y < 0.5 ? 'Shift+ArrowUp' : 'Shift+ArrowDown');
      }
      await keyboard.press('Space');
      return {};
    }
    await pad.scrollIntoViewIfNeeded({ timeout: PATIENCE_MS });
    const box = await pad.boundingBox();
    if (!box) return false;
    const at = ([x, y]: readonly [number, number]) =>
      [box.x + x * box.width, box.y + y * box.height] as const;
    const [first, ...rest] = points;
    if (!first) return false;
    await mouse.move(...at(first));
    await mouse.down();
    for (const point of rest) await mouse.move(...at(point), { steps: 5 });
    await mouse.up();
    return {};
  }

  async #drag(index: number, { from, to }: Extract<Action, { kind: 'drag' }>): Promise<boolean> {
    const box = await this.#box(index);
    if (!box) return false;
    const { mouse } = this.page;
    await mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
    await mouse.down();
    await mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 8 });
    await mouse.up();
    return true;
  }

  async #upload({ seed, readable }: Extract<Action, { kind: 'upload' }>): Promise<Deed | false> {
    const file = readable
      ? { name: 'blobs.bmp', type: 'image/bmp', bytes: bitmap(seed) }
      : { name: 'words.png', type: 'image/png', bytes: Buffer.from('no picture') };
    const upload = 'main > div:not([hidden]) [data-testid=upload]';
    const given = await give(this.page, upload, [file]);
    return given ? {} : false;
  }

  /** Opens a VAE of the visitor's own, unless it takes too long; the dialog is closed either way. */
  async #open(): Promise<Deed | false> {
    const { page } = this;
    const dialog = page.getByTestId('open-model');
    if (!(await this.#press(page.getByTestId('open-a-model')))) return false;
    try {
      await page.getByTestId('model-files').waitFor({ state: 'attached', timeout: PATIENCE_MS });
      await give(page, '[data-testid=model-files]', VAE);
      await page.getByTestId('use-model').click({ timeout: 2 * PATIENCE_MS });
      await dialog.waitFor({ state: 'detached', timeout: PATIENCE_MS });
      return {};
    } catch {
      await this.close();
      return {};
    }
  }

  async #remove(): Promise<Deed | false> {
    const { page } = this;
    if (!(await this.#press(page.getByTestId('open-a-model')))) return false;
    const remove = page.getByTestId('own-models').locator('li').first().getByRole('button').last();
    // The second press confirms the first.
    for (let i = 0; i < 2; i++) await remove.click({ timeout: 500 }).catch(() => undefined);
    await this.close();
    return {};
  }

  /** Closes whatever lies over the page, one over the other, and says whether anything did. */
  async close(): Promise<boolean> {
    const dialogs = this.page.locator('dialog[open]');
    const count = await dialogs.count();
    for (let left = count - 1; left >= 0; left--) {
      await this.page.keyboard.press('Escape');
      await dialogs
        .nth(left)
        .waitFor({ state: 'detached', timeout: PATIENCE_MS })
        .catch(() => undefined);
    }
    return count > 0;
  }

  /** Has all bounds of the ELBO lab go on that were paused. */
  resume(): Promise<void> {
    return this.page.evaluate(() => {
      const paused = '[data-testid=elbo-lab] [data-testid^=job-][data-status=paused] button';
      for (const button of document.querySelectorAll<HTMLElement>(paused)) button.click();
    });
  }

  /** The numbers of the ELBO lab as the page hands them out; empty where it does not. */
  async exported(): Promise<string> {
    await this.close();
    // What other labs have copied is none.
    await this.page.evaluate(() => (globalThis as Watched).soak.forget());
    await this.#press(this.page.getByTestId('elbo-share'), CERTAIN_MS);
    await this.#press(this.page.getByTestId('share-copy-json'), CERTAIN_MS);
    await this.page
      .waitForFunction(() => (globalThis as Watched).soak.copied() !== '', null, {
        timeout: CERTAIN_MS,
      })
      .catch(() => undefined);
    return this.page.evaluate(() => (globalThis as Watched).soak.copied());
  }

  /** What lies over the page, and over an element of it, in words. */
  covers(testid: string): Promise<string> {
    return this.page.evaluate((testid) => {
      const told = (element: Element | null) =>
        element &&
        `${element.outerHTML.slice(0, 120)} (${element.textContent.trim().slice(0, 200)})`;
      const found = [...document.querySelectorAll<HTMLElement>(`[data-testid=${testid}]`)];
      const lines = found.map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        const over = document.elementFromPoint(x + width / 2, y + height / 2);
        return `${testid} at ${x}, ${y}: ${told(element)}, over it ${told(over)}`;
      });
      const dialogs = [...document.querySelectorAll('dialog[open]')].map(told);
      return [...lines, `${dialogs.length} dialogs`, ...dialogs, location.hash].join('; ');
    }, testid);
  }

  /** Presses what the notices offer until there is nothing more to press, or it is a file that one asks for. */
  async answerNotices(): Promise<void> {
    for (let i = 0; i < 20; i++) {
      if (!(await this.act({ kind: 'notice', which: 0 }))) return;
      await this.page.waitForTimeout(200);
      if (await this.close()) return;
    }
  }
}
