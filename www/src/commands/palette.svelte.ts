/** What the palette shows of the commands, and which of them is chosen. */
import { textBy } from '../messages/index.ts';
import { LANGUAGES } from '../messages/languages.ts';
import { speech } from '../messages/speech.svelte.ts';
import { type Command, type Group, isEnabled } from './command.ts';
import type { manuals, Spoken } from './manuals.ts';
import { note, recent } from './recent.ts';
import { search } from './search.ts';

export interface Row {
  command: Command;
  /** In the language of the page. */
  label: string;
  about: string;
}

export interface Section {
  group: Group | 'recent';
  rows: Row[];
}

export class Palette {
  query = $state('');
  /** Of the rows in all sections, counted through. */
  chosen = $state(0);
  readonly #recent = recent();
  readonly sections: Section[] = $derived.by(() => this.#sections());
  readonly rows: Row[] = $derived(this.sections.flatMap(({ rows }) => rows));

  constructor(
    private readonly commands: () => readonly Command[],
    private readonly spoken: Awaited<ReturnType<typeof manuals>>,
  ) {}

  /** What the page's language says. */
  get said(): Spoken {
    return this.spoken[speech.language];
  }

  ask(query: string): void {
    this.query = query;
    this.chosen = 0;
  }

  /** The row so many further, round and round. */
  move(by: number): void {
    const { length } = this.rows;
    if (length > 0) this.chosen = (this.chosen + by + length) % length;
  }

  /** The chosen command, which is noted as used. */
  take(index = this.chosen): Command | undefined {
    const command = this.rows[index]?.command;
    if (command) note(command.id);
    return command;
  }

  #sections(): Section[] {
    const { language } = speech;
    const all = this.commands()
      .filter(isEnabled)
      .map((command) => {
        const of = LANGUAGES.map((one) => {
          const { text, manual } = this.spoken[one];
          const about = command.about?.(text, one) ?? textBy(manual.about, command.id) ?? '';
          return {
            one,
            name: command.label(text, one),
            about,
            group: manual.groups[command.group],
          };
        });
        const own = of.find(({ one }) => one === language);
        return {
          command,
          label: own?.name ?? '',
          about: own?.about ?? '',
          names: of.map(({ name }) => name),
          words: of.flatMap(({ about, group }) => [about, group]),
        };
      });
    const groups = Object.keys(this.said.manual.groups) as (Group | 'recent')[];
    const isAsked = this.query.trim() !== '';
    if (isAsked) {
      // The best match stands first, and its group with it.
      const found = search(this.query, all);
      const order = [...new Set(found.map(({ command }) => command.group))];
      return order.map((group) => ({
        group,
        rows: found.filter(({ command }) => command.group === group),
      }));
    }
    const latest = this.#recent.flatMap((id) => all.find(({ command }) => command.id === id) ?? []);
    return groups
      .map((group) => ({
        group,
        rows:
          group === 'recent'
            ? latest
            : all.filter((row) => row.command.group === group && !latest.includes(row)),
      }))
      .filter(({ rows }) => rows.length > 0);
  }
}
