/** What a page around the labs can have hidden, by `hide=` in the address, and where it is found. Pure. */
const anchor = (name: string) => `[data-anchor="${name}"]`;
const test = (name: string) => `[data-testid="${name}"]`;

export const HIDEABLE = {
  // Of every lab.
  title: '.lab > header > div > :is(h2, p)',
  formula: '.lab > header > .formula',
  model: '[data-testid^="pick-"]',
  share: '[data-share]',
  scores: '[data-part="scores"]',
  presets: '[data-part="presets"]',
  // Latent.
  sliders: `.card:has(> ${test('latent-sliders')})`,
  'latent-class': `.class:has(> ${test('latent-class')})`,
  random: anchor('latent-random'),
  path: '.card[aria-labelledby="path-title"]',
  map: test('latent-map'),
  // Denoise.
  start: test('start'),
  from: `.slider:has(${test('from')})`,
  digit: anchor('digit'),
  steps: anchor('steps'),
  sampler: anchor('sampler'),
  eta: anchor('eta'),
  schedule: anchor('schedule'),
  guidance: anchor('guidance'),
  seed: '[data-part="seed"]',
  samples: test('samples'),
  chain: `.card:has(> [data-part="chain"])`,
  compare: '[data-part="compare"]',
  difference: '[data-part="difference"]',
  paths: '[data-part="paths"]',
  play: test('denoise-transport'),
  chart: `.card:has(> ${test('denoise-readout')})`,
  // Inference.
  target: anchor('target'),
  family: anchor('family'),
  components: anchor('components'),
  gradient: anchor('gradient'),
  draws: anchor('draws'),
  optimizer: `.pair:has(${test('inference-rate')})`,
  run: '.transport:has([data-testid="inference-run"])',
  'inference-data': test('inference-data'),
  divergences: `table:has(${test('inference-reverse-kl')})`,
  fit: `.card:has(> .controls ${test('inference-target')})`,
  // Plane.
  'plane-data': anchor('plane-data'),
  'plane-schedule': anchor('plane-schedule'),
  'plane-steps': anchor('plane-steps'),
  'plane-model': anchor('plane-model'),
  'plane-blur': `.slider:has(${test('plane-blur')})`,
  'plane-eta': anchor('plane-eta'),
  'plane-particle': `.slider:has(${test('plane-particle')})`,
  'plane-play': `.transport:has(${anchor('plane-t')})`,
  'plane-kernel': anchor('plane-kernel'),
  'plane-field': anchor('plane-field'),
  'plane-samplers': anchor('plane-samplers'),
  'plane-train': `.card:has(${anchor('plane-train')})`,
  'plane-scores': `.card:has(> .scroll ${anchor('plane-scores')})`,
  // ELBO.
  'bound-schedule': anchor('bound-schedule'),
  'bound-steps': anchor('bound-steps'),
  'bound-timesteps': anchor('bound-timesteps'),
  draw: '[data-part="draw"]',
  'elbo-data': test('elbo-dataset'),
  'elbo-samples': anchor('samples'),
  'elbo-proposal': test('importance-proposal'),
  'elbo-models': test('compared'),
  given: `label${anchor('given')}`,
  which: test('which-digit'),
  sweep: test('sweep'),
  forms: anchor('forms'),
  hierarchy: '[data-testid^="hierarchy-"]',
  strangers: `details:has(> ${anchor('strangers')})`,
  // Data sets.
  'set-files': test('sets-files'),
  'set-setup': test('sets-setup'),
  'set-rows': '.card:has(> [data-testid="sets-table"])',
  'set-save': test('sets-save'),
  'set-spread': `.card:has(${anchor('set-spread')})`,
  'set-chosen': test('sets-selected'),
  'set-compare': test('sets-compare'),
  'set-sheet': test('sets-sheet'),
} as const;

export type Hideable = keyof typeof HIDEABLE;

export const HIDEABLE_NAMES = Object.keys(HIDEABLE) as Hideable[];
