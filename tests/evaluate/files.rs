//! A folder for each test, a test set in it, and the program's command line.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Parser;
use elbo_room::image::drawing::{DEFAULT_BRUSH, render_digit};
use elbo_room::image::example_drawings;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::program::{Arguments, run};

/// An empty folder for the test of that name.
pub fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("evaluate").join(test);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The example digits and their labels.
pub fn digits() -> (Vec<Vec<u8>>, Vec<u8>) {
    let labelled = example_drawings().into_iter().filter_map(|d| Some((d.strokes, d.label?)));
    labelled.map(|(strokes, label)| (render_digit(&strokes, DEFAULT_BRUSH).unwrap(), label)).unzip()
}

/// An IDX file of bytes.
pub fn idx(sizes: &[usize], data: &[u8]) -> Vec<u8> {
    let mut content = vec![0, 0, 8, sizes.len() as u8];
    sizes.iter().for_each(|&size| content.extend((size as u32).to_be_bytes()));
    content.extend(data);
    content
}

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// Writes the example digits as a test set: the images gzipped, the labels not.
pub fn write_test_set(folder: &Path) {
    let (images, labels) = digits();
    let content = idx(&[images.len(), 28, 28], &images.concat());
    fs::write(folder.join("t10k-images-idx3-ubyte.gz"), gzip(&content)).unwrap();
    fs::write(folder.join("t10k-labels-idx1-ubyte"), idx(&[labels.len()], &labels)).unwrap();
}

/// An NPY file of bytes.
pub fn npy(shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({shape})}}");
    let mut content = b"\x93NUMPY\x01\x00".to_vec();
    content.extend((header.len() as u16 + 1).to_le_bytes());
    content.extend(header.bytes().chain([b'\n']));
    content.extend(data);
    content
}

/// Runs the program in `folder`, where the test set is; words that begin with `@`, alone or after
/// an equals sign, are files there.
pub fn evaluate(folder: &Path, command: &str) -> anyhow::Result<()> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/manifest.json");
    let words = command.split_whitespace().map(|word| match word.split_once('@') {
        Some((before, file)) if before.is_empty() || before.ends_with('=') => {
            format!("{before}{}", folder.join(file).display())
        }
        _ => word.to_string(),
    });
    let fixed = ["evaluate".to_string(), "--manifest".into(), manifest.display().to_string()];
    run(&Arguments::try_parse_from(fixed.into_iter().chain(words))?)
}

/// Asserts that the program ends with an error that mentions something.
#[track_caller]
pub fn refused(folder: &Path, command: &str, mentions: &str) {
    let error = format!("{:#}", evaluate(folder, command).expect_err(mentions));
    assert!(error.contains(mentions), "{error:?} does not mention {mentions:?}");
}

pub fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap()
}
