import type { VaeEntry } from '../../protocol.ts';
import { defineKind } from '../define.ts';

export const vae = defineKind<VaeEntry>({
  id: 'vae',
  bound: 'latent',
  lack({ files, encoder }) {
    if (!files.encoder) return 'encoder';
    return encoder?.posterior?.spread === 'none' ? 'posterior' : null;
  },
  classes: ({ classes = [] }) => classes,
  hasNullClass: ({ encoder, decoder }) =>
    [encoder?.condition, decoder?.condition].every((input) => input?.null !== 'none'),
  latents: ({ latents }) => latents,
  count: ({ latents }) => latents.count,
});
