import { describe, expect, it } from 'vitest';
import en from 'virtual:texts/bench/en';
import zh from 'virtual:texts/bench/zh';
import { languageIn, withLanguage } from './language.ts';
import {
  agreementText,
  BRIEF,
  cells,
  FULL,
  scalingCells,
  scalingChart,
  scalingNumbersOf,
  scalingTable,
  least,
  measured,
  most,
  numbersOf,
  ofRatios,
  ofTurns,
  OptionError,
  parseOptions,
  profileTable,
  type Report,
  type Row,
  type Said,
  setting,
  table,
  tell,
  verdict,
} from './report.ts';

describe('options', () => {
  it.each([
    ['', FULL],
    ['#run', FULL],
    ['#run&brief', BRIEF],
    ['#turns=3&chains=4', { ...FULL, turns: 3, chains: 4 }],
    ['#brief&loads=2', { ...BRIEF, loads: 2 }],
  ])('of %j', (fragment, options) => expect(parseOptions(fragment)).toEqual(options));

  it.each(['turns=0', 'turns=1.5', 'steps=x', 'slides=1e9', 'runs='])(
    '%s is refused',
    (fragment) => {
      expect(() => parseOptions(fragment)).toThrow(OptionError);
    },
  );
});

describe('a verdict', () => {
  it.each([
    [most(8), 8, true],
    [most(8), 8.01, false],
    [most(0), 0, true],
    [least(1.8), 1.8, true],
    [least(1.8), 1.79, false],
    // What could not be measured has not met anything.
    [most(8), NaN, false],
    [least(8), NaN, false],
  ])('against %j of %d is %s', (target, value, met) =>
    expect(verdict('value', 'ms', value, target).met).toBe(met),
  );

  it('without a target is none', () => expect(verdict('value', 'ms', 1).met).toBeNull());

  it('of ratios is about their median', () => {
    expect(ofRatios('time', [0.9, 0.5, 0.6], most(0.55))).toMatchObject({
      value: 0.6,
      spread: [0.55, 0.75],
      unit: '×',
      met: false,
    });
  });

  it('of turns is about their median, in its unit', () => {
    expect(ofTurns('late', 'ms', [5, 12, 7, 6], most(8))).toMatchObject({
      value: 6.5,
      spread: [5.75, 8.25],
      unit: 'ms',
      met: true,
    });
  });
});

const row: Row = {
  id: 'network',
  title: 'U-Net',
  ours: measured([4.1, 4, 4.2], 'ms'),
  peer: { name: 'peer', ...measured([1234.5], 'ms') },
  verdict: ofRatios('time', [0.5, 0.4, 0.6], most(0.55)),
};
const bare: Row = {
  id: 'bare',
  title: 'Bare',
  ours: measured([0], 'MB'),
  peer: null,
  verdict: null,
};

it('writes a row with three digits and its quartiles', () => {
  expect(cells(row, en)).toEqual([
    'U-Net',
    '4.10 ms (4.05–4.15)',
    'peer: 1235 ms',
    'time 0.500× (0.450–0.550)',
    '≤ 0.55×',
    'yes',
  ]);
  expect(cells(bare, en)).toEqual(['Bare', '0 MB', '', '', '', '']);
});

it('writes a table whose columns stand under each other', () => {
  const lines = table([row, bare], en).split('\n');
  expect(lines).toHaveLength(4);
  expect(new Set(lines.map((line) => Array.from(line).length)).size).toBe(1);
  expect(lines[1]).toMatch(/^\|(-+\|){6}$/);
});

it('says where the figures come from', () => {
  const userAgent =
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36';
  const report: Report = {
    version: '1.2.3',
    peer: '4.5.6',
    userAgent,
    cores: 2,
    threads: 1,
    options: FULL,
    rows: [],
    agreement: [],
    scaling: [],
    profiles: [],
  };
  expect(setting(report, en)).toContain(
    'elbo-room 1.2.3 and onnxruntime-web 4.5.6, Chrome 156, 2 cores',
  );
  expect(setting(report, en)).toContain('one thread');
});

