//! The Gaussian that a posterior looks like at its mode (Laplace's method), without derivatives of
//! the network.
//!
//! log p(x, z) is that of a prior N(0, I) and of a likelihood whose parameters η(z) a network
//! gives. Gauss-Newton: with the Jacobian J = ∂η/∂e by central differences, the score s = ∂log
//! p(x|η)/∂η and the information I = -∂²log p(x|η)/∂η², per parameter, the gradient is Jᵀ s and the
//! curvature Jᵀ I J, to which the prior adds its own.

use super::linear::Factor;
use ndarray::{Array1, Array2, ArrayView1, Axis, Zip};

/// How log p(x|z) depends on the numbers that a decoder gives.
#[derive(Clone, Debug)]
pub struct Sensitivity {
    /// log p(x|z) in nats.
    pub log_likelihood: f64,
    /// The decoder's numbers η.
    pub parameters: Array1<f64>,
    /// ∂ log p / ∂η.
    pub score: Array1<f64>,
    /// -∂² log p / ∂η², at least 0, what pairs of parameters do together left out.
    pub information: Array1<f64>,
}

/// A Gaussian fitted at the mode, in the standardized noise e of q.
#[derive(Clone, Debug)]
pub struct Laplace {
    /// The mode.
    pub mode: Array1<f64>,
    /// The Cholesky factor of the covariance, the inverse of the curvature.
    pub factor: Factor,
}

/// Distance of the two ends of a central difference from its middle, in standard deviations of q:
/// wide enough to see past the rounding of a network in f32, and to average over the wiggles that a
/// derivative would see.
const STEP: f64 = 0.5;

/// Most Gauss-Newton steps.
const STEPS: usize = 6;

/// A step that moves no entry by more than this, in standard deviations, is the last.
const SETTLED: f64 = 0.05;

/// The mode and curvature of log p(x, μ + σ e) over e, from e = 0 on. `evaluate` gives a
/// likelihood's sensitivity at a latent vector. None if the curvature is not that of a maximum.
///
/// 2 d + 1 evaluations a step for d latents, of six steps at most: for 16 latents about 170.
///
/// # Errors
/// Those of `evaluate`.
pub fn laplace<E>(
    mean: ArrayView1<'_, f64>,
    std: ArrayView1<'_, f64>,
    mut evaluate: impl FnMut(ArrayView1<'_, f64>) -> Result<Option<Sensitivity>, E>,
) -> Result<Option<Laplace>, E> {
    let latent = |e: &Array1<f64>| &mean + &(&std * e);
    let log_prior = |z: &Array1<f64>| -0.5 * z.dot(z);
    let mut mode = Array1::<f64>::zeros(mean.len());
    let Some(mut at) = evaluate(latent(&mode).view())? else { return Ok(None) };
    for step in 0..=STEPS {
        let Some((gradient, curvature)) = expand(&mode, &at, mean, std, &mut evaluate)? else {
            return Ok(None);
        };
        let Some(precision) = Factor::cholesky(curvature.view()) else { return Ok(None) };
        let direction = precision.solve(gradient.view());
        let settled = direction.iter().all(|d| d.abs() < SETTLED);
        let moved = if step < STEPS && !settled {
            let value = at.log_likelihood + log_prior(&latent(&mode));
            line_search(&mode, &direction, value, |e| {
                let z = latent(e);
                Ok(evaluate(z.view())?.map(|at| (at.log_likelihood + log_prior(&z), at)))
            })?
        } else {
            None
        };
        match moved {
            Some((next, there)) => (mode, at) = (next, there),
            None => {
                let covariance = precision.inverse();
                return Ok(
                    Factor::cholesky(covariance.view()).map(|factor| Laplace { mode, factor })
                );
            }
        }
    }
    Ok(None)
}

/// Gradient and negative curvature.
type Expansion = (Array1<f64>, Array2<f64>);

/// Gradient and negative curvature of log p(x, z) at e.
fn expand<E>(
    e: &Array1<f64>,
    at: &Sensitivity,
    mean: ArrayView1<'_, f64>,
    std: ArrayView1<'_, f64>,
    evaluate: &mut impl FnMut(ArrayView1<'_, f64>) -> Result<Option<Sensitivity>, E>,
) -> Result<Option<Expansion>, E> {
    let d = e.len();
    let mut jacobian = Array2::zeros((d, at.parameters.len()));
    for i in 0..d {
        let mut end = |sign: f64| {
            let mut there = e.clone();
            there[i] += sign * STEP;
            evaluate((&mean + &(&std * &there)).view())
        };
        let (Some(above), Some(below)) = (end(1.0)?, end(-1.0)?) else { return Ok(None) };
        Zip::from(jacobian.index_axis_mut(Axis(0), i))
            .and(&above.parameters)
            .and(&below.parameters)
            .for_each(|j, a, b| *j = (a - b) / (2.0 * STEP));
    }
    let z = &mean + &(&std * e);
    let mut gradient = -(&std * &z);
    let mut curvature = Array2::from_diag(&std.mapv(|s| s * s));
    for i in 0..d {
        let row = jacobian.index_axis(Axis(0), i);
        gradient[i] += row.dot(&at.score);
        let weighted = &row * &at.information;
        for j in 0..=i {
            let sum = weighted.dot(&jacobian.index_axis(Axis(0), j));
            curvature[[i, j]] += sum;
            if i != j {
                curvature[[j, i]] += sum;
            }
        }
    }
    Ok(Some((gradient, curvature)))
}

/// log p(x, z), and the sensitivity there.
type Valued = (f64, Sensitivity);

/// The first of e + direction, e + direction / 2, … that has a higher value.
fn line_search<E>(
    e: &Array1<f64>,
    direction: &Array1<f64>,
    value: f64,
    mut evaluate: impl FnMut(&Array1<f64>) -> Result<Option<Valued>, E>,
) -> Result<Option<(Array1<f64>, Sensitivity)>, E> {
    let mut share = 1.0;
    for _ in 0..5 {
        let there = e + &(direction * share);
        let Some((found, at)) = evaluate(&there)? else { return Ok(None) };
        if found > value {
            return Ok(Some((there, at)));
        }
        share *= 0.5;
    }
    Ok(None)
}
