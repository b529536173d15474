/** The whole table: what the page and each of its labs can be told, and where the palette leads. */
import { flushSync } from 'svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Command } from '../commands/command.ts';
import { manuals } from '../commands/manuals.ts';
import { singles } from '../commands/singles.svelte.ts';
import { explain } from '../explain.ts';
import { ImageInput } from '../labs/input/image-input.svelte.ts';
import { LABS } from '../labs/index.ts';
import type { Controller, LabContext, LabModule } from '../labs/module.ts';
import { messages, textBy } from '../messages/index.ts';
import { LANGUAGES } from '../messages/languages.ts';
import { speech } from '../messages/speech.svelte.ts';
import { ModelChooser } from '../models/chooser.svelte.ts';
import { OwnLibrary } from '../models/own.svelte.ts';
import type { Lab } from '../state.ts';
import { Tour } from '../story/tour.svelte.ts';
import { byHand, clearUp, open, pass } from '../testing/page.svelte.ts';
import { decoding } from '../testing/scripts.ts';
import { appearance } from '../theme.svelte.ts';
import { moreCommands, pageCommands } from './commands.svelte.ts';
import { places } from './places.ts';
import { Rooms } from './rooms.svelte.ts';

const spoken = await manuals();
const modules = new Map<Lab, LabModule<Controller>>();
for (const { id, load } of LABS)
  modules.set(id, (await load()).default as unknown as LabModule<Controller>);

afterEach(() => {
  clearUp();
  singles.on = true;
  appearance.theme = 'system';
  speech.chosen = null;
});

/** The page with one lab open. */
async function world(hash: string) {
  const asked: string[] = [];
  const { lab: made, ...rest } = await open({ hash, script: decoding() }, (engine, page) => {
    const store = {
      all: async () => [],
      put: async () => undefined,
      remove: async () => undefined,
    };
    const library = new OwnLibrary(store as never);
    const models = new ModelChooser(engine, page, library);
    const tour = new Tour(page);
    const context: LabContext = {
      engine,
      page,
      models,
      imageInput: new ImageInput(engine, page),
      offers: [],
      onsend: () => undefined,
      onnoise: () => undefined,
    };
    const rooms = new Rooms(engine.report);
    const { lab } = page.state;
    const module = modules.get(lab) as LabModule<Controller>;
    rooms.modules = { [lab]: module };
    rooms.enter(lab, module.create(context));
    const surroundings = {
      page,
      tour,
      models,
      engine,
      supported: true,
      ask: (dialog: string) => void asked.push(dialog),
      report: engine.report,
    };
    return { rooms, tour, models, context, surroundings, hints: module.hints ?? [] };
  });
  const { lab } = rest.page.state;
  const commands = (): Command[] => [
    ...Object.values(pageCommands(made.surroundings)),
    ...moreCommands(made.surroundings),
    ...made.rooms.commands(lab, made.context),
  ];
  const run = async (id: string, among: readonly Command[] = commands()) => {
    const found = among.find((command) => command.id === id);
    expect(found, id).toBeDefined();
    await byHand(() => found?.run());
  };
  return { ...made, ...rest, asked, commands, run };
}

/** An address for each lab, in which all its commands are there. */
const ADDRESSES: Record<Lab, string> = {
  latent: '',
  denoise: '#lab=denoise&steps=20&from=10&vs&vs.seed=2',
  elbo: '#lab=elbo&vs.a=mnist-vae',
  inference: '#lab=inference&vs.fit&vs.vseed=2',
  plane: '#lab=plane',
  sets: '#lab=sets',
};

/** Those that are named by what they lead to, and need no description. */
const isPlace = (id: string) => /^(lab|language|theme)\./.test(id);

