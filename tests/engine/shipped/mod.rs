//! The shipped ONNX files through tract against onnxruntime and PyTorch (models/train/fixtures.py).

mod networks;
mod samples;
mod scores;

use std::collections::BTreeMap;

use elbo_room::Result;
use elbo_room::engine::{Ddpm, Hvae, Vae};
use elbo_room::model::OnnxFile;
use elbo_room::model::manifest::{FileEntry, Manifest, ModelEntry};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::support::shipped::{MANIFEST, file};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fixture {
    files: BTreeMap<String, String>,
    encoder: EncoderCases,
    decoder: DecoderCases,
    network: Vec<NetworkCase>,
    lattice: Vec<LatticeCase>,
    bound: BoundCase,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EncoderCases {
    levels: Vec<Vec<u8>>,
    mean: Vec<Vec<f64>>,
    log_var: Vec<Vec<f64>>,
}

#[derive(Deserialize)]
struct DecoderCases {
    z: Vec<Vec<f32>>,
    logits: Vec<Vec<f32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NetworkCase {
    log_snr: f64,
    class: usize,
    #[serde(rename = "x_t")]
    x_t: Vec<f64>,
    output: Vec<f32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LatticeCase {
    log_snr: f64,
    #[serde(rename = "x_t")]
    x_t: Vec<f64>,
    f: Vec<f32>,
    x0: Vec<f64>,
    epsilon: Vec<f64>,
}

/// Costs in nats, those of t = 1, 2, … with the noise of the first pass.
#[derive(Deserialize)]
struct BoundCase {
    levels: Vec<u8>,
    class: usize,
    seed: u64,
    steps: usize,
    prior: f64,
    terms: Vec<f64>,
}

fn fixture() -> Fixture {
    let fixture: Fixture =
        serde_json::from_str(include_str!("../../fixtures/models.json")).unwrap();
    for (path, sha256) in &fixture.files {
        let digest: String =
            Sha256::digest(file(path)).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(&digest, sha256, "{path} has changed: run models/train/fixtures.py");
    }
    fixture
}

fn entry(id: &str) -> ModelEntry {
    Manifest::parse(MANIFEST).unwrap().models.into_iter().find(|m| m.id == id).unwrap()
}

fn files(entry: &ModelEntry) -> impl Fn(&str) -> Result<Vec<u8>> {
    let paths: BTreeMap<&str, String> =
        entry.files().into_iter().map(|(role, f)| (role, f.path.clone())).collect();
    move |role| Ok(file(&paths[role]).to_vec())
}

pub fn vae() -> Vae {
    vae_of("mnist-vae")
}

pub fn vae_of(id: &str) -> Vae {
    let entry = entry(id);
    Vae::load(&entry, files(&entry)).unwrap()
}

pub fn hvae() -> Hvae {
    let entry = entry("mnist-hvae");
    Hvae::load(&entry, files(&entry)).unwrap()
}

pub fn ddpm() -> Ddpm {
    let entry = entry("mnist-ddpm");
    Ddpm::load(&entry, files(&entry)).unwrap()
}

fn onnx(file: &FileEntry) -> OnnxFile<'_> {
    OnnxFile::new(file, self::file(&file.path))
}

#[track_caller]
fn close<A: Copy + Into<f64>, B: Copy + Into<f64>>(found: &[A], expected: &[B], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (&found, &expected) in found.iter().zip(expected) {
        let (found, expected) = (found.into(), expected.into());
        assert!(
            (found - expected).abs() <= tolerance * expected.abs().max(1.0),
            "{found}, not {expected}"
        );
    }
}
