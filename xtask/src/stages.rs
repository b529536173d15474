//! `cargo xtask test`: the stages, their order, and the table at the end.

use std::env::consts::EXE_EXTENSION;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::thread;
use std::time::Instant;

use anyhow::{Error, Result, bail, ensure};
use clap::ValueEnum;
use duct::{Expression, cmd};

use crate::job::Job;
use crate::report::{Outcome, count, table};
use crate::results;
use crate::setup::Browser;
use crate::{audit, page, root, setup};

pub const END_TO_END: &str = "tests/e2e";

/// In the profile of xtask, whose libraries are among them, and always all packages, on which the features of libraries depend. One
/// profile and one set of packages for a target: nothing is compiled twice.
const NATIVE: [&str; 1] = ["--workspace"];
const WASM: [&str; 5] = ["--release", "--package", "elbo-room", "--target", setup::WASM_TARGET];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Stage {
    /// Formatting of the Rust sources
    Fmt,
    /// Lints, for this machine and for WebAssembly
    Clippy,
    /// The crate as WebAssembly, with its JavaScript and types
    Package,
    /// Rust tests and documentation examples on this machine
    Native,
    /// The same tests as WebAssembly in Node.js, and those of the JavaScript interface
    Node,
    /// Painting on the canvases of a browser
    Chrome,
    /// The page: formatting, lints, types, unit tests, build
    Page,
    /// The built page in browsers
    E2e,
    /// Two minutes of `cargo xtask soak`
    Soak,
    /// The page in Chromium, Firefox and WebKitGTK, bit for bit; takes minutes, only where it is named
    Browsers,
    /// Licences and sources of the crates; where cargo-deny is installed
    Deny,
    /// Advisories on crates and npm packages; only where it is named
    Advisories,
    /// wasm-pack on the crate, by those who use it; only where it is named
    WasmPack,
}

/// Stages beside each other. Cargo's compilations keep two cores busy; the tools of npm, and tests
/// in Node.js, one each; the soak is the better for being disturbed.
const LANES: [&[Stage]; 2] = [
    &[Stage::Package, Stage::Fmt, Stage::Deny, Stage::Advisories, Stage::Clippy, Stage::Native],
    &[Stage::Page, Stage::Soak, Stage::Node],
];

/// Stages that need the machine for themselves, after all others.
const ALONE: [Stage; 4] = [Stage::Chrome, Stage::E2e, Stage::Browsers, Stage::WasmPack];

/// What several stages need, made by the first of them.
#[derive(Default)]
struct Shared {
    browser: Once<Browser>,
    package: Once<()>,
    page: Once<()>,
}

type Once<T> = OnceLock<Result<T, String>>;

/// Does `work` unless it is done; a stage that comes while another does it waits.
fn once<T: Clone>(cell: &Once<T>, what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    cell.get_or_init(|| work().map_err(|error| format!("{error:#}")))
        .clone()
        .map_err(|error| Error::msg(format!("no {what}: {error}")))
}

impl Shared {
    fn browser(&self, job: &mut Job) -> Result<Browser> {
        once(&self.browser, "browser", || setup::browser(job))
    }

    fn package(&self, job: &mut Job) -> Result<()> {
        once(&self.package, "package", || page::package(job, under_clippy))
    }

    fn page(&self, job: &mut Job) -> Result<()> {
        setup::npm_packages(job, page::FOLDER)?;
        self.package(job)?;
        once(&self.page, "page", || page::bundle(job))
    }
}

