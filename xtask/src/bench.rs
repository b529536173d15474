//! `cargo xtask bench`: the built page and its peer in one browser.

use std::path::Path;

use anyhow::Result;

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
    /// As `tests/e2e/browsers/engines.ts` names it.
    fn name(self) -> &'static str {
        match self {
            Self::Firefox => "Firefox",
            Self::WebKitGtk => "WebKitGTK",
        }
    }
}

pub fn run(brief: bool, profile: bool, engine: Option<Engine>, json: Option<&Path>) -> Result<()> {
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
        // Relative to where the command was given, not to where the browser is driven from.
        bench = bench.env("ELBO_ROOM_BENCH_JSON", std::path::absolute(json)?);
    }
    if let Some(engine) = engine {
        bench = bench.env("ELBO_ROOM_BENCH_ENGINE", engine.name());
    }
    job.run("measure", bench)
}

/// The options of the benchmark's page, as its address has them.
fn options(brief: bool, profile: bool) -> String {
    match (brief, profile) {
        (true, true) => "brief&profile=1".into(),
        (true, false) => "brief".into(),
        (false, true) => format!("profile={PROFILED}"),
        (false, false) => String::new(),
    }
}
