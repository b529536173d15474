// Runs the files that the example `mutations` writes in WebAssembly: node node.mjs PACKAGE FOLDER [CASE…]
// PACKAGE is the crate as wasm-bindgen writes it for Node, with the feature `fuzzing`. Each verdict says how much processor time
// the file took and how far the memory of the instance has grown; after a trap a new instance is made. A run that was cut off
// goes on after its last verdict, if neither the package nor the files are others.

import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [packagePath, folder, ...cases] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const script = resolve(packagePath, "elbo_room.js");

/** The module that was made last, which the package keeps to itself. */
let made;
WebAssembly.Instance = class extends WebAssembly.Instance {
    constructor(...of) {
        super(...of);
        made = this;
    }
};

/** A new instance of the module: its script is evaluated again. */
function instance() {
    delete require.cache[script];
    return require(script);
}

/** The memory of the instance, in bytes. */
const memory = () => made.exports.memory.buffer.byteLength;

/** What one file does. */
function judge(engine, number, bytes) {
    const before = memory();
    const start = process.cpuUsage();
    const verdict = {};
    try {
        const values = engine.runCase(number, bytes);
        verdict.values = Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length));
    } catch (error) {
        verdict[error instanceof WebAssembly.RuntimeError ? "trap" : "refused"] = error.message;
    }
    const { user, system } = process.cpuUsage(start);
    return { ...verdict, ms: Math.round((user + system) / 1000), bytes: memory() - before };
}

const module = readFileSync(resolve(packagePath, "elbo_room_bg.wasm"));

for (const number of cases.length > 0 ? cases.map(Number) : [0, 1, 2, 3]) {
    const pack = readFileSync(join(folder, `${number}.pack`));
    const verdicts = join(folder, `${number}.node`);
    const of = `${verdicts}.of`;
    const checksum = createHash("sha256").update(module).update(pack).digest("hex");
    if (!existsSync(of) || readFileSync(of, "utf8") !== checksum) rmSync(verdicts, { force: true });
    writeFileSync(of, checksum);
    let known = existsSync(verdicts) ? readFileSync(verdicts, "utf8").split("\n").length - 1 : 0;
    let engine = instance();
    for (let at = 0; at < pack.length;) {
        const length = pack.readUInt32LE(at);
        const bytes = new Uint8Array(pack.subarray(at + 4, at + 4 + length));
        at += 4 + length;
        if (known-- > 0) continue;
        const verdict = judge(engine, number, bytes);
        appendFileSync(verdicts, `${JSON.stringify(verdict)}\n`);
        if ("trap" in verdict || memory() > 2 ** 29) engine = instance();
    }
}