describe.each(LABS.map(({ id }) => id))('the table in the %s lab', (lab) => {
  it('names each command once, in both languages, with a description', async () => {
    const { commands, hints } = await world(ADDRESSES[lab]);
    const all = commands();
    expect(all.some(({ group }) => group === 'lab')).toBe(true);
    const ids = all.map(({ id }) => id);
    expect(ids.length).toBe(new Set(ids).size);
    const lacking = [...all, ...hints].flatMap((one) =>
      LANGUAGES.flatMap((language) => {
        const { text, manual } = spoken[language];
        const label = 'label' in one ? one.label(text, language) : one.id;
        const about = textBy(manual.about, one.id) ?? '';
        const isSaid =
          isPlace(one.id) || (language === 'zh' ? /\p{Script=Han}/u : /\w/).test(about);
        return label && isSaid ? [] : [`${one.id} in ${language}`];
      }),
    );
    expect(lacking).toEqual([]);
  });

  it('has no shortcut twice', async () => {
    const { commands } = await world(ADDRESSES[lab]);
    const keys = commands().flatMap(({ keys = [] }) => keys.map((key) => key.toUpperCase()));
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
    // A sign is what it is with Shift, too.
    expect(keys.filter((key) => /^SHIFT\+[^A-Z]$/.test(key))).toEqual([]);
  });
});

it('describes nothing that there is not', async () => {
  const known = new Set(['hint.slider', 'hint.reset', 'hint.chart', 'hint.tour']);
  for (const lab of LABS) {
    const { commands, hints } = await world(ADDRESSES[lab.id]);
    for (const { id } of [...commands(), ...hints]) known.add(id);
    clearUp();
  }
  expect(Object.keys(spoken.en.manual.about).filter((id) => !known.has(id))).toEqual([]);
});

describe('the page', () => {
  it('goes to a lab, as its link does', async () => {
    const { run, page, commands } = await world('#seed=7');
    const entries = history.length;
    await run('lab.plane');
    await pass(10);
    expect([page.state.lab, page.state.denoise.seed]).toEqual(['plane', 7]);
    expect(history.length).toBe(entries + 1);
    expect(page.edits.canUndo).toBe(false);
    expect(
      commands()
        .find(({ id }) => id === 'lab.plane')
        ?.enabled?.(),
    ).toBe(false);
  });

  it('switches language, appearance and single keys', async () => {
    const { run, page, commands } = await world('');
    await run('language.zh');
    expect([page.state.language, speech.chosen]).toEqual(['zh', 'zh']);
    await run('theme.dark');
    expect(appearance.theme).toBe('dark');
    await run('theme');
    expect(appearance.theme).toBe('system');
    const label = () =>
      commands()
        .find(({ id }) => id === 'singles')
        ?.label(spoken.en.text, 'en');
    const { on, off } = spoken.en.text.commands.singles;
    expect(label()).toBe(off);
    await run('singles');
    expect([singles.on, label()]).toEqual([false, on]);
  });

  it('opens its dialogs and the tour, and takes back what was set', async () => {
    const { run, page, asked, tour, models } = await world('');
    await run('palette');
    await run('help');
    expect(asked).toEqual(['palette', 'help']);
    await run('open');
    expect(models.open).toBe(true);
    await byHand(() => (page.state.denoise.seed = 5));
    await run('undo');
    expect(page.state.denoise.seed).toBe(1);
    await run('redo');
    expect(page.state.denoise.seed).toBe(5);
    await run('tour');
    await pass(10);
    expect(tour.step).toBe(tour.steps[0]);
    await run('tour');
    expect(tour.step).toBeNull();
  });

  it('copies its link', async () => {
    const writeText = vi.fn(async () => undefined);
    const { run } = await world('#seed=7');
    vi.stubGlobal('navigator', { clipboard: { writeText }, userAgent: '' });
    await run('copy-link');
    expect(writeText).toHaveBeenCalledOnce();
  });

  it('says where the browser refuses the clipboard', async () => {
    const { run, engine } = await world('#seed=7');
    const writeText = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
    vi.stubGlobal('navigator', { clipboard: { writeText }, userAgent: '' });
    await run('copy-link');
    expect(engine.faults.map(explain)).toEqual([expect.stringContaining(messages.share.refused)]);
  });
});

