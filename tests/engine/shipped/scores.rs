//! The scores that are published.

use std::collections::BTreeSet;

use elbo_room::engine::VaeElboOptions;
use elbo_room::evaluation::{Evaluation, Metric};
use elbo_room::math::likelihood::Task;
use elbo_room::model::manifest::Manifest;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{entry, vae};
use crate::support::shipped::MANIFEST;

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
            -vae.elbo(&levels, &VaeElboOptions { samples: 4, seed, ..VaeElboOptions::default() })
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
    let evaluation = Evaluation::parse(include_str!("../../../models/evaluation.json")).unwrap();
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
    let evaluation = Evaluation::parse(include_str!("../../../models/evaluation.json")).unwrap();
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
