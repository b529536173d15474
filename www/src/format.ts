/** Numbers as the page shows them: a real minus sign, and as many decimals as the standard error supports. */
import type { Estimate } from './engine/protocol.ts';

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
  if (standardError === null || !(standardError > 0) || !Number.isFinite(standardError)) return fallback;
  return Math.min(MOST_DECIMALS, Math.max(0, 1 - Math.floor(Math.log10(standardError))));
}

/** The mean and the standard error with equal decimals; `error` is empty while there is none. */
export function estimate({ mean, standardError }: Estimate, fallback: number): { mean: string; error: string } {
  const decimals = decimalsFor(standardError, fallback);
  return {
    mean: fixed(mean, decimals),
    error: standardError === null ? '' : fixed(standardError, decimals),
  };
}

export const megabytes = (bytes: number) => fixed(bytes / 1e6, 1);

/** log SNR, with few decimals where it changes fast. */
export const logSnr = (value: number | null) => fixed(value ?? Infinity, 2);

/** ᾱ = sigmoid(log SNR), for display only. */
export const alphaBar = (value: number | null) => fixed(value === null ? 1 : 1 / (1 + Math.exp(-value)), 4);
