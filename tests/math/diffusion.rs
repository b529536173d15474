use crate::math::common::{assert_close, assert_relative, schedules};
use elbo_room::math::diffusion::{ancestral_step, ddim_step, q_posterior, q_sample};
use elbo_room::math::parameterization::{Parameterization, Prediction};
use elbo_room::math::rng::{Purpose, standard_normal};
use elbo_room::math::schedule::NoiseSchedule;
use ndarray::{Array1, aview1};
use wasm_bindgen_test::wasm_bindgen_test;

/// Timesteps at both ends and between, without repetition.
fn some_timesteps(s: &NoiseSchedule) -> Vec<usize> {
    let n = s.steps();
    let mut wanted = vec![1, 2, 3, n / 10, n / 3, n / 2, n - 1, n];
    wanted.retain(|&t| 1 <= t && t <= n);
    wanted.sort();
    wanted.dedup();
    wanted
}

fn normal(k: u64) -> Array1<f64> {
    standard_normal(17, Purpose::ForwardNoise, [k, 0], 6)
}

/// An image, its noise, x_t, and what a network that saw them might have said.
fn case(s: &NoiseSchedule, t: usize) -> (Array1<f64>, Array1<f64>, Prediction) {
    let x0 = Array1::from_vec(vec![-1.0, -0.5, 0.0, 0.2, 0.9, 1.0]);
    let x_t = q_sample(x0.view(), s, t, normal(0).view());
    let guess = normal(1).mapv(|v| v as f32);
    let prediction = Parameterization::X0.apply(x_t.view(), s.log_snr(t), guess.view());
    (x0, x_t, prediction)
}

