//! Targets p(z) = p̃(z) / Z with a known log Z.

use std::f64::consts::{FRAC_1_SQRT_2, PI, TAU};

use super::Point;
use super::logistic_regression::LogisticRegression;
use super::quadrature::{Node, normal_nodes};
use super::variational::{Gaussian, Mixture};

/// A density p(z) = p̃(z) / Z in the plane with a known log Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetKind {
    /// A Gaussian with correlation 0.9.
    CorrelatedGaussian,
    /// Two separate Gaussians with weights 0.6 and 0.4.
    TwoGaussians,
    /// Five Gaussians on a pentagon, of equal weight.
    FiveGaussians,
    /// A Gaussian bent along a parabola (Haario et al. 1999).
    Banana,
    /// z_1 ~ N(0, exp z_2), z_2 Gaussian (Neal 2003).
    Funnel,
    /// A circle: |z|² has a Gaussian profile, cut off at 0.
    Ring,
    /// The posterior of slope and intercept of a logistic regression.
    LogisticRegression,
}

impl TargetKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::CorrelatedGaussian,
        Self::TwoGaussians,
        Self::FiveGaussians,
        Self::Banana,
        Self::Funnel,
        Self::Ring,
        Self::LogisticRegression,
    ];
}

/// An unnormalized density in the plane. Where a closed form of Z exists, p̃ is the bare
/// exponential, without the normalizing factors of its Gaussians; that of the logistic regression
/// is p(labels, z), so its Z is the evidence.
#[derive(Clone, Debug)]
pub enum Target {
    /// See [`TargetKind::CorrelatedGaussian`].
    CorrelatedGaussian,
    /// Σ_k c_k exp(-|z - m_k|² / 2 s_k²).
    Gaussians(&'static [IsotropicGaussian]),
    /// See [`TargetKind::Banana`].
    Banana,
    /// See [`TargetKind::Funnel`].
    Funnel,
    /// See [`TargetKind::Ring`].
    Ring,
    /// See [`TargetKind::LogisticRegression`].
    LogisticRegression(LogisticRegression),
}

/// c exp(-|z - m|² / 2 s²).
#[derive(Clone, Copy, Debug)]
pub struct IsotropicGaussian {
    height: f64,
    mean: Point,
    std: f64,
}

/// Standard deviations and correlation of the correlated Gaussian, whose mean is 0.
pub const GAUSSIAN_STD: Point = [1.5, 1.2];
/// See [`GAUSSIAN_STD`].
pub const GAUSSIAN_CORRELATION: f64 = 0.9;

const TWO: [IsotropicGaussian; 2] = [
    IsotropicGaussian { height: 0.6, mean: [-1.7, -1.0], std: 0.8 },
    IsotropicGaussian { height: 0.4, mean: [1.8, 1.2], std: 0.8 },
];
/// Corners of a regular pentagon of radius 2.4.
const FIVE: [IsotropicGaussian; 5] = [
    IsotropicGaussian { height: 1.0, mean: [0.0, 2.4], std: 0.5 },
    IsotropicGaussian { height: 1.0, mean: [-2.282_535_639, 0.741_640_786], std: 0.5 },
    IsotropicGaussian { height: 1.0, mean: [-1.410_684_605, -1.941_640_786], std: 0.5 },
    IsotropicGaussian { height: 1.0, mean: [1.410_684_605, -1.941_640_786], std: 0.5 },
    IsotropicGaussian { height: 1.0, mean: [2.282_535_639, 0.741_640_786], std: 0.5 },
];

/// z_1 ~ N(0, LENGTH²), z_2 ~ N(TOP - BEND z_1², WIDTH²).
const BANANA_LENGTH: f64 = 1.2;
const BANANA_WIDTH: f64 = 0.5;
const BANANA_TOP: f64 = 1.2;
const BANANA_BEND: f64 = 0.5;

/// Standard deviation of z_2 in the funnel.
const FUNNEL_STD: f64 = 1.2;

const RING_RADIUS: f64 = 2.4;
const RING_WIDTH: f64 = 0.35;
/// Standard deviation of |z|²: that of |z| is about RING_WIDTH.
const RING_SPREAD: f64 = 2.0 * RING_RADIUS * RING_WIDTH;

impl Target {
    /// The target of a kind; the logistic regression on its example data.
    #[must_use]
    pub fn new(kind: TargetKind) -> Self {
        match kind {
            TargetKind::CorrelatedGaussian => Self::CorrelatedGaussian,
            TargetKind::TwoGaussians => Self::Gaussians(&TWO),
            TargetKind::FiveGaussians => Self::Gaussians(&FIVE),
            TargetKind::Banana => Self::Banana,
            TargetKind::Funnel => Self::Funnel,
            TargetKind::Ring => Self::Ring,
            TargetKind::LogisticRegression => {
                Self::LogisticRegression(LogisticRegression::example())
            }
        }
    }

