/** Where the palette can lead: worked examples, models, stops of the tour, steps of derivations, share menus. */
import { parseState } from '../address/address.ts';
import type { Command } from '../commands/command.ts';
import type { Engine } from '../engine/engine.svelte.ts';
import { hostOf, MODEL_HOSTS } from '../engine/hosts.ts';
import type { ModelEntry } from '../../engine/protocol.ts';
import { LABS } from '../labs/index.ts';
import { textBy } from '../messages/index.ts';
import { type Language, LANGUAGES } from '../messages/languages.ts';
import type { ModelChooser } from '../models/chooser.svelte.ts';
import { namesOf } from '../models/names.ts';
import type { Page } from '../page.svelte.ts';
import { offered } from '../share/offered.ts';
import type { Lab } from '../state.ts';
import { openStep } from '../story/open.ts';
import { tell } from '../story/tell.ts';
import type { Tour } from '../story/tour.svelte.ts';
import { presetNames } from './preset-names.ts';

export interface Places {
  page: Page;
  engine: Engine;
  models: ModelChooser;
  tour: Tour;
}

/** What has to be fetched for each language. */
const inEach = async <T>(fetch: (language: Language) => Promise<T>) =>
  new Map(
    await Promise.all(
      LANGUAGES.map(async (language) => [language, await fetch(language)] as const),
    ),
  );

async function presetsOf({ page }: Places): Promise<Command[]> {
  const [lists, names] = await Promise.all([
    Promise.all(
      LABS.map(async ({ id: lab, name, presets }) => ({
        lab,
        of: name,
        list: (await presets?.())?.default ?? [],
      })),
    ),
    inEach(presetNames),
  ]);
  return lists.flatMap(({ lab, of, list }) =>
    list.map(({ id, address }) => ({
      id: `preset.${lab}.${id}`,
      group: 'presets' as const,
      label: (_, language) => names.get(language)?.(lab, id) ?? id,
      about: of,
      run: () => page.go(parseState(page.preset(address)).state),
    })),
  );
}

async function derivationsOf({ page }: Places): Promise<Command[]> {
  const told = await Promise.all(
    LABS.map(async ({ id: lab, name }) => ({
      lab,
      of: name,
      words: await inEach((language) => tell(lab, language)),
    })),
  );
  return told.flatMap(({ lab, of, words }) =>
    (words.get('en')?.derivation.steps ?? []).map(({ id }) => ({
      id: `derivation.${lab}.${id}`,
      group: 'derivations' as const,
      label: (_, language) => words.get(language)?.words.steps[id]?.title ?? id,
      about: of,
      run: () => toStep(page, lab, id),
    })),
  );
}

async function toStep(page: Page, lab: Lab, step: string): Promise<void> {
  if (page.state.lab !== lab) page.go({ ...page.state, lab });
  await openStep(lab, step);
}

function modelsOf({ engine, models }: Places): Command[] {
  const isChoosable = (entry: ModelEntry) => hostOf(entry) !== undefined;
  const entries = (engine.manifest?.models ?? []).filter(isChoosable);
  const isCurrent = ({ id }: ModelEntry) =>
    MODEL_HOSTS.some((host) => models.current(host)?.id === id);
  return entries.map((entry) => ({
    id: `model.${entry.id}`,
    group: 'models',
    label: ({ commands, models }) => {
      const names = namesOf(entries, ({ title }) => textBy(models, title) ?? title);
      return commands.model({ title: names.get(entry.id) ?? entry.title });
    },
    enabled: () => !isCurrent(entry),
    run: () => models.choose(entry),
  }));
}

const stopsOf = ({ page, tour }: Places): Command[] =>
  tour.steps.map((step) => ({
    id: `tour.${step}`,
    group: 'tour',
    label: (text) => text.tour.steps[step].title,
    enabled: () => !page.state.embed && tour.step !== step,
    run: () => tour.visit(step),
  }));

/** One for each menu on display; its title is that of the page's language. */
const menus = ({ page }: Places): Command[] =>
  offered(page.host).map(({ title, open }, i) => ({
    id: `share.${i}`,
    group: 'share',
    label: () => title,
    run: open,
  }));

/** All of them; what has to be fetched comes with it. */
export async function places(surroundings: Places): Promise<Command[]> {
  const [presets, derivations] = await Promise.all([
    presetsOf(surroundings),
    derivationsOf(surroundings),
  ]);
  return [
    ...menus(surroundings),
    ...presets,
    ...modelsOf(surroundings),
    ...stopsOf(surroundings),
    ...derivations,
  ];
}
