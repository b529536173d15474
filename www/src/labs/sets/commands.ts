import type { Command, Hint } from '../../commands/command.ts';
import type { SetsLab } from './lab.svelte.ts';

/** What either of two scorings is, both are called. */
const STATES = ['running', 'failed', 'paused'] as const;

export const setsCommands = (lab: SetsLab) => {
  const all = () => lab.runs.map(({ scoring }) => scoring);
  const status = () => STATES.find((state) => all().some((scoring) => scoring.status === state));
  return {
    open: {
      id: 'sets.open',
      group: 'lab',
      label: (text) => text.setsLab.open.files,
      keys: ['U'],
      enabled: () => lab.pick !== null && lab.opening === null,
      run: () => lab.pick?.(),
    },
    score: {
      id: 'sets.score',
      group: 'lab',
      label: ({ setsLab: { setup } }) => {
        const state = status();
        if (state === 'running') return setup.pause;
        if (state) return setup.resume;
        return all().some(({ done }) => done > 0) ? setup.more : setup.start;
      },
      keys: ['P'],
      enabled: () => {
        if (status()) return true;
        const isReady = lab.runs.length > 0 && all().every(({ loaded }) => loaded);
        return isReady && !lab.complete && lab.model !== undefined;
      },
      run: () => {
        if (status() === 'running') all().forEach((scoring) => scoring.pause());
        else lab.runs.forEach((run) => lab.start(run));
      },
    },
    cancel: {
      id: 'sets.cancel',
      group: 'lab',
      label: (text) => text.setsLab.setup.cancel,
      enabled: () => status() !== undefined,
      run: () => all().forEach((scoring) => scoring.cancel()),
    },
    beside: {
      id: 'sets.beside',
      group: 'lab',
      label: (text) => text.setsLab.beside.toggle,
      keys: ['B'],
      enabled: () => lab.current !== null,
      run: () => lab.beside.toggle(),
    },
    besideDice: {
      id: 'sets.beside.dice',
      group: 'lab',
      label: (text) => text.setsLab.beside.dice,
      enabled: () => lab.beside.on && lab.beside.apart.is('seed'),
      run: () => lab.beside.dice(),
    },
    dice: {
      id: 'sets.dice',
      group: 'lab',
      label: (text) => text.setsLab.setup.dice,
      keys: ['R'],
      enabled: () => lab.current !== null,
      run: () => lab.dice(),
    },
  } satisfies Record<string, Command>;
};

export const hints: readonly Hint[] = [
  { id: 'hint.table', keys: ['Up', 'Down', 'PageUp', 'PageDown', 'Home', 'End', 'Enter'] },
];