describe('the palette leads', () => {
  it('to every worked example, model, stop and step of a derivation, by names in both languages', async () => {
    const { surroundings, engine, tour } = await world('');
    const all = await places(surroundings);
    const ids = all.map(({ id }) => id);
    expect(ids.length).toBe(new Set(ids).size);
    for (const command of all)
      for (const language of LANGUAGES)
        expect(command.label(spoken[language].text, language), command.id).not.toBe('');
    const of = (group: string) => all.filter((command) => command.group === group);
    const presets = await Promise.all(LABS.map(async (lab) => lab.presets?.()));
    expect(of('presets')).toHaveLength(
      presets.reduce((sum, list) => sum + (list?.default.length ?? 0), 0),
    );
    const chosen = (engine.manifest?.models ?? []).filter(({ kind }) => kind !== 'hvae');
    expect(of('models')).toHaveLength(chosen.length);
    const told = (command: Command, language: 'en' | 'zh') =>
      `${command.label(spoken[language].text, language)} ${command.about?.(spoken[language].text, language)}`;
    for (const language of LANGUAGES) {
      const places = [...of('presets'), ...of('derivations')].map((one) => told(one, language));
      expect(places.filter((name, i) => places.indexOf(name) !== i)).toEqual([]);
    }
    const names = of('models').map(({ label }) => label(spoken.en.text, 'en'));
    expect(new Set(names).size).toBe(names.length);
    expect(of('tour')).toHaveLength(tour.steps.length);
    expect(of('derivations').length).toBeGreaterThan(20);
    const step = of('derivations')[0];
    expect(step?.label(spoken.zh.text, 'zh')).toMatch(/\p{Script=Han}/u);
    expect(step?.label(spoken.en.text, 'en')).not.toMatch(/\p{Script=Han}/u);
  });

  it('to a worked example, which is taken back as a whole', async () => {
    const { surroundings, run, page } = await world('');
    await byHand(() => (page.state.denoise.seed = 5));
    await run('preset.denoise.ddim-20', await places(surroundings));
    await pass(10);
    const { lab, denoise } = page.state;
    expect([lab, denoise.method, denoise.seed]).toEqual(['denoise', 'ddim', 1]);
    page.edits.undo();
    expect([page.state.lab, denoise.method, denoise.seed]).toEqual(['latent', 'ddpm', 5]);
  });

  it('to a model, and back', async () => {
    const { surroundings, run, page, engine } = await world('');
    const other = engine.manifest?.models.filter(({ kind }) => kind === 'vae')[1];
    await run(`model.${other?.id}`, await places(surroundings));
    expect(page.state.decoder).toBe(other?.id);
    page.edits.undo();
    flushSync();
    expect(page.state.decoder).toBe('');
  });

  it('to a stop of the tour, and to a step of a derivation', async () => {
    const { surroundings, run, page, tour } = await world('');
    const all = await places(surroundings);
    const stop = tour.steps[2];
    await run(`tour.${stop}`, all);
    await pass(10);
    expect(tour.step).toBe(stop);
    const step = all.find(({ id }) => id.startsWith('derivation.plane.'));
    const name = step?.id.split('.').at(-1) ?? '';
    document.body.insertAdjacentHTML(
      'beforeend',
      `<div id="derivation-plane"><details id="step-${name}"><summary></summary></details></div>`,
    );
    Element.prototype.scrollIntoView = () => undefined;
    await run(step?.id ?? '', all);
    await pass(10);
    expect(page.state.lab).toBe('plane');
    expect(document.querySelector('details')?.open).toBe(true);
    expect(document.activeElement?.tagName).toBe('SUMMARY');
    document.getElementById('derivation-plane')?.remove();
  });
});