impl Stage {
    /// As it is written on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Package => "package",
            Self::Native => "native",
            Self::Node => "node",
            Self::Chrome => "chrome",
            Self::Page => "page",
            Self::E2e => "e2e",
            Self::Soak => "soak",
            Self::Browsers => "browsers",
            Self::Deny => "deny",
            Self::Advisories => "advisories",
            Self::WasmPack => "wasm-pack",
        }
    }

    fn has_tests(self) -> bool {
        !matches!(self, Self::Fmt | Self::Clippy | Self::Package | Self::Deny | Self::Advisories)
    }

    fn needs_browser(self) -> bool {
        matches!(self, Self::Chrome | Self::E2e | Self::Soak | Self::Browsers | Self::WasmPack)
    }

    fn npm_folders(self) -> &'static [&'static str] {
        match self {
            Self::Page | Self::E2e | Self::Soak | Self::Browsers => &[page::FOLDER, END_TO_END],
            _ => &[],
        }
    }

    fn run(self, job: &mut Job, shared: &Shared) -> Result<()> {
        match self {
            Self::Fmt => {
                setup::linters(job)?;
                job.run("check formatting", cargo("fmt", &["--all", "--check"]))
            }
            Self::Clippy => clippy(job),
            Self::Package => shared.package(job),
            Self::Native => native(job),
            Self::Node => node(job),
            Self::Chrome => chrome(job, shared),
            Self::Page => check_page(job, shared),
            Self::E2e => end_to_end(job, shared, "test"),
            Self::Soak => end_to_end(job, shared, "soak"),
            Self::Browsers => {
                setup::other_browsers()?;
                end_to_end(job, shared, "browsers")
            }
            Self::Deny => audit::deny(job),
            Self::Advisories => audit::advisories(job),
            Self::WasmPack => wasm_pack(job, shared),
        }
    }

    /// Whether it runs where no stage is named.
    fn by_default(self) -> bool {
        match self {
            Self::Deny => audit::has_cargo_deny(),
            Self::Browsers | Self::Advisories | Self::WasmPack => false,
            _ => true,
        }
    }

    fn outcome(self, shared: &Shared, verbose: bool) -> Outcome {
        let started = Instant::now();
        let mut job = Job::beside_others(self.name(), verbose);
        let mut result = self.run(&mut job, shared);
        // wasm-bindgen's runner, for one, calls a program without tests a success.
        if result.is_ok() && self.has_tests() && job.tests.is_empty() {
            result = Err(Error::msg("no test ran"));
        }
        Outcome { stage: self, result, time: started.elapsed(), tests: job.tests }
    }
}

/// Runs `stages`, or those that run by default, each whatever becomes of the others: one run shows
/// every failure.
pub fn run(stages: &[Stage], verbose: bool) -> Result<()> {
    let all = Stage::value_variants();
    let chosen: Vec<Stage> = match stages {
        [] => all.iter().copied().filter(|stage| stage.by_default()).collect(),
        named => all.iter().copied().filter(|stage| named.contains(stage)).collect(),
    };
    let mut folders: Vec<&str> =
        chosen.iter().flat_map(|stage| stage.npm_folders()).copied().collect();
    folders.sort_unstable();
    folders.dedup();
    if stages.is_empty() && !chosen.contains(&Stage::Deny) {
        println!("Without the stage deny: cargo-deny is not installed.");
    }
    let browser = chosen.iter().any(|stage| stage.needs_browser());
    setup::announce(&folders, browser);

    let started = Instant::now();
    let shared = Shared::default();
    let run = |stages: &[Stage]| -> Vec<Outcome> {
        let stages = stages.iter().filter(|stage| chosen.contains(stage));
        stages.map(|stage| stage.outcome(&shared, verbose)).collect()
    };
    let mut outcomes: Vec<Outcome> = thread::scope(|scope| {
        if browser {
            // Downloaded while others compile. What goes wrong is told by the stages that need it.
            scope.spawn(|| shared.browser(&mut Job::beside_others("browser", verbose)).ok());
        }
        let lanes = LANES.map(|lane| scope.spawn(|| run(lane)));
        lanes.into_iter().flat_map(|lane| lane.join().expect("a lane does not panic")).collect()
    });
    outcomes.extend(run(&ALONE));
    outcomes.sort_by_key(|outcome| outcome.stage);
    println!("\n{}", table(&outcomes, started.elapsed()));
    let (passed, failed) = count(&outcomes);
    println!("{passed} passed, {failed} failed");
    if failed > 0 {
        bail!("not all stages passed");
    }
    Ok(())
}

