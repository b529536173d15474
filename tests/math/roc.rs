use elbo_room::math::rng::{Purpose, standard_normal, uniform};
use elbo_room::math::roc::roc;
use libm::{erfc, sqrt};
use wasm_bindgen_test::wasm_bindgen_test;

use super::common::assert_close;

/// By all pairs.
fn counted(positives: &[f64], negatives: &[f64]) -> (f64, f64) {
    let wins = |a: f64, b: f64| if a > b { 1.0 } else { f64::from(u8::from(a == b)) / 2.0 };
    let (m, n) = (positives.len() as f64, negatives.len() as f64);
    let above: Vec<f64> =
        positives.iter().map(|p| negatives.iter().map(|q| wins(*p, *q)).sum::<f64>() / n).collect();
    let below: Vec<f64> =
        negatives.iter().map(|q| positives.iter().map(|p| wins(*p, *q)).sum::<f64>() / m).collect();
    let area = above.iter().sum::<f64>() / m;
    let spread = |values: &[f64]| {
        values.iter().map(|v| (v - area).powi(2)).sum::<f64>() / (values.len() as f64 - 1.0)
    };
    (area, sqrt(spread(&above) / m + spread(&below) / n))
}

#[wasm_bindgen_test(unsupported = test)]
fn the_area_is_the_count_of_all_pairs_with_and_without_ties() {
    for (seed, levels) in [(1, 4.0), (2, 20.0), (3, 1e9)] {
        // few distinct values: many ties, within a sample and between both
        let draw = |stream: u64, n: usize, shift: f64| -> Vec<f64> {
            let draws = uniform(seed, Purpose::Latent, [stream, 0], n);
            draws.iter().map(|u| libm::floor((u + shift) * levels)).collect()
        };
        let (positives, negatives) = (draw(0, 57, 0.25), draw(1, 83, 0.0));
        let found = roc(&positives, &negatives).unwrap();
        let (area, error) = counted(&positives, &negatives);
        assert_close(found.auroc, area, 1e-12, "area");
        assert_close(found.standard_error.unwrap(), error, 1e-12, "standard error");
        let trapezoids: f64 = found
            .points
            .windows(2)
            .map(|pair| (pair[1][0] - pair[0][0]) * (pair[0][1] + pair[1][1]) / 2.0)
            .sum();
        assert_close(trapezoids, area, 1e-12, "area under the curve");
        assert_eq!((found.points[0], found.points.last()), ([0.0, 0.0], Some(&[1.0, 1.0])));
        assert!(found.points.is_sorted_by(|a, b| a[0] <= b[0] && a[1] <= b[1]));
        // the other way round it is the rest
        assert_close(roc(&negatives, &positives).unwrap().auroc, 1.0 - area, 1e-12, "reversed");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn two_gaussians_have_the_area_of_the_closed_form() {
    // P(X > Y) of N(1, 1) and N(0, 2^2) is Phi(1 / sqrt 5)
    let n = 4000;
    let positives: Vec<f64> =
        standard_normal(1, Purpose::Latent, [0, 0], n).iter().map(|e| e + 1.0).collect();
    let negatives: Vec<f64> =
        standard_normal(1, Purpose::Latent, [1, 0], n).iter().map(|e| 2.0 * e).collect();
    let found = roc(&positives, &negatives).unwrap();
    let exact = erfc(-1.0 / sqrt(5.0) / sqrt(2.0)) / 2.0;
    let error = found.standard_error.unwrap();
    assert!((found.auroc - exact).abs() < 3.0 * error, "{} ± {error}, {exact}", found.auroc);
    assert!((0.002..0.01).contains(&error), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_standard_error_is_the_spread_of_repetitions() {
    let repeat = |run: u64| {
        let draw = |stream: u64, shift: f64| -> Vec<f64> {
            let draws = standard_normal(7, Purpose::Latent, [run, stream], 40);
            draws.iter().map(|e| libm::round(3.0 * (e + shift))).collect()
        };
        let found = roc(&draw(0, 0.7), &draw(1, 0.0)).unwrap();
        (found.auroc, found.standard_error.unwrap())
    };
    let runs: Vec<(f64, f64)> = (0..600).map(repeat).collect();
    let count = runs.len() as f64;
    let mean = runs.iter().map(|(area, _)| area).sum::<f64>() / count;
    let spread =
        sqrt(runs.iter().map(|(area, _)| (area - mean).powi(2)).sum::<f64>() / (count - 1.0));
    let stated = runs.iter().map(|(_, error)| error).sum::<f64>() / count;
    // the spread of 600 runs is known to 3 %
    assert!((stated / spread - 1.0).abs() < 0.1, "{stated} and {spread}");
}

#[wasm_bindgen_test(unsupported = test)]
fn ends_and_refusals() {
    let apart = roc(&[3.0, 4.0], &[1.0, 2.0, 2.5]).unwrap();
    assert_eq!((apart.auroc, apart.standard_error), (1.0, Some(0.0)));
    assert_eq!(apart.points, [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]);
    let alike = roc(&[1.0; 3], &[1.0; 2]).unwrap();
    assert_eq!((alike.auroc, &alike.points[..]), (0.5, &[[0.0, 0.0], [1.0, 1.0]][..]));
    assert_eq!(roc(&[1.0], &[0.0, 2.0]).unwrap().standard_error, None);
    assert_eq!(roc(&[f64::NEG_INFINITY], &[f64::INFINITY]).unwrap().auroc, 0.0);
    assert!(roc(&[], &[1.0]).is_err() && roc(&[f64::NAN], &[1.0]).is_err());
}
