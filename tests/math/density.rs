//! Densities of pixels: the Gaussian decoder, its fitted σ, and what makes it comparable with 8
//! bits.

use std::f64::consts::{PI, SQRT_2};

use elbo_room::math::gaussian::log_density_iid;
use elbo_room::math::likelihood::{Task, dequantization, fitted_std, in_range};
use ndarray::{Array1, array};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn the_density_is_that_of_the_formula_and_integrates_to_one() {
    // -½ Σ d²/σ² - D (log σ + ½ log 2π) by hand: σ = ½, squares 0.25 and 1
    let (x, mean) = (array![0.5, -1.0], array![0.0_f32, 0.0]);
    let expected = -0.5 * (0.25 + 1.0) / 0.25 - 2.0 * (0.5_f64.ln() + 0.5 * (2.0 * PI).ln());
    assert!((log_density_iid(x.view(), mean.view(), 0.5) - expected).abs() < 1e-14);
    for std in [0.01, 0.3, 2.0] {
        // trapezoidal rule over ±12σ, exact to rounding for a Gaussian
        let (steps, half) = (400, 12.0 * std);
        let width = 2.0 * half / f64::from(steps);
        let sum: f64 = (0..=steps)
            .map(|i| {
                let x = array![0.7 - half + width * f64::from(i)];
                log_density_iid(x.view(), array![0.7_f32].view(), std).exp() * width
            })
            .sum();
        // the mean is rounded to f32
        assert!((sum - 1.0).abs() < 1e-6, "{sum} at σ = {std}");
    }
    // a density may exceed 1
    assert!(log_density_iid(array![0.0].view(), array![0.0_f32].view(), 0.01) > 3.0);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_fitted_deviation_gives_the_highest_density() {
    let (x, mean) = (array![0.1, 0.5, 0.9, 0.3], array![0.2_f32, 0.4, 0.6, 0.3]);
    let std = fitted_std(x.view(), mean.view(), [0.0, 1.0]);
    assert!((std - ((0.01 + 0.01 + 0.09) / 4.0_f64).sqrt()).abs() < 1e-7);
    let at = |std| log_density_iid(x.view(), mean.view(), std);
    assert!(at(std) > at(1.01 * std) && at(std) > at(std / 1.01));
    // at the maximum it is -D/2 (log σ² + 1 + log 2π)
    assert!((at(std) + 2.0 * ((std * std).ln() + 1.0 + (2.0 * PI).ln())).abs() < 1e-9);
    // an image that is met exactly keeps a finite density, e^-6 of the range
    let same = fitted_std(array![0.5].view(), array![0.5_f32].view(), [-1.0, 1.0]);
    assert!((same - 2.0 * (-6.0_f64).exp()).abs() < 1e-15);
}

#[wasm_bindgen_test(unsupported = test)]
fn levels_are_spread_over_the_range() {
    let close = |found: Array1<f64>, expected: [f64; 3]| {
        found.iter().zip(expected).for_each(|(a, b)| assert!((a - b).abs() < 1e-15, "{a} {b}"));
    };
    close(in_range(&[0, 51, 255], None, [-1.0, 1.0]), [-1.0, -0.6, 1.0]);
    close(in_range(&[0, 64, 255], Some(&[0.0, 0.5, 1.0]), [0.0, 2.0]), [0.0, 64.5 / 128.0, 2.0]);
    let noise = dequantization(5000, 3);
    assert!(noise.iter().all(|u| (0.0..1.0).contains(u)));
    let mean = noise.iter().sum::<f64>() / 5000.0;
    assert!((mean - 0.5).abs() < 5.0 * (1.0 / 12.0_f64 / 5000.0).sqrt());
    assert_eq!(noise, dequantization(5000, 3));
    assert_ne!(noise, dequantization(5000, 4));
    assert_eq!(Task::Density.observe(&[3, 4], 9), [3, 4]);
}

/// ∫ of N(mean, std²) from `a` to `b`.
fn mass(a: f64, b: f64, mean: f64, std: f64) -> f64 {
    let cdf = |x: f64| 0.5 * libm::erfc((mean - x) / (std * SQRT_2));
    cdf(b) - cdf(a)
}

#[wasm_bindgen_test(unsupported = test)]
fn dequantization_with_the_volume_bounds_the_probability_of_a_level() {
    for (level, mean, std) in [(100_u8, 0.4_f32, 0.05), (100, 0.385, 0.004), (0, 0.1, 0.02)] {
        // E_u log p(x + u) by the midpoint rule, and the volume of a bin of the unit range
        let points = 2000;
        let average: f64 = (0..points)
            .map(|i| {
                let u = [(f64::from(i) + 0.5) / f64::from(points)];
                let x = in_range(&[level], Some(&u), [0.0, 1.0]);
                log_density_iid(x.view(), array![mean].view(), std)
            })
            .sum::<f64>()
            / f64::from(points);
        let bound = average - 256_f64.ln();
        let (low, high) = (f64::from(level) / 256.0, (f64::from(level) + 1.0) / 256.0);
        let exact = mass(low, high, f64::from(mean), std).ln();
        // Jensen's inequality, strict and close where the density hardly bends
        assert!(bound < exact, "{bound} {exact}");
        if std > 0.03 {
            assert!(exact - bound < 1e-2, "{bound} {exact}");
        }
    }
}