describe('a report', () => {
  const report: Report<Said> = {
    version: '1.2.3',
    peer: '4.5.6',
    userAgent: 'of nobody',
    cores: 2,
    threads: 2,
    options: FULL,
    rows: [
      {
        id: 'chains',
        title: ({ rows }) => rows.chains({ chains: 16, steps: 50, cores: 2 }),
        ours: measured([2], 's'),
        peer: {
          name: ({ peers }) =>
            peers.batch({ peer: peers.threads({ engine: 'peer', threads: 2 }), batch: 16 }),
          ...measured([4], 's'),
        },
        verdict: ofRatios(({ verdicts }) => verdicts.throughput, [2], least(1.8)),
      },
      {
        id: 'slider',
        title: ({ rows }) => rows.slider,
        ours: measured([-0.5], 'ms'),
        peer: null,
        verdict: null,
      },
    ],
    agreement: [
      {
        output: ({ agreement }) => agreement.outputs.means,
        difference: 1.5e-6,
        tolerance: 1e-3,
        met: true,
      },
    ],
    scaling: [
      {
        id: 'grid',
        title: ({ scaling }) => scaling.grid,
        unit: 'ms',
        points: [1, 2].map((count) => ({
          count,
          time: measured([4 / (1 + count)], 'ms'),
          memory: 20 * count,
        })),
      },
    ],
    profiles: [],
  };
  const written = (text: typeof en) => {
    const told = tell(report, text);
    return [
      told.rows.map((row) => cells(row, text)),
      told.agreement.map((one) => agreementText(one, text)),
      told.scaling.map((one) => [one.title, ...scalingCells(one)]),
      setting(told, text),
    ];
  };

  it('is told in English', () => {
    expect(written(en)).toEqual([
      [
        [
          '16 chains of 50 steps, all 2 cores',
          '2.00 s',
          'peer, 2 threads, batch 16: 4.00 s',
          'throughput 2.00× (2.00–2.00)',
          '≥ 1.8×',
          'yes',
        ],
        ['Slider event to painted canvas', '−0.500 ms', '', '', '', ''],
      ],
      ['encoded means: 1.5e−6 (within 0.001)'],
      [
        [
          'A step of one chain, by chains of a grid',
          ['1', '2.00 ms', '1.00×', '20.0 MB'],
          ['2', '1.33 ms', '0.667×', '40.0 MB'],
        ],
      ],
      'elbo-room 1.2.3 and onnxruntime-web 4.5.6, a browser of unknown make, 2 cores, onnxruntime-web with up to 2 threads; ' +
        'medians and quartiles of 21 turns, 3 of the long ones.',
    ]);
  });

  it('is told in Chinese, with the same figures', () => {
    expect(written(zh)).toEqual([
      [
        [
          '16 条 50 步的采样链，全部 2 个核心',
          '2.00 s',
          'peer，2 个线程，批大小 16：4.00 s',
          '吞吐量 2.00× (2.00–2.00)',
          '≥ 1.8×',
          '是',
        ],
        ['从滑块事件到画布绘制完成', '−0.500 ms', '', '', '', ''],
      ],
      ['编码出的均值：1.5e−6（未超过 0.001）'],
      [
        [
          '一条采样链的一步，按网格中的链数',
          ['1', '2.00 ms', '1.00×', '20.0 MB'],
          ['2', '1.33 ms', '0.667×', '40.0 MB'],
        ],
      ],
      'elbo-room 1.2.3 与 onnxruntime-web 4.5.6，未知的浏览器，2 个核心，onnxruntime-web 使用至多 2 个线程；' +
        '数值为 21 轮（长的测量项为 3 轮）的中位数和四分位数。',
    ]);
  });

  it('has the same JSON in every language but for the words', () => {
    const figures = (text: typeof en) =>
      JSON.stringify(tell(report, text), (key, value: unknown) =>
        ['title', 'name', 'output'].includes(key) ? '' : value,
      );
    expect(figures(zh)).toBe(figures(en));
    expect(JSON.parse(JSON.stringify(tell(report, en)))).toMatchObject({
      rows: [{ id: 'chains', title: '16 chains of 50 steps, all 2 cores' }, {}],
    });
  });
});

