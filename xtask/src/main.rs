//! `cargo xtask`: everything between a clone and a served or tested page.

mod bench;
mod page;
mod shell;
mod stages;
mod tally;
mod tools;
mod version;
mod wasm;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use stages::Stage;
use tools::Toolbox;

const USAGE: &str = "\
Usage: cargo xtask <command>

Commands:
  serve [--port <n>]   install what is missing, build, and serve the page (port 4173)
  build                the same without serving
  bench [--brief] [--json <file>]
                       measure speed, size and memory in Chromium beside onnxruntime-web
                       (some minutes; all figures go to target/bench.json)
  test [<stage>...]    run all checks and tests, or only the stages named:
                       fmt clippy native node chrome page e2e
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((command, rest)) = arguments.split_first() else {
        print!("{USAGE}");
        return Ok(());
    };
    match command.as_str() {
        "serve" => {
            let port = port(rest)?;
            page::require_free(port)?;
            let toolbox = Toolbox::new()?;
            page::build(&toolbox)?;
            page::serve(&toolbox, port)
        }
        "build" => {
            nothing_more(rest)?;
            page::build(&Toolbox::new()?)
        }
        "bench" => {
            let settings = bench::Settings::parse(rest)?;
            bench::run(&Toolbox::new()?, &settings)
        }
        "test" => {
            let stages = rest.iter().map(|name| name.parse()).collect::<Result<Vec<Stage>>>()?;
            stages::run(&Toolbox::new()?, &stages)
        }
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        unknown => bail!("there is no command `{unknown}`\n\n{USAGE}"),
    }
}

fn port(rest: &[String]) -> Result<u16> {
    match rest {
        [] => Ok(page::DEFAULT_PORT),
        [flag, value] if flag == "--port" => {
            value.parse().with_context(|| format!("`{value}` is not a port number"))
        }
        _ => bail!("`serve` takes only `--port <n>`\n\n{USAGE}"),
    }
}

fn nothing_more(rest: &[String]) -> Result<()> {
    match rest {
        [] => Ok(()),
        [first, ..] => bail!("unexpected argument `{first}`\n\n{USAGE}"),
    }
}
