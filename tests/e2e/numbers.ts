import type { Estimate } from '../../www/engine/protocol.ts';

/** A standard error that is only that of rounding: the value is the same for every sample, and the page shows none. */
export const withoutRounding = ({ mean, standardError }: Estimate): Estimate => ({
  mean,
  standardError: (standardError ?? 0) > 1e-9 * Math.abs(mean) ? standardError : null,
});
