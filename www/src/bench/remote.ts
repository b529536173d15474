/** Functions of a worker that measures, called from the page as the engine's calls are. */
import type { Call } from '../../engine/calls.ts';
import { WorkerClient, type WorkerLike } from '../../engine/client.ts';
import { type HandlersOf, serve } from '../../engine/serve.ts';

type Functions<Api> = { [K in keyof Api]: (...args: never[]) => unknown };

/** A call for each function, whose parameters are the function's arguments. */
type CallsOf<Api extends Functions<Api>> = {
  [K in keyof Api]: Call<Parameters<Api[K]>, Awaited<ReturnType<Api[K]>>>;
};

type Remote<Api extends Functions<Api>> = {
  [K in keyof Api]: (...args: Parameters<Api[K]>) => Promise<Awaited<ReturnType<Api[K]>>>;
};

/** In the worker: answers with these functions. */
export function offer<Api extends Functions<Api> & { start: unknown }>(api: Api): void {
  const handlers = Object.entries<(...args: unknown[]) => unknown>(api as never).map(
    ([name, answer]) => [name, (args: unknown[]) => answer(...args)],
  );
  serve<CallsOf<Api>>(Object.fromEntries(handlers) as HandlersOf<CallsOf<Api>>);
}

/** A worker, its functions, and its end. */
export interface Started<Api extends Functions<Api>> {
  api: Remote<Api>;
  end(): void;
}

/** On the page. */
export function startWorker<Api extends Functions<Api>>(worker: WorkerLike): Started<Api> {
  const client = new WorkerClient<CallsOf<Api>>(worker, () => undefined);
  const ask =
    <K extends keyof Api>(_: unknown, name: K) =>
    (...args: Parameters<Api[K]>) =>
      client.call(name, args);
  return {
    api: new Proxy({}, { get: ask as never }) as Remote<Api>,
    end: () => client.close(),
  };
}
