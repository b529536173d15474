use crate::math::common::assert_close;
use elbo_room::math::classes::{entropy, posterior_standard_error, uniform_posterior};
use elbo_room::math::rng::{Purpose, standard_normal};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn the_posterior_is_bayes_rule() {
    let likelihoods = [0.2_f64, 0.5, 0.05];
    let posterior = uniform_posterior(&likelihoods.map(f64::ln));
    for (p, likelihood) in posterior.iter().zip(likelihoods) {
        assert_close(*p, likelihood / 0.75, 1e-15, "Bayes");
    }
    // nats of whole images, where no exponential is representable
    let far = uniform_posterior(&[-5000.0, -5001.0, -9000.0]);
    assert_close(far[0], 1.0 / (1.0 + (-1_f64).exp()), 1e-15, "two near");
    assert_eq!(far[2], 0.0);
    assert_eq!(uniform_posterior(&[-7.0]), [1.0]);
    assert_eq!(uniform_posterior(&[f64::NEG_INFINITY, 0.0]), [0.0, 1.0]);
    assert!(uniform_posterior(&[0.0, f64::NAN]).iter().all(|p| p.is_nan()));
}

#[wasm_bindgen_test(unsupported = test)]
fn entropy_is_between_certainty_and_ignorance() {
    assert_eq!(entropy(&[0.0, 1.0, 0.0]), 0.0);
    assert_close(entropy(&[0.1; 10]), 10_f64.ln(), 1e-15, "ignorance");
    assert_close(
        entropy(&[0.25, 0.75]),
        0.25 * 4_f64.ln() + 0.75 * (4_f64 / 3.0).ln(),
        1e-15,
        "between",
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_delta_method_is_the_derivative() {
    // two classes: dπ = π (1 - π) d(ℓ_0 - ℓ_1)
    let draws = vec![vec![-10.0, -11.0], vec![-20.0, -20.5], vec![-3.0, -4.5]];
    let posterior = uniform_posterior(&[-11.0, -12.0]);
    let errors = posterior_standard_error(&draws, &posterior);
    // the differences 1, 0.5, 1.5 have a variance of 0.25; whatever the draws share does not matter
    let expected = posterior[0] * posterior[1] * (0.25_f64 / 3.0).sqrt();
    for error in errors {
        assert_close(error, expected, 1e-15, "two classes");
    }
    let shared = vec![vec![1.0, 2.0, 3.0], vec![101.0, 102.0, 103.0]];
    let errors = posterior_standard_error(&shared, &uniform_posterior(&[0.0, 1.0, 2.0]));
    assert!(errors.iter().all(|e| *e < 1e-13), "{errors:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_delta_method_tells_the_spread_of_the_posterior() {
    let (classes, draws, repetitions) = (4, 20, 2000);
    let center = [0.0, -0.7, -1.5, 0.4];
    let exact = uniform_posterior(&center);
    let mut square_error = vec![0.0; classes];
    let mut claimed = vec![0.0; classes];
    for repetition in 0..repetitions {
        let noise = standard_normal(4, Purpose::Latent, [repetition, 0], draws * (classes + 1));
        let sample: Vec<Vec<f64>> = noise
            .as_slice()
            .unwrap()
            .chunks(classes + 1)
            // half a nat of its own for each class, and 30 nats that all share
            .map(|e| (0..classes).map(|c| center[c] + 0.5 * e[c] + 30.0 * e[classes]).collect())
            .collect();
        let mean: Vec<f64> = (0..classes)
            .map(|c| sample.iter().map(|draw| draw[c]).sum::<f64>() / draws as f64)
            .collect();
        let posterior = uniform_posterior(&mean);
        let errors = posterior_standard_error(&sample, &posterior);
        for c in 0..classes {
            square_error[c] += (posterior[c] - exact[c]).powi(2);
            claimed[c] += errors[c].powi(2);
        }
    }
    for c in 0..classes {
        // a standard deviation of the ratio is √(2/2000) = 0.03
        assert_close(claimed[c] / square_error[c], 1.0, 0.12, &format!("class {c}"));
    }
}
