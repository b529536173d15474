//! A mixture of Gaussians under noise: density, score, optimal denoiser and reverse kernel in
//! closed form.

use std::f64::consts::TAU;

use super::{Denoiser, NoiseLevel, Point};
use crate::math::inference::variational::{Gaussian, Mixture};
use crate::math::numeric::sigmoid;
use crate::math::schedule::NoiseSchedule;

/// A symmetric 2x2 matrix [[a, b], [b, c]] as `[a, b, c]`.
type Symmetric = [f64; 3];

fn inverse([a, b, c]: Symmetric) -> Symmetric {
    let determinant = a * c - b * b;
    [c / determinant, -b / determinant, a / determinant]
}

fn apply([a, b, c]: Symmetric, v: Point) -> Point {
    [a * v[0] + b * v[1], b * v[0] + c * v[1]]
}

/// The product of two symmetric matrices that commute, which is symmetric.
fn product(p: Symmetric, q: Symmetric) -> Symmetric {
    [p[0] * q[0] + p[1] * q[1], p[0] * q[1] + p[1] * q[2], p[1] * q[1] + p[2] * q[2]]
}

/// p_t: the density of α x_0 + σ ε for x_0 from a mixture.
#[derive(Clone, Debug)]
pub struct NoisedMixture {
    alpha: f64,
    components: Vec<NoisedComponent>,
}

#[derive(Clone, Debug)]
struct NoisedComponent {
    /// m, the mean of x_0.
    clean_mean: Point,
    /// S⁻¹, S = α² C + σ² I the covariance of x_t.
    precision: Symmetric,
    /// α C S⁻¹: the mean of x_0 given x_t moves by it.
    gain: Symmetric,
    /// log of weight over 2π √det S.
    log_scale: f64,
}

/// A mixture evaluated at one point.
#[derive(Clone, Debug)]
pub struct PointPosterior {
    /// log p_t(x_t).
    pub log_density: f64,
    /// ∇ log p_t(x_t).
    pub score: Point,
    /// E[x_0 | x_t].
    pub x0: Point,
    /// ∇ · E[x_0 | x_t] by x_t.
    pub divergence: f64,
    /// p(component | x_t).
    pub responsibilities: Vec<f64>,
}

impl NoisedMixture {
    /// The mixture at a log SNR; +∞ is the data, -∞ is N(0, I).
    #[must_use]
    pub fn new(data: &Mixture, log_snr: f64) -> Self {
        let (alpha_bar, variance) = (sigmoid(log_snr), sigmoid(-log_snr));
        let alpha = alpha_bar.sqrt();
        let component = |(g, weight): (&Gaussian, &f64)| {
            let clean = g.covariance();
            let [a, b, c] = clean;
            let covariance = [alpha_bar * a + variance, alpha_bar * b, alpha_bar * c + variance];
            let precision = inverse(covariance);
            let determinant = covariance[0] * covariance[2] - covariance[1] * covariance[1];
            NoisedComponent {
                clean_mean: g.mean,
                precision,
                gain: product(clean, precision).map(|v| alpha * v),
                log_scale: libm::log(weight / (TAU * determinant.sqrt())),
            }
        };
        let components = data.components.iter().zip(&data.weights).map(component).collect();
        Self { alpha, components }
    }

    /// log p_t(x) in nats.
    pub fn log_density(&self, x: Point) -> f64 {
        let terms = self.components.iter().map(|c| c.log_joint(x, self.alpha));
        let largest = terms.clone().fold(f64::NEG_INFINITY, f64::max);
        largest + libm::log(terms.map(|term| libm::exp(term - largest)).sum())
    }

    /// Evaluates the mixture at x_t.
    pub fn posterior(&self, x: Point) -> PointPosterior {
        let mut responsibilities: Vec<f64> =
            self.components.iter().map(|c| c.log_joint(x, self.alpha)).collect();
        let largest = responsibilities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut total = 0.0;
        for r in &mut responsibilities {
            *r = libm::exp(*r - largest);
            total += *r;
        }
        let (mut score, mut x0, mut spread) = ([0.0; 2], [0.0; 2], 0.0);
        for (c, r) in self.components.iter().zip(&mut responsibilities) {
            *r /= total;
            let offset = c.offset(x, self.alpha);
            let precise = apply(c.precision, offset);
            let moved = apply(c.gain, offset);
            let clean = [c.clean_mean[0] + moved[0], c.clean_mean[1] + moved[1]];
            for i in 0..2 {
                score[i] -= *r * precise[i];
                x0[i] += *r * clean[i];
            }
            // trace of the gain, and what the responsibilities move: Σ r_k (b_k · s_k)
            spread += *r * (c.gain[0] + c.gain[2] - clean[0] * precise[0] - clean[1] * precise[1]);
        }
        let divergence = spread - (x0[0] * score[0] + x0[1] * score[1]);
        PointPosterior {
            log_density: largest + libm::log(total),
            score,
            x0,
            divergence,
            responsibilities,
        }
    }
}

impl NoisedComponent {
    fn offset(&self, x: Point, alpha: f64) -> Point {
        [x[0] - alpha * self.clean_mean[0], x[1] - alpha * self.clean_mean[1]]
    }

