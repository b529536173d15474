//! Checks of the dependencies: licences, sources and security advisories.

use anyhow::{Context, Result, bail, ensure};
use duct::cmd;
use serde::Deserialize;

use crate::job::Job;
use crate::stages::END_TO_END;
use crate::{page, root, setup};

pub fn has_cargo_deny() -> bool {
    cmd!("cargo", "deny", "--version").stdout_null().stderr_null().run().is_ok()
}

/// The database of advisories that cargo-deny fetches.
const DATABASE: &str = "https://github.com/rustsec/advisory-db";

fn require_cargo_deny() -> Result<()> {
    ensure!(
        has_cargo_deny(),
        "cargo-deny is not installed: download a binary from \
         https://github.com/EmbarkStudios/cargo-deny/releases, or compile it for some minutes with \
         `cargo install --locked cargo-deny`"
    );
    Ok(())
}

fn cargo_deny(job: &mut Job, what: &str, words: &[&str]) -> Result<()> {
    job.run(what, cmd("cargo", ["deny", "--all-features"].iter().chain(words)).dir(root()))
}

/// Licences and sources, which change only with the lock file.
pub fn deny(job: &mut Job) -> Result<()> {
    require_cargo_deny()?;
    let checks = ["check", "bans", "licenses", "sources"];
    cargo_deny(job, "check licences and sources of the crates", &checks)
}

/// Advisories, which are published every day: a failure need not come from the change under test.
pub fn advisories(job: &mut Job) -> Result<()> {
    let npm = [page::FOLDER, END_TO_END]
        .map(|folder| job.step(&format!("audit {folder}"), |_| npm_audit(folder)));
    crate::stages::all(npm.into_iter().chain([crates(job)]))
}

/// The error says whether the database cannot be fetched, or has advisories on these crates.
fn crates(job: &mut Job) -> Result<()> {
    require_cargo_deny()?;
    cargo_deny(job, "fetch the advisories on crates", &["fetch", "db"]).with_context(|| {
        format!(
            "the crates are not checked: {DATABASE} cannot be fetched; run this where it can be \
             reached"
        )
    })?;
    cargo_deny(
        job,
        "look for advisories on the crates",
        &["check", "--disable-fetch", "advisories"],
    )
}

fn npm_audit(folder: &str) -> Result<()> {
    // npm fails with the same status for advisories and for a failed request; its report differs.
    let report = setup::npm(folder, ["audit", "--json"]).unchecked().stderr_null().read()?;
    let found = vulnerabilities(&report)?;
    ensure!(found.is_empty(), "{folder}: {}", found.join("; "));
    Ok(())
}

/// Each package that has an advisory, with its severity.
fn vulnerabilities(report: &str) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Report {
        message: Option<String>,
        vulnerabilities: Option<std::collections::BTreeMap<String, Vulnerability>>,
    }
    #[derive(Deserialize)]
    struct Vulnerability {
        severity: String,
        range: String,
    }
    let report: Report = serde_json::from_str(report).context("npm's report")?;
    let Some(found) = report.vulnerabilities else {
        bail!("the registry returned no advisories: {}", report.message.unwrap_or_default());
    };
    let line = |(name, v): (String, Vulnerability)| format!("{name} {} ({})", v.range, v.severity);
    Ok(found.into_iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vulnerable_packages_are_named_and_a_silent_registry_is_an_error() {
        let clean = r#"{"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {}}"#;
        assert!(vulnerabilities(clean).unwrap().is_empty());
        let found = r#"{"auditReportVersion": 2, "vulnerabilities": {
            "left": {"name": "left", "severity": "high", "isDirect": true, "range": "<1.2.3"}}}"#;
        assert_eq!(vulnerabilities(found).unwrap(), ["left <1.2.3 (high)"]);
        let refused = r#"{"message": "405 Method Not Allowed", "statusCode": 405, "error": {}}"#;
        assert!(vulnerabilities(refused).unwrap_err().to_string().contains("405"));
        assert!(vulnerabilities("").is_err());
    }
}
