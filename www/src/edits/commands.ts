import type { Command } from '../commands/command.ts';
import type { Edits } from './edits.svelte.ts';

export const editCommands = (edits: Edits) =>
  ({
    undo: {
      id: 'undo',
      group: 'edit',
      label: (text) => text.commands.undo,
      keys: ['Mod+Z'],
      repeats: true,
      enabled: () => edits.canUndo,
      run: () => edits.undo(),
    },
    redo: {
      id: 'redo',
      group: 'edit',
      label: (text) => text.commands.redo,
      keys: ['Mod+Shift+Z', 'Mod+Y'],
      repeats: true,
      enabled: () => edits.canRedo,
      run: () => edits.redo(),
    },
  }) satisfies Record<string, Command>;
