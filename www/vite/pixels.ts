/** Pixels as paths. Pure. */
export interface Grid {
  width: number;
  height: number;
  /** One level for each pixel, in rows. */
  levels: ArrayLike<number>;
}

const hex = (level: number) => level.toString(16).padStart(2, '0');

/** The pixels of each level, in two hexadecimal digits, as boxes in one path, from `left` and `top` on; those of level 0 are left out. */
export function runs({ width, levels }: Grid, left = 0, top = 0): Map<string, string> {
  const paths = new Map<number, string>();
  for (let start = 0; start < levels.length;) {
    const level = levels[start] ?? 0;
    const row = Math.floor(start / width);
    let end = start + 1;
    while (end < (row + 1) * width && levels[end] === level) end++;
    const from = left + (start % width);
    if (level > 0)
      paths.set(level, `${paths.get(level) ?? ''}M${from} ${top + row}h${end - start}v1H${from}z`);
    start = end;
  }
  return new Map(
    [...paths].sort(([a], [b]) => a - b).map(([level, path]) => [hex(level), path] as const),
  );
}
