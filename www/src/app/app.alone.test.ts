/** The page as a whole, with a sixth lab: one folder (testing/sixth), and one line in the list of labs. */
import { screen } from '@testing-library/dom';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { REST_MS } from '../../engine/pool-services.ts';

type Modules = Awaited<ReturnType<typeof fetchModules>>;

/** Imports all modules anew, with the longer list of labs. */
async function fetchModules() {
  vi.resetModules();
  vi.doMock('../labs/index.ts', async (original) => {
    const { LABS } = await original<typeof import('../labs/index.ts')>();
    const { sixth } = await import('../testing/sixth/index.ts');
    const labs = [...LABS, sixth];
    return { LABS: labs, definitionOf: (lab: string) => labs.find(({ id }) => id === lab) };
  });
  const modules = {
    svelte: await import('svelte'),
    english: await import('../testing/english.ts'),
    App: (await import('../App.svelte')).default,
    address: await import('../address/address.ts'),
    state: await import('../state.ts'),
    world: await import('../testing/page.svelte.ts'),
    scripts: await import('../testing/scripts.ts'),
    worker: await import('../testing/worker.ts'),
  };
  // What the page fetches later, so that no test waits for it.
  const { LABS } = await import('../labs/index.ts');
  await Promise.all([
    ...LABS.map((lab) => lab.load()),
    import('../views.ts'),
    import('../labs/latent/map/LatentMap.svelte'),
    import('../story/Derivations.svelte'),
  ]);
  vi.doUnmock('../labs/index.ts');
  return modules;
}

let modules: Modules;
let app: Record<string, unknown> | undefined;

beforeAll(async () => {
  modules = await fetchModules();
}, 60_000);
afterEach(async () => {
  if (app) await modules.svelte.unmount(app);
  app = undefined;
  modules.world.clearUp();
  document.body.replaceChildren();
});

async function show(hash: string): Promise<void> {
  const { svelte, App, world, scripts } = modules;
  world.world({ hash, script: scripts.decoding() });
  vi.stubGlobal('ResizeObserver', Watcher);
  vi.stubGlobal('IntersectionObserver', Watcher);
  app = svelte.mount(App, { target: document.body });
  await settle();
}

class Watcher {
  observe() {}
  unobserve() {}
  disconnect() {}
}

/** Chunks come by real imports, which the fake clock does not wait for. */
async function settle(): Promise<void> {
  const { world } = modules;
  for (let turn = 0; turn < 5; turn++) {
    await vi.dynamicImportSettled();
    await world.pass(50);
  }
}

const counter = (name: string) => screen.getByRole('button', { name });

describe('a lab that is one folder and one line', () => {
  it('has its place in the navigation, its state, and its part of the address', async () => {
    await show('');
    const link = screen.getByRole('link', { name: 'Sixth' });
    expect(link.getAttribute('href')).toBe('#len=9&lab=sixth');
    expect(modules.state.defaultState()).toHaveProperty('sixth', { turns: 3 });
    const { state, rejected } = modules.address.parseState('#lab=sixth&turns=5');
    expect([state.lab, rejected]).toEqual(['sixth', []]);
    expect(modules.address.printState(state)).toBe('#len=17&lab=sixth&turns=5');
    expect(modules.address.parseState('#turns=100').rejected).toEqual([
      { key: 'turns', value: '100' },
    ]);
  });

  it('is opened by its address, and writes what is set in it', async () => {
    await show('#lab=sixth&turns=2');
    // It has no worked examples, and nothing stands in their place.
    expect(screen.queryByTestId('presets')).toBeNull();
    expect(document.title).toBe('Sixth · ELBO Room');
    counter('20').click();
    await modules.world.pass(400);
    expect(counter('25')).toBeTruthy();
    // Three is the default, and so not written.
    expect(location.hash).toBe('#len=9&lab=sixth');
  });
});

describe('the workers of a lab', () => {
  it('are given back a while after another lab was opened, and come again with it', async () => {
    await show('');
    const alive = (name: string) =>
      modules.worker.ScriptedWorker.all.some((one) => one.name === name && !one.ended);
    const go = async (hash: string) => {
      history.replaceState(null, '', hash);
      dispatchEvent(new HashChangeEvent('hashchange'));
      await settle();
    };
    await modules.world.pass(REST_MS + 100);
    expect(alive('decoder')).toBe(true);
    await go('#lab=sixth');
    expect(alive('decoder')).toBe(true);
    await modules.world.pass(REST_MS + 100);
    expect(alive('decoder')).toBe(false);
    await go('#lab=latent');
    expect(alive('decoder')).toBe(true);
  });
});

