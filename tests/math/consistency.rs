//! The consistency form of the diffusion bound, against algebra and against denoising matching.

use crate::math::common::{assert_close, assert_relative, schedules};
use elbo_room::math::consistency::{
    Neighbours, consistency_normalizer, consistency_prior, consistency_term, log_normal,
};
use elbo_room::math::diffusion::q_sample;
use elbo_room::math::elbo::{Estimate, l_denoising, l_t_prior};
use elbo_room::math::gaussian::{kl_standard, log_density};
use elbo_room::math::rng::{Purpose, standard_normal};
use elbo_room::math::schedule::NoiseSchedule;
use ndarray::{Array1, aview1};
use wasm_bindgen_test::wasm_bindgen_test;

fn some_timesteps(s: &NoiseSchedule) -> Vec<usize> {
    let n = s.steps();
    let mut wanted = vec![2, 3, n / 2, n - 1, n];
    wanted.retain(|&t| 2 <= t && t <= n);
    wanted.sort();
    wanted.dedup();
    wanted
}

fn normal(index: u64, n: usize) -> Array1<f64> {
    standard_normal(23, Purpose::ForwardNoise, [index, 0], n)
}

#[wasm_bindgen_test(unsupported = test)]
fn log_normal_is_the_sum_over_pixels() {
    let (x, mean) = (aview1(&[0.3, -1.0, 2.0]), aview1(&[0.0, 0.5, 2.0]));
    let sum: f64 = x.iter().zip(mean).map(|(x, mean)| log_density(*x, *mean, f64::ln(0.7))).sum();
    assert_relative(log_normal(x, mean, 0.7), sum, 1e-14, "three pixels");
}

#[wasm_bindgen_test(unsupported = test)]
fn neighbours_and_x_t_are_a_forward_chain() {
    // Many pixels of one value are many draws of the chain: moments of (x_{t-2}, x_{t-1}, x_t)
    // against the forward steps.
    let (n, value) = (40_000, 0.6);
    let x0 = Array1::from_elem(n, value);
    for s in schedules().filter(|s| [3, 50, 1000].contains(&s.steps())) {
        for t in some_timesteps(&s) {
            let x_t = q_sample(x0.view(), &s, t, normal(1, n).view());
            let Neighbours { previous, before_previous } =
                Neighbours::draw(x0.view(), x_t.view(), &s, t, normal(2, 2 * n).view());
            let at = format!("{} T={} t={t}", s.kind(), s.steps());
            if t == 2 {
                assert_eq!(before_previous, x0, "{at}");
            }
            // The noise of each forward step has variance β, mean 0, and no correlation with what
            // came before.
            let step = |from: &Array1<f64>, to: &Array1<f64>, t: usize| {
                (to - &(from * (s.alpha(t) / s.alpha(t - 1)))) / s.beta(t).sqrt()
            };
            let mean = |v: &Array1<f64>| v.sum() / n as f64;
            let (first, second) =
                (step(&before_previous, &previous, t - 1), step(&previous, &x_t, t));
            let start = if t == 2 {
                Array1::zeros(n)
            } else {
                (&before_previous - s.alpha(t - 2) * value) / s.sigma(t - 2)
            };
            for noise in [&first, &second] {
                assert!(mean(noise).abs() < 4.5 / (n as f64).sqrt(), "{at}: mean");
                assert_close(mean(&(noise * noise)), 1.0, 4.5 * (2.0 / n as f64).sqrt(), &at);
            }
            for product in [&first * &second, &first * &start, &second * &start] {
                assert!(mean(&product).abs() < 4.5 / (n as f64).sqrt(), "{at}: correlation");
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn each_term_has_the_mean_of_denoising_matching_and_a_known_constant() {
    // With the x̂_0 of every pixel held at some x_t-independent guess, L_{t-1} is the same for
    // every draw.
    let pixels = 20;
    let (x0, guess) = (Array1::from_elem(pixels, -0.4), Array1::from_elem(pixels, -0.1));
    for s in schedules().filter(|s| [2, 3, 50, 1000].contains(&s.steps())) {
        for t in some_timesteps(&s) {
            let draws: Vec<f64> = (0..1000)
                .map(|k| {
                    let x_t = q_sample(x0.view(), &s, t, normal(2 * k, pixels).view());
                    let neighbours = Neighbours::draw(
                        x0.view(),
                        x_t.view(),
                        &s,
                        t,
                        normal(2 * k + 1, 2 * pixels).view(),
                    );
                    consistency_term(&neighbours, x_t.view(), guess.view(), &s, t)
                        - consistency_normalizer(&s, t, pixels)
                })
                .collect();
            let found = Estimate::from_samples(&draws);
            let exact = l_denoising(x0.view(), guess.view(), &s, t);
            let error = found.standard_error.unwrap();
            let at = format!("{} T={} t={t}", s.kind(), s.steps());
            assert!((found.mean - exact).abs() < 4.5 * error, "{at}: {found:?}, exactly {exact}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_constants_and_the_prior_add_up_to_l_t() {
    let x0 = aview1(&[-1.0, 0.2, 0.9]);
    for s in schedules() {
        let constants: f64 = (2..=s.steps()).map(|t| consistency_normalizer(&s, t, 3)).sum();
        let at = format!("{} T={}", s.kind(), s.steps());
        assert_close(consistency_prior(x0, &s) + constants, l_t_prior(x0, &s), 1e-9, &at);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_prior_is_the_mean_kl_of_the_last_step() {
    let x0 = 0.8;
    for s in schedules().filter(|s| s.steps() <= 1000) {
        let n = s.steps();
        let kept = s.alpha(n) / s.alpha(n - 1);
        let draws: Vec<f64> = normal(7, 4000)
            .iter()
            .map(|e| {
                let mean = kept * (s.alpha(n - 1) * x0 + s.sigma(n - 1) * e);
                kl_standard(aview1(&[mean]), aview1(&[s.beta(n).ln()]))[0]
            })
            .collect();
        let found = Estimate::from_samples(&draws);
        let exact = consistency_prior(aview1(&[x0]), &s);
        let tolerance = 4.5 * found.standard_error.unwrap() + 1e-9;
        assert!(
            (found.mean - exact).abs() < tolerance,
            "{} T={n}: {found:?}, exactly {exact}",
            s.kind()
        );
    }
}
