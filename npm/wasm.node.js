import { entrance } from './entrance.js';
import * as files from './read.node.js';

export * from './wasm/elbo_room.js';
export { default } from './wasm/elbo_room.js';
export const { ready, openModels } = entrance(files);
