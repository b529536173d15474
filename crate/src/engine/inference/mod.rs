//! Variational inference in the plane, iteration by iteration.

mod options;
mod report;

pub use self::options::{Component, Density, InferenceOptions};
use self::options::{components_of, default_start, start_of};
pub use self::report::{ForwardFit, GradientVariance, InferenceState, InferenceTrace};
use crate::error::{Error, Result};
use crate::math::inference::Point;
use crate::math::inference::contour::{Grid, Viewport};
use crate::math::inference::exact::{Exact, exact, forward_kl};
use crate::math::inference::forward::forward_fit;
use crate::math::inference::gradient::{GradientEstimate, GradientSample, estimate};
use crate::math::inference::logistic_regression::{LogisticRegression, Observation};
use crate::math::inference::optimizer::Optimizer;
use crate::math::inference::quadrature::Node;
use crate::math::inference::target::{Target, TargetKind};
use crate::math::inference::variational::{Family, Mixture, Parameters};
use crate::math::rng::{Purpose, standard_normal};

/// A fit in progress. Draws are addressed by seed, iteration and component, so the same options
/// always give the same q.
///
/// # Examples
/// ```
/// use elbo_room::engine::{InferenceOptions, VariationalInference};
/// use elbo_room::math::inference::target::TargetKind;
/// use elbo_room::math::inference::variational::Family;
///
/// # fn main() -> elbo_room::Result<()> {
/// let options = InferenceOptions { seed: 0, ..Default::default() };
/// let mut fit =
///     VariationalInference::new(TargetKind::CorrelatedGaussian, Family::MeanField, &options)?;
/// fit.step(500)?;
/// let state = fit.state();
/// assert!((state.gap - (state.log_z - state.elbo)).abs() < 1e-9);
/// // Independent coordinates never explain a correlation of 0.9.
/// assert!(state.gap >= -0.5 * (1.0_f64 - 0.9 * 0.9).ln() - 1e-6);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct VariationalInference {
    problem: Problem,
    integrals: Integrals,
    start: Mixture,
    progress: Progress,
}

/// What is fitted to what, and how.
#[derive(Debug)]
struct Problem {
    target: Target,
    family: Family,
    options: InferenceOptions,
    seed: u64,
}

/// What depends on the target and the family alone.
#[derive(Debug)]
struct Integrals {
    log_z: f64,
    nodes: Vec<Node>,
    forward: Mixture,
}

/// Where a fit is.
#[derive(Debug)]
struct Progress {
    parameters: Vec<Parameters>,
    optimizer: Optimizer,
    iteration: u64,
    diverged: bool,
    /// The estimate that the next step follows, from the draws of `iteration`.
    next: GradientEstimate,
    exact: Exact,
    trace: InferenceTrace,
}

impl VariationalInference {
    /// Most components of a mixture.
    pub const MAX_COMPONENTS: usize = 8;
    /// Most draws from a component in one iteration.
    pub const MAX_SAMPLES: usize = 100;
    /// Largest learning rate.
    pub const MAX_LEARNING_RATE: f64 = 1.0;
    /// Most iterations of one call to [`VariationalInference::step`].
    pub const MAX_ITERATIONS: u64 = 1_000_000;
    /// Range of the standard deviations that can be set.
    pub const STD_RANGE: (f64, f64) = (0.02, 20.0);
    /// Largest |coordinate| of a mean that can be set.
    pub const MAX_MEAN: f64 = 50.0;
    /// Largest |correlation| that can be set.
    pub const MAX_CORRELATION: f64 = 0.999;

    /// A fit that has made no iteration.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for options out of range or foreign to the
    /// target or the family.
    pub fn new(target: TargetKind, family: Family, options: &InferenceOptions) -> Result<Self> {
        let components = options.components(family)?;
        let target = match (target, &options.data) {
            (kind, None) => Target::new(kind),
            (TargetKind::LogisticRegression, Some(data)) => {
                Target::LogisticRegression(LogisticRegression::new(data.clone())?)
            }
            (_, Some(_)) => {
                return Err(Error::request(
                    "data is for the target logistic-regression",
                    "leave it out",
                ));
            }
        };
        let start = match &options.start {
            None => default_start(&target, components),
            Some(start) => start_of(start, family, components)?,
        };
        let seed = options.seed;
        let problem = Problem { target, family, options: options.clone(), seed };
        let integrals = problem.integrals(components);
        let progress = Progress::new(&problem, &start);
        Ok(Self { problem, integrals, start, progress })
    }

