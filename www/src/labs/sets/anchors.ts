/** What a symbol of a derivation can stand for here: elements that carry the name as `data-anchor`. */
export const anchors = ['set-rows', 'set-mean', 'set-spread', 'set-auroc', 'set-curve'] as const;
