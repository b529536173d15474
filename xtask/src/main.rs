//! `cargo xtask`: builds, serves and tests the page from a clone of the repository.

mod audit;
mod bench;
mod job;
mod merge;
mod mutations;
mod page;
mod report;
mod results;
mod rust;
mod setup;
mod slim;
mod soak;
mod stages;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use job::Job;
use stages::Stage;

/// Builds, serves and tests ELBO Room
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Install what is missing, build, and serve the page
    Serve {
        #[arg(long, default_value_t = 4173)]
        port: u16,
    },
    /// Build the page into www/dist, for any server of static files
    Build,
    /// Assemble and pack the npm package, in target/npm
    Npm,
    /// Measure speed, size and memory beside onnxruntime-web, in Chromium unless another engine is
    /// named
    Bench(bench::Bench),
    /// Use and disturb the built page at random in Chromium, and look for what is lost, leaks or
    /// differs
    Soak {
        /// The length of the whole run
        #[arg(long, default_value_t = 60.0, value_parser = soak::parse_minutes)]
        minutes: f64,
        /// Seed of the random actions and their order
        #[arg(long, default_value_t = 1)]
        seed: u32,
        /// The file for all figures [default: target/soak.json]
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
    /// Run mutated ONNX files in the WebAssembly that ships and in onnxruntime (Python), and
    /// compare: takes hours
    Mutations {
        #[arg(long, default_value_t = 100_000)]
        files: u64,
    },
    /// Run all checks and tests, or only the stages named
    Test {
        stages: Vec<Stage>,
        /// Show the output of every command while it runs
        #[arg(long)]
        verbose: bool,
    },
}

/// The root of the repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask has a parent folder")
}

fn main() -> ExitCode {
    match run(Command::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Serve { port } => {
            page::require_free(port)?;
            setup::announce(&[page::FOLDER], false);
            page::build(&mut Job::live())?;
            page::serve(port)
        }
        Command::Build => {
            setup::announce(&[page::FOLDER], false);
            page::build(&mut Job::live())
        }
        Command::Npm => page::pack(&mut Job::live()),
        Command::Bench(asked) => bench::run(asked),
        Command::Soak { minutes, seed, json } => soak::run(minutes, seed, json.as_deref()),
        Command::Mutations { files } => mutations::run(files),
        Command::Test { stages, verbose } => stages::run(&stages, verbose),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    /// clap checks its arguments for conflicting names and positions only in `debug_assert`.
    #[test]
    fn the_command_line_is_consistent() {
        Command::command().debug_assert();
    }
}
