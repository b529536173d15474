/** Elements of an array that are written down: the others have the same type, but in a tuple. */
const MOST = 8;

const TYPED = [Uint8Array, Uint32Array, Float32Array, Float64Array] as const;

/** A value as TypeScript has it in a source file. */
export function literal(value: unknown): string {
  const typed = TYPED.find((kind) => value instanceof kind);
  if (typed) return `new ${typed.name}(${(value as Uint8Array).length})`;
  if (typeof value === 'number') return String(value);
  if (value === undefined) return 'undefined';
  if (Array.isArray(value)) return `[${value.slice(0, MOST).map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value);
    return `{ ${fields.map(([key, field]) => `${JSON.stringify(key)}: ${literal(field)}`).join(', ')} }`;
  }
  return JSON.stringify(value);
}
