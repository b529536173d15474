/** Codecs between values and their text in an address. */
export interface Codec<T> {
  /** Returns undefined for a text that is not a valid value. */
  parse: (text: string) => T | undefined;
  print: (value: T) => string;
}

export function decimal(min: number, max: number, digits: number): Codec<number> {
  return {
    parse(text) {
      if (!/^-?\d{1,9}(\.\d{1,9})?$/.test(text)) return undefined;
      const value = Number(Number(text).toFixed(digits)) + 0;
      return value >= min && value <= max ? value : undefined;
    },
    print: (value) => String(Number(value.toFixed(digits)) + 0),
  };
}

export const integer = (min: number, max: number): Codec<number> => ({
  parse(text) {
    if (!/^\d{1,10}$/.test(text)) return undefined;
    const value = Number(text);
    return value >= min && value <= max ? value : undefined;
  },
  print: String,
});

export const choice = <T extends string | number>(options: readonly T[]): Codec<T> => ({
  parse: (text) => options.find((option) => String(option) === text),
  print: String,
});

/** A list of at most `most` values. */
export const list = <T>(item: Codec<T>, separator: string, most: number): Codec<T[]> => ({
  parse(text) {
    const values = text === '' ? [] : text.split(separator, most + 1).map(item.parse);
    return values.length <= most && values.every((value) => value !== undefined)
      ? values
      : undefined;
  },
  print: (values) => values.map(item.print).join(separator),
});

export const flag: Codec<boolean> = {
  parse: (text) => (text === '0' || text === '1' ? text === '1' : undefined),
  print: (value) => (value ? '1' : '0'),
};

/** A flag: its key in the address has no value. */
export const bare: Codec<boolean> = {
  parse: (text) => (text === '' ? true : flag.parse(text)),
  print: flag.print,
};

/** A value or null; null is not written. */
export const optional = <T>(
  parse: (text: string) => T | undefined,
  print: (value: T) => string,
): Codec<T | null> => ({
  parse,
  print: (value) => (value === null ? '' : print(value)),
});
