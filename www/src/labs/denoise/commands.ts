import type { Command } from '../../commands/command.ts';
import type { ChainLab } from './lab.svelte.ts';

export const chainCommands = (lab: ChainLab) =>
  ({
    play: {
      id: 'denoise.play',
      group: 'lab',
      label: (text) => (lab.playing ? text.denoise.pause : text.denoise.play),
      keys: ['P'],
      enabled: () => lab.ready,
      run: () => lab.toggle(),
    },
    back: {
      id: 'denoise.back',
      group: 'lab',
      label: (text) => text.denoise.back,
      keys: [','],
      repeats: true,
      enabled: () => lab.step > 0 && lab.available > 0,
      run: () => lab.scrub(lab.step - 1),
    },
    forward: {
      id: 'denoise.forward',
      group: 'lab',
      label: (text) => text.denoise.forward,
      keys: ['.'],
      repeats: true,
      enabled: () => lab.step < lab.steps && lab.available > 0,
      run: () => lab.scrub(lab.step + 1),
    },
    replay: {
      id: 'denoise.replay',
      group: 'lab',
      label: (text) => text.denoise.replay,
      keys: ['0'],
      enabled: () => lab.ready,
      run: () => lab.replay(),
    },
    end: {
      id: 'denoise.end',
      group: 'lab',
      label: (text) => text.denoise.end,
      keys: ['E'],
      enabled: () => lab.ready && lab.step < lab.steps,
      run: () => lab.toEnd(),
    },
    dice: {
      id: 'denoise.dice',
      group: 'lab',
      label: (text) => text.denoise.dice,
      keys: ['R'],
      enabled: () => lab.ready,
      run: () => lab.dice(),
    },
  }) satisfies Record<string, Command>;

/** Of the chain beside it; the second only while that has a seed of its own. */
export const besideCommands = (lab: ChainLab) =>
  ({
    toggle: {
      id: 'denoise.beside',
      group: 'lab',
      label: (text) => text.denoise.compare.toggle,
      keys: ['B'],
      run: () => lab.beside.apart.toggle('seed'),
    },
    dice: {
      id: 'denoise.beside.dice',
      group: 'lab',
      label: (text) => text.denoise.compare.dice,
      keys: ['Shift+R'],
      enabled: () => lab.beside.ready,
      run: () => lab.beside.dice(),
    },
  }) satisfies Record<string, Command>;

const pathsCommand = (lab: ChainLab): Command => ({
  id: 'denoise.paths',
  group: 'lab',
  label: (text) => text.denoise.paths.toggle,
  keys: ['L'],
  run: () => lab.togglePaths(),
});

export const denoiseCommands = (lab: ChainLab): Command[] => {
  const { toggle, dice } = besideCommands(lab);
  return [
    ...Object.values(chainCommands(lab)),
    toggle,
    ...(lab.beside.on && lab.beside.apart.is('seed') ? [dice] : []),
    pathsCommand(lab),
  ];
};
