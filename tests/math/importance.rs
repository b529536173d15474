use crate::math::common::{assert_close, integrate};
use elbo_room::math::importance::{
    ImportanceBound, effective_sample_size, gap, importance_curve, log_likelihood,
};
use elbo_room::math::numeric::{log_mean_exp, log_sum_exp};
use elbo_room::math::rng::{Purpose, standard_normal};
use wasm_bindgen_test::wasm_bindgen_test;

/// Log weights -½ s² + s ε: the weights are log-normal with mean 1 and variance e^(s²) - 1.
fn log_normal(s: f64, seed: u64, n: usize) -> Vec<f64> {
    standard_normal(seed, Purpose::Latent, [0, 0], n).iter().map(|e| s * e - 0.5 * s * s).collect()
}

/// L_2 = E log((w + v) / 2) for two log-normal weights. Sum and difference of their noise are
/// independent, √2 times standard normals, and log((w + v) / 2) = -½ s² + s (a + b)/2 + log cosh(s
/// (a - b)/2).
fn two_weight_bound(s: f64) -> f64 {
    let density = |u: f64| (-0.5 * u * u).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let spread = s * std::f64::consts::FRAC_1_SQRT_2;
    -0.5 * s * s + integrate(-12.0, 12.0, 2000, |u| density(u) * (spread * u).cosh().ln())
}

#[wasm_bindgen_test(unsupported = test)]
fn two_weights_give_the_integral() {
    for s in [0.3, 1.0, 2.0] {
        let bound = importance_curve(&log_normal(s, 7, 200_000))[1];
        assert_eq!(bound.k, 2);
        let (error, truth) = (bound.bound.standard_error.unwrap(), two_weight_bound(s));
        assert!(
            error < 0.01 && (bound.bound.mean - truth).abs() < 4.0 * error,
            "{bound:?}, not {truth}"
        );
    }
}

/// Where the batches of one K are unions of those of another, Jensen's inequality holds for the
/// estimates themselves.
#[wasm_bindgen_test(unsupported = test)]
fn the_curve_rises_through_nested_batches() {
    let curve = importance_curve(&log_normal(2.5, 13, 1000));
    for small in &curve {
        for large in curve.iter().filter(|large| large.k > small.k && large.k % small.k == 0) {
            assert!(large.bound.mean >= small.bound.mean, "{small:?} {large:?}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn sums_of_exponentials_survive_huge_exponents() {
    assert_close(log_sum_exp(&[1000.0, 1000.0]), 1000.0 + 2_f64.ln(), 1e-15, "large");
    assert_close(log_sum_exp(&[-2000.0, -2000.0, -9000.0]), -2000.0 + 2_f64.ln(), 1e-15, "small");
    assert_close(
        log_sum_exp(&[0.1, -0.4, 2.0]),
        (0.1_f64.exp() + (-0.4_f64).exp() + 2_f64.exp()).ln(),
        1e-15,
        "plain",
    );
    assert_eq!(log_sum_exp(&[]), f64::NEG_INFINITY);
    assert_eq!(log_sum_exp(&[f64::NEG_INFINITY; 2]), f64::NEG_INFINITY);
    assert_close(log_mean_exp(&[-700.0; 8]), -700.0, 1e-15, "mean of equals");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_curve_begins_at_the_mean_and_ends_at_all_weights() {
    let weights = log_normal(1.0, 3, 1234);
    let curve = importance_curve(&weights);
    let sizes: Vec<usize> = curve.iter().map(|b| b.k).collect();
    assert_eq!(sizes, [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 1234]);
    assert_close(curve[0].bound.mean, weights.iter().sum::<f64>() / 1234.0, 1e-14, "L_1");
    assert_eq!(curve[10].bound, log_likelihood(&weights));
    // one batch of 1000 among 1234
    assert_eq!(curve[9].bound, log_likelihood(&weights[..1000]));
    assert_eq!(importance_curve(&weights[..1]).iter().map(|b| b.k).collect::<Vec<_>>(), [1]);
    assert_eq!(importance_curve(&weights[..1])[0].bound.standard_error, None);
    assert_eq!(
        importance_curve(&weights[..10]).iter().map(|b| b.k).collect::<Vec<_>>(),
        [1, 2, 5, 10]
    );
    assert!(importance_curve(&[]).is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn the_bound_rises_with_k_to_the_logarithm_of_the_mean_weight() {
    let curve = importance_curve(&log_normal(1.5, 11, 200_000));
    for pair in curve.windows(2) {
        let noise =
            pair[0].bound.standard_error.unwrap().hypot(pair[1].bound.standard_error.unwrap());
        assert!(pair[1].bound.mean > pair[0].bound.mean - 3.0 * noise, "{pair:?}");
    }
    let (first, last) = (curve[0].bound, curve[curve.len() - 1].bound);
    assert!((first.mean + 0.5 * 1.5 * 1.5).abs() < 4.0 * first.standard_error.unwrap(), "E log w");
    assert!(last.mean.abs() < 4.0 * last.standard_error.unwrap(), "log E w is 0, not {last:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_effective_sample_size_counts_equal_weights_and_falls_with_their_spread() {
    assert_close(effective_sample_size(&[-300.0; 40]), 40.0, 1e-12, "equal weights");
    assert_close(
        effective_sample_size(&[-300.0, -900.0, -900.0]),
        1.0,
        1e-12,
        "one weight dominates",
    );
    assert_close(effective_sample_size(&[0.0, 3_f64.ln()]), 16.0 / 10.0, 1e-12, "weights 1 and 3");
    // for log-normal weights it tends to n e^(-s²)
    let found = effective_sample_size(&log_normal(0.8, 5, 100_000)) / 1e5;
    assert_close(found, (-0.64_f64).exp(), 0.02, "log-normal weights");
}

#[wasm_bindgen_test(unsupported = test)]
fn intervals_cover_the_truth() {
    // log E w = 0, and with the log weights as the summands of the bound the gap is ½ s².
    let s = 0.6;
    let covers = |estimate: elbo_room::math::elbo::Estimate, truth: f64| {
        (estimate.mean - truth).abs() < 1.96 * estimate.standard_error.unwrap()
    };
    let runs = || (0..400).map(|seed| log_normal(s, seed, 2000));
    let likelihood = runs().filter(|w| covers(log_likelihood(w), 0.0)).count();
    assert!((368..=392).contains(&likelihood), "{likelihood} of 400 intervals of log p");
    // At every K, however few batches of K weights there are: L_1 = -½ s², L_2 by quadrature, and
    // for large K the curvature of the logarithm takes half the variance of a batch's mean.
    let truth = |k: usize| match k {
        1 => -0.5 * s * s,
        2 => two_weight_bound(s),
        _ => -0.5 * (s * s).exp_m1() / k as f64,
    };
    let mut covered = std::collections::BTreeMap::new();
    for weights in runs() {
        for ImportanceBound { k, bound } in importance_curve(&weights) {
            *covered.entry(k).or_insert(0) += u32::from(covers(bound, truth(k)));
        }
    }
    for k in [1, 2, 100, 200, 500, 1000, 2000] {
        assert!((368..=392).contains(&covered[&k]), "{} of 400 intervals of L_{k}", covered[&k]);
    }
    let gaps = runs().filter(|w| covers(gap(w, w), 0.5 * s * s)).count();
    assert!((368..=392).contains(&gaps), "{gaps} of 400 intervals of the gap");
}
