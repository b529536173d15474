/** The numbers of bounds as a table, for other programs. Pure: no DOM. */
import { isOwn } from '../../engine/own.ts';
import type {
  ClassPosteriorResult,
  DiffusionElboResult,
  Estimate,
  FileEntry,
  LatentBoundResult,
  ModelEntry,
} from '../../engine/protocol.ts';
import type { Table } from '../share/subject.ts';

/** One number; `standardError` is empty where it is exact or not known yet. */
export interface Row {
  model: string;
  task: string;
  term: string;
  value: number;
  standardError: number | null;
  unit: string;
  evaluations: number;
  seed: number;
}

/** A model as the table names it: one of the visitor's own by its title too, since its id is a checksum. */
export const tableName = ({ id, title }: Pick<ModelEntry, 'id' | 'title'>): string =>
  isOwn(id) ? `${title} (${id})` : id;

/** What the numbers of a table are about. */
interface ModelRecord {
  /** As in the table. */
  name: string;
  id: string;
  title: string;
  /** SHA-256 of its files by role, where it is known. */
  files: Record<string, string>;
}

export const modelRecord = (entry: ModelEntry): ModelRecord => ({
  name: tableName(entry),
  id: entry.id,
  title: entry.title,
  files: Object.fromEntries(
    Object.entries<FileEntry>(entry.files).flatMap(([role, { sha256 }]) =>
      sha256 ? [[role, sha256]] : [],
    ),
  ),
});

type Term = readonly [term: string, value: Estimate, unit: string];

const exact = (mean: number): Estimate => ({ mean, standardError: null });

const rows = (
  common: Pick<Row, 'model' | 'task' | 'evaluations' | 'seed'>,
  terms: readonly Term[],
): Row[] =>
  terms.map(([term, { mean, standardError }, unit]) => ({
    model: common.model,
    task: common.task,
    term,
    value: mean,
    standardError,
    unit,
    evaluations: common.evaluations,
    seed: common.seed,
  }));

export function latentRows(model: string, result: LatentBoundResult): Row[] {
  return rows({ model, task: result.task, evaluations: result.samples, seed: result.seed }, [
    ['reconstruction', result.reconstruction, 'nats'],
    ['KL', result.kl, 'nats'],
    ...(result.klPerLatent ?? []).map((kl, i): Term => [`KL of latent ${i}`, exact(kl), 'nats']),
    ...(result.layers.length > 1 ? result.layers : []).map(({ name, kl }): Term => [
      `KL of layer ${name}`,
      kl,
      'nats',
    ]),
    ['ELBO', result.elbo, 'nats'],
    ['-ELBO per pixel', result.bitsPerDim, 'bits/dim'],
    ...result.importance.map(({ k, bound }): Term => [`L_${k}`, bound, 'nats']),
    ['log p(x)', result.logLikelihood, 'nats'],
    ['gap', result.gap, 'nats'],
    ...result.estimates.flatMap((estimate): Term[] => [
      [`log p(x) by ${estimate.proposal}`, estimate.logLikelihood, 'nats'],
      [
        `effective sample size by ${estimate.proposal}`,
        exact(estimate.effectiveSampleSize),
        'draws',
      ],
      ...(estimate.pareto
        ? [[`Pareto shape by ${estimate.proposal}`, exact(estimate.pareto.shape), ''] as const]
        : []),
    ]),
  ]);
}

export function diffusionRows(model: string, result: DiffusionElboResult): Row[] {
  const { schedule, steps } = result;
  const given = result.class === null ? '' : `, class ${result.class}`;
  const chain = `${model} (${schedule}, T = ${steps}${given})`;
  return rows({ model: chain, task: '8-bit', evaluations: result.evaluations, seed: result.seed }, [
    ['L_T', exact(result.lT), 'nats'],
    ['sum of L_{t-1}', result.lDenoising, 'nats'],
    ['L_0', result.l0, 'nats'],
    ['L_0 with posterior variance', result.l0PosteriorVariance, 'nats'],
    ['ELBO', result.elbo, 'nats'],
    ['-ELBO per pixel', result.bitsPerDim, 'bits/dim'],
    ...(result.consistency
      ? [
          ['ELBO, consistency form', result.consistency.elbo, 'nats'] as const,
          ['-ELBO per pixel, consistency form', result.consistency.bitsPerDim, 'bits/dim'] as const,
        ]
      : []),
    ...result.perTimestep.map(({ t, nats }): Term => [
      t === 1 ? 'L_0 at t = 1' : `L_{t-1} at t = ${t}`,
      exact(nats),
      'nats',
    ]),
  ]);
}

export function classRows(
  model: string,
  labels: readonly string[],
  result: ClassPosteriorResult,
): Row[] {
  return rows({ model, task: '8-bit', evaluations: result.evaluations, seed: result.seed }, [
    ...labels.flatMap((label, i): Term[] => {
      const bound = result.bounds[i];
      const posterior = {
        mean: result.posterior[i] ?? NaN,
        standardError: result.standardError?.[i] ?? null,
      };
      return [
        ...(bound ? [[`ELBO given ${label}`, bound, 'nats'] as const] : []),
        [`p(${label} | x)`, posterior, 'probability'],
      ];
    }),
    ['entropy of the class', exact(result.entropy), 'nats'],
  ]);
}

const COLUMNS = [
  'model',
  'task',
  'term',
  'value',
  'standardError',
  'unit',
  'evaluations',
  'seed',
] as const satisfies readonly (keyof Row)[];

export const tableOf = (rows: readonly Row[], about: Table['about'] = {}): Table => ({
  columns: COLUMNS,
  rows: rows.map((row) => COLUMNS.map((column) => row[column])),
  about,
});