    /// log of weight times density.
    fn log_joint(&self, x: Point, alpha: f64) -> f64 {
        let offset = self.offset(x, alpha);
        let precise = apply(self.precision, offset);
        self.log_scale - 0.5 * (offset[0] * precise[0] + offset[1] * precise[1])
    }
}

impl Denoiser for Mixture {
    fn at(&self, log_snr: f64) -> Box<dyn NoiseLevel + '_> {
        Box::new(NoisedMixture::new(self, log_snr))
    }
}

impl NoiseLevel for NoisedMixture {
    fn predict(&self, x_t: Point) -> Point {
        // no room for responsibilities: what is summed is scaled to the largest term so far
        let (mut largest, mut total, mut sum) = (f64::NEG_INFINITY, 0.0, [0.0; 2]);
        for c in &self.components {
            let offset = c.offset(x_t, self.alpha);
            let precise = apply(c.precision, offset);
            let log_joint = c.log_scale - 0.5 * (offset[0] * precise[0] + offset[1] * precise[1]);
            let mut share = 1.0;
            if log_joint > largest {
                let kept = libm::exp(largest - log_joint);
                (largest, total, sum) = (log_joint, kept * total, sum.map(|s| kept * s));
            } else {
                share = libm::exp(log_joint - largest);
            }
            let moved = apply(c.gain, offset);
            total += share;
            for i in 0..2 {
                sum[i] += share * (c.clean_mean[i] + moved[i]);
            }
        }
        sum.map(|s| s / total)
    }

    fn predict_with_divergence(&self, x_t: Point) -> (Point, f64) {
        let posterior = self.posterior(x_t);
        (posterior.x0, posterior.divergence)
    }
}

/// The true reverse kernel q(x_{t-1} | x_t) of the data, for t in 2..=T: a mixture, where the
/// model's p(x_{t-1} | x_t) is one Gaussian. As T grows it becomes one, too (Sohl-Dickstein et al.
/// 2015).
///
/// # Panics
/// For `t` outside 1..=T.
#[must_use]
pub fn reverse_kernel(data: &Mixture, schedule: &NoiseSchedule, t: usize, x_t: Point) -> Mixture {
    debug_assert!(t >= 2);
    let posterior = NoisedMixture::new(data, schedule.log_snr(t)).posterior(x_t);
    let (alpha, variance) = (schedule.alpha(t - 1), schedule.variance(t - 1));
    let (kept, beta) = (schedule.alpha(t) / alpha, schedule.beta(t));
    let component = |g: &Gaussian| {
        let [a, b, c] = g.covariance();
        let before =
            [alpha * alpha * a + variance, alpha * alpha * b, alpha * alpha * c + variance];
        let precision = inverse(before);
        let gained = kept * kept / beta;
        let covariance = inverse([precision[0] + gained, precision[1], precision[2] + gained]);
        let prior = apply(precision, [alpha * g.mean[0], alpha * g.mean[1]]);
        let sum = [prior[0] + kept / beta * x_t[0], prior[1] + kept / beta * x_t[1]];
        Gaussian::with_covariance(apply(covariance, sum), covariance)
    };
    Mixture {
        weights: posterior.responsibilities,
        components: data.components.iter().map(component).collect(),
    }
}

/// The mixture with its components widened by `width`, as data convolved with N(0, width² I) have
/// it: a model that blurs.
#[must_use]
pub fn blurred(data: &Mixture, width: f64) -> Mixture {
    let widen = |g: &Gaussian| {
        let [a, b, c] = g.covariance();
        Gaussian::with_covariance(g.mean, [a + width * width, b, c + width * width])
    };
    Mixture {
        weights: data.weights.clone(),
        components: data.components.iter().map(widen).collect(),
    }
}

/// The single Gaussian with the mean and covariance of the mixture.
#[must_use]
pub fn moment_match(data: &Mixture) -> Mixture {
    let parts = || data.components.iter().zip(&data.weights);
    let mut mean = [0.0; 2];
    for (g, weight) in parts() {
        mean[0] += weight * g.mean[0];
        mean[1] += weight * g.mean[1];
    }
    let mut covariance = [0.0; 3];
    for (g, weight) in parts() {
        let d = [g.mean[0] - mean[0], g.mean[1] - mean[1]];
        let between = [d[0] * d[0], d[0] * d[1], d[1] * d[1]];
        for (sum, (within, between)) in
            covariance.iter_mut().zip(g.covariance().into_iter().zip(between))
        {
            *sum += weight * (within + between);
        }
    }
    Mixture { weights: vec![1.0], components: vec![Gaussian::with_covariance(mean, covariance)] }
}

/// A draw from the mixture made of a uniform number and two standard normal ones.
#[must_use]
pub fn sample(data: &Mixture, uniform: f64, noise: Point) -> Point {
    let mut left = uniform;
    let last = data.components.len() - 1;
    let chosen = data.weights.iter().position(|weight| {
        left -= weight;
        left < 0.0
    });
    data.components[chosen.unwrap_or(last)].at(noise)
}