#[wasm_bindgen_test(unsupported = test)]
fn q_is_the_composition_of_its_steps() {
    for s in schedules() {
        // x_t = √(1 - β_t) x_{t-1} + √β_t ε, one step after the other
        let (mut factor, mut variance, mut lost) = (1.0, 0.0, 1e-12);
        for t in 1..=s.steps() {
            let beta = s.beta(t);
            factor *= (1.0 - beta).sqrt();
            variance = (1.0 - beta) * variance + beta;
            // the subtraction here, which the crate avoids, costs digits where β is near 1
            lost += f64::EPSILON / (1.0 - beta);
            let at = format!("{} T={} t={t}", s.kind(), s.steps());
            assert_relative(factor, s.alpha(t), lost, &at);
            assert_relative(variance, s.variance(t), 1e-11, &at);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn q_sample_has_the_mean_and_the_noise() {
    for s in schedules() {
        for t in some_timesteps(&s) {
            let x_t = q_sample(aview1(&[0.3, 0.3, 0.0]), &s, t, aview1(&[0.0, 2.0, 1.0]));
            assert_eq!(x_t[0], s.alpha(t) * 0.3);
            assert_eq!(x_t[2], s.sigma(t));
            assert_close(x_t[1], 0.3 * s.alpha(t) + 2.0 * s.sigma(t), 1e-15, "sum");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn posterior_is_the_conditional_of_the_joint_gaussian() {
    for s in schedules() {
        for t in some_timesteps(&s) {
            // x_{t-1} | x_0 ~ N(m, v); x_t | x_{t-1} ~ N(r x_{t-1}, β); condition by regression of
            // x_{t-1} on x_t
            let (x0, x_t) = (0.7, -0.4);
            let (m, v) = (s.alpha(t - 1) * x0, s.sigma(t - 1) * s.sigma(t - 1));
            let (r, beta) = ((1.0 - s.beta(t)).sqrt(), s.beta(t));
            let marginal = r * r * v + beta;
            let gain = r * v / marginal;
            let (mean, variance) = q_posterior(aview1(&[x0]), aview1(&[x_t]), &s, t);
            let at = format!("{} T={} t={t}", s.kind(), s.steps());
            assert_close(mean[0], m + gain * (x_t - r * m), 1e-11, &at);
            assert_relative(variance, v * beta / marginal, 1e-10, &at);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn bayes_rule_holds_for_the_densities() {
    use elbo_room::math::gaussian::log_density;
    for s in schedules() {
        for t in some_timesteps(&s).into_iter().filter(|&t| t > 1) {
            // q(x_{t-1} | x_t, x_0) q(x_t | x_0) = q(x_t | x_{t-1}) q(x_{t-1} | x_0), at points
            // where none is in a far tail
            let x0 = -0.6;
            let before = s.alpha(t - 1) * x0 + 0.8 * s.sigma(t - 1);
            let x_t = (1.0 - s.beta(t)).sqrt() * before - 0.5 * s.beta(t).sqrt();
            let (mean, variance) = q_posterior(aview1(&[x0]), aview1(&[x_t]), &s, t);
            let marginal = |x, t| log_density(x, s.alpha(t) * x0, s.variance(t).ln());
            let backward = log_density(before, mean[0], variance.ln()) + marginal(x_t, t);
            let forward = log_density(x_t, (1.0 - s.beta(t)).sqrt() * before, s.beta(t).ln())
                + marginal(before, t - 1);
            assert_close(backward, forward, 1e-7, &format!("{} T={} t={t}", s.kind(), s.steps()));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_last_step_is_the_prediction() {
    for s in schedules() {
        let (_, x_1, prediction) = case(&s, 1);
        let noise = normal(2);
        assert_eq!(ancestral_step(&prediction, x_1.view(), &s, 1, noise.view()), prediction.x0);
        for eta in [0.0, 0.3, 1.0] {
            assert_eq!(ddim_step(&prediction, &s, 1, eta, noise.view()), prediction.x0);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ancestral_step_draws_from_the_posterior_of_the_prediction() {
    for s in schedules() {
        for t in some_timesteps(&s) {
            let (_, x_t, prediction) = case(&s, t);
            let (mean, variance) = q_posterior(prediction.x0.view(), x_t.view(), &s, t);
            let noise = normal(2);
            let step = ancestral_step(&prediction, x_t.view(), &s, t, noise.view());
            assert_eq!(step, mean + noise * variance.sqrt());
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ddim_with_eta_one_is_ancestral() {
    for s in schedules() {
        for t in some_timesteps(&s) {
            let (_, x_t, prediction) = case(&s, t);
            let noise = normal(2);
            let ancestral = ancestral_step(&prediction, x_t.view(), &s, t, noise.view());
            let ddim = ddim_step(&prediction, &s, t, 1.0, noise.view());
            for (a, b) in ddim.iter().zip(&ancestral) {
                assert_close(*a, *b, 1e-12, &format!("{} T={} t={t}", s.kind(), s.steps()));
            }
            if t > 1 {
                assert_ne!(ddim, ddim_step(&prediction, &s, t, 0.9, noise.view()));
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ddim_keeps_the_marginals() {
    // with the true x_0 and ε, eq. 7 of Song et al.: mean α_{t-1} x_0, and the variances of ε̂ and
    // noise make σ_{t-1}²
    for s in schedules() {
        for t in some_timesteps(&s) {
            for eta in [0.0, 0.25, 0.8, 1.0] {
                let step = |x0: f64, epsilon: f64, noise: f64| {
                    let one = |v| Array1::from_elem(1, v);
                    let truth = Prediction { x0: one(x0), epsilon: one(epsilon) };
                    ddim_step(&truth, &s, t, eta, one(noise).view())[0]
                };
                let at = format!("{} T={} t={t} eta={eta}", s.kind(), s.steps());
                assert_eq!(step(0.4, 0.0, 0.0), s.alpha(t - 1) * 0.4);
                let (kept, fresh) = (step(0.0, 1.0, 0.0), step(0.0, 0.0, 1.0));
                assert_close(kept * kept + fresh * fresh, s.variance(t - 1), 1e-14, &at);
                assert_close(fresh * fresh, eta * eta * s.posterior_variance(t), 1e-15, &at);
                assert!(kept >= 0.0 && fresh >= 0.0, "{at}");
            }
        }
    }
}

/// For data N(m, v) the best x̂_0 is known, E[x_0 | x_t] = m + α v/(α² v + σ²) (x_t - α m), and
/// every step is linear in x_t and noise: mean and variance of the sampled image are exact numbers,
/// and go to m and v as T grows.
#[wasm_bindgen_test(unsupported = test)]
fn the_chain_with_the_best_predictor_samples_the_data() {
    let (m, v) = (0.1, 0.04);
    for s in schedules().filter(|s| s.steps() >= 999) {
        for ddim_eta in [None, Some(0.0), Some(0.5), Some(1.0)] {
            let step = |t: usize, x_t: f64, noise: f64| {
                let one = |v| Array1::from_elem(1, v);
                let (alpha, variance) = (s.alpha(t), s.variance(t));
                let x0 = m + alpha * v / (alpha * alpha * v + variance) * (x_t - alpha * m);
                let prediction =
                    Prediction { x0: one(x0), epsilon: one((x_t - alpha * x0) / s.sigma(t)) };
                match ddim_eta {
                    None => {
                        ancestral_step(&prediction, one(x_t).view(), &s, t, one(noise).view())[0]
                    }
                    Some(eta) => ddim_step(&prediction, &s, t, eta, one(noise).view())[0],
                }
            };
            let (mut mean, mut variance) = (0.0, 1.0);
            for t in (1..=s.steps()).rev() {
                let at_zero = step(t, 0.0, 0.0);
                let (slope, spread) = (step(t, 1.0, 0.0) - at_zero, step(t, 0.0, 1.0) - at_zero);
                mean = slope * mean + at_zero;
                variance = slope * slope * variance + spread * spread;
            }
            // what is missing falls as 1/T, since β̃_t is the reverse variance of known x_0; and
            // λ_T is not yet -∞
            let allowed = 0.002 + 40.0 / s.steps() as f64;
            let at = format!(
                "{} T={} eta {ddim_eta:?}: mean {mean}, variance {variance}",
                s.kind(),
                s.steps()
            );
            assert!((mean - m).abs() < 1.1e-3, "{at}");
            assert!((variance / v - 1.0).abs() < allowed, "{at}");
        }
    }
}
