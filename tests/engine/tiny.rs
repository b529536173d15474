//! ONNX files of the manifest's contract against float64 formulas (tests/fixtures/tiny_models.py):
//! two likelihoods, one layer and two, from the seed to the terms.

use elbo_room::engine::{
    Accumulator, Hvae, LatentBound, LatentBoundOptions, ReconstructOptions, Vae,
};
use elbo_room::math::likelihood::Task;
use elbo_room::math::proposal::ProposalKind;
use elbo_room::math::rng::{Purpose, standard_normal};
use elbo_room::model::manifest::{
    Contract, HvaeContract, LatentLayer, Likelihood, Manifest, ModelEntry,
};
use elbo_room::model::{Hierarchy, OnnxHierarchy};
use elbo_room::{ErrorKind, Result};
use ndarray::{Array1, ArrayView1};
use serde::Deserialize;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::tiny::{MANIFEST, file};

#[derive(Deserialize)]
struct Case {
    model: String,
    levels: Vec<u8>,
    seed: u64,
    observed: Vec<u8>,
    draws: Vec<Draw>,
    /// Pixel means with none, one and both layers drawn from the posterior.
    #[serde(default)]
    reconstructions: Vec<Vec<f32>>,
    #[serde(default)]
    seeds: Vec<u64>,
    #[serde(default)]
    generated: Vec<f32>,
}

#[derive(Deserialize)]
struct Draw {
    index: usize,
    values: Vec<f64>,
}

fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("../fixtures/tiny/cases.json")).unwrap()
}

fn entry(id: &str) -> ModelEntry {
    Manifest::parse(MANIFEST).unwrap().models.into_iter().find(|m| m.id == id).unwrap()
}

fn bytes(entry: &ModelEntry) -> impl Fn(&str) -> Result<Vec<u8>> {
    |role| Ok(file(&entry.files()[role].path).to_vec())
}

fn hvae(id: &str) -> Hvae {
    let entry = entry(id);
    Hvae::load(&entry, bytes(&entry)).unwrap()
}

fn hierarchy(id: &str) -> OnnxHierarchy {
    let entry = entry(id);
    let Contract::Hvae(hvae) = &entry.contract else { panic!("{id} is not a hierarchical VAE") };
    OnnxHierarchy::load(hvae, bytes(&entry), entry.image, entry.likelihood).unwrap()
}

fn bound(case: &Case) -> Accumulator<LatentBound> {
    let options = LatentBoundOptions {
        samples: 10,
        seed: case.seed,
        proposal: ProposalKind::Posterior,
        ..LatentBoundOptions::default()
    };
    let entry = entry(&case.model);
    match &entry.contract {
        Contract::Vae { .. } => {
            Vae::load(&entry, bytes(&entry)).unwrap().bound(&case.levels, &options).unwrap()
        }
        _ => hvae(&case.model).bound(&case.levels, &options).unwrap(),
    }
}

