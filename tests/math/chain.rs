//! Whole bounds of one-dimensional linear-Gaussian chains, where every expectation is exact
//! algebra.

use crate::math::common::{assert_close, schedules};
use elbo_room::math::elbo::{l_denoising, l_t_prior};
use elbo_room::math::gaussian::log_density;
use elbo_room::math::rng::{Purpose, standard_normal};
use ndarray::aview1;
use std::f64::consts::PI;
use wasm_bindgen_test::wasm_bindgen_test;

/// q(x_1, ..., x_T | x_0) with the given β: mean and covariance of any two of x_0, ..., x_T.
struct ForwardChain {
    x0: f64,
    alpha_bar: Vec<f64>,
}

impl ForwardChain {
    fn new(x0: f64, betas: &[f64]) -> Self {
        let mut alpha_bar = vec![1.0];
        betas.iter().for_each(|beta| alpha_bar.push(alpha_bar[alpha_bar.len() - 1] * (1.0 - beta)));
        Self { x0, alpha_bar }
    }

    fn mean(&self, t: usize) -> f64 {
        self.alpha_bar[t].sqrt() * self.x0
    }

    fn variance(&self, t: usize) -> f64 {
        1.0 - self.alpha_bar[t]
    }

    /// E[(x_s - c x_t)²], s ≤ t.
    fn square(&self, s: usize, c: f64, t: usize) -> f64 {
        let covariance = (self.alpha_bar[t] / self.alpha_bar[s]).sqrt() * self.variance(s);
        let mean = self.mean(s) - c * self.mean(t);
        mean * mean + self.variance(s) + c * c * self.variance(t) - 2.0 * c * covariance
    }
}

/// E[log N(x; mean, variance)] where E[(x - mean)²] = square.
fn expected_log_density(square: f64, variance: f64) -> f64 {
    -0.5 * (square / variance + (2.0 * PI * variance).ln())
}

/// E KL between Gaussians whose means differ by √square in the mean square.
fn expected_kl(square: f64, variance_q: f64, variance_p: f64) -> f64 {
    0.5 * (square / variance_p + variance_q / variance_p - (variance_q / variance_p).ln() - 1.0)
}

