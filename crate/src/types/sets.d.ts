/** A file of a data set: images, or labels alone. */
export type DataFile =
  | {
    shape: ImageShape;
    count: number;
    /** 8-bit levels, image after image. */
    levels: Uint8Array;
    /** One for each image, where the file has a column of them. */
    labels: string[] | null;
    /** The range in which the values were read: levels 0 to 255, 0 and 1, `[0, 1]` or `[-1, 1]`. */
    reading: "levels" | "bits" | "unit" | "signed";
  }
  | { labels: string[]; levels: null };

/** The receiver operating characteristic of a score for two samples. */
export interface Roc {
  /** The probability that a positive has the higher value, one half for equal ones. */
  auroc: number;
  /** The standard error by the placements of both samples (DeLong et al. 1988); null if one of them has a single value. */
  standardError: number | null;
  /** Corners from [0, 0] to [1, 1]: the share of negatives, then of positives, at or above a falling threshold. */
  points: [number, number][];
}

/** Counts of values in bins of equal width. */
export interface Histogram {
  /** One edge more than counts, ascending. */
  edges: number[];
  /** The lower edge of a bin is part of it. */
  counts: number[];
}

/** Orthonormal axes through the mean of points, each with the largest variance that is left. */
export interface PrincipalComponents {
  /** The mean of the points. */
  mean: number[];
  /** Unit vectors whose entry of the largest absolute value is positive; all zeros beyond the rank of the points. */
  axes: number[][];
  /** The variance along each axis, with n - 1 in the denominator. */
  variances: number[];
  /** The total variance of all dimensions. */
  totalVariance: number;
  /** Coordinates along the axes, point after point, relative to the mean. */
  scores: number[];
}
