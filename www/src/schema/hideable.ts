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
  divergences: `table:has(${test('inference-reverse-kl')})`,
  fit: `.card:has(> .controls ${test('inference-target')})`,
  // Plane.
  'plane-data': anchor('plane-data'),
  'plane-schedule': anchor('plane-schedule'),
  'plane-steps': anchor('plane-steps'),
  'plane-model': anchor('plane-model'),
  'plane-eta': anchor('plane-eta'),
  'plane-field': anchor('plane-field'),
  'plane-samplers': anchor('plane-samplers'),
  'plane-train': `.card:has(${anchor('plane-train')})`,
  'plane-scores': `.card:has(> .scroll ${anchor('plane-scores')})`,
  // ELBO.
  'bound-schedule': anchor('bound-schedule'),
  'bound-steps': anchor('bound-steps'),
  'bound-timesteps': anchor('bound-timesteps'),
  draw: '[data-part="draw"]',
  strangers: `details:has(> ${anchor('strangers')})`,
} as const;

export type Hideable = keyof typeof HIDEABLE;

export const HIDEABLE_NAMES = Object.keys(HIDEABLE) as Hideable[];