/// x_0 = 1.3, β = .1, .3, .5, p(x_{t-1} | x_t) = N(c_t x_t, s_t²): of the forms in which the bound
/// is written, three are the same number and the one with KL(q(x_t | x_{t-1}) || p(x_t | x_{t+1}))
/// is not the bound.
#[wasm_bindgen_test(unsupported = test)]
fn three_forms_of_the_bound_agree_and_the_kl_form_does_not() {
    let (betas, c, s) = ([0.1, 0.3, 0.5], [0.9, 0.8, 0.7], [0.3, 0.5, 0.6]);
    let q = ForwardChain::new(1.3, &betas);
    let log_p = |t: usize| expected_log_density(q.square(t - 1, c[t - 1], t), s[t - 1] * s[t - 1]);
    // q(x_t | x_{t-1}) has the expected square β_t about its own mean
    let log_q = |t: usize| expected_log_density(betas[t - 1], betas[t - 1]);
    let log_prior = expected_log_density(q.mean(3) * q.mean(3) + q.variance(3), 1.0);
    let reconstruction = log_p(1);

    let direct = log_prior + (1..=3).map(|t| log_p(t) - log_q(t)).sum::<f64>();

    let denoising_kl = |t: usize| {
        // posterior mean a x_0 + b x_t; its expected squared distance from c x_t
        let (before, now) = (q.alpha_bar[t - 1], q.alpha_bar[t]);
        let beta = betas[t - 1];
        let (a, b) = (
            before.sqrt() * beta / (1.0 - now),
            (1.0 - beta).sqrt() * (1.0 - before) / (1.0 - now),
        );
        let slope = b - c[t - 1];
        let offset = a * q.x0 + slope * q.mean(t);
        let square = offset * offset + slope * slope * q.variance(t);
        expected_kl(square, beta * (1.0 - before) / (1.0 - now), s[t - 1] * s[t - 1])
    };
    let prior_kl = expected_kl(q.mean(3) * q.mean(3), q.variance(3), 1.0);
    let denoising = reconstruction - prior_kl - denoising_kl(2) - denoising_kl(3);

    let joint = reconstruction + (1..=2).map(|t| log_p(t + 1) - log_q(t)).sum::<f64>() + log_prior
        - log_q(3);

    let consistency_kl = |t: usize| {
        // the means √(1 - β_t) x_{t-1} and c_{t+1} x_{t+1}, under q(x_{t-1}, x_{t+1} | x_0)
        let r = (1.0 - betas[t - 1]).sqrt();
        let square = r * r * q.square(t - 1, c[t] / r, t + 1);
        expected_kl(square, betas[t - 1], s[t] * s[t])
    };
    let r = (1.0 - betas[2]).sqrt();
    let last_kl = expected_kl(r * r * (q.mean(2) * q.mean(2) + q.variance(2)), betas[2], 1.0);
    let kl_form = reconstruction - last_kl - consistency_kl(1) - consistency_kl(2);

    assert_close(direct, -1.957, 5e-4, "direct");
    assert_close(denoising, direct, 1e-13, "denoising matching");
    assert_close(joint, direct, 1e-13, "joint log ratio");
    assert_close(kl_form, -2.637, 5e-4, "KL form");

    // and once more by simulation with the crate's own densities and noise
    let n = 100_000;
    let noise = standard_normal(8, Purpose::ForwardNoise, [0, 0], 3 * n);
    let ratios = noise.as_slice().unwrap().chunks_exact(3).map(|noise| {
        let (mut x, mut ratio) = (q.x0, 0.0);
        for t in 0..3 {
            let mean = (1.0 - betas[t]).sqrt() * x;
            let next = mean + betas[t].sqrt() * noise[t];
            ratio += log_density(x, c[t] * next, 2.0 * s[t].ln())
                - log_density(next, mean, betas[t].ln());
            x = next;
        }
        ratio + log_density(x, 0.0, 0.0)
    });
    let simulated = ratios.sum::<f64>() / n as f64;
    assert_close(simulated, direct, 0.01, "simulated");
}

/// With the crate's tables: L_T + Σ L_{t-1} is E_q[log q(x_1..T | x_0) - log p(x_T) - Σ_{t≥2} log
/// p(x_{t-1} | x_t)], for a predictor x̂_0 = k_t x_t and p with the posterior of the predictor, by
/// algebra that uses β alone.
#[wasm_bindgen_test(unsupported = test)]
fn the_terms_sum_to_the_log_ratio() {
    let x0 = 0.7;
    for schedule in schedules().filter(|s| s.steps() <= 1000) {
        let steps = schedule.steps();
        let betas: Vec<f64> = (1..=steps).map(|t| schedule.beta(t)).collect();
        let q = ForwardChain::new(x0, &betas);
        // not the best predictor, on purpose
        let k = |t: usize| 0.8 * q.alpha_bar[t].sqrt();

        let mut bound = l_t_prior(aview1(&[x0]), &schedule);
        let last = q.mean(steps) * q.mean(steps) + q.variance(steps);
        let mut ratio = -expected_log_density(last, 1.0) + expected_log_density(betas[0], betas[0]);
        for t in 2..=steps {
            let error = x0 - k(t) * q.mean(t);
            let square_error = error * error + k(t) * k(t) * q.variance(t);
            bound += l_denoising(aview1(&[square_error.sqrt()]), aview1(&[0.0]), &schedule, t);

            let (before, now, beta) = (q.alpha_bar[t - 1], q.alpha_bar[t], betas[t - 1]);
            let weight_x0 = before.sqrt() * beta / (1.0 - now);
            let weight_xt = (1.0 - beta).sqrt() * (1.0 - before) / (1.0 - now);
            let variance = beta * (1.0 - before) / (1.0 - now);
            let log_p =
                expected_log_density(q.square(t - 1, weight_x0 * k(t) + weight_xt, t), variance);
            ratio += expected_log_density(beta, beta) - log_p;
        }
        assert_close(bound, ratio, 1e-6, &format!("{} T={steps}", schedule.kind()));
    }
}