describe('a file that is dropped beside the places of labs', () => {
  const dropped = async (...files: File[]) => {
    const event = new Event('drop', { bubbles: true, cancelable: true });
    document.body.dispatchEvent(Object.assign(event, { dataTransfer: { files } }));
    await settle();
    expect(event.defaultPrevented).toBe(true);
  };
  const status = () => screen.getByTestId('picture-status').textContent;

  it.each([
    ['of a type that the browser knows', 'digit.png', 'image/png'],
    ['of an iPhone, whose type it does not', 'IMG_0001.HEIC', ''],
  ])('is scored where it is a picture %s', async (_, name, type) => {
    await show('#lab=sixth');
    await dropped(new File([], name, { type }));
    expect(document.title).toBe('ELBO · ELBO Room');
    // This browser has no canvas: that it says so shows that the file has arrived.
    expect(status()).toContain('This file cannot be used.');
    expect(screen.queryByTestId('open-model')).toBeNull();
  });

  it('stays in the lab that starts from a picture', async () => {
    await show('#lab=denoise&from=100');
    await dropped(new File([], 'digit.png', { type: 'image/png' }));
    expect(document.title).toBe('Denoise · ELBO Room');
    expect(status()).toContain('This file cannot be used.');
  });

  it('is opened as a model where it is one, a picture beside it or not', async () => {
    HTMLDialogElement.prototype.showModal = () => undefined;
    await show('#lab=sixth');
    await dropped(new File([], 'samples.png', { type: 'image/png' }), new File([], 'a.onnx'));
    expect(document.title).toBe('Sixth · ELBO Room');
    expect(screen.getByTestId('open-model').dataset['stage']).not.toBe('empty');
  });
});

describe('an error', () => {
  it('in one lab leaves the others, and the lab can be opened again', async () => {
    await show('#lab=sixth&turns=6');
    counter('100').click();
    await modules.world.pass();
    const card = screen.getByTestId('panic');
    expect(card.textContent).toContain('This part of the page stopped because of an error.');
    expect(card.textContent).toContain('TypeError');
    // The address that the report names brings the state back; here another one mends it.
    history.replaceState(null, '', '#lab=sixth&turns=5');
    dispatchEvent(new HashChangeEvent('hashchange'));
    screen.getByRole('button', { name: 'Open it again' }).click();
    await modules.world.pass();
    expect(screen.queryByTestId('panic')).toBeNull();
    expect(counter('50')).toBeTruthy();
    screen.getByRole('link', { name: 'Latent' }).click();
    history.replaceState(null, '', '#lab=latent');
    dispatchEvent(new HashChangeEvent('hashchange'));
    await settle();
    expect(screen.getByRole('heading', { name: 'Latent lab' })).toBeTruthy();
  });

  it('that nothing caught is told, copied, and dismissed; what follows from it is not', async () => {
    await show('#lab=sixth');
    const copied = vi.fn(async () => undefined);
    vi.stubGlobal('navigator', { userAgent: 'Test/1', clipboard: { writeText: copied } });
    dispatchEvent(new ErrorEvent('error', { message: 'ResizeObserver loop limit exceeded' }));
    await modules.world.pass();
    expect(screen.queryByTestId('panic')).toBeNull();
    dispatchEvent(new ErrorEvent('error', { error: new RangeError('first') }));
    dispatchEvent(new ErrorEvent('error', { error: new RangeError('second') }));
    await modules.world.pass();
    expect(screen.getByTestId('panic').textContent).toContain('RangeError: first');
    screen.getByRole('button', { name: 'Copy report' }).click();
    await modules.world.pass();
    const [report = ''] = (copied.mock.calls as unknown as [string][])[0] ?? [];
    expect(report).toMatch(/^ELBO Room .*, page\nRangeError: first\nhttp.*#lab=sixth\nTest\/1\n/);
    screen.getByRole('button', { name: 'Dismiss' }).click();
    await modules.world.pass();
    expect(screen.queryByTestId('panic')).toBeNull();
  });

  it('is told where a promise was rejected, and is shown for copying by hand', async () => {
    await show('#lab=sixth');
    vi.stubGlobal('navigator', { userAgent: 'Test/1' });
    const event = Object.assign(new Event('unhandledrejection'), { reason: 'no reason' });
    dispatchEvent(event);
    await modules.world.pass();
    screen.getByRole('button', { name: 'Copy report' }).click();
    await modules.world.pass();
    expect(screen.getByRole<HTMLTextAreaElement>('textbox').value).toContain('no reason');
  });
});
