/** The cache of the lists of models, which the service worker (vite/installable.ts) asks where there is no connection. */
export const LISTS = 'elbo-room lists';
