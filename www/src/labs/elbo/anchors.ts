import { BOUND_ANCHORS } from '../scored.ts';

/** What a symbol of a derivation can stand for here: elements that carry the name as `data-anchor`. */
export const anchors = [
  'picture',
  'samples',
  'reconstruction',
  'kl',
  'layer-kl',
  'elbo',
  'bits',
  'log-likelihood',
  'gap',
  'effective',
  'pareto',
  'importance',
  'layers',
  'level',
  'surprise',
  'strangers',
  'compare-binarized',
  'classes',
  'entropy',
  'bound-steps',
  'given',
  'forms',
  'sweep',
  ...BOUND_ANCHORS,
] as const;
