//! The stages that compile the crates of this workspace, lint them, and run their tests.

use std::env::consts::EXE_EXTENSION;
use std::path::Path;

use anyhow::Result;
use duct::{Expression, cmd};

use crate::job::Job;
use crate::stages::all;
use crate::{page, root, setup};

/// The profile of xtask, which uses some of the same libraries, and all packages, as the features
/// of libraries depend on the set of packages. With one profile and one set of packages for a
/// target, nothing is compiled twice.
const NATIVE: [&str; 1] = ["--workspace"];
const WASM: [&str; 5] = ["--release", "--package", "elbo-room", "--target", setup::WASM_TARGET];

pub fn cargo(subcommand: &str, words: &[&str]) -> Expression {
    cmd("cargo", [subcommand].iter().chain(words)).dir(root())
}

/// The crates of this workspace are compiled by clippy-driver, which lints them: `cargo clippy`
/// would check the libraries as well, in half the time of compiling them. All stages compile so,
/// once for all. Only the stage [`clippy`] fails because of lints; tests run all the same.
pub fn under_clippy(cargo: Expression) -> Expression {
    cargo.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver")
}

pub fn clippy(job: &mut Job) -> Result<()> {
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

pub fn native(job: &mut Job) -> Result<()> {
    setup::linters(job)?;
    let test = |words: &[&[&str]]| under_clippy(cargo("test", &words.concat()));
    // `--tests` leaves out the examples: nothing runs them.
    let tests: &[&str] = &["--tests", "--no-fail-fast"];
    job.run("compile the tests", test(&[&NATIVE, tests, &["--no-run"]]))?;
    all([
        job.run_tests("run them", test(&[&NATIVE, tests]), false),
        job.run_tests("run the examples of the documentation", test(&[&NATIVE, &["--doc"]]), false),
    ])
}

const RUNNER: &str = "wasm-test-runner";

/// Runs the integration tests as WebAssembly, with the runner that `.cargo/config.toml` names.
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

pub fn node(job: &mut Job) -> Result<()> {
    wasm_tests(job, &["--test", "*"], &[("WASM_BINDGEN_TEST_ONLY_NODE", "1")])
}

/// Runs the tests of canvases in the browser of `driver`.
pub fn chrome(job: &mut Job, driver: &Path) -> Result<()> {
    let environment = [
        ("WASM_BINDGEN_TEST_ONLY_WEB", "1"),
        ("CHROMEDRIVER", &*driver.to_string_lossy()),
        // Seconds for all tests of one file; the default of 20 is too short on a busy machine.
        ("WASM_BINDGEN_TEST_TIMEOUT", "600"),
        ("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60"),
    ];
    wasm_tests(job, &["--test", "browser"], &environment)
}

/// Runs the commands of the README for wasm-pack, which installs its own wasm-bindgen.
pub fn wasm_pack(job: &mut Job, driver: &Path) -> Result<()> {
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

/// All of `cargo publish` but the upload: packages the files, and compiles them without the rest of
/// the workspace, in the workspace's target directory.
pub fn publish(job: &mut Job) -> Result<()> {
    let words = ["--dry-run", "--allow-dirty", "--package", "elbo-room"];
    let publish = cargo("publish", &words).env("CARGO_TARGET_DIR", page::target_folder()?);
    job.run("package the crate and compile the package", publish)
}
