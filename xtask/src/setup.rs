//! Finds or installs the tools that building and testing need besides Rust and Node.js.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use duct::{Expression, cmd};

use crate::job::Job;
use crate::root;

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Prints, as the first line of a command, what it will install and how long that takes with two
/// cores. `folders` are the npm projects that the command needs.
pub fn announce(folders: &[&str], browser: bool) {
    let mut missing: Vec<(String, f64)> = Vec::new();
    if !has_wasm_target() {
        missing.push((format!("Rust's {WASM_TARGET} target"), 0.5));
    }
    for folder in folders.iter().filter(|folder| !has_npm_packages(folder)) {
        missing.push((format!("the npm packages of {folder}"), 0.5));
    }
    if browser && find_browser().is_none() {
        missing.push(("Chromium".into(), 1.0));
    }
    if !root().join("www/pkg/elbo_room_bg.wasm").exists() {
        missing.push(("the first compilation of tract".into(), 4.0));
    }
    println!("{}", announcement(&missing));
}

fn announcement(missing: &[(String, f64)]) -> String {
    if missing.is_empty() {
        return "Everything is installed.".into();
    }
    let names: Vec<&str> = missing.iter().map(|(name, _)| &**name).collect();
    let minutes: f64 = missing.iter().map(|(_, minutes)| minutes).sum();
    format!("To do once: {}: about {} min.", names.join(", "), minutes.ceil())
}

/// `npm` in a folder of the repository.
pub fn npm<S: Into<OsString>>(folder: &str, words: impl IntoIterator<Item = S>) -> Expression {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    cmd(program, words).dir(root().join(folder))
}

/// A command of cargo that compiles for WebAssembly. RUSTFLAGS of the environment would replace
/// those of .cargo/config.toml: the build would lose SIMD and share no products with other builds.
pub fn wasm(command: Expression) -> Expression {
    command.dir(root()).env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS")
}

fn has_wasm_target() -> bool {
    cmd!("rustc", "--print", "target-libdir", "--target", WASM_TARGET)
        .stderr_null()
        .read()
        .is_ok_and(|folder| Path::new(&folder).is_dir())
}

pub fn wasm_target(job: &mut Job) -> Result<()> {
    if has_wasm_target() {
        return Ok(());
    }
    let what = format!("rustup target add {WASM_TARGET}");
    job.run(&what, cmd!("rustup", "target", "add", WASM_TARGET))
        .context("without rustup, install this target the way Rust was installed")
}

/// rustfmt and clippy.
pub fn linters(job: &mut Job) -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if cmd!("cargo", subcommand, "--version").stdout_null().stderr_null().run().is_err() {
            let what = format!("rustup component add {component}");
            job.run(&what, cmd!("rustup", "component", "add", component))?;
        }
    }
    Ok(())
}

/// Installs wasm-pack, and the wasm-bindgen that it calls, if they are missing.
pub fn wasm_pack(job: &mut Job) -> Result<()> {
    const WASM_BINDGEN: &str = "0.2.130";
    let mut install = |package: &str, program: &str, version: &str| {
        let words = ["--version"];
        if cmd(program, words).stderr_null().read().is_ok_and(|found| found.contains(version)) {
            return Ok(());
        }
        // A version of two numbers stands for all releases that begin with it.
        let wanted = match version.matches('.').count() {
            2 => format!("={version}"),
            _ => format!("~{version}"),
        };
        let words = ["install", package, "--version", &wanted];
        job.run(&format!("install {package} {version}"), cmd("cargo", words))
    };
    install("wasm-bindgen-cli", "wasm-bindgen", WASM_BINDGEN)?;
    install("wasm-pack", "wasm-pack", "0.15")
}

fn has_npm_packages(folder: &str) -> bool {
    let changed = |file: &str| modified(&root().join(folder).join(file));
    // npm writes this file last, so it is missing after an interrupted installation.
    changed("node_modules/.package-lock.json") > changed("package-lock.json")
}

fn modified(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|metadata| metadata.modified()).ok()
}