    /// Makes `n` iterations: draws, a gradient estimate, a step uphill. Stops early if the fit
    /// diverges.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for more than
    /// [`VariationalInference::MAX_ITERATIONS`].
    pub fn step(&mut self, n: u64) -> Result<()> {
        if n > Self::MAX_ITERATIONS {
            return Err(Error::value(
                "n",
                n,
                format_args!("at most {} iterations for one call", Self::MAX_ITERATIONS),
            ));
        }
        self.progress.advance(&self.problem, n);
        Ok(())
    }

    /// Back to the first q, with nothing learnt: the same iterations follow.
    pub fn reset(&mut self) {
        self.progress = Progress::new(&self.problem, &self.start);
    }

    /// Replaces q by hand. It is the new start: iterations count from 0 again.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for another number of components or values out
    /// of range.
    pub fn set_q(&mut self, components: &[Component]) -> Result<()> {
        self.start = start_of(components, self.problem.family, self.start.components.len())?;
        self.reset();
        Ok(())
    }

    /// Replaces the data of the logistic regression. The present q is the new start: iterations
    /// count from 0 again.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for another target, or for data that
    /// [`LogisticRegression::new`] refuses.
    pub fn set_data(&mut self, data: Vec<Observation>) -> Result<()> {
        let Target::LogisticRegression(regression) = &mut self.problem.target else {
            return Err(Error::request(
                "only the target logistic-regression has data",
                "make a fit of that target",
            ));
        };
        *regression = LogisticRegression::new(data)?;
        self.start = self.progress.q();
        self.integrals = self.problem.integrals(self.start.components.len());
        self.reset();
        Ok(())
    }

    /// Where the fit stands.
    #[must_use]
    pub fn state(&self) -> InferenceState {
        let Progress { iteration, diverged, next, exact, .. } = &self.progress;
        let q = self.progress.q();
        let squares = exact.gradient.iter().flatten().map(|g| g * g);
        InferenceState {
            seed: self.problem.seed,
            iteration: *iteration,
            diverged: *diverged,
            log_z: self.integrals.log_z,
            elbo_estimate: next.elbo,
            elbo: exact.elbo,
            gap: self.integrals.log_z - exact.elbo,
            forward_kl: self.forward_kl(&q),
            gradient_norm: squares.sum::<f64>().sqrt(),
            gradient_variance: self.problem.variance(exact),
            q: components_of(&q),
        }
    }

    /// The course so far.
    #[must_use]
    pub fn trace(&self) -> InferenceTrace {
        let gap = self.progress.trace.elbo.iter().map(|elbo| self.integrals.log_z - elbo);
        InferenceTrace { gap: gap.collect(), ..self.progress.trace.clone() }
    }

    /// The q that minimizes KL(p || q), for comparison.
    #[must_use]
    pub fn forward(&self) -> ForwardFit {
        let q = &self.integrals.forward;
        let elbo = exact(&self.problem.target, self.problem.family, q).elbo;
        ForwardFit {
            elbo,
            gap: self.integrals.log_z - elbo,
            forward_kl: self.forward_kl(q),
            q: components_of(q),
        }
    }

    fn forward_kl(&self, q: &Mixture) -> f64 {
        forward_kl(&self.problem.target, &self.integrals.nodes, self.integrals.log_z, q)
    }

    /// The draws that the next step follows, and their gradients by the means.
    #[must_use]
    pub fn draws(&self) -> &[GradientSample] {
        &self.progress.next.draws
    }

    /// The data of the logistic regression; empty for other targets.
    #[must_use]
    pub fn data(&self) -> &[Observation] {
        match &self.problem.target {
            Target::LogisticRegression(regression) => regression.data(),
            _ => &[],
        }
    }

    /// The square of the plane that holds the target.
    #[must_use]
    pub fn window(&self) -> Viewport {
        let ([x, y], half) = self.problem.target.window();
        Viewport { x: [x - half, x + half], y: [y - half, y + half] }
    }

    /// Normalized log densities in nats on a grid over the window.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for fewer than 2 or more than 2000 columns or
    /// rows.
    pub fn grid(&self, density: Density, columns: usize, rows: usize) -> Result<Grid> {
        for (what, count) in [("columns", columns), ("rows", rows)] {
            if !(2..=2000).contains(&count) {
                return Err(Error::value(what, count, "2 to 2000"));
            }
        }
        let grid = |log_density: &dyn Fn(Point) -> f64| {
            Grid::of(self.window(), columns, rows, log_density)
        };
        let q = self.progress.q();
        Ok(match density {
            Density::Target => grid(&|z| self.problem.target.log_density(z) - self.integrals.log_z),
            Density::Reverse => grid(&|z| q.log_density(z)),
            Density::Forward => grid(&|z| self.integrals.forward.log_density(z)),
        })
    }

