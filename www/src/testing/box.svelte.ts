/** A value that effects follow. */
export function box<T>(first: T): { value: T } {
  let value = $state.raw(first);
  return {
    get value() {
      return value;
    },
    set value(next) {
      value = next;
    },
  };
}
