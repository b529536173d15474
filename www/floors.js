/**
 * The floors of `src/`, lowest first: each folder, or file beside them, and what it may import from. Kept by
 * dependency-cruiser (.dependency-cruiser.js) for scripts, and by ESLint (eslint.config.js) for components too, whose
 * type imports are gone once they are compiled.
 */
export const FLOORS = {
  engine: [],
  drawing: ['engine'],
  messages: [],
  dialog: [],
  motion: [],
  tab: [],
  format: ['engine'],
  explain: ['engine', 'drawing', 'messages'],
  schema: ['engine'],
  declared: ['engine', 'drawing', 'messages', 'schema'],
  state: ['messages', 'schema', 'declared'],
  address: ['engine', 'schema', 'declared', 'state'],
  storage: [],
  theme: ['storage'],
  host: ['tab', 'engine', 'address', 'state'],
  commands: ['messages', 'dialog', 'storage'],
  edits: ['address', 'commands', 'messages', 'state'],
  page: ['address', 'edits', 'host', 'messages', 'state'],
  share: ['engine', 'host', 'messages', 'dialog'],
  controls: ['commands', 'engine', 'messages', 'format', 'share'],
  charts: ['engine', 'messages', 'format', 'controls', 'share'],
  models: [
    'engine',
    'host',
    'messages',
    'dialog',
    'format',
    'explain',
    'declared',
    'state',
    'address',
    'page',
    'controls',
  ],
  scoring: [
    'tab',
    'models',
    'engine',
    'messages',
    'format',
    'explain',
    'schema',
    'state',
    'page',
    'controls',
    'charts',
    'share',
  ],
  labs: [
    'host',
    'scoring',
    'models',
    'commands',
    'edits',
    'engine',
    'drawing',
    'messages',
    'dialog',
    'motion',
    'tab',
    'format',
    'explain',
    'schema',
    'declared',
    'state',
    'page',
    'controls',
    'charts',
    'share',
  ],
  story: [
    'storage',
    'engine',
    'messages',
    'motion',
    'declared',
    'state',
    'address',
    'page',
    'controls',
  ],
  bench: ['engine', 'messages', 'explain', 'declared', 'controls', 'share', 'styles'],
};

/** Floors that are not a folder, or a file, of their name: what each lab declares of itself, without its code. */
export const FILES = {
  declared:
    'labs/(anchors|apart|define|derivation|index|names|presets|references|scored|stops|[^/]+/(anchors|index|settings|tour))\\.ts$',
};

/** The top of the house: wiring, which may import from everywhere. Nothing below imports it. */
export const TOP = ['app', 'App', 'element', 'views', 'main'];
