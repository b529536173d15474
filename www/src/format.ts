/** Numbers as the page shows them: a real minus sign, and as many decimals as the standard error supports. */
import type { Estimate } from '../engine/protocol.ts';

const MOST_DECIMALS = 4;

export function fixed(value: number | null, decimals: number): string {
  if (value === null || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const text = value.toFixed(decimals);
  // A value that rounds to zero has no sign.
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** Decimals that leave a standard error two significant digits. */
export function decimalsFor(standardError: number | null, fallback: number): number {
  if (standardError === null || !(standardError > 0) || !Number.isFinite(standardError))
    return fallback;
  return Math.min(MOST_DECIMALS, Math.max(0, 1 - Math.floor(Math.log10(standardError))));
}

/** The mean and the standard error with equal decimals; `error` is empty while there is none. */
export function estimate(
  { mean, standardError }: Estimate,
  fallback: number,
): { mean: string; error: string } {
  const decimals = decimalsFor(standardError, fallback);
  return {
    mean: fixed(mean, decimals),
    error: standardError === null ? '' : fixed(standardError, decimals),
  };
}

/** An exact value has no error to show, nor has one whose samples differ by rounding alone. */
export const withoutRounding = (value: Estimate): Estimate =>
  (value.standardError ?? 1) <= 1e-9 * Math.max(1, Math.abs(value.mean))
    ? { ...value, standardError: null }
    : value;

export const megabytes = (bytes: number) => fixed(bytes / 1e6, 1);

/** log SNR, with few decimals where it changes fast. */
export const logSnr = (value: number | null) => fixed(value ?? Infinity, 2);

/** ᾱ = sigmoid(log SNR), for display only. */
export const alphaBar = (value: number | null) =>
  fixed(value === null ? 1 : 1 / (1 + Math.exp(-value)), 4);

/** Standard errors on either side of a normal mean that hold 95 % of it. */
export const NORMAL_95 = 1.959964;

/** An estimate that has a place on an axis; null for one that is infinite or missing. */
export const placed = (value: Estimate | null): Estimate | null =>
  value !== null && Number.isFinite(value.mean) ? value : null;

/** The ends of the 95 % interval; null while there is no standard error, or where the value is exact. */
export function interval({ mean, standardError }: Estimate): [number, number] | null {
  if (standardError === null || !(standardError > 0)) return null;
  if (!Number.isFinite(mean) || !Number.isFinite(standardError)) return null;
  return [mean - NORMAL_95 * standardError, mean + NORMAL_95 * standardError];
}

/** The same, or the value twice where there is no interval. */
export const ends = (value: Estimate): [number, number] =>
  interval(value) ?? [value.mean, value.mean];

/** The 95 % interval as text, with the decimals of its estimate; empty where there is none. */
export function intervalText(value: Estimate, fallback: number): string {
  const ends = interval(value);
  if (!ends) return '';
  const decimals = decimalsFor(value.standardError, fallback);
  return `${fixed(ends[0], decimals)} … ${fixed(ends[1], decimals)}`;
}

/** Per pixel and in bits: how 8-bit tasks are compared. `dimensions` is the number of levels. */
export const toBits = ({ mean, standardError }: Estimate, dimensions: number): Estimate => ({
  mean: -mean / (dimensions * Math.LN2),
  standardError: standardError === null ? null : standardError / (dimensions * Math.LN2),
});
