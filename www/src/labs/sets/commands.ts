import type { Command, Hint } from '../../commands/command.ts';
import type { SetsLab } from './lab.svelte.ts';

const isUnderWay = (status: string | undefined) => status === 'paused' || status === 'failed';

export const setsCommands = (lab: SetsLab) => {
  const scoring = () => lab.current?.scoring;
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
        const { status, done = 0 } = scoring() ?? {};
        if (status === 'running') return setup.pause;
        if (isUnderWay(status)) return setup.resume;
        return done > 0 ? setup.more : setup.start;
      },
      keys: ['P'],
      enabled: () => {
        const { status, loaded } = scoring() ?? {};
        if (status === 'running' || isUnderWay(status)) return true;
        return loaded === true && !lab.complete && lab.model !== undefined;
      },
      run: () => {
        if (scoring()?.status === 'running') scoring()?.pause();
        else if (lab.current) lab.start(lab.current);
      },
    },
    cancel: {
      id: 'sets.cancel',
      group: 'lab',
      label: (text) => text.setsLab.setup.cancel,
      enabled: () => scoring()?.status === 'running' || isUnderWay(scoring()?.status),
      run: () => scoring()?.cancel(),
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
