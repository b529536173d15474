/** Errors, and how they cross between threads: with name, message, cause, and what else they say of themselves. */

import { withCauses } from './causes.ts';

export interface WireError {
  name: string;
  message: string;
  cause?: WireError | string;
  /** Its other fields that are plain values. */
  fields?: Record<string, Plain>;
}

type Plain = string | number | boolean;

const isPlain = (value: unknown): value is Plain =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** An error that the worker reported, with the name the crate gave it. */
export class CallError extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** The worker died while the call was open. */
export class WorkerLostError extends Error {
  override name = 'WorkerLostError';
}

/** The caller cancelled, or a newer call took this one's place. */
export class CancelledError extends Error {
  override name = 'CancelledError';
}

/** What was thrown, which need not be an error. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));

export const isCancelled = (error: unknown) =>
  error instanceof CancelledError || error instanceof WorkerLostError;

export function toWire(thrown: unknown): WireError {
  const error = asError(thrown);
  const { name, message: _, cause, ...rest } = error;
  const fields = Object.entries<unknown>(rest).flatMap(([key, value]) =>
    isPlain(value) ? [[key, value] as const] : [],
  );
  return {
    name,
    // The page shows the message alone.
    message: withCauses(error),
    ...(cause !== undefined && {
      cause: cause instanceof Error ? toWire(cause) : asError(cause).message,
    }),
    ...(fields.length > 0 && { fields: Object.fromEntries(fields) }),
  };
}

export function fromWire({ name, message, cause, fields = {} }: WireError): CallError {
  const options = cause !== undefined && {
    cause: typeof cause === 'string' ? cause : fromWire(cause),
  };
  return Object.assign(new CallError(name, message, options || undefined), fields);
}