fn cargo(subcommand: &str, words: &[&str]) -> Expression {
    cmd("cargo", [subcommand].iter().chain(words)).dir(root())
}

/// The crates of this workspace are compiled by clippy, which lints as it does so: `cargo clippy` would go through the
/// libraries as well, which takes half as long as to compile them. All stages compile so, once for all; what is found is the
/// business of [`clippy`] alone, and keeps no test from running.
fn under_clippy(cargo: Expression) -> Expression {
    cargo.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver")
}

fn clippy(job: &mut Job) -> Result<()> {
    setup::linters(job)?;
    setup::wasm_target(job)?;
    let mut lint = |what: &str, words: &[&[&str]]| {
        let words = [&words.concat()[..], &["--message-format", "json"]].concat();
        job.lint(what, under_clippy(setup::wasm(cargo("build", &words))))
    };
    let targets = ["--bins", "--tests", "--examples", "--benches"];
    all([
        lint("compile and lint for this machine", &[&NATIVE, &targets]),
        lint("compile and lint for WebAssembly", &[&WASM, &["--lib", "--test", "*"]]),
    ])
}

fn native(job: &mut Job) -> Result<()> {
    setup::linters(job)?;
    let test = |words: &[&[&str]]| under_clippy(cargo("test", &words.concat()));
    // `--tests` leaves out the examples, which would be linked only to be left alone.
    let tests: &[&str] = &["--tests", "--no-fail-fast"];
    job.run("compile the tests", test(&[&NATIVE, tests, &["--no-run"]]))?;
    all([
        job.run_tests("run them", test(&[&NATIVE, tests]), false),
        job.run_tests("run the examples of the documentation", test(&[&NATIVE, &["--doc"]]), false),
    ])
}

const RUNNER: &str = "wasm-test-runner";

/// The integration tests as WebAssembly, run by what `.cargo/config.toml` names, which is compiled once with all else.
fn wasm_tests(job: &mut Job, words: &[&str], environment: &[(&str, &str)]) -> Result<()> {
    setup::linters(job)?;
    setup::wasm_target(job)?;
    let runner = under_clippy(cargo("build", &[&NATIVE[..], &["--bin", RUNNER]].concat()));
    job.run("compile wasm-bindgen's test runner", runner)?;
    let runner = root().join("target/debug").join(RUNNER).with_extension(EXE_EXTENSION);
    let test = |more: &[&str]| {
        under_clippy(setup::wasm(cargo("test", &[&WASM[..], words, more].concat())))
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner)
    };
    job.run("compile the tests for WebAssembly", test(&["--no-run"]))?;
    let run = test(&["--no-fail-fast"]);
    let run = environment.iter().fold(run, |run, (name, value)| run.env(name, value));
    job.run_tests("run them", run, true)
}

fn node(job: &mut Job) -> Result<()> {
    wasm_tests(job, &["--test", "*"], &[("WASM_BINDGEN_TEST_ONLY_NODE", "1")])
}

fn chrome(job: &mut Job, shared: &Shared) -> Result<()> {
    let driver = shared.browser(job)?.driver;
    let environment = [
        ("WASM_BINDGEN_TEST_ONLY_WEB", "1"),
        ("CHROMEDRIVER", &*driver.to_string_lossy()),
        // Seconds for all tests of one file, of which the default of 20 is too few on a busy
        // machine.
        ("WASM_BINDGEN_TEST_TIMEOUT", "600"),
        ("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60"),
    ];
    wasm_tests(job, &["--test", "browser"], &environment)
}

/// A place for the report of a test runner, without the one of an earlier run.
fn report_file(name: &str) -> Result<PathBuf> {
    let folder = root().join("target/xtask");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(name);
    if file.exists() {
        std::fs::remove_file(&file)?;
    }
    Ok(file)
}