    /// The normalized target where it is a mixture of Gaussians.
    #[must_use]
    pub fn mixture(&self) -> Option<Mixture> {
        match self {
            Self::CorrelatedGaussian => {
                let [s1, s2] = GAUSSIAN_STD;
                let covariance = [s1 * s1, GAUSSIAN_CORRELATION * s1 * s2, s2 * s2];
                let gaussian = Gaussian::with_covariance([0.0; 2], covariance);
                Some(Mixture { weights: vec![1.0], components: vec![gaussian] })
            }
            Self::Gaussians(gaussians) => {
                let mass =
                    |gaussian: &IsotropicGaussian| gaussian.height * gaussian.std * gaussian.std;
                let total: f64 = gaussians.iter().map(mass).sum();
                Some(Mixture {
                    weights: gaussians.iter().map(|gaussian| mass(gaussian) / total).collect(),
                    components: gaussians
                        .iter()
                        .map(|gaussian| Gaussian::diagonal(gaussian.mean, [gaussian.std; 2]))
                        .collect(),
                })
            }
            _ => None,
        }
    }

    /// log p̃(z) and its gradient.
    #[must_use]
    pub fn evaluate(&self, z: Point) -> (f64, Point) {
        match self {
            Self::CorrelatedGaussian => {
                let [s1, s2] = GAUSSIAN_STD;
                let (u1, u2, rho) = (z[0] / s1, z[1] / s2, GAUSSIAN_CORRELATION);
                let free = 1.0 - rho * rho;
                let value = -0.5 * (u1 * u1 - 2.0 * rho * u1 * u2 + u2 * u2) / free;
                (value, [-(u1 - rho * u2) / (free * s1), -(u2 - rho * u1) / (free * s2)])
            }
            Self::Gaussians(gaussians) => evaluate_gaussians(gaussians, z),
            Self::Banana => {
                let off = z[1] - BANANA_TOP + BANANA_BEND * z[0] * z[0];
                let (along, across) =
                    (z[0] / (BANANA_LENGTH * BANANA_LENGTH), off / (BANANA_WIDTH * BANANA_WIDTH));
                (
                    -0.5 * (along * z[0] + across * off),
                    [-along - 2.0 * BANANA_BEND * z[0] * across, -across],
                )
            }
            Self::Funnel => {
                let precision = libm::exp(-z[1]);
                let depth = z[1] / (FUNNEL_STD * FUNNEL_STD);
                let square = z[0] * z[0] * precision;
                (
                    -0.5 * (depth * z[1] + square + z[1]),
                    [-z[0] * precision, 0.5 * (square - 1.0) - depth],
                )
            }
            Self::Ring => {
                let off = (z[0] * z[0] + z[1] * z[1] - RING_RADIUS * RING_RADIUS) / RING_SPREAD;
                let slope = -2.0 * off / RING_SPREAD;
                (-0.5 * off * off, [slope * z[0], slope * z[1]])
            }
            Self::LogisticRegression(regression) => regression.evaluate(z),
        }
    }

    /// log p̃(z).
    #[must_use]
    pub fn log_density(&self, z: Point) -> f64 {
        match self {
            Self::LogisticRegression(regression) => regression.log_density(z),
            _ => self.evaluate(z).0,
        }
    }

    /// log Z = log ∫ p̃(z) dz: in closed form, and by quadrature for the logistic regression.
    #[must_use]
    pub fn log_z(&self) -> f64 {
        match self {
            Self::CorrelatedGaussian => {
                let free = 1.0 - GAUSSIAN_CORRELATION * GAUSSIAN_CORRELATION;
                libm::log(TAU * GAUSSIAN_STD[0] * GAUSSIAN_STD[1] * free.sqrt())
            }
            Self::Gaussians(gaussians) => {
                libm::log(gaussians.iter().map(|b| b.height * TAU * b.std * b.std).sum())
            }
            Self::Banana => libm::log(TAU * BANANA_LENGTH * BANANA_WIDTH),
            // ∫ exp(-z_1² e^{-z_2} / 2) dz_1 = √(2π) e^{z_2 / 2}, which the factor e^{-z_2 / 2}
            // takes away
            Self::Funnel => libm::log(TAU * FUNNEL_STD),
            Self::Ring => {
                // π ∫_0^∞ exp(-(u - R²)² / 2 s²) du with u = r²
                let share =
                    0.5 * libm::erfc(-RING_RADIUS * RING_RADIUS / RING_SPREAD * FRAC_1_SQRT_2);
                libm::log(PI * RING_SPREAD * TAU.sqrt() * share)
            }
            Self::LogisticRegression(regression) => regression.log_evidence(),
        }
    }

