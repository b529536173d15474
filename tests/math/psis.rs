use crate::math::common::assert_close;
use elbo_room::math::numeric::log_mean_exp;
use elbo_room::math::psis::{ParetoTail, draws_needed, shape_threshold};
use elbo_room::math::rng::{Purpose, standard_normal, uniform};
use serde::Deserialize;
use wasm_bindgen_test::wasm_bindgen_test;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    name: String,
    log_weights: Vec<f64>,
    /// None where ArviZ makes no fit.
    shape: Option<f64>,
    /// Every `stride`-th smoothed log weight.
    smoothed: Vec<f64>,
    stride: usize,
    log_mean: f64,
}

/// tests/fixtures/psis.py: the fits of ArviZ.
#[wasm_bindgen_test(unsupported = test)]
fn fits_and_smoothed_weights_are_those_of_arviz() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../fixtures/psis.json")).unwrap();
    assert_eq!(cases.len(), 15);
    for case in cases {
        let tail = ParetoTail::fit(&case.log_weights);
        assert_eq!(tail.is_some(), case.shape.is_some(), "{}", case.name);
        let (Some(tail), Some(shape)) = (tail, case.shape) else { continue };
        assert_close(tail.shape, shape, 1e-9, &case.name);
        let smoothed = tail.smoothed(&case.log_weights);
        for (found, expected) in smoothed.iter().step_by(case.stride).zip(&case.smoothed) {
            assert_close(*found, *expected, 1e-9, &case.name);
        }
        assert_close(log_mean_exp(&smoothed), case.log_mean, 1e-9, &case.name);
    }
}

/// Weights u^(-k) for uniform u are Pareto with shape k exactly.
#[wasm_bindgen_test(unsupported = test)]
fn the_shape_of_pareto_weights_is_found() {
    for shape in [0.1, 0.3, 0.5, 0.7, 0.9, 1.3] {
        let found: Vec<f64> = (0..40)
            .map(|seed| {
                let draws = uniform(seed, Purpose::Latent, [0, 0], 5000);
                let weights: Vec<f64> =
                    draws.iter().map(|u| -shape * libm::log(1.0 - u) + 3.0).collect();
                ParetoTail::fit(&weights).unwrap().shape
            })
            .collect();
        let mean = found.iter().sum::<f64>() / 40.0;
        // a fit to 213 weights has a standard deviation of (1 + k)/√213, and the prior draws it
        // towards ½ by a 22nd of the distance
        let expected = shape + (0.5 - shape) * 10.0 / 223.0;
        let error = (1.0 + shape) / (213.0_f64 * 40.0).sqrt();
        assert!((mean - expected).abs() < 4.0 * error, "{mean}, not {expected} ± {error}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_fit_does_not_depend_on_the_scale_of_the_weights() {
    let weights = standard_normal(3, Purpose::Latent, [0, 0], 2000).to_vec();
    let fit = |shift: f64| {
        ParetoTail::fit(&weights.iter().map(|w| 2.0 * w + shift).collect::<Vec<_>>()).unwrap()
    };
    for shift in [-5e4, -300.0, 700.0] {
        assert_close(fit(shift).shape, fit(0.0).shape, 1e-9, "shape");
        assert_close(fit(shift).scale, fit(0.0).scale, 1e-9, "scale");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn quantiles_pair_the_largest_weights_with_the_fit() {
    let weights: Vec<f64> = uniform(1, Purpose::Latent, [0, 0], 5000)
        .iter()
        .map(|u| -0.4 * libm::log(1.0 - u))
        .collect();
    let tail = ParetoTail::fit(&weights).unwrap();
    assert_eq!(tail.size(), 213);
    let pairs = tail.quantiles(&weights);
    let mut sorted = weights.clone();
    sorted.sort_by(|a, b| b.total_cmp(a));
    assert_eq!((pairs[0].0, pairs[0].1), (1, sorted[0]));
    assert_eq!(pairs[pairs.len() - 1].0, 213);
    assert!(pairs.len() <= 60 && pairs.windows(2).all(|p| p[0].0 < p[1].0 && p[0].2 > p[1].2));
    for (rank, observed, fitted) in pairs {
        assert_eq!(observed, sorted[rank - 1]);
        // the weights are Pareto, so the fit is near but for the very largest
        assert!(rank < 20 || (observed - fitted).abs() < 0.2, "{rank}: {observed}, {fitted}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn thresholds_and_the_draws_that_are_needed() {
    for (draws, threshold) in [(100, 0.5), (1000, 2.0 / 3.0), (10_000, 0.7), (1_000_000, 0.7)] {
        assert_close(shape_threshold(draws), threshold, 1e-12, "threshold");
    }
    assert!(shape_threshold(10) <= 0.0 && shape_threshold(1) < 0.0);
    for (shape, needed) in [(-1.0, 10.0), (0.0, 10.0), (0.5, 100.0), (0.75, 10_000.0)] {
        assert_eq!(draws_needed(shape), Some(needed));
    }
    assert_eq!((draws_needed(1.0), draws_needed(1.4)), (None, None));
}

#[wasm_bindgen_test(unsupported = test)]
fn weights_without_a_tail_have_no_fit() {
    let none: [&[f64]; 5] =
        [&[], &[1.0], &[0.0; 1000], &[f64::NAN; 100], &[f64::NEG_INFINITY; 100]];
    for weights in none {
        assert_eq!(ParetoTail::fit(weights), None);
    }
    let mut one = vec![-2.0; 100];
    one[7] = 5.0;
    assert_eq!(ParetoTail::fit(&one), None, "one weight above all others says nothing of a shape");
}
