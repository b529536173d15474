/** Networks of other conventions, as programs in Python read them, beside the crate. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Ddpm } from '../../../pkg/elbo_room.js';
import type { DdpmEntry } from '../../../engine/protocol.ts';
import { NETWORKS } from '../../testing/foreign.ts';
import { about, filesOf, hasPython, inPython } from '../../testing/programs.ts';
import { chainPython } from './chains.ts';

const few = Uint8Array.of(0, 51, 204, 255);
const bright = Uint8Array.of(0, 255, 128, 10, 20, 30, 200, 100, 50, 7, 77, 177);
const [first, last] = [NETWORKS[0], NETWORKS.at(-1)].map((case_) => case_?.[1] as DdpmEntry) as [
  DdpmEntry,
  DdpmEntry,
];

/** What a network is asked: a state, channel after channel, at some timesteps, of a class. */
const asked = (entry: DdpmEntry) => {
  const { channels, height, width } = entry.image;
  const value = (c: number, pixel: number) => ((5 * c + 3 * pixel) % 7) / 4 - 0.6;
  const pixels = Array.from({ length: height * width }, (_, i) => i);
  return {
    // As PyTorch has it, and with the channels of a pixel side by side.
    planes: [
      Array.from({ length: channels }, (_, c) =>
        Array.from({ length: height }, (_, row) =>
          Array.from({ length: width }, (_, column) => value(c, row * width + column)),
        ),
      ),
    ],
    state: pixels.flatMap((pixel) => Array.from({ length: channels }, (_, c) => value(c, pixel))),
    times: [1, 7, 20],
    given: entry.classes.length > 0 ? 1 : null,
  };
};

interface Report {
  networks: { lam: number[]; clean: number[][] }[];
  sizes: number[][];
}

describe.skipIf(!hasPython)('in Python', () => {
  let networks: Report['networks'];
  let sizes: number[][];

  beforeAll(() => {
    const request = {
      networks: NETWORKS.map(([, entry, options]) => {
        const { planes, times, given } = asked(entry);
        const text = chainPython(entry, { ...options, class: given }, null, about);
        return [text, planes, times, given ?? 0];
      }),
      // Classes in turn, guided, of a network that takes one state at a time; and colours.
      chains: [
        chainPython(
          first,
          { schedule: 'trained', steps: 9, chains: 4, everyClass: true, guidance: 0.5 },
          { image: few, t: 5 },
          about,
        ),
        chainPython(
          last,
          { schedule: 'cosine', steps: 9, method: 'ddim', eta: 0.5 },
          { image: bright, t: 6 },
          about,
        ),
      ],
    };
    ({ networks, sizes } = inPython(
      `
report = {"networks": [], "sizes": []}
for text, x, times, label in request["networks"]:
    scope = run(text[:text.index("torch.manual_seed")])
    x = torch.tensor(x, dtype=torch.float64)
    clean = [scope["predict"](x, t, [label]).permute(0, 2, 3, 1).ravel().tolist() for t in times]
    report["networks"].append({"lam": scope["lam"][1:].tolist(), "clean": clean})
for text in request["chains"]:
    run(text)
    report["sizes"].append(np.asarray(Image.open("sample.png")).shape)
`,
      request,
      NETWORKS.map(([, entry]) => entry),
    ) as Report);
  }, 120_000);

  it.each(NETWORKS.map(([name], i) => [name, i] as const))(
    'a network is read as the crate reads it: %s',
    (_, i) => {
      const [, entry, { schedule = 'cosine', steps = 0 }] = NETWORKS[
        i
      ] as (typeof NETWORKS)[number];
      const model = Ddpm.load(entry, filesOf(entry));
      const { logSnr } = model.schedule(schedule, steps);
      const { state, times, given } = asked(entry);
      const { lam = [], clean = [] } = networks[i] ?? {};
      expect(lam).toHaveLength(logSnr.length);
      logSnr.forEach((value, t) => expect(lam[t]).toBeCloseTo(value, 8));
      times.forEach((t, at) => {
        const asked = Float64Array.from(state);
        const { x0 } = model.predict(asked, logSnr[t - 1] ?? NaN, given ?? undefined);
        expect(clean[at]).toHaveLength(x0.length);
        x0.forEach((value, pixel) => expect(clean[at]?.[pixel]).toBeCloseTo(value, 5));
      });
    },
  );

  it('chains from a picture are painted side by side, in colour too', () => {
    expect(sizes).toEqual([
      [4, 4],
      [2, 2, 3],
    ]);
  });
});
