// Runs the files that the example `mutations` writes in WebAssembly: node node.mjs PACKAGE FOLDER
// PACKAGE is the crate as wasm-bindgen writes it for Node, with the feature `fuzzing`. Each verdict says how long the file
// took and how far the memory of the instance has grown; after a trap a new instance is made.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [packagePath, folder] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const script = resolve(packagePath, "elbo_room.js");

/** A new instance of the module: its script is evaluated again. */
function instance() {
    delete require.cache[script];
    return require(script);
}

/** The memory of an instance, in bytes. */
function memory(engine) {
    return engine.__wasm?.memory.buffer.byteLength ?? 0;
}

for (let number = 0; number < 4; number++) {
    const pack = readFileSync(join(folder, `${number}.pack`));
    const verdicts = [];
    let engine = instance();
    for (let at = 0; at < pack.length;) {
        const length = pack.readUInt32LE(at);
        const bytes = new Uint8Array(pack.subarray(at + 4, at + 4 + length));
        at += 4 + length;
        const before = memory(engine);
        const start = performance.now();
        const verdict = {};
        try {
            const values = engine.runCase(number, bytes);
            verdict.values = Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length));
        } catch (error) {
            verdict[error instanceof WebAssembly.RuntimeError ? "trap" : "refused"] = error.message;
        }
        verdict.ms = Math.round(performance.now() - start);
        verdict.bytes = memory(engine) - before;
        verdicts.push(JSON.stringify(verdict));
        if ("trap" in verdict || memory(engine) > 2 ** 29) {
            engine = instance();
        }
    }
    writeFileSync(join(folder, `${number}.node`), `${verdicts.join("\n")}\n`);
}
