use crate::math::common::{assert_close, assert_relative, integrate};
use elbo_room::math::discretized_logistic::discretized_log_likelihood;
use ndarray::aview1;
use wasm_bindgen_test::wasm_bindgen_test;

fn level(level: u8, mean: f32, log_scale: f32) -> f64 {
    discretized_log_likelihood(&[level], aview1(&[mean]), aview1(&[log_scale]))
}

/// The logistic's density.
fn density(x: f64, mean: f64, scale: f64) -> f64 {
    let e = (-((x - mean) / scale).abs()).exp();
    e / (scale * (1.0 + e).powi(2))
}

const PARAMETERS: [(f32, f32); 8] = [
    (0.0, 0.0),
    (-1.0, -7.0),
    (1.0, -7.0),
    (0.3, -2.5),
    (-0.7, -4.0),
    (0.001, -5.5),
    (-1.3, -3.0),
    (2.0, 1.5),
];

/// tests/fixtures/levels.py: scales from 8e-7, where a tail is 50 million nats down, to e^40, where
/// all inner levels are equal.
#[wasm_bindgen_test(unsupported = test)]
fn levels_equal_the_goldens() {
    let rows: Vec<(u8, f32, f32, f64)> =
        serde_json::from_str(include_str!("../fixtures/logistic.json")).unwrap();
    assert_eq!(rows.len(), 136);
    for (pixel, mean, log_scale, expected) in rows {
        assert_close(
            level(pixel, mean, log_scale),
            expected,
            2e-12,
            &format!("{pixel} under {mean}, {log_scale}"),
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_level_is_finite_under_every_scale() {
    for log_scale in [-700.0, -100.0, -20.0, -7.0, 0.0, 30.0, 690.0, 745.5, 277_353.0, 3e38] {
        for mean in [-1e4, -1.0, -0.25, 0.0, 1.0, 3.0] {
            let masses = (0..=255).map(|l| level(l, mean, log_scale));
            for (l, mass) in masses.enumerate() {
                assert!(mass.is_finite() && mass <= 0.0, "{l} under {mean}, {log_scale}: {mass}");
            }
        }
    }
    assert!(level(128, f32::NAN, 0.0).is_nan());
}

/// σ(b) - σ(a) ≈ (b - a)/4 where a scale is so wide that both ends are near 0.
#[wasm_bindgen_test(unsupported = test)]
fn the_mass_under_a_wide_scale_is_the_width_over_four_scales() {
    for log_scale in [20.0, 26.0, 27.0, 28.0, 29.0, 700.0, 5e3] {
        let expected = (2.0_f64 / 255.0 / 4.0).ln() - f64::from(log_scale);
        for l in [1, 128, 254] {
            assert_close(
                level(l, 0.3, log_scale),
                expected,
                1e-8,
                &format!("{l} under {log_scale}"),
            );
        }
        // half of the mass lies at either end
        assert_close(level(0, 0.3, log_scale), 0.5_f64.ln(), 1e-8, &format!("{log_scale}"));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_256_masses_sum_to_one() {
    for (mean, log_scale) in PARAMETERS {
        let total: f64 = (0..=255).map(|l| level(l, mean, log_scale).exp()).sum();
        assert_close(total, 1.0, 1e-12, &format!("mean {mean}, log scale {log_scale}"));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_mass_is_the_integral_of_the_density_over_the_bin() {
    for (mean, log_scale) in PARAMETERS {
        let (mean64, scale) = (f64::from(mean), f64::from(log_scale).exp());
        for l in [0, 1, 2, 37, 127, 128, 200, 254, 255_u8] {
            let centre = f64::from(l) / 127.5 - 1.0;
            let from = if l == 0 {
                (centre - 1.0).min(mean64) - 45.0 * scale
            } else {
                centre - 1.0 / 255.0
            };
            let to = if l == 255 {
                (centre + 1.0).max(mean64) + 45.0 * scale
            } else {
                centre + 1.0 / 255.0
            };
            // the density has a kink of width `scale` at its mean: the steps must be finer
            let intervals = 2 * (((to - from) / scale * 200.0) as usize + 500);
            let mass = integrate(from, to, intervals, |x| density(x, mean64, scale));
            if mass > 1e-280 {
                assert_relative(
                    level(l, mean, log_scale).exp(),
                    mass,
                    1e-8,
                    &format!("{l} under {mean}, {log_scale}"),
                );
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_far_tails_are_finite_and_fall_like_the_distance_over_the_scale() {
    // Far from its mean the logistic's log density falls by distance / scale.
    for (mean, log_scale) in [(1.0_f32, -7.0_f32), (1.0, -12.0), (40.0, -7.0)] {
        let scale = f64::from(log_scale).exp();
        let (near, far) = (level(11, mean, log_scale), level(10, mean, log_scale));
        assert!(near.is_finite() && far.is_finite() && far < near, "{near} {far}");
        assert_relative(near - far, 2.0 / 255.0 / scale, 1e-6, "slope of the tail");
    }
    assert!(level(0, -1.0, -12.0).abs() < 1e-200, "all mass lies in the open bin");
    assert!(level(255, 1.0, -7.0) > -0.05);
}

#[wasm_bindgen_test(unsupported = test)]
fn pixels_add_up() {
    let both = discretized_log_likelihood(&[3, 250], aview1(&[0.1, 0.9]), aview1(&[-2.0, -3.0]));
    assert_close(both, level(3, 0.1, -2.0) + level(250, 0.9, -3.0), 1e-15, "sum");
}