it('writes where the time goes, what takes longest first, for one state', () => {
  const operators = [
    { operator: 'Add', shape: [1, 8], count: 2, time: 1, multiplyAdds: 0, bytes: 4e6 },
    { operator: 'Linear', shape: [1, 4], count: 1, time: 3, multiplyAdds: 6e6, bytes: 0 },
  ];
  const lines = profileTable({ network: 'U-Net', states: 4, operators }).split('\n');
  expect(lines[0]).toBe('U-Net, 4 states at once, per state: 1.000 ms');
  const texts = (line = '') => line.split('|').map((cell) => cell.trim());
  expect(texts(lines[4])).toEqual(['', 'Linear', '1×4', '1', '0.7500', '75.0 %', '4.0', '', '']);
  expect(texts(lines[5])).toEqual(['', 'Add', '1×8', '2', '0.2500', '25.0 %', '', '1.000', '']);
});

it('writes a series with its title and headings', () => {
  const time = measured([2], 's');
  const points = [{ count: 10, time, memory: 30 }];
  const text = scalingTable({ id: 'timesteps', title: 'By T', unit: 's', points }, en);
  expect(text.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
    'By T',
    '',
    '| Number | Time | Of the first | Memory of the worker |',
    expect.stringMatching(/^\|(-+\|){4}$/),
    '| 10 | 2.00 s | 1.00× | 30.0 MB |',
  ]);
});

it('draws what one of a series costs, in milliseconds', () => {
  const points = [
    { count: 10, time: measured([0.0633], 's'), memory: 30 },
    { count: 100, time: measured([0.48312], 's'), memory: 30 },
  ];
  expect(scalingChart({ id: 'timesteps', title: 'By T', unit: 's', points }).split('\n')).toEqual([
    '```mermaid',
    'xychart-beta',
    '    title "By T"',
    '    x-axis [10, 100]',
    '    y-axis "ms" 0 --> 8',
    '    bar [6.33, 4.83]',
    '```',
  ]);
  const states = [{ count: 2, time: measured([2.5], 'ms'), memory: 30 }];
  expect(scalingChart({ id: 'batch', title: 'At once', unit: 'ms', points: states })).toContain(
    'bar [2.5]',
  );
});

it.each([
  ['', null, '#lang=zh'],
  ['#run&brief', null, '#run&brief&lang=zh'],
  ['#lang=en&run&turns=3', 'en', '#run&turns=3&lang=zh'],
  ['#lang=fr', null, '#lang=zh'],
])('the language of %j is %j', (fragment, language, inChinese) => {
  expect(languageIn(fragment)).toBe(language);
  expect(withLanguage(fragment, 'zh')).toBe(inChinese);
  expect(languageIn(inChinese)).toBe('zh');
});

it('tables for other programs have every digit of the measures', () => {
  const row: Row = {
    id: 'slider',
    title: 'A slider',
    ours: measured([1 / 3, 2, 4], 'ms'),
    peer: null,
    verdict: verdict('late', 'ms', 2.5, most(8)),
  };
  const { columns, rows } = numbersOf([row]);
  const found = Object.fromEntries(columns.map((column, i) => [column, rows[0]?.[i]]));
  expect(rows[0]).toHaveLength(columns.length);
  expect(found).toMatchObject({ median: 2, low: (1 / 3 + 2) / 2, high: 3, count: 3, peer: null });
  expect(found).toMatchObject({ bound: 'most', target: 8, value: 2.5, met: 'true' });
  const points = [{ count: 4, time: measured([1, 2, 3], 's'), memory: 7 }];
  const scaling = scalingNumbersOf({ id: 'batch', title: 'A batch', unit: 's', points });
  expect(scaling.rows).toEqual([[4, 2, 1.5, 2.5, 's', 7]]);
});
