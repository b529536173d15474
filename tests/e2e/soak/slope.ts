/** Whether a quantity that is measured again and again grows: the least-squares slope beside its standard error. Pure. */

export interface Sample {
  /** Minutes. */
  at: number;
  /** Bytes. */
  value: number;
}

export interface Trend {
  samples: number;
  mean: number;
  /** Bytes a minute. */
  slope: number;
  /** Of the slope, with what neighbouring samples share counted in. */
  standardError: number;
  /** null: too few samples to say. */
  flat: boolean | null;
}

/** Fewer say nothing. */
export const FEWEST = 12;
/** A slope this many standard errors above 0 is one that chance gives in less than 1 of 700 runs. */
export const ERRORS = 3;
/** Growth that no visitor would notice: so much of the mean in an hour. */
export const SLIGHT = 0.05;

/**
 * Flat means: the slope is no more than three standard errors above 0, or what it adds in an hour is less than a twentieth of the
 * mean. Neighbouring samples are alike (a worker keeps what it has grown to), so the usual standard error is multiplied by
 * sqrt((1 + r) / (1 - r)), r being the correlation of each residual with the next one, where that is positive.
 */
export function trendOf(samples: readonly Sample[]): Trend {
  const n = samples.length;
  const mean = average(samples.map(({ value }) => value));
  if (n < 3) return { samples: n, mean, slope: 0, standardError: Infinity, flat: null };
  const centre = average(samples.map(({ at }) => at));
  const spread = sum(samples.map(({ at }) => (at - centre) ** 2));
  const slope = sum(samples.map(({ at, value }) => (at - centre) * (value - mean))) / spread;
  const residuals = samples.map(({ at, value }) => value - mean - slope * (at - centre));
  const squares = sum(residuals.map((residual) => residual ** 2));
  const products = sum(residuals.slice(1).map((residual, i) => residual * (residuals[i] ?? 0)));
  const alike = squares > 0 ? Math.min(0.9, Math.max(0, products / squares)) : 0;
  const standardError =
    Math.sqrt(squares / (n - 2) / spread) * Math.sqrt((1 + alike) / (1 - alike));
  const isNoise = slope <= ERRORS * standardError;
  const isSlight = slope * 60 < SLIGHT * mean;
  return { samples: n, mean, slope, standardError, flat: n < FEWEST ? null : isNoise || isSlight };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const average = (values: readonly number[]) => sum(values) / Math.max(1, values.length);