/// Installs the packages of the npm project in `folder`, in the versions of its lock file.
pub fn npm_packages(job: &mut Job, folder: &str) -> Result<()> {
    if has_npm_packages(folder) {
        return Ok(());
    }
    if which::which("npm").is_err() {
        bail!("`npm` is not on PATH: install Node.js 20.19 or later from https://nodejs.org");
    }
    let install = npm(folder, ["ci", "--no-audit", "--no-fund", "--loglevel", "error"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    job.run(&format!("install the npm packages of {folder}"), install)
}

/// A browser and the WebDriver server that matches it.
#[derive(Clone)]
pub struct Browser {
    pub chromium: PathBuf,
    /// Chromium's build without windows, which is a tenth faster; Chromium itself if it is missing.
    pub headless: PathBuf,
    pub driver: PathBuf,
}

fn find_browser() -> Option<Browser> {
    let named = |variable: &str, programs: &[&str]| match std::env::var_os(variable) {
        Some(path) => Some(PathBuf::from(path)),
        None => programs.iter().find_map(|program| which::which(program).ok()),
    };
    let chromium = named(
        "CHROME_BIN",
        &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    )?;
    Some(Browser {
        headless: named("CHROME_BIN", &["chromium-headless-shell"])
            .unwrap_or_else(|| chromium.clone()),
        chromium,
        driver: named("CHROMEDRIVER", &["chromedriver"])?,
    })
}

/// Finds Chromium and chromedriver. They are installed, with apt-get, only as root or in CI.
pub fn browser(job: &mut Job) -> Result<Browser> {
    const BY_HAND: &str = "the browser tests need Chromium (or Chrome) and the chromedriver of the \
        same version: install both so that they are on PATH, or name them in CHROME_BIN and \
        CHROMEDRIVER. On Debian the packages are chromium and chromium-driver";
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    let root = cmd!("id", "-u").stderr_null().read().is_ok_and(|id| id.trim() == "0");
    let may_install = root || std::env::var_os("CI").is_some();
    if !may_install || which::which("apt-get").is_err() {
        bail!(BY_HAND);
    }
    let packages = ["chromium", "chromium-driver", "chromium-headless-shell", "fonts-liberation"];
    let install = ["install", "--yes", "--no-install-recommends"].into_iter().chain(packages);
    let install = cmd("apt-get", install).env("DEBIAN_FRONTEND", "noninteractive");
    job.run("apt-get update", cmd!("apt-get", "update")).context(BY_HAND)?;
    job.run("install Chromium with apt-get", install).context(BY_HAND)?;
    find_browser().context(BY_HAND)
}

/// Fails unless Firefox and WebKitGTK can be driven, as `tests/e2e/browsers/engines.ts` needs.
pub fn other_browsers() -> Result<()> {
    let mut programs = vec![("firefox-esr", "FIREFOX_BIN"), ("WebKitWebDriver", "WEBKIT_DRIVER")];
    if std::env::var_os("DISPLAY").is_none() {
        programs.push(("xvfb-run", "XVFB_RUN"));
    }
    for (program, variable) in programs {
        if std::env::var_os(variable).is_none() && which::which(program).is_err() {
            bail!(
                "{program} is not on PATH: name it in {variable}, or install it (Debian: \
                 firefox-esr, webkit2gtk-driver, libwebkit2gtk-4.1-0, xvfb)"
            );
        }
    }
    Ok(())
}

/// A Python that has the packages of the programs that the page writes: that of `ELBO_ROOM_PYTHON`,
/// or of an environment that pip fills.
pub fn python(job: &mut Job) -> Result<PathBuf> {
    if let Some(named) = std::env::var_os("ELBO_ROOM_PYTHON") {
        return Ok(named.into());
    }
    let folder = root().join("target/xtask/python");
    let program = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let list = root().join("models/train/requirements.txt");
    let wanted = std::fs::read_to_string(&list)?;
    let installed = folder.join("installed.txt");
    if std::fs::read_to_string(&installed).is_ok_and(|found| found == wanted) {
        return Ok(program);
    }
    let start = which::which("python3").or_else(|_| which::which("python"));
    let start = start.context("there is no python3 on PATH: install Python 3.10 or later")?;
    job.run("create a Python environment", cmd!(start, "-m", "venv", &folder))?;
    let install = cmd!(&program, "-m", "pip", "install", "--quiet", "--requirement", list);
    job.run("install its packages", install)?;
    std::fs::write(installed, wanted)?;
    Ok(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_names_what_is_missing_and_adds_up_the_minutes() {
        assert_eq!(announcement(&[]), "Everything is installed.");
        let missing = [("one".to_string(), 0.5), ("two".to_string(), 1.25)];
        assert_eq!(announcement(&missing), "To do once: one, two: about 2 min.");
    }
}
