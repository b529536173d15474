/** What the share menu offers of a subject, and how it is done. */
import type { Place } from '../host.ts';
import { messages } from '../messages/index.ts';
import { toPng } from './png.ts';
import { enlarged } from './raster.ts';
import { save } from './save.ts';
import type { Asked, Imprint, Raster, Subject } from './subject.ts';
import { drawn, standalone } from './svg.ts';
import { toCsv, toJson } from './table.ts';

type Group = 'link' | 'picture' | 'strip' | 'film' | 'chart' | 'table' | 'code';

interface Action {
  /** For tests; also tells it from the others. */
  key: string;
  label: string;
  hint?: string;
  run: () => void | Promise<void>;
}

interface Offered {
  name: Group;
  note?: string;
  actions: Action[];
}

const ENLARGEMENTS = [1, 8, 16] as const;
/** More than any canvas of a browser, and than any slide. */
const LARGEST_SIDE = 4096;
/** Pixels of a chart's picture to each of its own: sharp in print. */
const CHART_PIXELS = 3;

/** What the menu says in the visitor's language. */
class SaidError extends Error {
  override name = 'SaidError';
}

export class Exporter {
  said = $state('');
  failed = $state(false);
  /** Of what takes a while; null while nothing does. */
  progress = $state<number | null>(null);
  busy = $state(false);
  code = $state.raw<{ language: string; text: string } | null>(null);
  /** Kept from the beginning, so that it is in the language of the place. */
  readonly #text = messages.share;
  #abort: AbortController | null = null;

  constructor(
    private readonly subject: () => Subject,
    private readonly here: Place,
  ) {}

  readonly groups: Offered[] = $derived.by(() => this.#groups());

  /** Runs one action at a time, and says how it ended. */
  async run(action: () => void | Promise<void>): Promise<void> {
    if (this.busy) return;
    const text = this.#text;
    [this.said, this.failed, this.busy] = ['', false, true];
    try {
      await action();
    } catch (error) {
      const { name = '', message = String(error) } = error as Partial<Error>;
      const cancelled = name === 'AbortError' || name === 'CancelledError';
      this.failed = !cancelled;
      this.said = cancelled
        ? text.cancelled
        : name === 'SaidError'
          ? message
          : name === 'NoEncoderError'
            ? text.noEncoder
            : text.failed({ reason: message });
    } finally {
      [this.busy, this.progress] = [false, null];
    }
  }

  cancel(): void {
    this.#abort?.abort();
  }

  async copyCode(): Promise<void> {
    if (this.code) await this.#copy(this.code.text);
  }

  /** The state in a frame that takes the height of what is in it. */
  #frame(): string {
    const [title, address] = [this.subject().title, this.here.embedded()].map((text) =>
      text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;'),
    );
    return `<iframe src="${address}" title="${title}" width="100%" height="640" style="border: 0"></iframe>
<script>
  addEventListener('message', ({ source, data }) => {
    for (const frame of document.querySelectorAll('iframe'))
      if (frame.contentWindow === source && data?.elboRoom) frame.height = data.elboRoom.height;
  });
</script>
`;
  }

