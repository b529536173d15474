//! The ELBO, its gradient and the divergences of a q without noise.

use super::gradient::{GradientEstimator, Integrand};
use super::quadrature::{Node, normal_nodes};
use super::target::Target;
use super::variational::{Family, Mixture, PARAMETERS, Parameters};

/// The quantities of a q that quadrature gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Exact {
    /// The ELBO, E_q[log p̃(z) - log q(z)], in nats.
    pub elbo: f64,
    /// Its gradient by the parameters of each component; 0 for those that the family holds fixed.
    pub gradient: Vec<Parameters>,
    /// Variance of the reparameterized gradient with one draw from each component, summed over the
    /// free parameters.
    pub reparameterized_variance: f64,
    /// Variance of the score-function gradient with one draw from each component, likewise.
    pub score_variance: f64,
}

/// The ELBO of q, its gradient, and the variances of the gradient's estimators, by quadrature in
/// the whitened coordinates of each component. The variances are those of the stratified
/// estimators: Σ_k π_k² Var_{q_k} g(z).
#[must_use]
pub fn exact(target: &Target, family: Family, q: &Mixture) -> Exact {
    let free = family.free();
    let components = q.components.len();
    let zero = vec![[0.0; PARAMETERS]; components];
    let mut integrand = Integrand::of(q);
    let mut term = zero.clone();
    let mut exact = Exact {
        elbo: 0.0,
        gradient: zero.clone(),
        reparameterized_variance: 0.0,
        score_variance: 0.0,
    };
    for (k, (component, &weight)) in q.components.iter().zip(&q.weights).enumerate() {
        let mut elbo = 0.0;
        let mut moments = [GradientEstimator::Reparameterized, GradientEstimator::ScoreFunction]
            .map(|e| (e, zero.clone(), 0.0));
        for node in normal_nodes(spacing(target, q, k), 7.0) {
            integrand.evaluate(target, q, component.at(node.z));
            elbo += node.mass * integrand.value;
            for (estimator, mean, square) in &mut moments {
                integrand.gradient(*estimator, q, k, node.z, &mut term);
                for (mean, term) in mean.iter_mut().zip(&term) {
                    for i in (0..PARAMETERS).filter(|&i| free[i]) {
                        mean[i] += node.mass * term[i];
                        *square += node.mass * term[i] * term[i];
                    }
                }
            }
        }
        exact.elbo += weight * elbo;
        let [path, score] = moments.map(|(_, mean, square)| {
            let length: f64 = mean.iter().flatten().map(|g| g * g).sum();
            (mean, weight * weight * (square - length).max(0.0))
        });
        for (sum, mean) in exact.gradient.iter_mut().flatten().zip(path.0.iter().flatten()) {
            *sum += weight * mean;
        }
        exact.reparameterized_variance += path.1;
        exact.score_variance += score.1;
    }
    exact
}

/// Spacing in whitened coordinates that resolves what bends log p̃ and log q within the reach of
/// component `k`, as far as the number of nodes stays in the thousands. A singularity at a distance
/// d from the real plane costs exp(-2π d / spacing).
fn spacing(target: &Target, q: &Mixture, k: usize) -> f64 {
    let width = |k: usize| {
        let [l11, l21, l22] = q.components[k].cholesky;
        (libm::hypot(l11, l21), l22)
    };
    let (first, second) = width(k);
    let narrowest = (0..q.components.len()).filter(|&j| j != k).map(|j| width(j).0.min(width(j).1));
    let feature = narrowest.fold(target.feature(), f64::min);
    (0.6 * feature / first.max(second)).clamp(0.12, 0.4)
}

/// KL(p || q) = E_p[log p(z) - log q(z)] in nats, from the [`Target::nodes`] and log Z.
#[must_use]
pub fn forward_kl(target: &Target, nodes: &[Node], log_z: f64, q: &Mixture) -> f64 {
    nodes
        .iter()
        .map(|node| node.mass * (target.log_density(node.z) - log_z - q.log_density(node.z)))
        .sum()
}
