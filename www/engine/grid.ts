/** Chains side by side, shared out over workers: each is the same wherever it is computed. */
import type { WorkerClient } from './client.ts';
import { WorkerLostError } from './errors.ts';
import type { ChainPlace, ChainStart, SamplerOptions } from './protocol.ts';

export interface Share {
  firstChain: number;
  chains: number;
}

/** A worker that is lost is replaced so often before the grid is given up. */
const ATTEMPTS = 3;

/** Nearly equal shares of consecutive chains, no more of them than chains. */
export function sharesOf(chains: number, workers: number): Share[] {
  const count = Math.min(chains, Math.max(1, workers));
  const first = (share: number) => Math.floor((share * chains) / count);
  return Array.from({ length: count }, (_, i) => ({
    firstChain: first(i),
    chains: first(i + 1) - first(i),
  }));
}

export interface Assistance {
  place: ChainPlace;
  model: string;
  /** Names the grid; a worker that has begun its share goes on where it was. */
  grid: string;
  options: SamplerOptions;
  start: ChainStart | null;
  /** Number of the share, from 0. */
  share: number;
  signal: AbortSignal;
  /** Frames of the whole grid that there are. */
  onAvailable: (available: number) => void;
}

/** Has a share computed by one of the workers that `borrow` gives, and handed frame by frame to the one that paints. */
export async function assist(
  painter: WorkerClient,
  borrow: () => Promise<WorkerClient>,
  { place, model, grid, options, start, share, signal, onAvailable }: Assistance,
): Promise<void> {
  let { held: from } = await painter.call('collect', { place, share, frames: [] }, { signal });
  for (let attempt = 1; ; attempt++) {
    const helper = await borrow();
    let handed: Promise<unknown> = Promise.resolve();
    const hand = (frames: Parameters<typeof painter.call<'collect'>>[1]['frames']) => {
      from += frames.length;
      const collected = painter
        .call('collect', { place, share, frames }, { signal })
        .then(({ available }) => onAvailable(available));
      // Heard at once, all of them: when they are cancelled together, each is a rejection of its own.
      handed = Promise.all([handed, collected]);
      handed.catch(() => undefined);
    };
    try {
      hand(
        await helper.call(
          'assist',
          { place, model, grid, share, options, start, from },
          { signal, onProgress: hand },
        ),
      );
    } catch (error) {
      if (!(error instanceof WorkerLostError)) throw error;
      // The visitor should know: nothing else will compute the rest.
      if (attempt === ATTEMPTS)
        throw new Error(`${ATTEMPTS} workers were lost at the grid: ${error.message}`, {
          cause: error,
        });
      continue;
    }
    await handed;
    return;
  }
}
