/** The message of an error and those of what caused it, as the crate gives its errors the words of its ONNX reader. */
export const withCauses = (error: Error): string =>
  error.cause instanceof Error ? `${error.message}: ${withCauses(error.cause)}` : error.message;