  get #imprint(): Imprint {
    return { title: this.subject().title, address: this.here.address() };
  }

  #groups(): Offered[] {
    const text = this.#text;
    const subject = this.subject();
    const groups: Offered[] = [];
    if (this.here.host.site !== null)
      groups.push({
        name: 'link',
        actions: [
          { key: 'link', label: text.copyLink, run: () => this.#copy(this.here.address()) },
          { key: 'embed', label: text.copyEmbed, run: () => this.#copy(this.#frame()) },
        ],
      });
    const { picture, strip, film, chart, table, others, code } = subject;
    if (picture)
      groups.push({
        name: 'picture',
        actions: this.#pngs('png', () => picture(this.here.host.root)),
      });
    if (strip)
      groups.push({
        name: 'strip',
        actions: this.#pngs('strip', () => strip(this.here.host.root)),
      });
    if (film) groups.push({ name: 'film', note: text.filmNote, actions: this.#films(film) });
    if (chart)
      groups.push({
        name: 'chart',
        actions: [
          { key: 'svg', label: 'SVG', run: () => this.#svg(chart) },
          { key: 'chart-png', label: 'PNG', run: () => this.#chartPng(chart) },
        ],
      });
    const files = [...(table ? this.#tables(table) : []), ...this.#others(others?.() ?? [])];
    if (files.length > 0) groups.push({ name: 'table', actions: files });
    const languages = (['python', 'javascript'] as const).flatMap((language): Action[] => {
      const write = code?.[language];
      if (!write) return [];
      const name = text.languages[language];
      const run = async () =>
        void (this.code = { language: name, text: await write(this.here.address()) });
      return [{ key: language, label: name, run }];
    });
    if (languages.length > 0) groups.push({ name: 'code', actions: languages });
    return groups;
  }

  #pngs(key: string, source: () => Raster | null | Promise<Raster | null>): Action[] {
    const text = this.#text;
    return ENLARGEMENTS.map((factor) => ({
      key: `${key}-${factor}`,
      label: `PNG ×${factor}`,
      hint: text.enlarged({ factor }),
      run: async () => {
        const raster = await source();
        if (!raster) throw new SaidError(text.notYet);
        const { file } = this.subject();
        if (Math.max(raster.width, raster.height) * factor > LARGEST_SIDE && factor > 1)
          throw new SaidError(text.tooLarge({ side: LARGEST_SIDE }));
        const name = `${file}${key === 'strip' ? '-strip' : ''}${factor > 1 ? `-x${factor}` : ''}.png`;
        this.#save(name, 'image/png', toPng(enlarged(raster, factor), this.#imprint));
      },
    }));
  }

  #films(film: NonNullable<Subject['film']>): Action[] {
    const text = this.#text;
    const action = (
      kind: 'gif' | 'webm' | 'mp4',
      encode: (asked: Asked, made: Awaited<ReturnType<typeof film>>) => Promise<BlobPart>,
    ): Action => ({
      key: kind,
      label: kind === 'webm' ? 'WebM' : kind.toUpperCase(),
      run: async () => {
        this.#abort = new AbortController();
        const { signal } = this.#abort;
        this.progress = 0;
        // The frames first, then their encoding: half of the bar each.
        const half = (from: number) => ({
          signal,
          onProgress: (share: number) => void (this.progress = from + share / 2),
        });
        const made = await film(half(0));
        const bytes = await encode(half(0.5), made);
        this.#save(
          `${this.subject().file}.${kind}`,
          kind === 'gif' ? 'image/gif' : `video/${kind}`,
          bytes,
        );
      },
    });
    return [
      action('gif', async (asked, made) =>
        (await import('./gif.ts')).toGif(made, this.#imprint, asked),
      ),
      ...(['webm', 'mp4'] as const).map((kind) =>
        action(kind, async (asked, made) => {
          // Not among what an installed page keeps.
          const encoder = await import('./video.ts').catch(() => null);
          if (!encoder) throw new SaidError(text.encoderMissing);
          return encoder.toVideo(made, kind, this.#imprint, asked);
        }),
      ),
    ];
  }

  #drawing(chart: NonNullable<Subject['chart']>): string {
    const svg = chart();
    if (!svg) throw new SaidError(this.#text.notYet);
    return standalone(svg, this.#imprint);
  }

  #svg(chart: NonNullable<Subject['chart']>): void {
    this.#save(`${this.subject().file}.svg`, 'image/svg+xml', this.#drawing(chart));
  }

  async #chartPng(chart: NonNullable<Subject['chart']>): Promise<void> {
    const raster = await drawn(this.#drawing(chart), CHART_PIXELS);
    this.#save(`${this.subject().file}.png`, 'image/png', toPng(raster, this.#imprint));
  }

  #tables(table: NonNullable<Subject['table']>): Action[] {
    const text = this.#text;
    const file = (kind: 'csv' | 'json'): string => {
      const numbers = table();
      if (!numbers) throw new SaidError(text.notYet);
      return kind === 'csv' ? toCsv(numbers) : toJson(numbers, this.here.address());
    };
    const kinds = [
      { kind: 'csv', label: 'CSV', type: 'text/csv' },
      { kind: 'json', label: 'JSON', type: 'application/json' },
    ] as const;
    return [
      ...kinds.map(({ kind, label, type }) => ({
        key: kind,
        label,
        run: () => this.#save(`${this.subject().file}.${kind}`, type, file(kind)),
      })),
      ...kinds.map(({ kind, label }) => ({
        key: `copy-${kind}`,
        label: text.copyAs({ kind: label }),
        run: () => this.#copy(file(kind)),
      })),
    ];
  }

  #others(files: ReturnType<NonNullable<Subject['others']>>): Action[] {
    const keyOf = (name: string) => name.split('.').at(-1) ?? name;
    const isText = ({ type }: (typeof files)[number]) =>
      type.startsWith('text/') || type === 'application/json';
    return [
      ...files.map(({ label, name, type, content }) => ({
        key: keyOf(name),
        label,
        run: async () => this.#save(name, type, await content()),
      })),
      ...files.filter(isText).map(({ label, name, content }) => ({
        key: `copy-${keyOf(name)}`,
        label: this.#text.copyAs({ kind: label }),
        run: async () => this.#copy(await new Response((await content()) as BodyInit).text()),
      })),
    ];
  }

  #save(name: string, type: string, content: BlobPart): void {
    save(name, type, content);
    this.said = this.#text.saved({ name });
  }

  async #copy(content: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(content);
    } catch {
      throw new SaidError(this.#text.refused);
    }
    this.said = this.#text.copied;
  }
}