fn check_page(job: &mut Job, shared: &Shared) -> Result<()> {
    setup::npm_packages(job, page::FOLDER)?;
    setup::npm_packages(job, END_TO_END)?;
    // Types of the crate are among what is checked.
    shared.package(job)?;
    let lint = setup::npm(page::FOLDER, ["run", "--if-present", "lint"]);
    let check = setup::npm(page::FOLDER, ["run", "check"]);
    let check_tests = setup::npm(END_TO_END, ["run", "check"]);
    let report = report_file("vitest.json")?;
    let output = format!("--outputFile.json={}", report.display());
    let options = ["test", "--", "--reporter=default", "--reporter=json", &output];
    let results = [
        job.run("lint the page", lint),
        job.run("check its types", check),
        job.run("check the types of the end-to-end tests", check_tests),
        job.run("run the unit tests", setup::npm(page::FOLDER, options)),
        std::fs::read_to_string(report)
            .map_err(Error::from)
            .and_then(|report| results::vitest(&report))
            .map(|tests| job.tests.extend(tests)),
        shared.page(job),
    ];
    all(results)
}

/// One error that says all of them.
pub fn all(results: impl IntoIterator<Item = Result<()>>) -> Result<()> {
    let errors: Vec<String> =
        results.into_iter().filter_map(|r| r.err()).map(|error| format!("{error:#}")).collect();
    ensure!(errors.is_empty(), "{}", errors.join("; "));
    Ok(())
}

/// Runs the tests of a script of `tests/e2e/package.json`.
fn end_to_end(job: &mut Job, shared: &Shared, script: &str) -> Result<()> {
    let browser = shared.browser(job)?;
    setup::npm_packages(job, END_TO_END)?;
    shared.page(job)?;
    let report = report_file(&format!("playwright-{script}.json"))?;
    let run = setup::npm(END_TO_END, ["run", script, "--", "--reporter=list,json"])
        .env("CHROME_BIN", browser.chromium)
        .env("ELBO_ROOM_HEADLESS_SHELL", browser.headless)
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report);
    let run = job.run("run the end-to-end tests", run);
    let tests = std::fs::read_to_string(report)
        .map_err(Error::from)
        .and_then(|report| results::playwright(&report))
        .map(|tests| job.tests.extend(tests));
    all([run, tests])
}

/// What the README tells users of wasm-pack. It brings its own wasm-bindgen.
fn wasm_pack(job: &mut Job, shared: &Shared) -> Result<()> {
    let driver = shared.browser(job)?.driver;
    setup::wasm_pack(job)?;
    let wasm_pack = |words: &[&str]| setup::wasm(cmd("wasm-pack", words));
    let folder = root().join("target/xtask/pkg");
    let build = ["build", "--target", "web", "--release", "--out-dir", &folder.to_string_lossy()];
    job.run("wasm-pack build", wasm_pack(&build))?;
    let node = wasm_pack(&["test", "--node", "--release"]);
    job.run_tests("wasm-pack test --node", node, true)?;
    let chrome = wasm_pack(&["test", "--headless", "--chrome", "--release"])
        .env("CHROMEDRIVER", driver)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "600");
    job.run_tests("wasm-pack test --headless --chrome", chrome, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stages_share_is_made_once_and_its_failure_is_told_to_all() {
        let cell = Once::default();
        let first = once::<()>(&cell, "page", || bail!("broken")).unwrap_err();
        let second = once(&cell, "page", || panic!("made twice")).unwrap_err();
        assert_eq!(first.to_string(), "no page: broken");
        assert_eq!(second.to_string(), "no page: broken");
    }

    #[test]
    fn every_stage_runs_in_exactly_one_place_and_has_the_name_of_the_command_line() {
        let mut placed: Vec<Stage> = LANES.concat();
        placed.extend(ALONE);
        placed.sort();
        assert_eq!(placed, Stage::value_variants());
        for stage in placed {
            assert_eq!(stage.to_possible_value().unwrap().get_name(), stage.name());
        }
    }

    #[test]
    fn all_failures_of_a_stage_are_said() {
        assert!(all([Ok(()), Ok(())]).is_ok());
        let error = all([Err(Error::msg("one")), Ok(()), Err(Error::msg("two"))]).unwrap_err();
        assert_eq!(error.to_string(), "one; two");
    }
}
