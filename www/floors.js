/**
 * The floors of `src/`, lowest first: each folder, or file beside them, and what it may import from. Kept by
 * dependency-cruiser (.dependency-cruiser.js) for scripts, and by ESLint (eslint.config.js) for components too, whose
 * type imports are gone once they are compiled.
 */
export const FLOORS = {
  engine: [],
  drawing: ['engine'],
  messages: [],
  motion: [],
  tab: [],
  format: ['engine'],
  explain: ['engine', 'drawing', 'messages'],
  state: ['engine', 'drawing', 'messages'],
  address: ['engine', 'drawing', 'messages', 'state'],
  page: ['address', 'messages', 'state'],
  controls: ['engine', 'messages', 'format'],
  charts: ['engine', 'messages', 'format', 'controls'],
  models: ['engine', 'messages', 'format', 'explain', 'state', 'address', 'page', 'controls'],
  labs: [
    'models',
    'engine',
    'drawing',
    'messages',
    'motion',
    'tab',
    'format',
    'explain',
    'state',
    'page',
    'controls',
    'charts',
  ],
  story: ['engine', 'messages', 'motion', 'state', 'address', 'page', 'controls'],
  bench: ['engine', 'messages', 'explain', 'controls', 'styles'],
};

/** The top of the house: wiring, which may import from everywhere. Nothing below imports it. */
export const TOP = ['app', 'App', 'views', 'main'];

/** Imports from a higher floor that stand until each lab declares its own part of the state. */
export const KNOWN = [
  { from: 'state', to: 'labs/inference/settings.ts' },
  { from: 'state', to: 'labs/plane/settings.ts' },
  { from: 'address', to: 'labs/inference/settings.ts' },
  { from: 'address', to: 'labs/plane/settings.ts' },
  { from: 'bench', to: 'labs/inference/settings.ts' },
];
