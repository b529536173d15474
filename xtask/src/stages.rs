//! `cargo xtask test`: the stages, their order, and the table at the end.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::thread;
use std::time::Instant;

use anyhow::{Error, Result, bail, ensure};
use clap::ValueEnum;
use duct::Expression;

use crate::job::Job;
use crate::report::{Outcome, count, table};
use crate::results;
use crate::setup::Browser;
use crate::{audit, page, root, rust, setup};

pub const END_TO_END: &str = "tests/e2e";

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
    /// Tests of canvases in a browser
    Chrome,
    /// The page: formatting, lints, types, unit tests, build
    Page,
    /// The built page in browsers
    E2e,
    /// Two minutes of `cargo xtask soak`
    Soak,
    /// The page in Chromium, Firefox and WebKitGTK, bit for bit; takes minutes, runs only if it is
    /// named
    Browsers,
    /// The Python programs that the page writes, compared with the crate; fetches PyTorch, runs
    /// only if it is named
    Python,
    /// Licences and sources of the crates; runs if cargo-deny is installed
    Deny,
    /// Advisories on crates and npm packages; runs only if it is named
    Advisories,
    /// Build and tests of the crate with wasm-pack; runs only if it is named
    WasmPack,
    /// The crate packaged for crates.io and compiled alone; runs only if it is named
    Publish,
}

/// Stages that run at once. Cargo's compilations use two cores, the tools of npm and the tests in
/// Node.js one each; load from other stages makes the soak test stricter.
const LANES: [&[Stage]; 2] = [
    &[Stage::Package, Stage::Fmt, Stage::Deny, Stage::Advisories, Stage::Clippy, Stage::Native],
    &[Stage::Page, Stage::Soak, Stage::Node, Stage::Python],
];

/// Stages that run alone, after all others.
const ALONE: [Stage; 5] =
    [Stage::Chrome, Stage::E2e, Stage::Browsers, Stage::WasmPack, Stage::Publish];

/// Products that several stages need; the first of them makes each.
#[derive(Default)]
struct Shared {
    browser: Once<Browser>,
    package: Once<()>,
    page: Once<()>,
}

type Once<T> = OnceLock<Result<T, String>>;

/// Does `work` unless it is done; waits while another stage does it.
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
        once(&self.package, "package", || page::package(job, rust::under_clippy))
    }

    fn page(&self, job: &mut Job) -> Result<()> {
        setup::npm_packages(job, page::FOLDER)?;
        self.package(job)?;
        once(&self.page, "page", || page::bundle(job))
    }
}

impl Stage {
    /// Its name on the command line.
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
            Self::Python => "python",
            Self::Deny => "deny",
            Self::Advisories => "advisories",
            Self::WasmPack => "wasm-pack",
            Self::Publish => "publish",
        }
    }

    fn has_tests(self) -> bool {
        use Stage::{Advisories, Clippy, Deny, Fmt, Package, Publish};
        !matches!(self, Fmt | Clippy | Package | Deny | Advisories | Publish)
    }

    fn needs_browser(self) -> bool {
        matches!(self, Self::Chrome | Self::E2e | Self::Soak | Self::Browsers | Self::WasmPack)
    }

    fn npm_folders(self) -> &'static [&'static str] {
        match self {
            Self::Page | Self::E2e | Self::Soak | Self::Browsers => &[page::FOLDER, END_TO_END],
            Self::Python => &[page::FOLDER],
            _ => &[],
        }
    }

    fn run(self, job: &mut Job, shared: &Shared) -> Result<()> {
        match self {
            Self::Fmt => {
                setup::linters(job)?;
                job.run("check formatting", rust::cargo("fmt", &["--all", "--check"]))
            }
            Self::Clippy => rust::clippy(job),
            Self::Package => shared.package(job),
            Self::Native => rust::native(job),
            Self::Node => rust::node(job),
            Self::Chrome => {
                let browser = shared.browser(job)?;
                rust::chrome(job, &browser.driver)
            }
            Self::Page => check_page(job, shared),
            Self::E2e => end_to_end(job, shared, "test"),
            Self::Soak => end_to_end(job, shared, "soak"),
            Self::Browsers => {
                setup::other_browsers()?;
                end_to_end(job, shared, "browsers")
            }
            Self::Python => programs(job, shared),
            Self::Deny => audit::deny(job),
            Self::Advisories => audit::advisories(job),
            Self::WasmPack => {
                let browser = shared.browser(job)?;
                rust::wasm_pack(job, &browser.driver)
            }
            Self::Publish => rust::publish(job),
        }
    }

    /// Whether it runs if no stage is named.
    fn by_default(self) -> bool {
        match self {
            Self::Deny => audit::has_cargo_deny(),
            Self::Browsers | Self::Python | Self::Advisories | Self::WasmPack | Self::Publish => {
                false
            }
            _ => true,
        }
    }

    fn outcome(self, shared: &Shared, verbose: bool) -> Outcome {
        let started = Instant::now();
        let mut job = Job::beside_others(self.name(), verbose);
        let mut result = self.run(&mut job, shared);
        // wasm-bindgen's runner, for one, succeeds without tests.
        if result.is_ok() && self.has_tests() && job.tests.is_empty() {
            result = Err(Error::msg("no test ran"));
        }
        Outcome { stage: self, result, time: started.elapsed(), tests: job.tests }
    }
}

