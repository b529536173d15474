//! The files of a model, what they must be, and where they come from.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// A file beside the manifest, and the bytes that it must have where the manifest says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct FileEntry {
    /// Below the manifest's folder.
    pub path: String,
    /// Checked where it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// SHA-256 in lower-case hexadecimal digits, checked where it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl FileEntry {
    /// A file whose bytes are not checked.
    pub fn unchecked(path: impl Into<String>) -> Self {
        Self { path: path.into(), bytes: None, sha256: None }
    }

    /// Checks that `bytes` are what the manifest says; what it leaves out is not checked.
    ///
    /// # Errors
    /// [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) for another length or another SHA-256.
    pub fn verify(&self, bytes: &[u8]) -> Result<()> {
        if let Some(expected) = self.bytes
            && bytes.len() as u64 != expected
        {
            return Err(Error::checksum(
                &self.path,
                format_args!("{} bytes", bytes.len()),
                expected,
            ));
        }
        let Some(expected) = &self.sha256 else { return Ok(()) };
        let digest = sha256(bytes);
        if digest != *expected {
            return Err(Error::checksum(
                &self.path,
                format_args!("the SHA-256 {digest}"),
                expected,
            ));
        }
        Ok(())
    }

    /// What is wrong with the entry itself, if anything.
    pub(super) fn problem(&self) -> Option<String> {
        if self.bytes == Some(0) {
            return Some("bytes must be positive".into());
        }
        let hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if let Some(sha256) = &self.sha256
            && (sha256.len() != 64 || !sha256.bytes().all(hex))
        {
            return Some("sha256 must be 64 lower-case hexadecimal digits".into());
        }
        path_problem(&self.path)
    }
}

/// The SHA-256 of some bytes in lower-case hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Why a path could lead out of the manifest's folder, or to another server.
fn path_problem(path: &str) -> Option<String> {
    let outside = |why: &str| {
        Some(format!("path is {path:?}, {why}: name a file below the manifest's folder"))
    };
    if path.is_empty() {
        return outside("which is empty");
    }
    if path.starts_with('/') {
        return outside("which is absolute");
    }
    // a colon makes a scheme or a drive, "%2e%2e" is ".." to a browser, the others end a URL's path
    if let Some(c) =
        path.chars().find(|&c| matches!(c, ':' | '\\' | '%' | '?' | '#') || c.is_control())
    {
        return outside(&format!("which contains {c:?}"));
    }
    // a browser takes them off: " .." is ".."
    if path.trim() != path {
        return outside("which begins or ends with a space");
    }
    match path.split('/').find(|part| matches!(*part, "" | "." | "..")) {
        Some("") => outside("which has an empty part"),
        Some(part) => outside(&format!("which contains {part:?}")),
        None => None,
    }
}

/// How the weights were made.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Provenance {
    /// The training script.
    pub script: String,
    /// The revision of the script.
    pub commit: String,
    /// The seed it ran with.
    pub seed: u64,
    /// How long it ran.
    pub minutes: f64,
    /// On what.
    pub machine: String,
}

/// One measured result; scores of different tasks must not be compared.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct Score {
    /// Data set and split.
    pub dataset: String,
    /// `binarized`, `8-bit`, …: scores of different tasks are never compared.
    pub task: String,
    /// What was measured.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// The mean over images.
    pub value: f64,
    /// Its standard error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
    /// Over how many images.
    pub images: u64,
    /// With how many Monte Carlo samples per image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub samples: Option<u64>,
}
