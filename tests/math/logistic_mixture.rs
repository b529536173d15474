//! Mixtures of discretized logistics.

use elbo_room::math::discretized_logistic::discretized_log_likelihood;
use elbo_room::math::logistic_mixture::Pixel;
use ndarray::array;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn one_component_is_the_discretized_logistic() {
    for level in [0, 1, 127, 254, 255] {
        let pixel = [0.7_f32, -0.2, -2.5];
        let found = Pixel::new(&pixel, 1, 1).log_likelihood(&[level]);
        let expected =
            discretized_log_likelihood(&[level], array![-0.2_f32].view(), array![-2.5_f32].view());
        assert!((found - expected).abs() < 1e-13, "{found} {expected}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_levels_of_a_grey_pixel_have_probability_one_and_the_stated_mean() {
    // two components with logits, means and log scales
    let parameters = [0.3_f32, -0.4, -0.5, 0.25, -4.0, -3.0];
    let pixel = Pixel::new(&parameters, 2, 1);
    let (mut total, mut mean) = (0.0, 0.0);
    for level in 0..=255_u8 {
        let p = pixel.log_likelihood(&[level]).exp();
        total += p;
        mean += p * (f64::from(level) / 127.5 - 1.0);
    }
    assert!((total - 1.0).abs() < 1e-12, "{total}");
    assert!((mean - pixel.mean()[0]).abs() < 1e-4, "{mean}");
    let weight = 1.0 / (1.0 + (-0.7_f64).exp());
    assert!((pixel.mean()[0] - (weight * -0.5 + (1.0 - weight) * 0.25)).abs() < 1e-7);
}

/// P of a level under one logistic.
fn single(level: u8, mean: f64, log_scale: f32) -> f64 {
    let mean = array![mean as f32];
    discretized_log_likelihood(&[level], mean.view(), array![log_scale].view()).exp()
}

#[wasm_bindgen_test(unsupported = test)]
fn green_follows_red_and_blue_follows_both() {
    // logits; then for each channel means, log scales, coefficients of two components
    let parameters = [
        0.2_f32, -0.1, // logits
        0.1, -0.3, -2.0, -2.5, 0.5, -0.4, // red; coefficients of red in green
        0.0, 0.2, -2.2, -2.0, -0.3, 0.6, // green; of red in blue
        -0.1, 0.4, -1.8, -2.1, 0.7, 0.1, // blue; of green in blue
    ];
    let pixel = Pixel::new(&parameters, 2, 3);
    let value = |level: u8| f64::from(level) / 127.5 - 1.0;
    let weight = 1.0 / (1.0 + (-0.3_f64).exp());
    let levels = [140_u8, 90, 200];
    let p = |k: usize| {
        let at = |i: usize| parameters[2 + i + k];
        let tanh = |i: usize| f64::from(at(i)).tanh();
        let (red, green) = (value(levels[0]), value(levels[1]));
        single(levels[0], f64::from(at(0)), at(2))
            * single(levels[1], f64::from(at(6)) + tanh(4) * red, at(8))
            * single(levels[2], f64::from(at(12)) + tanh(10) * red + tanh(16) * green, at(14))
    };
    let expected = (weight * p(0) + (1.0 - weight) * p(1)).ln();
    let found = pixel.log_likelihood(&levels);
    assert!((found - expected).abs() < 1e-5, "{found} {expected}");
    // for any red and green the levels of blue have the probability of these two
    let total: f64 = (0..=255_u8).map(|blue| pixel.log_likelihood(&[140, 90, blue]).exp()).sum();
    let pair = |k: usize| {
        let at = |i: usize| parameters[2 + i + k];
        single(140, f64::from(at(0)), at(2))
            * single(90, f64::from(at(6)) + f64::from(at(4)).tanh() * value(140), at(8))
    };
    let expected = weight * pair(0) + (1.0 - weight) * pair(1);
    assert!((total / expected - 1.0).abs() < 1e-5, "{total} {expected}");
}