/// Runs `stages`, or those that run by default, all of them even after a failure, so that one run
/// shows every failure.
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
        println!("Skipping the stage deny: cargo-deny is not installed.");
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
            // Downloaded while other stages compile. A failure is reported by the stages that need
            // it.
            scope.spawn(|| shared.browser(&mut Job::beside_others("browser", verbose)).ok());
        }
        let lanes = LANES.map(|lane| scope.spawn(|| run(lane)));
        lanes.into_iter().flat_map(|lane| lane.join().expect("a stage does not panic")).collect()
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

/// The path for the report of a test runner; deletes the report of an earlier run.
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
    // The types of the crate are checked too.
    shared.package(job)?;
    let lint = setup::npm(page::FOLDER, ["run", "--if-present", "lint"]);
    let check = setup::npm(page::FOLDER, ["run", "check"]);
    let check_tests = setup::npm(END_TO_END, ["run", "check"]);
    let results = [
        job.run("lint the page", lint),
        job.run("check the types of the page", check),
        job.run("check the types of the end-to-end tests", check_tests),
        unit_tests(job, "vitest.json", &[], |run| run),
        shared.page(job),
    ];
    all(results)
}

/// Runs the unit tests of the page, of some files or all.
fn unit_tests(
    job: &mut Job,
    report: &str,
    files: &[&str],
    with: impl Fn(Expression) -> Expression,
) -> Result<()> {
    let report = report_file(report)?;
    let output = format!("--outputFile.json={}", report.display());
    let options = ["test", "--", "--reporter=default", "--reporter=json", &output];
    let run = setup::npm(page::FOLDER, options.iter().chain(files).copied());
    let run = job.run("run the unit tests", with(run));
    let tests = std::fs::read_to_string(report)
        .map_err(Error::from)
        .and_then(|report| results::vitest(&report))
        .map(|tests| job.tests.extend(tests));
    all([run, tests])
}

/// Runs the Python programs that the page writes, and compares them with the crate. A skipped
/// program is a failure in this stage.
fn programs(job: &mut Job, shared: &Shared) -> Result<()> {
    const FILES: [&str; 4] = [
        "src/share/code.test.ts",
        "src/share/code/network.test.ts",
        "src/share/code/python.test.ts",
        "src/share/code/sets.test.ts",
    ];
    setup::npm_packages(job, page::FOLDER)?;
    shared.package(job)?;
    let python = setup::python(job)?;
    unit_tests(job, "vitest-python.json", &FILES, |run| run.env("ELBO_ROOM_PYTHON", &python))
}

/// Joins all errors into one.
pub fn all(results: impl IntoIterator<Item = Result<()>>) -> Result<()> {
    let errors: Vec<String> =
        results.into_iter().filter_map(|r| r.err()).map(|error| format!("{error:#}")).collect();
    ensure!(errors.is_empty(), "{}", errors.join("; "));
    Ok(())
}

/// Runs the tests of a script in `tests/e2e/package.json`.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_products_are_made_once_and_all_stages_see_a_failure() {
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
    fn all_failures_of_a_stage_are_reported() {
        assert!(all([Ok(()), Ok(())]).is_ok());
        let error = all([Err(Error::msg("one")), Ok(()), Err(Error::msg("two"))]).unwrap_err();
        assert_eq!(error.to_string(), "one; two");
    }
}
