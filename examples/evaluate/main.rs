//! Scores the models on the test set of MNIST: see README.md beside this file.

mod program;

use clap::Parser;

fn main() -> anyhow::Result<()> {
    program::run(&program::Arguments::parse())
}
