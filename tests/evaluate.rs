//! The evaluation program of the examples, on a test set that is made here.
#![cfg(not(target_arch = "wasm32"))]

#[path = "evaluate/cluster.rs"]
mod cluster;
#[path = "evaluate/files.rs"]
mod files;
#[path = "evaluate/idx.rs"]
mod idx;
#[path = "../examples/evaluate/program/mod.rs"]
mod program;
#[path = "evaluate/runs.rs"]
mod runs;
#[path = "evaluate/scores.rs"]
mod scores;
