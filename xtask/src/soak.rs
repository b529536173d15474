//! `cargo xtask soak`: tests the built page under random use and faults.

use std::path::Path;

use anyhow::Result;

use crate::job::Job;
use crate::{page, setup, stages};

/// Length of the stage in `cargo xtask test`, in minutes.
pub const BRIEF: f64 = 2.0;

pub fn run(minutes: f64, seed: u32, json: Option<&Path>) -> Result<()> {
    setup::announce(&[page::FOLDER, stages::END_TO_END], true);
    let mut job = Job::live();
    let browser = setup::browser(&mut job)?;
    setup::npm_packages(&mut job, stages::END_TO_END)?;
    page::build(&mut job)?;
    let mut soak = setup::npm(stages::END_TO_END, ["run", "--silent", "soak"])
        .env("CHROME_BIN", browser.chromium)
        .env("ELBO_ROOM_SOAK_MINUTES", minutes.to_string())
        .env("ELBO_ROOM_SOAK_SEED", seed.to_string());
    if let Some(json) = json {
        soak = soak.env("ELBO_ROOM_SOAK_JSON", std::path::absolute(json)?);
    }
    job.run("use and disturb the page", soak)
}

/// In less than two minutes some of the checked events do not occur.
pub fn parse_minutes(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(minutes) if (BRIEF..=1440.0).contains(&minutes) => Ok(minutes),
        _ => Err(format!("invalid number of minutes: expected {BRIEF} to 1440")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_two_at_least_and_a_day_at_most() {
        assert_eq!(parse_minutes("60"), Ok(60.0));
        assert_eq!(parse_minutes("2.5"), Ok(2.5));
        for wrong in ["1.9", "1441", "-3", "NaN", "an hour"] {
            assert!(parse_minutes(wrong).is_err(), "{wrong}");
        }
    }
}
