//! The programs that building and testing need: found, or installed.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};

use crate::shell::{Invocation, path_with, which};
use crate::version::{Version, locked, node_can_run_vite};

pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

const WASM_PACK: Version = Version::new(0, 15, 1);

/// Where the project is, and the `PATH` on which its tools are found.
pub struct Toolbox {
    root: PathBuf,
    path: OsString,
    wasm_bindgen: CargoTool,
    wasm_pack: CargoTool,
}

/// A browser and the WebDriver server that matches it.
pub struct Browser {
    pub chromium: PathBuf,
    pub driver: PathBuf,
}

/// A program from crates.io. Installed into a folder of its own below `.tools`, so that another
/// project's version of it, in the user's own cargo folder, stays as it is.
struct CargoTool {
    package: &'static str,
    program: &'static str,
    version: Version,
    accepts: fn(found: Version, wanted: Version) -> bool,
}

impl Toolbox {
    pub fn new() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask has no parent folder")?
            .to_owned();
        let lockfile =
            std::fs::read_to_string(root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
        let bindgen =
            locked(&lockfile, "wasm-bindgen").context("Cargo.lock pins no wasm-bindgen")?;
        // The CLI reads a format that changes between any two releases of the library.
        let wasm_bindgen = CargoTool {
            package: "wasm-bindgen-cli",
            program: "wasm-bindgen",
            version: bindgen,
            accepts: |found, wanted| found == wanted,
        };
        let wasm_pack = CargoTool {
            package: "wasm-pack",
            program: "wasm-pack",
            version: WASM_PACK,
            accepts: |found, wanted| (found.major, found.minor) == (wanted.major, wanted.minor),
        };
        let path = path_with(&[
            wasm_bindgen.folder(&root).join("bin"),
            wasm_pack.folder(&root).join("bin"),
        ])?;
        Ok(Self { root, path, wasm_bindgen, wasm_pack })
    }

    /// A file of the project.
    pub fn file(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// A program, to run in `directory` (relative to the project's root).
    pub fn invoke(&self, program: impl AsRef<OsStr>, directory: &str) -> Invocation {
        Invocation::new(program, &self.root.join(directory)).env("PATH", &self.path)
    }

    pub fn cargo(&self, arguments: &[&str]) -> Invocation {
        self.invoke("cargo", "").args(arguments)
    }

    pub fn npm(&self, directory: &str, arguments: &[&str]) -> Invocation {
        self.invoke(if cfg!(windows) { "npm.cmd" } else { "npm" }, directory).args(arguments)
    }

    /// wasm-pack with everything it would otherwise fetch for itself already in place.
    pub fn wasm_pack(&self, arguments: &[&str]) -> Invocation {
        // RUSTFLAGS from outside would replace those of .cargo/config.toml: the build would lose
        // SIMD and share nothing with other builds.
        self.invoke("wasm-pack", "")
            .args(arguments)
            .without("RUSTFLAGS")
            .without("CARGO_ENCODED_RUSTFLAGS")
    }

    /// rustfmt and clippy.
    pub fn ensure_linters(&self) -> Result<()> {
        for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
            if self.cargo(&[subcommand, "--version"]).output().is_none() {
                self.rustup(&["component", "add", component])?;
            }
        }
        Ok(())
    }

