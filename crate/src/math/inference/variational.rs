//! The variational distribution q: every family is a mixture of Gaussians some of whose parameters
//! are held fixed.

use std::f64::consts::PI;

use super::super::numeric::softmax;
use super::Point;

/// Parameters of one component: the mean (two), log L_11, L_21, log L_22 of the Cholesky factor L
/// of its covariance
/// `L Lᵀ`, and the logit of its weight. Unbounded, so that gradient steps may go anywhere.
pub type Parameters = [f64; PARAMETERS];

/// Length of [`Parameters`].
pub const PARAMETERS: usize = 6;

/// One Gaussian with independent coordinates, one with any covariance, or a mixture of the former.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// One Gaussian with independent coordinates.
    MeanField,
    /// One Gaussian with any covariance, by its Cholesky factor.
    FullCovariance,
    /// A mixture of Gaussians with independent coordinates and weights of its own.
    Mixture,
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 3] = [Self::MeanField, Self::FullCovariance, Self::Mixture];

    /// Which of a component's [`Parameters`] are free.
    #[must_use]
    pub fn free(self) -> [bool; PARAMETERS] {
        match self {
            Self::MeanField => [true, true, true, false, true, false],
            Self::FullCovariance => [true, true, true, true, true, false],
            Self::Mixture => [true, true, true, false, true, true],
        }
    }
}

/// A Gaussian in the plane, N(mean, L Lᵀ).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gaussian {
    /// The mean.
    pub mean: Point,
    /// L_11, L_21 and L_22 of the lower Cholesky factor; the diagonal is positive.
    pub cholesky: [f64; 3],
}

impl Gaussian {
    /// With independent coordinates of the given standard deviations.
    #[must_use]
    pub fn diagonal(mean: Point, std: Point) -> Self {
        Self { mean, cholesky: [std[0], 0.0, std[1]] }
    }

    /// With a covariance given as variance of z_1, covariance, variance of z_2; positive definite.
    #[must_use]
    pub fn with_covariance(mean: Point, [a, b, c]: [f64; 3]) -> Self {
        let l11 = a.sqrt();
        let l21 = b / l11;
        Self { mean, cholesky: [l11, l21, (c - l21 * l21).sqrt()] }
    }

    /// Variance of z_1, covariance, variance of z_2.
    #[must_use]
    pub fn covariance(&self) -> [f64; 3] {
        let [l11, l21, l22] = self.cholesky;
        [l11 * l11, l11 * l21, l21 * l21 + l22 * l22]
    }

    /// The point `mean + L ε`.
    #[must_use]
    pub fn at(&self, noise: Point) -> Point {
        let [l11, l21, l22] = self.cholesky;
        [self.mean[0] + l11 * noise[0], self.mean[1] + l21 * noise[0] + l22 * noise[1]]
    }

    /// ε = L⁻¹ (z - mean).
    #[must_use]
    pub fn whiten(&self, z: Point) -> Point {
        let [l11, l21, l22] = self.cholesky;
        let first = (z[0] - self.mean[0]) / l11;
        [first, (z[1] - self.mean[1] - l21 * first) / l22]
    }

    /// log N(z) at the point whose whitened coordinates are `noise`.
    #[must_use]
    pub fn log_density_whitened(&self, noise: Point) -> f64 {
        self.log_scale(1.0) - half_square(noise)
    }

    /// log of a weight times the density at the mean.
    fn log_scale(&self, weight: f64) -> f64 {
        let [l11, _, l22] = self.cholesky;
        libm::log(weight / (2.0 * PI * l11 * l22))
    }

    /// Σ⁻¹ (z - mean) = L⁻ᵀ ε: the gradient of log N(z) with respect to the mean, and minus that
    /// with respect to z.
    #[must_use]
    pub fn mean_gradient(&self, noise: Point) -> Point {
        let [l11, l21, l22] = self.cholesky;
        let second = noise[1] / l22;
        [(noise[0] - l21 * second) / l11, second]
    }
}

/// A mixture of Gaussians with positive weights that sum to one.
#[derive(Clone, Debug, PartialEq)]
pub struct Mixture {
    /// Weights π_k.
    pub weights: Vec<f64>,
    /// Components q_k.
    pub components: Vec<Gaussian>,
}

