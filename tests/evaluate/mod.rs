//! The evaluation program of the examples, on a test set that is made here.

mod cluster;
mod files;
mod idx;
#[path = "../../examples/evaluate/program/mod.rs"]
mod program;
mod runs;
mod scores;
mod sets;
mod strangers;
