//! The posterior of a Bayesian logistic regression with one input: P(label = 1 | x) = sigmoid(slope
//! x + intercept).

use serde::Serialize;

use super::Point;
use super::quadrature::{Node, moments, normal_nodes, normalize};
use super::variational::Gaussian;
use crate::error::{Error, Result};
use crate::math::gaussian::log_density;
use crate::math::numeric::{sigmoid, softplus};

/// An observation of the logistic regression.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "InferenceObservation"))]
pub struct Observation {
    /// -10 to 10.
    pub x: f64,
    /// The class, 0 or 1.
    #[cfg_attr(test, ts(type = "0 | 1"))]
    pub label: u8,
}

/// Data, and the posterior of z = (slope, intercept) under the prior N(0, 2² I).
///
/// p̃(z) = p(labels | z) p(z), normalizers included, so log Z is the log evidence log p(labels). It
/// is found by quadrature: the density is log-concave, so its mode is found by Newton's method, and
/// two passes of the trapezoid rule, the second whitened with the moments that the first one finds,
/// cover it.
#[derive(Clone, Debug)]
pub struct LogisticRegression {
    data: Vec<Observation>,
    nodes: Vec<Node>,
    log_evidence: f64,
}

impl LogisticRegression {
    /// Standard deviation of the prior of slope and intercept.
    pub const PRIOR_STD: f64 = 2.0;
    /// Most observations.
    pub const MAX_OBSERVATIONS: usize = 50;
    /// Largest |x|.
    pub const MAX_INPUT: f64 = 10.0;

    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for no observations or too many, an input that
    /// is not finite or too large, or a label other than 0 and 1.
    pub fn new(data: Vec<Observation>) -> Result<Self> {
        if !(1..=Self::MAX_OBSERVATIONS).contains(&data.len()) {
            let (count, most) = (data.len(), Self::MAX_OBSERVATIONS);
            return Err(Error::value(
                "the number of observations",
                count,
                format_args!("1 to {most}"),
            ));
        }
        for (at, Observation { x, label }) in data.iter().enumerate() {
            let limit = Self::MAX_INPUT;
            if !(-limit..=limit).contains(x) {
                return Err(Error::value(
                    format_args!("data[{at}].x"),
                    x,
                    format_args!("from -{limit} to {limit}"),
                ));
            }
            if *label > 1 {
                return Err(Error::value(format_args!("data[{at}].label"), label, "0 or 1"));
            }
        }
        Ok(Self::over(data))
    }

    /// Eight observations, two of them on the other class's side.
    #[must_use]
    pub fn example() -> Self {
        let of = |(x, label)| Observation { x, label };
        let data =
            [(-2.6, 0), (-1.9, 0), (-1.2, 0), (-0.5, 1), (0.2, 0), (0.8, 1), (1.5, 1), (2.3, 1)];
        Self::over(data.map(of).to_vec())
    }

    fn over(data: Vec<Observation>) -> Self {
        let mut regression = Self { data, nodes: Vec::new(), log_evidence: 0.0 };
        let mode = regression.mode();
        let rough = regression.integrate(&mode, 0.4, 10.0).0;
        (regression.nodes, regression.log_evidence) =
            regression.integrate(&moments(&rough), 0.25, 10.0);
        regression
    }

    /// The observations.
    #[must_use]
    pub fn data(&self) -> &[Observation] {
        &self.data
    }

    /// log p(labels | z) + log p(z) in nats, at z = (slope, intercept).
    #[must_use]
    pub fn log_density(&self, z: Point) -> f64 {
        let log_var = 2.0 * libm::log(Self::PRIOR_STD);
        let prior = log_density(z[0], 0.0, log_var) + log_density(z[1], 0.0, log_var);
        self.data.iter().fold(prior, |sum, o| sum - softplus(-sign(o) * (z[0] * o.x + z[1])))
    }

