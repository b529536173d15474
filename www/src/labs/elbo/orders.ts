/** How the lab orders bounds of the pool. */
export const OWNER = 'elbo';

const asked = { owner: OWNER, rank: 0 };

/** Comparisons are asked for by hand: what goes on by itself waits for them. */
export const ORDERS = {
  strangers: asked,
  sweep: asked,
  beside: asked,
  bound: { owner: OWNER, rank: 1 },
};
