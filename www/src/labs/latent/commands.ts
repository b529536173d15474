import type { Command, Hint } from '../../commands/command.ts';
import type { End, LatentLab } from './lab.svelte.ts';
import type { MapLab } from './map/lab.svelte.ts';

const enabled = (lab: LatentLab | MapLab) => () => lab.ready;

export const latentCommands = (lab: LatentLab) =>
  ({
    random: {
      id: 'latent.random',
      group: 'lab',
      label: (text) => text.latent.random,
      keys: ['R'],
      enabled: enabled(lab),
      run: () => lab.random(),
    },
    reset: {
      id: 'latent.reset',
      group: 'lab',
      label: (text) => text.latent.reset,
      keys: ['0'],
      enabled: enabled(lab),
      run: () => lab.reset(),
    },
    play: {
      id: 'latent.play',
      group: 'lab',
      label: (text) => (lab.playing ? text.latent.path.pause : text.latent.path.play),
      keys: ['P'],
      enabled: enabled(lab),
      run: () => (lab.playing = !lab.playing),
    },
  }) satisfies Record<string, Command>;

/** Of what stands beside it. */
const compareCommands = (lab: LatentLab): Command[] => [
  {
    id: 'latent.beside',
    group: 'lab',
    label: (text) => text.latent.beside.compare,
    keys: ['B'],
    enabled: () => lab.partners.length > 0,
    run: () => lab.toggleModel(),
  },
  {
    id: 'latent.points',
    group: 'lab',
    label: (text) => text.latent.points.toggle,
    keys: ['Shift+B'],
    enabled: enabled(lab),
    run: () => lab.togglePoints(),
  },
];

/** Of one end of the path. */
export const endCommands = (lab: LatentLab, end: End) => {
  const command = (name: 'random' | 'keep' | 'load', run: () => unknown): Command => ({
    id: `latent.${name}.${end}`,
    group: 'lab',
    label: ({ latent: { path } }) => path[name]({ end: path[end] }),
    enabled: enabled(lab),
    run,
  });
  return [
    command('random', () => lab.randomEnd(end)),
    command('keep', () => lab.keepAs(end)),
    command('load', () => lab.load(end)),
  ] as const;
};

export const mapCommands = (lab: MapLab) =>
  ({
    random: {
      id: 'map.random',
      group: 'lab',
      label: (text) => text.latent.map.random,
      keys: ['Shift+R'],
      enabled: enabled(lab),
      run: () => lab.random(),
    },
    play: {
      id: 'map.play',
      group: 'lab',
      label: (text) => (lab.playing ? text.latent.map.pause : text.latent.map.play),
      keys: ['Shift+P'],
      enabled: () => lab.ready && lab.hasPath,
      run: () => (lab.playing = !lab.playing),
    },
    clear: {
      id: 'map.clear',
      group: 'lab',
      label: (text) => text.latent.map.clear,
      enabled: () => lab.hasPath,
      run: () => lab.clearPath(),
    },
  }) satisfies Record<string, Command>;

export const allCommands = (lab: LatentLab): Command[] => [
  ...Object.values(latentCommands(lab)),
  ...endCommands(lab, 'a'),
  ...endCommands(lab, 'b'),
  ...compareCommands(lab),
  ...Object.values(mapCommands(lab.map)),
];

export const hints: readonly Hint[] = [
  { id: 'hint.map', keys: ['Left', 'Right', 'Up', 'Down', 'Space', 'Delete', 'Esc'] },
];
