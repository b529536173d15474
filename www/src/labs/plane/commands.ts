import type { Command, Hint } from '../../commands/command.ts';
import type { PlaneLab } from './lab.svelte.ts';
import { MAX_TRAINING } from './settings.ts';

export const planeCommands = (lab: PlaneLab) =>
  ({
    denoise: {
      id: 'plane.denoise',
      group: 'lab',
      label: ({ planeLab: { transport } }) =>
        lab.direction === -1 ? transport.pause : transport.denoise,
      keys: ['P'],
      run: () => lab.play(-1),
    },
    noise: {
      id: 'plane.noise',
      group: 'lab',
      label: ({ planeLab: { transport } }) =>
        lab.direction === 1 ? transport.pause : transport.noise,
      keys: ['N'],
      run: () => lab.play(1),
    },
    back: {
      id: 'plane.back',
      group: 'lab',
      label: (text) => text.planeLab.transport.back,
      keys: [','],
      repeats: true,
      enabled: () => lab.settings.t < lab.settings.steps,
      run: () => lab.scrub(lab.settings.t + 1),
    },
    forward: {
      id: 'plane.forward',
      group: 'lab',
      label: (text) => text.planeLab.transport.forward,
      keys: ['.'],
      repeats: true,
      enabled: () => lab.settings.t > 0,
      run: () => lab.scrub(lab.settings.t - 1),
    },
    dice: {
      id: 'plane.dice',
      group: 'lab',
      label: (text) => text.planeLab.controls.dice,
      keys: ['R'],
      run: () => lab.dice(),
    },
    train: {
      id: 'plane.train',
      group: 'lab',
      label: ({ planeLab: { training } }) => (lab.busy ? training.pause : training.train),
      keys: ['T'],
      enabled: () =>
        lab.settings.model === 'network' && (lab.busy || lab.settings.trained < MAX_TRAINING),
      run: () => lab.toggleTraining(),
    },
    forget: {
      id: 'plane.forget',
      group: 'lab',
      label: (text) => text.planeLab.training.reset,
      enabled: () =>
        lab.settings.model === 'network' && ((lab.training?.steps ?? 0) > 0 || lab.busy),
      run: () => lab.resetTraining(),
    },
    beside: {
      id: 'plane.beside',
      group: 'lab',
      label: (text) => text.planeLab.compare.toggle,
      keys: ['B'],
      run: () => lab.beside.apart.toggle('schedule'),
    },
  }) satisfies Record<string, Command>;

export const hints: readonly Hint[] = [{ id: 'hint.dot', keys: ['+', '-', 'Delete'] }];
