import { describe, expect, it } from 'vitest';
import { BRIEF, cells, FULL, least, measured, most, ofRatios, parseOptions, type Report, type Row, setting, table, verdict } from './report.ts';

describe('options', () => {
  it.each([
    ['', FULL],
    ['#run', FULL],
    ['#run&brief', BRIEF],
    ['#turns=3&chains=4', { ...FULL, turns: 3, chains: 4 }],
    ['#brief&loads=2', { ...BRIEF, loads: 2 }],
  ])('of %j', (fragment, options) => expect(parseOptions(fragment)).toEqual(options));

  it.each(['turns=0', 'turns=1.5', 'steps=x', 'slides=1e9', 'runs='])('%s is refused', (fragment) => {
    expect(() => parseOptions(fragment)).toThrow(RangeError);
  });
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
  ])('against %j of %d is %s', (target, value, met) => expect(verdict('value', 'ms', value, target).met).toBe(met));

  it('without a target is none', () => expect(verdict('value', 'ms', 1).met).toBeNull());

  it('of ratios is about their median', () => {
    expect(ofRatios('time', [0.9, 0.5, 0.6], most(0.55))).toMatchObject({ value: 0.6, spread: [0.55, 0.75], met: false });
  });
});

const row: Row = {
  id: 'network',
  title: 'U-Net',
  ours: measured([4.1, 4, 4.2], 'ms'),
  peer: { name: 'peer', ...measured([1234.5], 'ms') },
  verdict: ofRatios('time', [0.5, 0.4, 0.6], most(0.55)),
};
const bare: Row = { id: 'bare', title: 'Bare', ours: measured([0], 'MB'), peer: null, verdict: null };

it('writes a row with three digits and its quartiles', () => {
  expect(cells(row)).toEqual(['U-Net', '4.10 ms (4.05–4.15)', 'peer: 1235 ms', 'time 0.500× (0.450–0.550)', '≤ 0.55×', 'yes']);
  expect(cells(bare)).toEqual(['Bare', '0 MB', '', '', '', '']);
});

it('writes a table whose columns stand under each other', () => {
  const lines = table([row, bare]).split('\n');
  expect(lines).toHaveLength(4);
  expect(new Set(lines.map((line) => [...line].length)).size).toBe(1);
  expect(lines[1]).toMatch(/^\|(-+\|){6}$/);
});

it('says where the figures come from', () => {
  const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36';
  const report: Report = { version: '1.2.3', peer: '4.5.6', userAgent, cores: 2, threads: 1, options: FULL, rows: [], agreement: [] };
  expect(setting(report)).toContain('elbo-room 1.2.3 and onnxruntime-web 4.5.6, Chrome 156, 2 cores');
  expect(setting(report)).toContain('one thread');
});