    /// The lines around the densest region that holds a share of the mass in the window, from a
    /// grid of `points` by `points`.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a share outside (0, 1), or a grid that
    /// [`VariationalInference::grid`] refuses.
    pub fn contours(&self, density: Density, share: f64, points: usize) -> Result<Vec<Vec<Point>>> {
        if !(share > 0.0 && share < 1.0) {
            return Err(Error::value("share", share, "above 0 and below 1"));
        }
        let grid = self.grid(density, points, points)?;
        Ok(grid.levels(&[share]).into_iter().flat_map(|level| grid.contours(level)).collect())
    }
}

impl Problem {
    fn integrals(&self, components: usize) -> Integrals {
        let nodes = self.target.nodes();
        Integrals {
            log_z: self.target.log_z(),
            forward: forward_fit(&nodes, self.family, components),
            nodes,
        }
    }

    fn estimate(&self, q: &Mixture, iteration: u64) -> GradientEstimate {
        let draws = 2 * self.options.samples;
        let noise = |k| {
            standard_normal(self.seed, Purpose::Variational, [iteration, k as u64], draws).to_vec()
        };
        let noise: Vec<Vec<f64>> = (0..q.components.len()).map(noise).collect();
        estimate(self.options.gradient, &self.target, self.family, q, &noise)
    }

    /// Variances of the estimates from the number of draws that is used.
    fn variance(&self, exact: &Exact) -> GradientVariance {
        let draws = self.options.samples as f64;
        GradientVariance {
            reparameterized: exact.reparameterized_variance / draws,
            score_function: exact.score_variance / draws,
        }
    }
}

impl Progress {
    fn new(problem: &Problem, start: &Mixture) -> Self {
        let Problem { target, family, options, .. } = problem;
        let mut progress = Self {
            parameters: start.parameters(),
            optimizer: Optimizer::new(
                options.optimizer,
                options.learning_rate,
                start.components.len(),
            ),
            iteration: 0,
            diverged: false,
            next: problem.estimate(start, 0),
            exact: exact(target, *family, start),
            trace: InferenceTrace::default(),
        };
        progress.record(problem);
        progress
    }

    fn q(&self) -> Mixture {
        Mixture::from_parameters(&self.parameters)
    }

    fn advance(&mut self, problem: &Problem, n: u64) {
        for _ in 0..n {
            let mut parameters = self.parameters.clone();
            self.optimizer.ascend(&mut parameters, &self.next.gradient);
            self.diverged |= !parameters.iter().all(is_sensible);
            if self.diverged {
                break;
            }
            self.parameters = parameters;
            self.iteration += 1;
            self.next = problem.estimate(&self.q(), self.iteration);
            if is_traced(self.iteration) {
                self.exact = exact(&problem.target, problem.family, &self.q());
                self.record(problem);
            }
        }
        if self.trace.iteration.last() != Some(&self.iteration) {
            self.exact = exact(&problem.target, problem.family, &self.q());
        }
    }

    fn record(&mut self, problem: &Problem) {
        let variance = problem.variance(&self.exact);
        self.trace.iteration.push(self.iteration);
        self.trace.elbo_estimate.push(self.next.elbo.mean);
        self.trace.elbo.push(self.exact.elbo);
        self.trace.reparameterized_variance.push(variance.reparameterized);
        self.trace.score_function_variance.push(variance.score_function);
    }
}

/// Which iterations are recorded: all at first, where most happens, then fewer and fewer.
fn is_traced(iteration: u64) -> bool {
    let spacing = match iteration {
        0..10 => 1,
        10..100 => 5,
        100..1000 => 20,
        1000..10_000 => 100,
        _ => 500,
    };
    iteration.is_multiple_of(spacing)
}

/// Far beyond what any fit of the targets needs, and far within what can be computed with.
fn is_sensible(&[m1, m2, log_l11, l21, log_l22, logit]: &Parameters) -> bool {
    let within = |value: f64, limit: f64| value.abs() <= limit;
    within(m1, 1e3)
        && within(m2, 1e3)
        && within(l21, 1e3)
        && [log_l11, log_l22].iter().all(|&v| within(v, 7.0))
        && within(logit, 300.0)
}
