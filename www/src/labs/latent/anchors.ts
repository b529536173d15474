/** What a symbol of a derivation can stand for here: elements that carry the name as `data-anchor`. */
export const anchors = [
  'latents',
  'latent-digit',
  'latent-random',
  'path-position',
  'path-mode',
  'end-a',
  'end-b',
] as const;