    /// The standard library for WebAssembly, wasm-bindgen's programs and wasm-pack.
    pub fn ensure_wasm_tools(&self) -> Result<()> {
        let library = self
            .invoke("rustc", "")
            .args(["--print", "target-libdir", "--target", WASM_TARGET])
            .output();
        if !library.is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
            self.rustup(&["target", "add", WASM_TARGET])?;
        }
        self.ensure_installed(&self.wasm_bindgen)?;
        self.ensure_installed(&self.wasm_pack)
    }

    /// Node in a version that runs Vite, and the packages of the npm project in `directory` as its
    /// lock file has them.
    pub fn ensure_npm_packages(&self, directory: &str) -> Result<()> {
        self.check_node()?;
        let folder = self.root.join(directory);
        let changed = |file: &str| modified(&folder.join(file));
        let wanted = changed("package-lock.json")
            .with_context(|| format!("{directory} has no package-lock.json"))?;
        // npm writes this file last, so it is missing after an installation that broke off.
        if changed("node_modules/.package-lock.json").is_none_or(|installed| installed < wanted) {
            self.npm(directory, &["ci", "--no-audit", "--no-fund"])
                .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
                .run()?;
        }
        Ok(())
    }

    /// Chromium and chromedriver, from Debian's packages where there are none.
    pub fn ensure_browser(&self) -> Result<Browser> {
        if let Some(browser) = self.find_browser() {
            return Ok(browser);
        }
        self.install_browser()?;
        self.find_browser().context(
            "apt-get installed Chromium, but `chromium` or `chromedriver` is still not on PATH",
        )
    }

    fn find_browser(&self) -> Option<Browser> {
        let named = |variable: &str, programs: &[&str]| match std::env::var_os(variable) {
            Some(path) => Some(PathBuf::from(path)),
            None => which(&self.path, programs),
        };
        Some(Browser {
            chromium: named(
                "CHROME_BIN",
                &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
            )?,
            driver: named("CHROMEDRIVER", &["chromedriver"])?,
        })
    }

    fn install_browser(&self) -> Result<()> {
        const BY_HAND: &str = "The browser tests need Chromium (or Chrome) and the chromedriver of the same version. \
            Install both so that they are on PATH, or name them in CHROME_BIN and CHROMEDRIVER";
        if which(&self.path, &["apt-get"]).is_none() {
            bail!("{BY_HAND}.");
        }
        let root = self.invoke("id", "").args(["-u"]).output().is_some_and(|id| id.trim() == "0");
        if !root && which(&self.path, &["sudo"]).is_none() {
            bail!("{BY_HAND}; with apt, as root: apt-get install chromium chromium-driver");
        }
        let apt = |arguments: &[&str]| {
            let invocation =
                if root { self.invoke("env", "") } else { self.invoke("sudo", "").args(["env"]) };
            invocation.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments).run()
        };
        apt(&["update"])?;
        apt(&[
            "install",
            "--yes",
            "--no-install-recommends",
            "chromium",
            "chromium-driver",
            "fonts-liberation",
        ])
        .context(BY_HAND)
    }

    fn check_node(&self) -> Result<()> {
        const ADVICE: &str =
            "The page is built with Node 20.19, 22.12 or newer (https://nodejs.org)";
        let printed = self.invoke("node", "").args(["--version"]).output();
        let Some(node) = printed.as_deref().and_then(Version::find) else {
            bail!("{ADVICE}, and there is no `node` on PATH.");
        };
        if !node_can_run_vite(node) {
            bail!("{ADVICE}; the one on PATH is {node}.");
        }
        Ok(())
    }

    fn rustup(&self, arguments: &[&str]) -> Result<()> {
        let what = arguments.join(" ");
        self.invoke("rustup", "").args(arguments).run().with_context(|| {
            format!(
                "this needs `rustup {what}`; without rustup, install it the way Rust was installed"
            )
        })
    }

    fn ensure_installed(&self, tool: &CargoTool) -> Result<()> {
        let found = self.invoke(tool.program, "").args(["--version"]).output();
        if found
            .as_deref()
            .and_then(Version::find)
            .is_some_and(|found| (tool.accepts)(found, tool.version))
        {
            return Ok(());
        }
        println!(
            "{} {} is not here yet; installing it takes some minutes, once.",
            tool.package, tool.version
        );
        let version = tool.version.to_string();
        let install = |locked: &[&str]| {
            self.cargo(&["install", tool.package, "--version", &version, "--root"])
                .args([tool.folder(&self.root)])
                .args(locked)
                // Where the lock file cannot be used, newer dependencies must still suit this
                // compiler.
                .env("CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS", "fallback")
                .without("RUSTFLAGS")
                .run()
        };
        install(&["--locked"]).or_else(|error| {
            println!("{error}. A registry may lack a version that the lock file names: trying without it.");
            install(&[])
        })
    }
}

impl CargoTool {
    fn folder(&self, root: &Path) -> PathBuf {
        root.join(".tools").join(format!("{}-{}", self.package, self.version))
    }
}

fn modified(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|metadata| metadata.modified()).ok()
}