#[track_caller]
fn close<T: Copy + Into<f64>>(found: &[T], expected: &[T]) {
    assert_eq!(found.len(), expected.len());
    for (&found, &expected) in found.iter().zip(expected) {
        let (found, expected) = (found.into(), expected.into());
        assert!(
            (found - expected).abs() <= 1e-5 * expected.abs().max(1.0),
            "{found}, not {expected}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn seeds_become_the_terms_of_the_formulas() {
    for case in cases() {
        let mut bound = bound(&case);
        for draw in &case.draws {
            close(&bound.evaluate(draw.index).unwrap(), &draw.values);
        }
        bound.step().unwrap();
        let result = bound.result().unwrap();
        let task = if case.model.ends_with("8bit") { Task::EightBit } else { Task::Binarized };
        assert_eq!(result.task, task);
        assert_eq!(result.binarized, (task == Task::Binarized).then_some(case.observed));
        let [log_likelihood, log_ratio, kl @ ..] = &case.draws[0].values[..] else { panic!() };
        let layers: Vec<f64> = result.layers.iter().map(|l| l.kl.mean).collect();
        close(&layers, kl);
        close(&[result.log_likelihood.mean], &[log_likelihood + log_ratio]);
        close(&[result.elbo.mean], &[log_likelihood - kl.iter().sum::<f64>()]);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn generation_and_reconstruction_give_the_means_of_the_formulas() {
    for case in cases().into_iter().filter(|case| !case.seeds.is_empty()) {
        let model = hvae(&case.model);
        close(&model.generate(&case.seeds).unwrap().to_vec(), &case.generated);
        for (layers, expected) in case.reconstructions.iter().enumerate() {
            let options = ReconstructOptions { posterior_layers: Some(layers), seed: case.seed };
            close(&model.reconstruct(&case.levels, &options).unwrap().to_vec(), expected);
        }
        let options = ReconstructOptions { posterior_layers: None, seed: case.seed };
        close(
            &model.reconstruct(&case.levels, &options).unwrap().to_vec(),
            &case.reconstructions[2],
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn gates_say_which_layers_see_the_image() {
    let model = hierarchy("tiny-hvae");
    let eps = standard_normal(4, Purpose::Latent, [0, 0], 6).mapv(|v| v as f32);
    let features = model.encode(ArrayView1::from(&[0.0, 1.0, 1.0, 0.0])).unwrap();
    let pass = |features: Option<&[Array1<f32>]>, gate: [f32; 2]| {
        model.decode(features, eps.view(), &gate).unwrap()
    };
    let prior = pass(None, [0.0, 0.0]);
    let blind = pass(Some(&features), [0.0, 0.0]);
    assert_eq!(
        (&blind.q.mean, &blind.q.log_var, blind.pixels.means()),
        (&prior.q.mean, &prior.q.log_var, prior.pixels.means())
    );
    assert_eq!((&prior.q.mean, &prior.q.log_var), (&prior.p.mean, &prior.p.log_var));
    assert!(
        prior.p.mean.iter().take(2).chain(prior.p.log_var.iter().take(2)).all(|&v| v == 0.0),
        "the top prior is N(0, I)"
    );
    // With the top layer from the posterior, the layer below has another prior, and draws from it.
    let top = pass(Some(&features), [1.0, 0.0]);
    assert!(
        (0..2).all(|i| top.q.mean[i] != 0.0) && (2..6).all(|i| top.p.mean[i] != prior.p.mean[i])
    );
    assert!((2..6).all(|i| top.q.mean[i] == top.p.mean[i] && top.q.log_var[i] == top.p.log_var[i]));
    // A layer below does not reach up.
    let both = pass(Some(&features), [1.0, 1.0]);
    assert!(
        (0..2).all(|i| both.q.mean[i] == top.q.mean[i])
            && (2..6).all(|i| both.p.mean[i] == top.p.mean[i])
    );
    assert!((2..6).all(|i| both.q.mean[i] != both.p.mean[i]));
}

#[wasm_bindgen_test(unsupported = test)]
fn bad_input_is_refused() {
    let model = hierarchy("tiny-hvae-8bit");
    let features = model.encode(ArrayView1::from(&[0.5; 4])).unwrap();
    let kind = |features: &[Array1<f32>], eps: &[f32], gate: &[f32]| {
        model.decode(Some(features), ArrayView1::from(eps), gate).unwrap_err().kind()
    };
    assert_eq!(model.encode(ArrayView1::from(&[0.5; 5])).unwrap_err().kind(), ErrorKind::Shape);
    assert_eq!(
        model.encode(ArrayView1::from(&[f32::NAN; 4])).unwrap_err().kind(),
        ErrorKind::Value
    );
    assert_eq!(kind(&features, &[0.0; 5], &[1.0; 2]), ErrorKind::Shape);
    assert_eq!(kind(&features, &[f32::INFINITY; 6], &[1.0; 2]), ErrorKind::Value);
    assert_eq!(kind(&features, &[0.0; 6], &[1.0; 3]), ErrorKind::Shape);
    assert_eq!(kind(&features[..1], &[0.0; 6], &[1.0; 2]), ErrorKind::Shape);
    assert_eq!(
        kind(&[features[1].clone(), features[0].clone()], &[0.0; 6], &[1.0; 2]),
        ErrorKind::Shape
    );
}

/// What somebody gets wrong in an entry.
type Change = fn(&mut ModelEntry);

#[wasm_bindgen_test(unsupported = test)]
fn an_entry_that_does_not_fit_its_files_is_refused() {
    fn layers(entry: &mut ModelEntry) -> &mut Vec<LatentLayer> {
        let Contract::Hvae(HvaeContract { layers, .. }) = &mut entry.contract else {
            panic!("no hierarchical VAE")
        };
        layers
    }
    fn features(entry: &mut ModelEntry) -> &mut Vec<Vec<usize>> {
        let Contract::Hvae(HvaeContract { features, .. }) = &mut entry.contract else {
            panic!("no hierarchical VAE")
        };
        features
    }
    let refused = |id: &str, change: Change| {
        let mut entry = entry(id);
        change(&mut entry);
        let error = Hvae::load(&entry, bytes(&entry)).unwrap_err();
        (error.kind(), error.with_causes())
    };
    let cases: [(Change, &str); 6] = [
        (|e| layers(e)[1].shape = vec![1, 2, 3], "hvae-decoder.onnx"),
        (|e| drop(layers(e).pop()), "hvae-decoder.onnx"),
        (|e| features(e)[0] = vec![4], "hvae-encoder.onnx"),
        (|e| drop(features(e).pop()), "hvae-decoder.onnx"),
        (|e| features(e).push(vec![1]), "feature_2"),
        (|e| e.likelihood = Likelihood::DiscretizedLogistic, "mean"),
    ];
    for (change, mentions) in cases {
        let (kind, message) = refused("tiny-hvae", change);
        assert_eq!(kind, ErrorKind::Model, "{message}");
        assert!(message.contains(mentions), "{message:?} does not mention {mentions:?}");
    }
    assert_eq!(refused("tiny-vae-8bit", |_| ()).0, ErrorKind::Manifest);
    let swapped = |role: &str| {
        Ok(file(if role == "encoder" { "hvae-decoder.onnx" } else { "hvae-encoder.onnx" }).to_vec())
    };
    assert_eq!(Hvae::load(&entry("tiny-hvae"), swapped).err().unwrap().kind(), ErrorKind::Checksum);
    let vae = entry("tiny-hvae");
    assert_eq!(Vae::load(&vae, bytes(&vae)).err().unwrap().kind(), ErrorKind::Manifest);
}
