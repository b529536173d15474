//! `cargo xtask test`: the stages, their order, and the table at the end.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

use anyhow::{Error, Result, bail, ensure};

use crate::page;
use crate::tally::Tally;
use crate::tools::{Toolbox, WASM_TARGET};

const END_TO_END: &str = "tests/e2e";
/// With tract-onnx, the importer's reference. One set of features for all that runs on this
/// machine: nothing is compiled twice.
const REFERENCE: [&str; 2] = ["--features", "elbo-room/full-onnx"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Formatting.
    Fmt,
    /// Lints, for this machine and for WebAssembly.
    Clippy,
    /// Rust tests and documentation examples on this machine.
    Native,
    /// The crate's tests as WebAssembly in Node.
    Node,
    /// The crate's tests as WebAssembly in a browser.
    Chrome,
    /// The page: types, unit tests, build.
    Page,
    /// The built page in a browser.
    E2e,
}

impl Stage {
    const ALL: [Self; 7] =
        [Self::Fmt, Self::Clippy, Self::Native, Self::Node, Self::Chrome, Self::Page, Self::E2e];

    const fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Native => "native",
            Self::Node => "node",
            Self::Chrome => "chrome",
            Self::Page => "page",
            Self::E2e => "e2e",
        }
    }

    fn run(self, toolbox: &Toolbox, page_is_built: bool) -> Result<Tally> {
        match self {
            Self::Fmt => fmt(toolbox),
            Self::Clippy => clippy(toolbox),
            Self::Native => {
                toolbox.cargo(&["test", "--release", "--workspace"]).args(REFERENCE).run_tests()
            }
            Self::Node => wasm(toolbox, &["--node"]),
            Self::Chrome => {
                let driver = toolbox.ensure_browser()?.driver;
                wasm(
                    toolbox,
                    &["--headless", "--chrome", "--chromedriver", &driver.to_string_lossy()],
                )
            }
            Self::Page => page(toolbox),
            Self::E2e => end_to_end(toolbox, page_is_built),
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Stage {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        let known = Self::ALL.into_iter().find(|stage| stage.name() == name);
        known.ok_or_else(|| {
            let all = Self::ALL.map(Self::name).join(" ");
            Error::msg(format!("there is no stage `{name}`; the stages are: {all}"))
        })
    }
}

/// How one stage went.
struct Outcome {
    stage: Stage,
    result: Result<Tally>,
    time: Duration,
}

/// Runs `stages`, all of them where none is named, each whatever became of those before it: one run
/// shows every failure.
pub fn run(toolbox: &Toolbox, stages: &[Stage]) -> Result<()> {
    let stages = if stages.is_empty() { &Stage::ALL } else { stages };
    let mut outcomes: Vec<Outcome> = Vec::new();
    for &stage in stages {
        println!("\n== {stage}");
        let started = Instant::now();
        let page = outcomes.iter().find(|outcome| outcome.stage == Stage::Page);
        let result = match page {
            Some(page) if stage == Stage::E2e && page.result.is_err() => {
                Err(Error::msg("not run: there is no page to test"))
            }
            page => stage.run(toolbox, page.is_some()),
        };
        let outcome = Outcome { stage, result, time: started.elapsed() };
        println!("== {outcome}");
        outcomes.push(outcome);
    }
    report(&outcomes)
}

fn report(outcomes: &[Outcome]) -> Result<()> {
    println!("\nStages:");
    for outcome in outcomes {
        println!("  {outcome}");
    }
    let failed: Vec<&str> = outcomes
        .iter()
        .filter(|outcome| outcome.result.is_err())
        .map(|outcome| outcome.stage.name())
        .collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    let total: Tally =
        outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok().copied()).sum();
    println!("\n{} passed, 0 failed", total.passed);
    Ok(())
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.time.as_secs();
        write!(f, "{:6} {:3} min {:02} s  ", self.stage, seconds / 60, seconds % 60)?;
        match &self.result {
            Ok(Tally { passed: 0 }) => write!(f, "ok"),
            Ok(Tally { passed }) => write!(f, "ok, {passed} tests"),
            Err(error) => write!(f, "FAILED: {error:#}"),
        }
    }
}

fn fmt(toolbox: &Toolbox) -> Result<Tally> {
    toolbox.ensure_linters()?;
    toolbox.cargo(&["fmt", "--all", "--check"]).run()?;
    Ok(Tally::default())
}

fn clippy(toolbox: &Toolbox) -> Result<Tally> {
    toolbox.ensure_linters()?;
    toolbox.ensure_wasm_tools()?;
    // In the release profile, so that build scripts and macros are compiled once for lints, tests
    // and page alike.
    let lints = ["--all-targets", "--", "-D", "warnings"];
    toolbox.cargo(&["clippy", "--release", "--workspace"]).args(REFERENCE).args(lints).run()?;
    toolbox
        .cargo(&[
            "clippy",
            "--release",
            "--target",
            WASM_TARGET,
            "--lib",
            "--tests",
            "--",
            "-D",
            "warnings",
        ])
        .without("RUSTFLAGS")
        .run()?;
    Ok(Tally::default())
}

/// The library's own and the integration tests as WebAssembly, where `place` says.
fn wasm(toolbox: &Toolbox, place: &[&str]) -> Result<Tally> {
    toolbox.ensure_wasm_tools()?;
    let tally = toolbox
        .wasm_pack(&["test", "--mode", "no-install", "--release"])
        .args(place)
        // What follows is cargo's. Without it, examples and documentation would be built for
        // WebAssembly as well.
        .args(["--", "--lib", "--test", "*"])
        // Seconds for all tests of one file, of which the default of 20 is too few on a busy
        // machine.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "600")
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60")
        .run_tests()?;
    // wasm-bindgen skips a file configured for the other place, and calls nothing at all a success.
    ensure!(tally.passed > 0, "no test ran");
    Ok(tally)
}

fn page(toolbox: &Toolbox) -> Result<Tally> {
    page::build(toolbox)?;
    toolbox.npm(page::FOLDER, &["run", "check"]).run()?;
    toolbox.ensure_npm_packages(END_TO_END)?;
    toolbox.npm(END_TO_END, &["run", "check"]).run()?;
    toolbox.npm(page::FOLDER, &["test", "--if-present"]).run_tests()
}

fn end_to_end(toolbox: &Toolbox, page_is_built: bool) -> Result<Tally> {
    let browser = toolbox.ensure_browser()?;
    toolbox.ensure_npm_packages(END_TO_END)?;
    if !page_is_built {
        page::build(toolbox)?;
    }
    toolbox.npm(END_TO_END, &["test"]).env("CHROME_BIN", browser.chromium).run_tests()
}
