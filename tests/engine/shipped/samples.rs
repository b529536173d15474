//! What the models paint.

use elbo_room::engine::{
    ClassPosteriorOptions, ClassWeighting, Ddpm, DiffusionElboOptions, SamplerOptions, Timesteps,
    VaeElboOptions,
};
use elbo_room::math::schedule::ScheduleKind;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{ddpm, vae};

/// A sample of class 3.
fn three(ddpm: &Ddpm) -> Vec<u8> {
    let options =
        SamplerOptions { seed: 1, class: Some(3), steps: 20, ..SamplerOptions::default() };
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
            seed: 1,
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
            seed: 1,
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
        vae.elbo(image, &VaeElboOptions { samples: 16, seed: 1, ..VaeElboOptions::default() })
            .unwrap()
            .terms
            .elbo
            .mean
    };
    assert!(score(&sample) > score(&upside_down) + 10.0);
}
