//! Scores the models on the test set of MNIST: see README.md beside this file.

// `wasm-pack test` compiles the examples for WebAssembly too, where what they use is missing.
#![cfg_attr(target_arch = "wasm32", no_main)]
#![cfg(not(target_arch = "wasm32"))]

mod program;

use clap::Parser;

fn main() -> anyhow::Result<()> {
    program::run(&program::Arguments::parse())
}
