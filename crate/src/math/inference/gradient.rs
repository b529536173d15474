//! Unbiased Monte Carlo estimates of the ELBO and of its gradient.
//!
//! The ELBO of a mixture is stratified over its components (Morningstar et al. 2021, eq. 6):
//! ELBO = Σ_k π_k E_{q_k}[f(z)], f(z) = log p̃(z) - log q(z), with the same number of draws from
//! each q_k. No component is drawn at random, so the weights π_k have a gradient, and for one
//! component this is the ordinary ELBO.

use super::Point;
use super::target::Target;
use super::variational::{Family, Mixture, PARAMETERS, Parameters, PointEvaluation};
use crate::math::elbo::Estimate;

/// How the gradient of the ELBO is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GradientEstimator {
    /// Through the path z = μ + L ε (Kingma & Welling 2014): uses the gradient of log p̃.
    Reparameterized,
    /// f(z) ∇ log q(z) (Ranganath et al. 2014, eq. 3), without a control variate: uses only values
    /// of log p̃.
    ScoreFunction,
}

/// f at one draw, and the parts of both gradients.
#[derive(Debug)]
pub struct Integrand {
    /// f(z) = log p̃(z) - log q(z), in nats.
    pub value: f64,
    /// ∇_z f(z).
    slope: Point,
    evaluation: PointEvaluation,
}

impl Integrand {
    /// For the draws of `q`.
    #[must_use]
    pub fn of(q: &Mixture) -> Self {
        Self { value: 0.0, slope: [0.0; 2], evaluation: PointEvaluation::of(q) }
    }

    /// Evaluates f at the point `z` = μ_k + L_k ε.
    pub fn evaluate(&mut self, target: &Target, q: &Mixture, z: Point) {
        q.evaluate(z, &mut self.evaluation);
        let (log_target, [g1, g2]) = target.evaluate(z);
        let [q1, q2] = self.evaluation.gradient();
        self.value = log_target - self.evaluation.log_density;
        self.slope = [g1 - q1, g2 - q2];
    }

    /// The contribution to the gradient of a draw from component `k` with whitened coordinates
    /// `noise`, for each component.
    ///
    /// Reparameterized: the total derivative of Σ_k π_k f(μ_k + L_k ε), the explicit dependence of
    /// log q on its parameters included, so it is the derivative that finite differences with fixed
    /// noise find.
    pub fn gradient(
        &self,
        estimator: GradientEstimator,
        q: &Mixture,
        k: usize,
        noise: Point,
        out: &mut [Parameters],
    ) {
        for (j, out) in out.iter_mut().enumerate() {
            let score = self.evaluation.score(q, j);
            *out = match estimator {
                GradientEstimator::ScoreFunction => score.map(|s| self.value * s),
                GradientEstimator::Reparameterized => score.map(|s| -s),
            };
            if estimator == GradientEstimator::Reparameterized {
                let own = if j == k { 1.0 } else { 0.0 };
                // ∂π_k / ∂ logit_j = π_k (own - π_j)
                out[5] += self.value * (own - q.weights[j]);
            }
        }
        if estimator == GradientEstimator::Reparameterized {
            let [l11, _, l22] = q.components[k].cholesky;
            let [s1, s2] = self.slope;
            let path = [s1, s2, s1 * l11 * noise[0], s2 * noise[0], s2 * l22 * noise[1]];
            for (out, path) in out[k].iter_mut().zip(path) {
                *out += path;
            }
        }
    }
}

/// A draw and its contribution to the gradient with respect to the mean of its component.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientSample {
    /// The component it was drawn from.
    pub component: usize,
    /// Where it is.
    pub z: Point,
    /// Its term in the gradient by the mean of its component: the estimate is π_k times the mean of
    /// these.
    pub mean_gradient: Point,
}

/// One estimate from a set of draws.
#[derive(Clone, Debug)]
pub struct GradientEstimate {
    /// The ELBO in nats.
    pub elbo: Estimate,
    /// Its gradient by the parameters of each component; 0 for those that the family holds fixed.
    pub gradient: Vec<Parameters>,
    /// The draws, component by component.
    pub draws: Vec<GradientSample>,
}

/// Estimates the ELBO of `q` and its gradient from the draws μ_k + L_k ε, where `noise` has the ε
/// of each component: pairs laid end to end, at least one, as many for each component.
///
/// # Panics
/// For noise of more components than `q` has.
pub fn estimate(
    estimator: GradientEstimator,
    target: &Target,
    family: Family,
    q: &Mixture,
    noise: &[impl AsRef<[f64]>],
) -> GradientEstimate {
    debug_assert_eq!(noise.len(), q.components.len());
    let free = family.free();
    let components = q.components.len();
    let mut integrand = Integrand::of(q);
    let mut term = vec![[0.0; PARAMETERS]; components];
    let mut gradient = vec![[0.0; PARAMETERS]; components];
    let mut draws = Vec::new();
    let (mut elbo, mut variance) = (0.0, Some(0.0));
    for (k, noise) in noise.iter().enumerate() {
        let weight = q.weights[k];
        let mut values = Vec::with_capacity(noise.as_ref().len() / 2);
        let share = weight * 2.0 / noise.as_ref().len() as f64;
        for pair in noise.as_ref().chunks_exact(2) {
            let noise = [pair[0], pair[1]];
            let z = q.components[k].at(noise);
            integrand.evaluate(target, q, z);
            integrand.gradient(estimator, q, k, noise, &mut term);
            for (sum, term) in gradient.iter_mut().zip(&term) {
                for i in (0..PARAMETERS).filter(|&i| free[i]) {
                    sum[i] += share * term[i];
                }
            }
            values.push(integrand.value);
            draws.push(GradientSample { component: k, z, mean_gradient: [term[k][0], term[k][1]] });
        }
        let stratum = Estimate::from_samples(&values).linear(weight, 0.0);
        elbo += stratum.mean;
        variance = variance.zip(stratum.standard_error).map(|(sum, error)| sum + error * error);
    }
    GradientEstimate {
        elbo: Estimate { mean: elbo, standard_error: variance.map(f64::sqrt) },
        gradient,
        draws,
    }
}
