//! `cargo xtask bench`: measures the built page and onnxruntime-web in one browser.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::job::Job;
use crate::{page, setup, stages};

/// Evaluations of each network from which a profile is made.
const PROFILED: usize = 400;

/// An engine other than Chromium's.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Engine {
    Firefox,
    #[value(name = "webkitgtk")]
    WebKitGtk,
}

impl Engine {
    /// Its name in `tests/e2e/browsers/engines.ts`.
    fn name(self) -> &'static str {
        match self {
            Self::Firefox => "Firefox",
            Self::WebKitGtk => "WebKitGTK",
        }
    }
}

/// What is measured, and how.
#[derive(clap::Args)]
pub struct Bench {
    /// Run everything once, as a trial
    #[arg(long)]
    brief: bool,
    /// Print where the time of each network goes, operator by operator, and measure nothing else
    #[arg(long)]
    profile: bool,
    /// Measure this ONNX file on the crate and on onnxruntime-web, and nothing else; may be given
    /// more than once
    #[arg(long, value_name = "FILE", conflicts_with_all = ["profile", "engine"])]
    network: Vec<PathBuf>,
    /// Measure in this engine in place of Chromium's, without visits and sizes
    #[arg(long, conflicts_with = "profile")]
    engine: Option<Engine>,
    /// The file for all figures [default: target/bench.json, target/bench-networks.json,
    /// target/bench-firefox.json, target/bench-webkitgtk.json]
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub fn run(Bench { brief, profile, network, engine, json }: Bench) -> Result<()> {
    let networks = absolute(&network)?;
    setup::announce(&[page::FOLDER, stages::END_TO_END], true);
    let mut job = Job::live();
    let browser = setup::browser(&mut job)?;
    setup::npm_packages(&mut job, stages::END_TO_END)?;
    page::build(&mut job)?;
    if engine.is_some() {
        setup::other_browsers()?;
    }
    let mut bench = setup::npm(stages::END_TO_END, ["run", "--silent", "bench"])
        .env("CHROME_BIN", browser.chromium)
        .env("ELBO_ROOM_BENCH_OPTIONS", options(brief, profile));
    if let Some(json) = json {
        // Relative to the folder of the command, not to the one that Playwright runs in.
        bench = bench.env("ELBO_ROOM_BENCH_JSON", std::path::absolute(json)?);
    }
    if !networks.is_empty() {
        bench = bench.env("ELBO_ROOM_BENCH_NETWORKS", networks.join("\n"));
    }
    if let Some(engine) = engine {
        bench = bench.env("ELBO_ROOM_BENCH_ENGINE", engine.name());
    }
    job.run("measure", bench)
}

/// The absolute paths of files, which must exist.
fn absolute(files: &[PathBuf]) -> Result<Vec<String>> {
    let each = files.iter().map(|file| {
        let path = file.canonicalize().with_context(|| file.display().to_string())?;
        Ok(path.to_str().context("a path is not UTF-8")?.to_string())
    });
    each.collect()
}

/// The options in the address of the benchmark page.
fn options(brief: bool, profile: bool) -> String {
    match (brief, profile) {
        (true, true) => "brief&profile=1".into(),
        (true, false) => "brief".into(),
        (false, true) => format!("profile={PROFILED}"),
        (false, false) => String::new(),
    }
}
