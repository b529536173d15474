//! Files of results: the settings in the first line, then one result a line, as JSON.
//!
//! A line is written when its result is there, so a run that is cut short loses at most one line,
//! which it left unfinished.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use elbo_room::evaluation::Metric;
use serde::{Deserialize, Serialize};

use super::settings::Settings;
use super::work::{Part, WorkItem};

/// What was computed of one image under one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Id of the model.
    pub model: String,
    /// Name of the data set; empty for that of `--data`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub set: String,
    /// Number of the image in the data set.
    pub image: usize,
    /// What was asked of the model.
    pub part: Part,
    /// Network evaluations, or samples of the latents.
    pub samples: u64,
    /// The results.
    pub terms: Vec<Term>,
}

/// One number of a [`Record`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// What it is, which also says its unit.
    pub metric: Metric,
    /// The layer, for the KL of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// K, for an importance-weighted bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub k: Option<u64>,
    /// The number.
    pub value: f64,
}

impl Record {
    /// What it is the result of.
    pub fn unit(&self) -> WorkItem {
        WorkItem {
            image: self.image,
            set: self.set.clone(),
            model: self.model.clone(),
            part: self.part,
        }
    }
}

/// Settings, and what was computed with them.
pub type Results = (Settings, BTreeMap<WorkItem, Record>);

/// A file of results that is being added to.
pub struct RecordFile {
    file: File,
    path: PathBuf,
}

impl RecordFile {
    /// Opens or begins a file; also tells what it has already. An unfinished last line is cut off.
    ///
    /// # Errors
    /// A file with other settings, one that another run is writing to, one with lines that are not
    /// results, or one that cannot be written.
    pub fn open(path: &Path, settings: &Settings) -> Result<(Self, BTreeSet<WorkItem>)> {
        let cannot = || format!("{} cannot be opened", path.display());
        path.parent().map_or(Ok(()), std::fs::create_dir_all).with_context(cannot)?;
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .with_context(cannot)?;
        // a file system that has no locks says so with another error
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            bail!("another run is writing to {}: give --out another file", path.display());
        }
        let mut content = String::new();
        file.read_to_string(&mut content).with_context(cannot)?;
        let complete = content.rfind('\n').map_or(0, |end| end + 1);
        file.set_len(complete as u64)?;
        let mut file = Self { file, path: path.to_path_buf() };
        if complete == 0 {
            file.write(settings)?;
            return Ok((file, BTreeSet::new()));
        }
        let (found, records) = parse(&content, path)?;
        let differing = differences(&found, settings)?;
        ensure!(
            differing.is_empty(),
            "{} was started with other settings ({differing}): use those, or give --out another \
             file",
            path.display()
        );
        Ok((file, records.into_keys().collect()))
    }

    /// Adds a result.
    ///
    /// # Errors
    /// Whatever keeps the line from being written.
    pub fn append(&mut self, record: &Record) -> Result<()> {
        self.write(record)
    }

    fn write(&mut self, line: &impl Serialize) -> Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.file
            .write_all(&bytes)
            .with_context(|| format!("{} cannot be written", self.path.display()))
    }
}

/// Reads a file of results; an unfinished last line is passed over.
///
/// # Errors
/// A file that cannot be read or has lines that are not results.
pub fn read(path: &Path) -> Result<Results> {
    let content = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    parse(&content, path)
}

/// Joins files of results.
///
/// # Errors
/// Those of [`read`], files with different settings, and two different results of the same.
pub fn merge(paths: &[PathBuf]) -> Result<Results> {
    let (first, others) = paths.split_first().context("no files to merge")?;
    let (settings, mut records) = read(first)?;
    for path in others {
        let (other, more) = read(path)?;
        let differing = differences(&other, &settings)?;
        ensure!(
            differing.is_empty(),
            "{} and {} have different settings ({differing}): they cannot be merged",
            first.display(),
            path.display()
        );
        for (unit, record) in more {
            let known = records.entry(unit).or_insert_with(|| record.clone());
            ensure!(
                *known == record,
                "{} has a result of image {} that differs from the one in an earlier file",
                path.display(),
                record.image
            );
        }
    }
    Ok((settings, records))
}

fn parse(content: &str, path: &Path) -> Result<Results> {
    let lines = content.split_inclusive('\n').filter(|line| line.ends_with('\n')).enumerate();
    let mut settings = None;
    let mut records = BTreeMap::new();
    for (number, line) in lines {
        let wrong =
            || format!("{}, line {} is not a result of this program", path.display(), number + 1);
        if number == 0 {
            settings = Some(serde_json::from_str(line).with_context(wrong)?);
        } else {
            let record: Record = serde_json::from_str(line).with_context(wrong)?;
            records.insert(record.unit(), record);
        }
    }
    Ok((settings.with_context(|| format!("{} has no results", path.display()))?, records))
}

/// The names of the settings that differ, and how.
fn differences(found: &Settings, wanted: &Settings) -> Result<String> {
    let (found, wanted) = (serde_json::to_value(found)?, serde_json::to_value(wanted)?);
    let fields = wanted.as_object().context("settings are an object")?;
    let differing = fields.iter().filter(|(name, value)| found[name.as_str()] != **value);
    let parts: Vec<String> = differing
        .map(|(name, value)| format!("{name}: {} and {value}", found[name.as_str()]))
        .collect();
    Ok(parts.join("; "))
}
