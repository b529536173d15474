use crate::math::common::assert_close;
use elbo_room::math::parameterization::{Parameterization, Prediction, guide};
use elbo_room::math::rng::{Purpose, standard_normal};
use ndarray::{Array1, aview1};
use wasm_bindgen_test::wasm_bindgen_test;

const ALL: [(Parameterization, &str); 4] = [
    (Parameterization::Epsilon, "epsilon"),
    (Parameterization::X0, "x0"),
    (Parameterization::V, "v"),
    (Parameterization::Lattice, "lattice"),
];

fn alpha_sigma(log_snr: f64) -> (f64, f64) {
    ((1.0 / (1.0 + (-log_snr).exp())).sqrt(), (1.0 / (1.0 + log_snr.exp())).sqrt())
}

/// The lattice parameterization for F = 0 below the limit, over all 256 levels instead of the
/// nearest seven.
fn posterior_mean_of_all_levels(x_t: f64, log_snr: f64) -> f64 {
    let (alpha, sigma) = alpha_sigma(log_snr);
    let exponents: Vec<f64> = (0..256)
        .map(|level| {
            let z = (x_t - alpha * (f64::from(level) / 127.5 - 1.0)) / sigma;
            -0.5 * z * z
        })
        .collect();
    let largest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut total) = (0.0, 0.0);
    for (level, exponent) in exponents.iter().enumerate() {
        let weight = (exponent - largest).exp();
        sum += weight * (level as f64 / 127.5 - 1.0);
        total += weight;
    }
    sum / total
}

/// The log SNR at which the noise is s levels: s = 127.5 σ/α = 127.5 e^(-λ/2).
fn log_snr_of_levels(s: f64) -> f64 {
    2.0 * (127.5 / s).ln()
}

fn lattice(x_t: f64, log_snr: f64, output: f32) -> f64 {
    Parameterization::Lattice.apply(aview1(&[x_t]), log_snr, aview1(&[output])).x0[0]
}