/// log q and what its gradients are made of, at one point. Belongs to one q, whose constants it
/// keeps.
#[derive(Clone, Debug)]
pub struct PointEvaluation {
    log_scales: Vec<f64>,
    /// log q(z).
    pub log_density: f64,
    /// Responsibility of each component: π_k q_k(z) / q(z).
    pub responsibilities: Vec<f64>,
    /// Whitened coordinates of z in each component.
    pub noise: Vec<Point>,
    /// [`Gaussian::mean_gradient`] of each component.
    pub mean_gradients: Vec<Point>,
}

impl Mixture {
    /// The distribution of these parameters; weights are the softmax of the
    /// logits.
    #[must_use]
    pub fn from_parameters(parameters: &[Parameters]) -> Self {
        let logits: Vec<f64> = parameters.iter().map(|p| p[5]).collect();
        let gaussian = |p: &Parameters| Gaussian {
            mean: [p[0], p[1]],
            cholesky: [libm::exp(p[2]), p[3], libm::exp(p[4])],
        };
        Self { weights: softmax(&logits), components: parameters.iter().map(gaussian).collect() }
    }

    /// The parameters of this distribution; the logits are the logarithms of the weights.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameters> {
        let of = |(g, w): (&Gaussian, &f64)| {
            let [l11, l21, l22] = g.cholesky;
            [g.mean[0], g.mean[1], libm::log(l11), l21, libm::log(l22), libm::log(*w)]
        };
        self.components.iter().zip(&self.weights).map(of).collect()
    }

    /// log q(z).
    #[must_use]
    pub fn log_density(&self, z: Point) -> f64 {
        let mut evaluation = PointEvaluation::of(self);
        self.evaluate(z, &mut evaluation);
        evaluation.log_density
    }

    /// log q(z) with all that gradients need, into what [`PointEvaluation::of`] this q has made.
    pub fn evaluate(&self, z: Point, out: &mut PointEvaluation) {
        let mut largest = f64::NEG_INFINITY;
        for (k, g) in self.components.iter().enumerate() {
            let noise = g.whiten(z);
            out.noise[k] = noise;
            out.mean_gradients[k] = g.mean_gradient(noise);
            let log_density = out.log_scales[k] - half_square(noise);
            out.responsibilities[k] = log_density;
            largest = largest.max(log_density);
        }
        if let [only] = out.responsibilities.as_mut_slice() {
            out.log_density = *only;
            *only = 1.0;
            return;
        }
        let mut total = 0.0;
        for r in &mut out.responsibilities {
            *r = libm::exp(*r - largest);
            total += *r;
        }
        for r in &mut out.responsibilities {
            *r /= total;
        }
        out.log_density = largest + libm::log(total);
    }
}

impl PointEvaluation {
    /// Room for the points of `q`.
    #[must_use]
    pub fn of(q: &Mixture) -> Self {
        let components = q.components.len();
        Self {
            log_scales: q
                .components
                .iter()
                .zip(&q.weights)
                .map(|(g, &weight)| g.log_scale(weight))
                .collect(),
            log_density: 0.0,
            responsibilities: vec![0.0; components],
            noise: vec![[0.0; 2]; components],
            mean_gradients: vec![[0.0; 2]; components],
        }
    }

    /// ∇_z log q(z).
    #[must_use]
    pub fn gradient(&self) -> Point {
        let mut sum = [0.0; 2];
        for (r, gradient) in self.responsibilities.iter().zip(&self.mean_gradients) {
            sum[0] -= r * gradient[0];
            sum[1] -= r * gradient[1];
        }
        sum
    }

    /// The derivative of log q(z) by the parameters of component `k`, z held fixed: the score.
    #[must_use]
    pub fn score(&self, q: &Mixture, k: usize) -> Parameters {
        let (r, u, w) = (self.responsibilities[k], self.noise[k], self.mean_gradients[k]);
        let [l11, _, l22] = q.components[k].cholesky;
        // ∂ log N / ∂L = tril(w uᵀ) - diag(1 / L_ii)
        let scale = [l11 * w[0] * u[0] - 1.0, w[1] * u[0], l22 * w[1] * u[1] - 1.0];
        [r * w[0], r * w[1], r * scale[0], r * scale[1], r * scale[2], r - q.weights[k]]
    }
}

fn half_square(noise: Point) -> f64 {
    0.5 * (noise[0] * noise[0] + noise[1] * noise[1])
}
