import type { Command, Hint } from '../../commands/command.ts';
import type { InferenceLab } from './lab.svelte.ts';

export const fitCommands = (lab: InferenceLab) =>
  ({
    run: {
      id: 'inference.run',
      group: 'lab',
      label: (text) => (lab.playing ? text.inference.pause : text.inference.run),
      keys: ['P'],
      run: () => lab.toggle(),
    },
    step: {
      id: 'inference.step',
      group: 'lab',
      label: (text) => text.inference.step,
      keys: ['.'],
      repeats: true,
      run: () => lab.step(1),
    },
    reset: {
      id: 'inference.reset',
      group: 'lab',
      label: (text) => text.inference.reset,
      keys: ['0'],
      run: () => lab.reset(),
    },
    restore: {
      id: 'inference.restore',
      group: 'lab',
      label: (text) => text.inference.restore,
      enabled: () => lab.byHand,
      run: () => lab.restore(),
    },
    dice: {
      id: 'inference.dice',
      group: 'lab',
      label: (text) => text.inference.dice,
      keys: ['R'],
      run: () => lab.dice(),
    },
  }) satisfies Record<string, Command>;

/** Of the run beside it; the second only while that has a seed of its own. */
export const besideFitCommands = (lab: InferenceLab) =>
  ({
    toggle: {
      id: 'inference.beside',
      group: 'lab',
      label: (text) => text.inference.compare.toggle,
      keys: ['B'],
      run: () => lab.beside.apart.toggle('family'),
    },
    dice: {
      id: 'inference.beside.dice',
      group: 'lab',
      label: (text) => text.inference.compare.dice,
      keys: ['Shift+R'],
      run: () => lab.beside.dice(),
    },
  }) satisfies Record<string, Command>;

export const inferenceCommands = (lab: InferenceLab): Command[] => {
  const { toggle, dice } = besideFitCommands(lab);
  return [
    ...Object.values(fitCommands(lab)),
    toggle,
    ...(lab.beside.on && lab.beside.apart.is('seed') ? [dice] : []),
  ];
};

export const hints: readonly Hint[] = [
  { id: 'hint.handle', keys: ['Left', 'Right', 'Up', 'Down'] },
];