    /// The square of the plane to look at: its centre and half its side. It holds nearly all of the
    /// target's mass.
    #[must_use]
    pub fn window(&self) -> (Point, f64) {
        match self {
            Self::CorrelatedGaussian | Self::Gaussians(_) | Self::Ring => ([0.0, 0.0], 4.0),
            Self::Banana => ([0.0, -0.9], 4.0),
            Self::Funnel => ([0.0, -0.3], 4.5),
            Self::LogisticRegression(_) => ([0.5, 0.0], 4.5),
        }
    }

    /// How far log p̃ is analytic beside the real plane: what the spacing of a quadrature must
    /// resolve.
    #[must_use]
    pub fn feature(&self) -> f64 {
        match self {
            // The sum of two equal peaks is 0 half-way between them, π s² / distance into the
            // complex plane.
            Self::Gaussians(gaussians) => {
                let [first, second] = [gaussians[0], gaussians[1]];
                let distance =
                    libm::hypot(first.mean[0] - second.mean[0], first.mean[1] - second.mean[1]);
                PI * first.std * first.std / distance
            }
            _ => 1.0,
        }
    }

    /// Points and masses, in proportion, whose weighted sums are expectations under p: the rule of
    /// [`normal_nodes`] in coordinates in which the target is Gaussian or nearly so.
    #[must_use]
    pub fn nodes(&self) -> Vec<Node> {
        let standard = || normal_nodes(0.25, 6.5);
        match self {
            Self::CorrelatedGaussian => {
                let [s1, s2] = GAUSSIAN_STD;
                let covariance = [s1 * s1, GAUSSIAN_CORRELATION * s1 * s2, s2 * s2];
                let p = Gaussian::with_covariance([0.0, 0.0], covariance);
                standard()
                    .into_iter()
                    .map(|node| Node { z: p.at(node.z), mass: node.mass })
                    .collect()
            }
            Self::Gaussians(gaussians) => {
                let total: f64 = gaussians.iter().map(|b| b.height * b.std * b.std).sum();
                let nodes = normal_nodes(0.4, 6.5);
                let of = |b: &IsotropicGaussian| {
                    let (p, weight) =
                        (Gaussian::diagonal(b.mean, [b.std; 2]), b.height * b.std * b.std / total);
                    nodes
                        .iter()
                        .map(move |node| Node { z: p.at(node.z), mass: weight * node.mass })
                        .collect::<Vec<_>>()
                };
                gaussians.iter().flat_map(of).collect()
            }
            Self::Banana => {
                let bend = |Node { z, mass }: Node| {
                    let along = BANANA_LENGTH * z[0];
                    Node {
                        z: [along, BANANA_TOP - BANANA_BEND * along * along + BANANA_WIDTH * z[1]],
                        mass,
                    }
                };
                standard().into_iter().map(bend).collect()
            }
            Self::Funnel => {
                let spread = |Node { z, mass }: Node| {
                    let depth = FUNNEL_STD * z[1];
                    Node { z: [z[0] * libm::exp(0.5 * depth), depth], mass }
                };
                standard().into_iter().map(spread).collect()
            }
            Self::Ring => ring_nodes(),
            Self::LogisticRegression(regression) => regression.nodes(),
        }
    }
}

fn evaluate_gaussians(gaussians: &[IsotropicGaussian], z: Point) -> (f64, Point) {
    let exponent = |b: &IsotropicGaussian| {
        let d = [z[0] - b.mean[0], z[1] - b.mean[1]];
        -0.5 * (d[0] * d[0] + d[1] * d[1]) / (b.std * b.std)
    };
    let largest = gaussians.iter().map(exponent).fold(f64::NEG_INFINITY, f64::max);
    let mut total = 0.0;
    let mut sum = [0.0; 2];
    for b in gaussians {
        let mass = b.height * libm::exp(exponent(b) - largest);
        total += mass;
        for (sum, (z, mean)) in sum.iter_mut().zip(z.iter().zip(b.mean)) {
            *sum -= mass * (z - mean) / (b.std * b.std);
        }
    }
    (largest + libm::log(total), [sum[0] / total, sum[1] / total])
}

/// Radii by Simpson's rule, as the mass at the centre is not 0, times evenly spaced directions.
fn ring_nodes() -> Vec<Node> {
    const DIRECTIONS: usize = 96;
    const RADII: usize = 60;
    let farthest = RING_RADIUS + 6.0 * RING_WIDTH;
    let mut nodes = Vec::with_capacity(DIRECTIONS * RADII);
    // The centre itself has no area.
    for i in 1..=RADII {
        let radius = farthest * i as f64 / RADII as f64;
        let off = (radius * radius - RING_RADIUS * RING_RADIUS) / RING_SPREAD;
        let mass = radius * libm::exp(-0.5 * off * off) * if i % 2 == 1 { 2.0 } else { 1.0 };
        for direction in 0..DIRECTIONS {
            let (sin, cos) = libm::sincos(TAU * direction as f64 / DIRECTIONS as f64);
            nodes.push(Node { z: [radius * cos, radius * sin], mass });
        }
    }
    super::quadrature::normalize(&mut nodes);
    nodes
}
