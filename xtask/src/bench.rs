//! `cargo xtask bench`: the built page and its peer in one browser.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::page;
use crate::tools::Toolbox;

const END_TO_END: &str = "tests/e2e";

/// What to measure, and where to write it.
#[derive(Debug, PartialEq, Eq)]
pub struct Settings {
    /// `target/bench.json` of the project if nobody says.
    json: Option<PathBuf>,
    /// Everything once, as a trial.
    brief: bool,
}

impl Settings {
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let mut settings = Self { json: None, brief: false };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--brief" => settings.brief = true,
                "--json" => {
                    settings.json =
                        Some(rest.next().context("`--json` needs the path of a file")?.into())
                }
                unknown => bail!("`bench` takes `--brief` and `--json <file>`, not `{unknown}`"),
            }
        }
        Ok(settings)
    }
}

pub fn run(toolbox: &Toolbox, settings: &Settings) -> Result<()> {
    let browser = toolbox.ensure_browser()?;
    toolbox.ensure_npm_packages(END_TO_END)?;
    page::build(toolbox)?;
    let mut bench = toolbox
        .npm(END_TO_END, &["run", "--silent", "bench"])
        .env("CHROME_BIN", browser.chromium)
        .env("ELBO_ROOM_BENCH_OPTIONS", if settings.brief { "brief" } else { "" });
    if let Some(json) = &settings.json {
        // Relative to where the command was given, not to where the browser is driven from.
        bench = bench.env("ELBO_ROOM_BENCH_JSON", std::path::absolute(json)?);
    }
    bench.run()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Settings> {
        Settings::parse(&arguments.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn takes_its_options_in_any_order_and_no_others() {
        let full = Settings { json: None, brief: false };
        assert_eq!(parse(&[]).unwrap(), full);
        let both = Settings { json: Some("a b.json".into()), brief: true };
        assert_eq!(parse(&["--json", "a b.json", "--brief"]).unwrap(), both);
        assert_eq!(parse(&["--brief", "--json", "a b.json"]).unwrap(), both);
        for (wrong, mentions) in
            [(&["--json"][..], "needs the path"), (&["--fast"], "`--fast`"), (&["x"], "`x`")]
        {
            assert!(parse(wrong).unwrap_err().to_string().contains(mentions), "{wrong:?}");
        }
    }
}