#[wasm_bindgen_test(unsupported = test)]
fn the_exact_output_recovers_x0_and_epsilon() {
    let x0 = Array1::from_vec(vec![-1.0, -0.3, 0.0, 0.6, 1.0]);
    let epsilon = Array1::from_vec(vec![0.4, -1.1, 0.2, 2.0, -0.7]);
    for log_snr in [-10.0, -6.0, -1.0, 0.0, 3.0, 9.0, 13.3] {
        let (alpha, sigma) = alpha_sigma(log_snr);
        let x_t = alpha * &x0 + sigma * &epsilon;
        let v = alpha * &epsilon - sigma * &x0;
        for (kind, output) in
            [(ALL[0].0, &epsilon), (ALL[1].0, &x0), (ALL[2].0, &v), (ALL[3].0, &v)]
        {
            if kind == Parameterization::Lattice && log_snr > log_snr_of_levels(0.8) {
                continue;
            }
            let prediction = kind.apply(x_t.view(), log_snr, output.mapv(|v| v as f32).view());
            // the output comes in f32; what it is multiplied with on the way to x̂_0 and ε̂ scales
            // its rounding
            let x0_error = 2e-7 * (1.0 + sigma / alpha);
            for i in 0..x0.len() {
                let at = format!("{kind:?} at log SNR {log_snr}, pixel {i}");
                assert_close(prediction.x0[i], x0[i], x0_error, &at);
                assert_close(prediction.epsilon[i], epsilon[i], x0_error * alpha / sigma, &at);
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_prediction_is_clipped_and_consistent() {
    let x_t = standard_normal(1, Purpose::ForwardNoise, [0, 0], 200);
    let output = standard_normal(2, Purpose::ForwardNoise, [0, 0], 200).mapv(|v| 3.0 * v as f32);
    for (kind, _) in ALL {
        for log_snr in [-12.0, -6.0, 0.0, 6.0, 10.2, 13.3, 40.0] {
            let (alpha, sigma) = alpha_sigma(log_snr);
            let Prediction { x0, epsilon } = kind.apply(x_t.view(), log_snr, output.view());
            assert!(x0.iter().all(|x| (-1.0..=1.0).contains(x)), "{kind:?} at {log_snr}");
            let back = alpha * &x0 + sigma * &epsilon;
            for (a, b) in back.iter().zip(&x_t) {
                assert_close(*a, *b, 1e-12, &format!("{kind:?} at {log_snr}: α x̂_0 + σ ε̂"));
            }
        }
    }
    let wild = Parameterization::X0.apply(aview1(&[0.0, 0.0]), 0.0, aview1(&[f32::INFINITY, -7.0]));
    assert_eq!(wild.x0.to_vec(), [1.0, -1.0]);
}

#[wasm_bindgen_test(unsupported = test)]
fn lattice_is_v_where_the_noise_hides_the_levels() {
    for s in [0.800_001, 1.0, 5.0, 100.0, 10_000.0] {
        let log_snr = log_snr_of_levels(s);
        let x_t = aview1(&[-1.3, -0.2, 0.55, 2.0]);
        let output = aview1(&[0.2_f32, -0.9, 0.0, 1.4]);
        let lattice = Parameterization::Lattice.apply(x_t, log_snr, output);
        let v = Parameterization::V.apply(x_t, log_snr, output);
        assert_eq!((lattice.x0, lattice.epsilon), (v.x0, v.epsilon), "noise of {s} levels");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn lattice_is_the_posterior_mean_of_the_level() {
    // Seven levels stand for all 256: those left out are at least 3.5 levels away, e^(-3.5²/2s²) of
    // the weight.
    for (s, left_out) in [(0.8, 2e-5), (0.6, 1e-9), (0.4, 1e-15), (0.1, 1e-15), (0.01, 1e-15)] {
        let log_snr = log_snr_of_levels(s) + 1e-9;
        let (alpha, sigma) = alpha_sigma(log_snr);
        for k in 0..600 {
            // within 4 standard deviations of a level, at every fraction between levels
            let level = f64::from(k % 256);
            let noise =
                4.0 * (f64::from(k) * 0.618_034).fract() * if k % 2 == 0 { 1.0 } else { -1.0 };
            let x_t = alpha * (level / 127.5 - 1.0) + sigma * noise;
            let at = format!("noise of {s} levels, x_t at level {level} with noise {noise}");
            assert_close(
                lattice(x_t, log_snr, 0.0),
                posterior_mean_of_all_levels(x_t, log_snr),
                left_out,
                &at,
            );
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn lattice_corrects_by_the_output_and_survives_extremes() {
    let log_snr = 12.0;
    let (alpha, sigma) = alpha_sigma(log_snr);
    let x_t = alpha * 0.2;
    for output in [-2.0_f32, 0.5, 3.0] {
        let shift = lattice(x_t, log_snr, output) - lattice(x_t, log_snr, 0.0);
        assert_close(shift, -sigma * f64::from(output), 1e-15, "F in units of σ");
    }
    // next to no noise: the nearest level itself
    for level in [0.0, 1.0, 2.0, 3.0, 128.0, 252.0, 254.0, 255.0] {
        let x0 = level / 127.5 - 1.0;
        for log_snr in [20.0, 40.0, 100.0] {
            assert_close(
                lattice(x0 + 0.3 / 127.5, log_snr, 0.0),
                x0,
                1e-13,
                &format!("level {level} at {log_snr}"),
            );
        }
    }
    for x_t in [-3.0, -1.001, 1.001, 3.0] {
        assert_close(
            lattice(x_t, 13.3, 0.0),
            f64::signum(x_t),
            1e-11,
            "beyond the range lies its end",
        );
    }
    assert!(lattice(0.0, 5.0, f32::NAN).is_nan() && lattice(0.0, 13.0, f32::NAN).is_nan());
}

#[wasm_bindgen_test(unsupported = test)]
fn guidance() {
    let log_snr = 1.2;
    let (alpha, sigma) = alpha_sigma(log_snr);
    let x_t = Array1::from_vec(vec![-0.4, 0.1, 0.9]);
    let predict =
        |output: [f32; 3]| Parameterization::V.apply(x_t.view(), log_snr, aview1(&output));
    let (conditional, unconditional) = (predict([0.1, -0.2, 0.0]), predict([0.05, -0.1, -2.0]));
    assert_eq!(unconditional.x0[2], 1.0, "one pixel must be clipped");
    let guided = |weight| guide(&conditional, &unconditional, weight, x_t.view(), log_snr);

    let none = guided(0.0);
    assert_eq!((&none.x0, &none.epsilon), (&conditional.x0, &conditional.epsilon));
    for i in 0..3 {
        assert_close(guided(-1.0).x0[i], unconditional.x0[i], 1e-15, "weight -1 is unconditional");
    }
    for weight in [0.5, 1.0, 3.0] {
        let guided = guided(weight);
        for i in 0..2 {
            // Ho & Salimans extrapolate ε̂; where nothing clips it is the same
            let epsilon =
                (1.0 + weight) * conditional.epsilon[i] - weight * unconditional.epsilon[i];
            assert_close(guided.epsilon[i], epsilon, 1e-13, "ε̂");
            assert_close(alpha * guided.x0[i] + sigma * guided.epsilon[i], x_t[i], 1e-15, "x_t");
        }
    }
    assert!(guided(1e6).x0.iter().all(|x| (-1.0..=1.0).contains(x)));
}

#[wasm_bindgen_test(unsupported = test)]
fn names_are_those_of_the_manifest() {
    for (kind, name) in ALL {
        let json = format!("\"{name}\"");
        assert_eq!(serde_json::to_string(&kind).unwrap(), json);
        assert_eq!(serde_json::from_str::<Parameterization>(&json).unwrap(), kind);
    }
    assert!(serde_json::from_str::<Parameterization>("\"score\"").is_err());
}