    /// [`LogisticRegression::log_density`] and its gradient.
    #[must_use]
    pub fn evaluate(&self, z: Point) -> (f64, Point) {
        let precision = 1.0 / (Self::PRIOR_STD * Self::PRIOR_STD);
        let mut gradient = [-z[0] * precision, -z[1] * precision];
        for o in &self.data {
            let miss = sign(o) * sigmoid(-sign(o) * (z[0] * o.x + z[1]));
            gradient[0] += miss * o.x;
            gradient[1] += miss;
        }
        (self.log_density(z), gradient)
    }

    /// log Z = log ∫ p(labels | z) p(z) dz in nats.
    #[must_use]
    pub fn log_evidence(&self) -> f64 {
        self.log_evidence
    }

    /// Nodes whose masses are those of the posterior; see
    /// [`Target::nodes`](super::target::Target::nodes).
    #[must_use]
    pub fn nodes(&self) -> Vec<Node> {
        self.nodes.clone()
    }

    /// Mode and curvature there, as a Gaussian (Laplace's approximation).
    fn mode(&self) -> Gaussian {
        let mut z = [0.0, 0.0];
        loop {
            let (value, gradient) = self.evaluate(z);
            let covariance = self.inverse_curvature(z);
            let laplace = Gaussian::with_covariance(z, covariance);
            let [a, b, c] = covariance;
            let step = [a * gradient[0] + b * gradient[1], b * gradient[0] + c * gradient[1]];
            let rise = step[0] * gradient[0] + step[1] * gradient[1];
            if rise < 1e-12 {
                return laplace;
            }
            // A full step may overshoot where the curvature fades; half the promised slope is
            // always reached in the end.
            let mut length = 1.0;
            let at = |length: f64| [z[0] + length * step[0], z[1] + length * step[1]];
            while length > 1e-6 && self.log_density(at(length)) < value + 0.1 * length * rise {
                length *= 0.5;
            }
            z = at(length);
        }
    }

    /// The inverse of minus the Hessian of log p̃: variance, covariance, variance.
    fn inverse_curvature(&self, z: Point) -> [f64; 3] {
        let precision = 1.0 / (Self::PRIOR_STD * Self::PRIOR_STD);
        let [mut a, mut b, mut c] = [precision, 0.0, precision];
        for o in &self.data {
            let p = sigmoid(z[0] * o.x + z[1]);
            let weight = p * (1.0 - p);
            a += weight * o.x * o.x;
            b += weight * o.x;
            c += weight;
        }
        let determinant = a * c - b * b;
        [c / determinant, -b / determinant, a / determinant]
    }

    /// Nodes of the posterior and log Z, on the grid of [`normal_nodes`] around a Gaussian.
    fn integrate(&self, around: &Gaussian, spacing: f64, radius: f64) -> (Vec<Node>, f64) {
        let grid = normal_nodes(spacing, radius);
        let log_ratio =
            |node: &Node| self.log_density(around.at(node.z)) - around.log_density_whitened(node.z);
        let ratios: Vec<f64> = grid.iter().map(log_ratio).collect();
        let exponents =
            || grid.iter().zip(&ratios).map(|(node, ratio)| libm::log(node.mass) + ratio);
        let largest = exponents().fold(f64::NEG_INFINITY, f64::max);
        let masses = exponents().map(|exponent| libm::exp(exponent - largest));
        let all: Vec<Node> = grid
            .iter()
            .zip(masses)
            .map(|(node, mass)| Node { z: around.at(node.z), mass })
            .collect();
        let log_z = largest + libm::log(all.iter().map(|node| node.mass).sum());
        // Most of a wide grid weighs nothing.
        let mut nodes: Vec<Node> = all.into_iter().filter(|node| node.mass > 1e-10).collect();
        normalize(&mut nodes);
        (nodes, log_z)
    }
}

fn sign(observation: &Observation) -> f64 {
    if observation.label == 1 { 1.0 } else { -1.0 }
}
