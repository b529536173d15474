//! How well a model's own images are told from strangers, and where one image stands.

use elbo_room::evaluation::strangers::{Detector, Evidence, Strangers, middle_timesteps};
use elbo_room::math::quantiles::quantiles;
use elbo_room::math::rng::{Purpose, standard_normal};
use libm::erfc;
use wasm_bindgen_test::wasm_bindgen_test;

fn normals(seed: u64, n: usize) -> Vec<f64> {
    standard_normal(seed, Purpose::Prior, [0, 0], n).to_vec()
}

/// Strangers are simpler: likelier by three standard deviations, and as much shorter in the code
/// and half as much again.
fn both(n: usize) -> [Vec<Evidence>; 2] {
    let own = normals(1, n).into_iter().map(|v| Evidence {
        elbo: v - 10.0,
        code_length: 30.0 - v,
        kl: Some(v),
        middle: None,
    });
    let other = normals(2, n).into_iter().map(|v| Evidence {
        elbo: v - 7.0,
        code_length: 25.0,
        kl: Some(v + 2.0),
        middle: None,
    });
    [own.collect(), other.collect()]
}

#[wasm_bindgen_test(unsupported = test)]
fn each_detector_has_the_area_of_its_closed_form() {
    let [own, other] = both(4000);
    let found = Strangers::new("own", &own, &other).unwrap();
    // P(a > b) of two normals whose means are d apart
    let area = |d: f64| erfc(-d / 2.0) / 2.0;
    let detectors: Vec<Detector> = found.detectors.iter().map(|d| d.detector).collect();
    assert_eq!(
        detectors,
        [Detector::Likelihood, Detector::CodeRatio, Detector::Typicality, Detector::Kl]
    );
    let expected = [
        area(-3.0),
        // own images all have the ratio 20, to which strangers with N(18, 1) come with P(Z > 2)
        1.0 - erfc(2.0 / 2_f64.sqrt()) / 2.0,
        // by an integral of two folded normals, with SciPy
        0.966_680,
        area(2.0),
    ];
    for (found, expected) in found.detectors.iter().zip(expected) {
        let error = found.standard_error.unwrap();
        assert!(
            (found.auroc - expected).abs() < 4.0 * error.max(5e-4),
            "{:?}: {} ± {error} instead of {expected}",
            found.detector,
            found.auroc
        );
    }
    assert!((found.typical + 10.0).abs() < 0.07);
    assert_eq!(found.images, [4000, 4000]);
}

#[wasm_bindgen_test(unsupported = test)]
fn an_image_stands_where_as_many_have_lower_scores() {
    let [own, other] = both(2000);
    let strangers = Strangers::new("own", &own, &other).unwrap();
    let evidence = Evidence { elbo: -8.5, code_length: 28.0, kl: None, middle: Some(3.0) };
    let places = strangers.place(&evidence);
    let detectors: Vec<Detector> = places.iter().map(|place| place.detector).collect();
    assert_eq!(detectors, [Detector::Likelihood, Detector::CodeRatio, Detector::Typicality]);
    let lower = |all: &[Evidence], detector: Detector, score: f64| {
        let below = all.iter().filter(|e| detector.score(e, strangers.typical).unwrap() < score);
        100.0 * below.count() as f64 / all.len() as f64
    };
    for place in &places {
        let [here, there] = [&own, &other].map(|all| lower(all, place.detector, place.score));
        // all own images have one ratio, which the image's is below
        assert!((place.own - here).abs() < 1.0, "{place:?}: {here} of own images");
        assert!((place.other - there).abs() < 1.0, "{place:?}: {there} of strangers");
    }
    assert_eq!(places[0].score, -8.5);
    assert_eq!(places[1].score, 19.5);
    let likelihood = &strangers.detectors[0];
    let mut elbos: Vec<f64> = own.iter().map(|e| e.elbo).collect();
    elbos.sort_by(f64::total_cmp);
    for (stored, value) in likelihood.own.iter().zip(quantiles(&elbos, 50)) {
        assert!((stored - value).abs() <= 0.005 + 1e-12);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_set_without_images_is_refused() {
    let [own, _] = both(3);
    assert!(Strangers::new("own", &own, &[]).is_err());
    assert!(Strangers::new("own", &[], &own).is_err());
}

/// Terms that are straight between two visits are summed exactly, whichever are visited.
#[wasm_bindgen_test(unsupported = test)]
fn the_middle_of_a_chain_is_the_sum_of_its_terms_there() {
    // the log SNR falls from 10 to -10 in 1000 steps: -3 to 3 are t = 350 to 650
    let term = |t: usize| (t, 10.0 - t as f64 / 50.0, 0.02 * t as f64 + 1.0);
    let all = middle_timesteps((2..=1000).map(term));
    let integral = 300.0 * (0.02 * 500.0 + 1.0);
    assert!((all - integral).abs() < 1e-9, "{all} instead of {integral}");
    for step in [7, 50, 333] {
        let some = middle_timesteps((2..=1000).step_by(step).map(term));
        assert!((some - integral).abs() < 1e-9, "{some} in steps of {step}");
    }
    assert_eq!(middle_timesteps([term(400)]), 0.0);
    assert_eq!(middle_timesteps((2..100).map(term)), 0.0);
}
