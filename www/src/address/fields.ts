/** Each field of the state as an address holds it. */
import type { AnyRow } from '../schema/rows.ts';
import { FIELDS as ROWS, type PageState } from '../state.ts';

export interface Field {
  key: string;
  /** false: the text is not a value of it. */
  read: (state: PageState, text: string) => boolean;
  print: (state: PageState) => string;
  /** Takes the value that another state has. */
  take: (state: PageState, from: PageState) => void;
}

type Values = Record<string, unknown>;

function field(path: readonly string[], key: string, codec: AnyRow['codec']): Field {
  const [first = '', second] = path;
  /** The object that has the value, and its name in it. */
  const place = (state: PageState): [Values, string] => {
    const values = state as unknown as Values;
    return second === undefined ? [values, first] : [values[first] as Values, second];
  };
  return {
    key,
    read(state, text) {
      const value = codec.parse(text);
      if (value === undefined) return false;
      const [values, name] = place(state);
      values[name] = value;
      return true;
    },
    print(state) {
      const [values, name] = place(state);
      return codec.print(values[name] as never);
    },
    take(state, from) {
      const [[values, name], [others]] = [place(state), place(from)];
      values[name] = others[name];
    },
  };
}

export const FIELDS: readonly Field[] = ROWS.map(({ path, key, codec }) => field(path, key, codec));
