//! The shipped ONNX files through tract against onnxruntime and PyTorch (models/train/fixtures.py).

use elbo_room::engine::{
    ClassPosteriorOptions, ClassWeighting, Ddpm, DiffusionElboOptions, Hvae, SamplerOptions,
    Timesteps, Vae, VaeElboOptions,
};
use elbo_room::math::bernoulli;
use elbo_room::math::likelihood::Task;
use elbo_room::math::numeric::sigmoid;
use elbo_room::math::parameterization::Parameterization;
use elbo_room::math::schedule::ScheduleKind;
use elbo_room::model::evaluation::{Evaluation, Metric};
use elbo_room::model::manifest::{Contract, FileEntry, Manifest, ModelEntry};
use elbo_room::model::{
    Decoder, Encoder, OnnxDecoder, OnnxEncoder, OnnxFile, OnnxNoisePredictor, inspect,
};
use elbo_room::{Error, ErrorKind, Result};
use ndarray::{Array1, ArrayView1};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::shipped::{MANIFEST, file};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fixture {
    files: BTreeMap<String, String>,
    encoder: EncoderCases,
    decoder: DecoderCases,
    network: Vec<NetworkCase>,
    lattice: Vec<LatticeCase>,
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

fn fixture() -> Fixture {
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/models.json")).unwrap();
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

fn encoder(entry: &ModelEntry) -> OnnxEncoder {
    let Contract::Vae(vae) = &entry.contract else { panic!() };
    let file = vae.files.encoder.as_ref().unwrap();
    OnnxEncoder::load(onnx(file), &vae.encoder, entry.image, vae.latents.count, 0).unwrap()
}

fn network() -> OnnxNoisePredictor {
    let entry = entry("mnist-ddpm");
    let Contract::Ddpm(ddpm) = &entry.contract else { panic!() };
    OnnxNoisePredictor::load(onnx(&ddpm.files.network), ddpm, entry.image).unwrap()
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

#[wasm_bindgen_test(unsupported = test)]
fn encoder_and_decoder_give_what_onnxruntime_gives() {
    let (fixture, entry) = (fixture(), entry("mnist-vae"));
    let Contract::Vae(vae) = &entry.contract else { panic!() };
    let encoder = encoder(&entry);
    let (count, likelihood) = (vae.latents.count, entry.likelihood);
    let decoder = onnx(&vae.files.decoder);
    let decoder =
        OnnxDecoder::load(decoder, &vae.decoder, entry.image, likelihood, count, 0).unwrap();
    let cases = fixture.encoder;
    for ((levels, mean), log_var) in cases.levels.iter().zip(&cases.mean).zip(&cases.log_var) {
        let x = Array1::from_iter(levels.iter().map(|&l| f32::from(l) / 255.0));
        let q = encoder.encode(x.view()).unwrap();
        close(&q.mean.to_vec(), mean, 1e-3);
        close(&q.log_var.to_vec(), log_var, 1e-3);
    }
    for (z, logits) in fixture.decoder.z.iter().zip(&fixture.decoder.logits) {
        let pixels = decoder.decode(ArrayView1::from(z)).unwrap();
        let means: Vec<f64> = logits.iter().map(|&l| sigmoid(f64::from(l))).collect();
        close(&pixels.means().to_vec(), &means, 1e-4);
        let ink: Vec<u8> = logits.iter().map(|&l| u8::from(l > 0.0)).collect();
        let expected = bernoulli::log_likelihood(ArrayView1::from(&ink), ArrayView1::from(logits));
        close(&[pixels.log_likelihood(&ink)], &[expected], 1e-4);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_noise_predictor_gives_what_onnxruntime_gives() {
    let network = network();
    for case in fixture().network {
        let class = (case.class < 10).then_some(case.class);
        let output = network.output(ArrayView1::from(&case.x_t), case.log_snr, class).unwrap();
        close(&output.to_vec(), &case.output, 1e-3);
    }
}

/// FNV-1a of the bits of a network's output.
fn bits<'a>(values: impl IntoIterator<Item = &'a f32>) -> u64 {
    let bytes = values.into_iter().flat_map(|v| v.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// Natively, in Node and in a browser: a link shows the same pixels and the same bound to all who
/// follow it. The numbers are of the shipped weights and change with them.
#[wasm_bindgen_test(unsupported = test)]
fn a_network_gives_the_same_bits_on_every_machine() {
    let level = |at: usize| (at * 37 % 101) as f32;
    let network = network();
    let x_t = Array1::from_shape_fn(784, |at| f64::from(level(at)) / 50.0 - 1.0);
    for run in 0..2 {
        let output = network.output(x_t.view(), 1.0, Some(3)).unwrap();
        assert_eq!(bits(&output), 0x833f_6daf_a65c_cfcc, "run {run}");
    }
    let entry = entry("mnist-vae");
    let q =
        encoder(&entry).encode(Array1::from_shape_fn(784, |at| level(at) / 101.0).view()).unwrap();
    let values: Vec<f32> = q.mean.iter().chain(&q.log_var).map(|&v| v as f32).collect();
    assert_eq!(bits(&values), 0x05eb_0327_2cee_d81b);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_lattice_gives_what_training_gave() {
    for case in fixture().lattice {
        let x_t = ArrayView1::from(&case.x_t);
        let found = Parameterization::Lattice.apply(x_t, case.log_snr, ArrayView1::from(&case.f));
        close(&found.x0.to_vec(), &case.x0, 1e-6);
        // The noise is the error of x0 scaled up by alpha / sigma.
        close(&found.epsilon.to_vec(), &case.epsilon, 1e-6 * (0.5 * case.log_snr).exp().max(1.0));
    }
}

/// A sample of class 3.
fn three(ddpm: &Ddpm) -> Vec<u8> {
    let options =
        SamplerOptions { seed: Some(1), class: Some(3), steps: 20, ..SamplerOptions::default() };
    let mut sampler = ddpm.sampler(&options).unwrap();
    while !sampler.is_done() {
        sampler.step().unwrap();
    }
    sampler.frame(20).unwrap().x.clone()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_sample_is_of_the_class_it_was_made_for() {
    let ddpm = ddpm();
    let sample = three(&ddpm);
    for weighting in [ClassWeighting::Bound, ClassWeighting::Sigmoid] {
        let options = ClassPosteriorOptions {
            evaluations_per_class: 10,
            weighting,
            seed: Some(1),
            ..Default::default()
        };
        let mut posterior = ddpm.classify(&sample, &options).unwrap();
        while !posterior.is_done() {
            posterior.step().unwrap();
        }
        let found = posterior.result().unwrap();
        assert_eq!(found.predicted, 3, "{found:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_chain_and_its_sample_are_digits_to_both_models() {
    let ddpm = ddpm();
    let sample = three(&ddpm);
    let elbo = |image: &[u8], class| {
        let options = DiffusionElboOptions {
            schedule: ScheduleKind::LogSnrLinear,
            timesteps: Timesteps::Stratified(64),
            seed: Some(1),
            class,
            ..DiffusionElboOptions::default()
        };
        let mut elbo = ddpm.elbo(image, &options).unwrap();
        while !elbo.is_done() {
            elbo.step().unwrap();
        }
        elbo.result().unwrap().bits_per_dim
    };
    let own = elbo(&sample, Some(3));
    assert!(own.mean > 0.0 && own.mean < 3.0, "{own:?}");
    // The same noise for both classes, so the difference is far clearer than either bound.
    assert!(own.mean < elbo(&sample, Some(1)).mean, "a 3 is better explained as a 3 than as a 1");
    // Upside down it is not a digit, and both models say so.
    let upside_down: Vec<u8> = sample.iter().rev().copied().collect();
    assert!(elbo(&upside_down, None).mean > elbo(&sample, None).mean);
    let vae = vae();
    let score = |image: &[u8]| {
        vae.elbo(image, &VaeElboOptions { samples: 16, seed: Some(1), ..VaeElboOptions::default() })
            .unwrap()
            .terms
            .elbo
            .mean
    };
    assert!(score(&sample) > score(&upside_down) + 10.0);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_scores_of_the_manifest_are_within_reach_of_the_models() {
    // Digits of the VAE itself, scored again, lie near the test set's bound: the manifest's numbers
    // belong to these weights.
    let vae = vae();
    let score = entry("mnist-vae")
        .scores
        .clone()
        .into_iter()
        .find(|s| s.metric == "negative ELBO")
        .expect("a score");
    let costs: Vec<f64> = (0..40)
        .map(|seed| {
            let means = vae.decode(&vae.sample_prior(seed).to_vec()).unwrap();
            let levels = elbo_room::engine::to_levels(&means.to_vec()).unwrap();
            -vae.elbo(
                &levels,
                &VaeElboOptions { samples: 4, seed: Some(seed), ..VaeElboOptions::default() },
            )
            .unwrap()
            .terms
            .elbo
            .mean
        })
        .collect();
    let mean = costs.iter().sum::<f64>() / costs.len() as f64;
    assert!(
        (mean - score.value).abs() < 30.0,
        "{mean} nats for samples, {} for the test set",
        score.value
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_evaluation_is_of_the_shipped_weights_and_of_all_of_them() {
    let evaluation = Evaluation::parse(include_str!("../../models/evaluation.json")).unwrap();
    let manifest = Manifest::parse(MANIFEST).unwrap();
    let shipped: BTreeSet<&str> = manifest.models.iter().map(|m| m.id.as_str()).collect();
    let evaluated: BTreeSet<&str> = evaluation.models.iter().map(|m| m.id.as_str()).collect();
    assert_eq!(evaluated, shipped, "see models/README.md for how a model is evaluated");
    for model in &evaluation.models {
        let entry = entry(&model.id);
        let files = entry
            .files()
            .into_iter()
            .map(|(role, file)| (role.to_string(), file.sha256.clone().unwrap()))
            .collect();
        assert_eq!(
            model.files, files,
            "{} was evaluated with other weights: see models/README.md",
            model.id
        );
        assert_eq!(model.task, entry.likelihood.task());
        // fewer would tell little of where the bound of a picture lies
        assert!(
            model.bounds.images >= 200,
            "{} was evaluated on {} images",
            model.id,
            model.bounds.images
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_crate_and_the_training_programs_agree_on_the_scores_of_models_with_latents() {
    // Two implementations, other noise, and of the images a part of those that the training program
    // took.
    let evaluation = Evaluation::parse(include_str!("../../models/evaluation.json")).unwrap();
    for model in evaluation.models.iter().filter(|model| model.chain.is_none() && model.own) {
        let metric = if model.task == Task::EightBit { Metric::BitsPerDim } else { Metric::Elbo };
        let ours = model.scores.iter().find(|score| score.metric == metric).unwrap();
        let ours = (ours.value.abs(), ours.standard_error.unwrap());
        let scores = entry(&model.id).scores.clone();
        let theirs = scores.iter().find(|score| score.metric == "negative ELBO").unwrap();
        let sigmas = (ours.0 - theirs.value) / ours.1.hypot(theirs.standard_error.unwrap());
        assert!(sigmas.abs() < 3.0, "{}: {ours:?} here, {} in PyTorch", model.id, theirs.value);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn networks_refuse_what_they_cannot_take() {
    let network = network();
    let kind = |x: &[f64], log_snr, class| {
        network.output(ArrayView1::from(x), log_snr, class).unwrap_err().kind()
    };
    assert_eq!(kind(&[0.0; 783], 0.0, None), ErrorKind::Shape);
    assert_eq!(kind(&[f64::NAN; 784], 0.0, None), ErrorKind::Value);
    assert_eq!(kind(&[0.0; 784], f64::NAN, None), ErrorKind::Value);
    assert_eq!(kind(&[0.0; 784], 0.0, Some(10)), ErrorKind::Value);
}

#[wasm_bindgen_test(unsupported = test)]
fn files_that_are_no_such_network_are_refused() {
    let entry = entry("mnist-ddpm");
    let load = |bytes: &'static [u8]| {
        let mut entry = entry.clone();
        let Contract::Ddpm(ddpm) = &mut entry.contract else { panic!() };
        // A manifest that vouches for the bytes, so that only their content is wrong.
        let digest = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        let path = ddpm.files.network.path.clone();
        ddpm.files.network =
            FileEntry { path, bytes: Some(bytes.len() as u64), sha256: Some(digest) };
        Ddpm::load(&entry, |_| Ok(bytes.to_vec())).err().unwrap()
    };
    let network = file("mnist-ddpm.onnx");
    for (bytes, mentions) in [
        (&network[..network.len() / 3], "ONNX"),
        (&b"<!doctype html>"[..], "web page"),
        (file("mnist-vae-decoder.onnx"), "inputs"),
    ] {
        let error = load(bytes);
        assert_eq!(error.kind(), ErrorKind::Model, "{error}");
        assert!(error.with_causes().contains(mentions), "{error}");
    }
    let missing = Ddpm::load(&entry, |role| Err(Error::file(role, "is missing"))).err().unwrap();
    assert_eq!(missing.to_string(), "network is missing");
    assert_eq!(Vae::load(&entry, |_| Ok(Vec::new())).err().unwrap().kind(), ErrorKind::Manifest);
}

#[wasm_bindgen_test(unsupported = test)]
fn multiply_adds_are_those_of_independent_counts() {
    let count = |bytes: &[u8]| inspect(bytes, None).unwrap().multiply_adds;
    // tests/fixtures/arithmetic.py counts on the shapes that ONNX's own inference finds.
    let arithmetic: Value =
        serde_json::from_str(include_str!("../fixtures/arithmetic.json")).unwrap();
    let found = count(include_bytes!("../fixtures/arithmetic.onnx"));
    assert_eq!(found, arithmetic["multiplyAdds"].as_u64());
    // PyTorch's FlopCounterMode on the module that was exported
    assert_eq!(count(file("mnist-ddpm.onnx")), Some(113_234_240));
    assert_eq!(count(file("mnist-vae-decoder.onnx")), Some(18_544_128));
}
