/** What the page gives a lab, and what it expects of one. */
import type { Component } from 'svelte';
import type { Command, Hint } from '../commands/command.ts';
import type { Engine } from '../engine/engine.svelte.ts';
import type { Pixels } from '../../engine/protocol.ts';
import type { ModelChooser } from '../models/chooser.svelte.ts';
import type { Page } from '../page.svelte.ts';
import type { Displayed } from '../scoring/displayed.ts';
import type { ImageInput } from './input/image-input.svelte.ts';

/** A picture that a lab shows and others can take. */
export interface Offer {
  name: string;
  image: Pixels;
}

export interface LabContext {
  engine: Engine;
  page: Page;
  models: ModelChooser;
  /** The picture that is drawn or uploaded, the same in every lab. */
  imageInput: ImageInput;
  /** Pictures on display in the labs that have been opened. */
  offers: readonly Offer[];
  /** Has a picture scored by all models. */
  onsend: (image: Pixels) => void;
  /** Has a picture noised and denoised again; without one, that of the image input. */
  onnoise: (image?: Pixels) => void;
}

/** What the page knows of an open lab: as much of it as its controller has. */
export interface Controller {
  readonly offers?: readonly Offer[];
  /** What “ELBO of this image” scores. */
  readonly displayed?: Displayed;
  /** Its worker was given up: nothing in it answers. */
  readonly down?: boolean;
  /** Something plays. */
  readonly moving?: boolean;
  /** Stops what plays. */
  pause?: () => void;
  /** Takes the picture of the image input. */
  receive?: () => void;
}

/** What a lab adds to the table of commands, and what its controls do by themselves. */
export interface LabCommands<C extends object> {
  commands?: (lab: C, context: LabContext) => readonly Command[];
  hints?: readonly Hint[];
}

export interface LabModule<C extends object> extends LabCommands<C> {
  /** Called while a component begins, to which its effects belong. */
  create: (context: LabContext) => C;
  View: Component<LabContext & { lab: C }>;
}

export const labModule = <C extends object>(
  create: LabModule<C>['create'],
  View: LabModule<C>['View'],
  more: LabCommands<C> = {},
): LabModule<C> => ({ create, View, ...more });
