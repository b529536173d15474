use crate::math::common::{assert_close, assert_relative, integrate};
use elbo_room::math::gaussian::{discretized_log_likelihood, kl, kl_standard, log_density};
use ndarray::{Array1, aview1};
use wasm_bindgen_test::wasm_bindgen_test;

fn level(level: u8, mean: f64, std: f64) -> f64 {
    discretized_log_likelihood(&[level], aview1(&[mean]), std)
}

#[wasm_bindgen_test(unsupported = test)]
fn density_integrates_to_one() {
    for (mean, log_var) in [(0.0, 0.0), (1.5, -4.0), (-3.0, 2.0), (0.1, -20.0)] {
        let std = f64::exp(0.5 * log_var);
        let moment = |power| {
            integrate(mean - 12.0 * std, mean + 12.0 * std, 2000, |x| {
                f64::powi(x - mean, power) * log_density(x, mean, log_var).exp()
            })
        };
        assert_close(moment(0), 1.0, 1e-12, "total");
        assert_close(moment(1) / std, 0.0, 1e-12, "mean");
        assert_relative(moment(2), std * std, 1e-12, "variance");
    }
    assert!(log_density(0.0, 0.0, -20.0) > 0.0, "a density may exceed 1");
}

#[wasm_bindgen_test(unsupported = test)]
fn kl_between_two_gaussians_equals_the_integral() {
    let cases = [
        (0.0, 0.0, 0.0, 0.0),
        (1.0, -3.0, -0.5, 0.7),
        (2.0, 1.0, 2.0, 1.001),
        (-1.0, 2.0, 0.0, -1.0),
    ];
    for (q_mean, q_log_var, p_mean, p_log_var) in cases {
        let found =
            kl(aview1(&[q_mean]), aview1(&[q_log_var]), aview1(&[p_mean]), aview1(&[p_log_var]))[0];
        let std = f64::exp(0.5 * q_log_var);
        let integral = integrate(q_mean - 13.0 * std, q_mean + 13.0 * std, 4000, |z| {
            let log_q = log_density(z, q_mean, q_log_var);
            log_q.exp() * (log_q - log_density(z, p_mean, p_log_var))
        });
        assert_close(found, integral, 1e-12, &format!("{q_mean} {q_log_var} {p_mean} {p_log_var}"));
        let standard = kl(aview1(&[q_mean]), aview1(&[q_log_var]), aview1(&[0.0]), aview1(&[0.0]));
        assert_eq!(standard, kl_standard(aview1(&[q_mean]), aview1(&[q_log_var])));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn kl_equals_the_integral() {
    let cases =
        [(0.0, 0.0), (0.0, 1e-3), (1.0, 0.0), (-2.5, -3.0), (0.3, 1.5), (4.0, -10.0), (0.0, 3.0)];
    let (means, log_vars): (Vec<f64>, Vec<f64>) = cases.into_iter().unzip();
    let kl = kl_standard(aview1(&means), aview1(&log_vars));
    assert_eq!(kl.len(), cases.len());
    for ((mean, log_var), kl) in cases.into_iter().zip(kl) {
        let std = f64::exp(0.5 * log_var);
        let integral = integrate(mean - 13.0 * std, mean + 13.0 * std, 4000, |z| {
            let log_q = log_density(z, mean, log_var);
            log_q.exp() * (log_q - log_density(z, 0.0, 0.0))
        });
        assert_close(kl, integral, 1e-12, &format!("KL of mean {mean}, log variance {log_var}"));
        assert!(kl >= 0.0);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn kl_keeps_its_digits_near_the_prior_and_in_extremes() {
    // KL(N(0, e^v) || N(0, 1)) = v²/4 + v³/12 + ...
    for v in [1e-6, -1e-6, 1e-4] {
        let kl = kl_standard(aview1(&[0.0]), aview1(&[v]))[0];
        assert_relative(kl, v * v / 4.0 + v * v * v / 12.0, 1e-8, "KL near the prior");
    }
    assert_eq!(kl_standard(aview1(&[0.0]), aview1(&[0.0]))[0], 0.0);
    assert_relative(
        kl_standard(aview1(&[0.0]), aview1(&[-200.0]))[0],
        99.5,
        1e-15,
        "a collapsed variance",
    );
    assert!(kl_standard(aview1(&[f64::NAN]), aview1(&[0.0]))[0].is_nan());
}

/// tests/fixtures/levels.py: standard deviations from 0.001 to 1e9, background pixels, and tails
/// two million nats down.
#[wasm_bindgen_test(unsupported = test)]
fn levels_equal_the_goldens() {
    let rows: Vec<(u8, f64, f64, f64)> =
        serde_json::from_str(include_str!("../fixtures/levels.json")).unwrap();
    assert_eq!(rows.len(), 126);
    for (pixel, mean, std, expected) in rows {
        let at = format!("level {pixel}, mean {mean}, std {std}");
        assert_close(level(pixel, mean, std), expected, 2e-12, &at);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn probabilities_of_the_256_levels_sum_to_one() {
    let levels: Vec<u8> = (0..=255).collect();
    for std in [1e-6, 1e-4, 1.3e-3, 0.01, 0.1, 0.9, 3.0, 150.0, 1e4, 1e7] {
        for mean in [-1.0, -0.999, -0.2501, 0.0, 1.0 / 255.0, 0.7, 1.0, -1.5, 40.0] {
            let total: f64 = levels.iter().map(|&l| level(l, mean, std).exp()).sum();
            assert_close(total, 1.0, 1e-11, &format!("mean {mean}, std {std}"));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_level_has_the_mass_of_its_bin() {
    for (pixel, mean, std) in
        [(128_u8, 0.0, 0.3), (100, 0.2, 0.1), (1, -1.0, 0.01), (254, 0.9, 0.02), (30, 0.1, 0.25)]
    {
        let centre = f64::from(pixel) / 127.5 - 1.0;
        let density = |x| log_density(x, mean, 2.0 * f64::ln(std)).exp();
        let mass = integrate(centre - 1.0 / 255.0, centre + 1.0 / 255.0, 400, density);
        assert_relative(level(pixel, mean, std).exp(), mass, 1e-10, &format!("level {pixel}"));
    }
    // the outermost bins are open: nearly everything beyond the range belongs to them
    let tail = integrate(-1.0 - 12.0 * 0.3, -1.0 + 1.0 / 255.0, 4000, |x| {
        log_density(x, -1.1, 2.0 * f64::ln(0.3)).exp()
    });
    assert_relative(level(0, -1.1, 0.3).exp(), tail, 1e-10, "level 0");
    assert_relative(level(255, 1.1, 0.3), level(0, -1.1, 0.3), 1e-13, "level 255 mirrors level 0");
}

#[wasm_bindgen_test(unsupported = test)]
fn likelihood_is_symmetric_additive_and_smooth() {
    let levels = [0_u8, 3, 77, 128, 255];
    let means = [-0.97, 0.2, -0.4, 0.01, 0.5];
    for std in [0.001, 0.03, 2.0] {
        let parts: f64 = levels.iter().zip(means).map(|(&l, m)| level(l, m, std)).sum();
        let whole = discretized_log_likelihood(&levels, aview1(&means), std);
        assert_relative(whole, parts, 1e-14, "sum over pixels");
        let mirrored = discretized_log_likelihood(
            &levels.map(|l| 255 - l),
            (-Array1::from_vec(means.to_vec())).view(),
            std,
        );
        assert_relative(mirrored, whole, 1e-12, "mirror image");
    }
    // No seam between the ways an interval is computed: as the mean leaves the bin by equal steps,
    // second differences of the log mass approach the constant -(step/std)² of the Gaussian's own
    // logarithm.
    let step = 1e-3;
    for std in [0.004, 0.01, 0.1] {
        let logs: Vec<f64> =
            (0..1500).map(|k| level(100, f64::from(k) * step - 0.2, std)).collect();
        for w in logs.windows(3) {
            let second = w[2] - 2.0 * w[1] + w[0];
            let expected = (step / std) * (step / std);
            assert!(
                second < 1e-8 && second > -1.01 * expected - 1e-8,
                "std {std}: second difference {second}"
            );
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn likelihood_is_finite_wherever_the_square_is() {
    for std in [1e-140, 1e-40, 1e-8, 1.0, 1e8, 1e300] {
        for pixel in [0, 1, 128, 254, 255] {
            for mean in [-1.0, -0.003, 0.0, 1.0, 1e6] {
                let value = level(pixel, mean, std);
                assert!(
                    value.is_finite() && value <= 0.0,
                    "level {pixel}, mean {mean}, std {std}: {value}"
                );
            }
        }
    }
    assert!(level(128, f64::NAN, 1.0).is_nan());
}
