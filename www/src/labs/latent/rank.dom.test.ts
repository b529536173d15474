/** The sliders of a model of the visitor's own, ordered by pictures of his. */
import { fireEvent, render } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { VaeEntry } from '../../../engine/protocol.ts';
import { Engine } from '../../engine/engine.svelte.ts';
import { ModelChooser } from '../../models/chooser.svelte.ts';
import { OwnLibrary } from '../../models/own.svelte.ts';
import { Page } from '../../page.svelte.ts';
import { file, found } from '../../testing/image-input.ts';
import { manifest, VAE } from '../../testing/manifest.ts';
import { clearUp, make, pass, world } from '../../testing/page.svelte.ts';
import { decodable } from '../../testing/pictures.ts';
import { decoding } from '../../testing/scripts.ts';
import { ScriptedWorker } from '../../testing/worker.ts';
import { LatentLab } from './lab.svelte.ts';
import Latent from './Latent.svelte';

// Importing takes real time, which the fake clock does not wait for.
beforeAll(() => import('image-size'));
afterEach(clearUp);

const shipped = manifest.models.find(({ id }) => id === VAE) as VaeEntry;
const entry: VaeEntry = {
  ...shipped,
  id: 'own.0123456789abcdef0123.89abcdef',
  title: 'mine',
  latents: { count: 3, klPerLatent: [], order: [0, 1, 2] },
};

/** The map, which is not looked at here, asks whether it is. */
class Watcher {
  observe() {}
  disconnect() {}
}

it('puts the latents that say most of these pictures first, and draws their bars anew', async () => {
  world({
    hash: `#vae=${entry.id}`,
    script: {
      ...decoding(3),
      // A picture that is 40 wide is a digit, others are taken whole.
      read: ({ of, whole }) =>
        of.width === 40 ? found(40) : found(0, { levels: whole ? found(77).levels : null }),
      // The first latent says nothing, the others as much as there is light in one of two pictures.
      estimateKl: ({ images }) => [0, images[0] ?? 0, images.at(-1) ?? 0],
    },
  });
  const library = make(() => new OwnLibrary(null));
  await library.add(entry, { encoder: Uint8Array.of(1), decoder: Uint8Array.of(2) });
  const { engine, page, lab } = make(() => {
    const page = new Page();
    const engine = new Engine({ decoder: entry.id, sampler: '' }, 'decoder', library);
    return { page, engine, lab: new LatentLab(engine, page) };
  });
  await pass(300);
  const models = make(() => new ModelChooser(engine, page, library));
  const onsend = () => undefined;
  vi.stubGlobal('IntersectionObserver', Watcher);
  const view = render(Latent, { engine, models, page, lab, onsend, onnoise: onsend });
  const group = view.getByTestId('latent-sliders');
  const sliders = () =>
    [...group.querySelectorAll<HTMLElement>('[data-testid^="latent-"]')].map(
      ({ dataset }) => dataset['testid'],
    );
  const shares = () =>
    [...group.querySelectorAll<HTMLElement>('.bar')].map(({ style }) =>
      Number(style.getPropertyValue('--share')),
    );
  await pass();
  expect(sliders()).toEqual(['latent-0', 'latent-1', 'latent-2']);
  expect(shares()).toEqual([0, 0, 0]);

  const { decode } = decodable();
  const [digit, photo] = [file(), file()];
  decode(digit, 40, 40);
  decode(photo, 60, 30);
  await fireEvent.change(view.getByTestId('rank-pictures'), { target: { files: [digit, photo] } });
  const estimates = () => ScriptedWorker.all.flatMap((worker) => worker.asked('estimateKl'));
  await vi.waitUntil(() => estimates().length > 0);
  await pass();
  const [asked, ...others] = estimates();
  expect(others).toEqual([]);
  expect(asked).toMatchObject({ model: entry.id, class: null });
  expect(asked?.images).toHaveLength(2 * 784);
  expect(sliders()).toEqual(['latent-2', 'latent-1', 'latent-0']);
  expect(shares()).toEqual([1, 40 / 77, 0]);
  // It is the model's order from now on.
  const kept = library.find(entry.id)?.entry;
  expect(kept?.kind === 'vae' && kept.latents.order).toEqual([2, 1, 0]);
});
