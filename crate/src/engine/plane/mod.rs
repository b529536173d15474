//! Diffusion in the plane, where log p(x) is known.

mod network;
mod options;
mod particles;
mod point;
mod report;

use std::sync::Arc;

pub use self::network::{PlaneNetwork, PlaneNetworkOptions, PlaneTrainingTrace};
pub use self::options::{PlaneComponent, PlaneDiffusionOptions, PlaneModel, PlanePreset};
use self::options::{data_of, schedule_of};
pub use self::particles::PlaneParticles;
use self::particles::{Particles, draws, pairs, streams};
pub use self::point::PlanePoint;
pub use self::report::{
    PlaneErrors, PlaneForm, PlaneGap, PlaneKernel, PlaneKernels, PlanePath, PlanePointResult,
    PlaneScores, PlaneSweep, PlaneSweepPoint, PlaneTerms,
};
use crate::error::{Error, Result};
use crate::math::diffusion::q_posterior;
use crate::math::elbo::{Estimate, l_denoising};
use crate::math::inference::Point;
use crate::math::inference::contour::{Grid, Viewport};
use crate::math::inference::variational::Mixture;
use crate::math::numeric::mean;
use crate::math::plane::bound::noised;
use crate::math::plane::distance::energy_distance;
use crate::math::plane::held_out::HeldOut;
use crate::math::plane::mixture::{NoisedMixture, moment_match, reverse_kernel};
use crate::math::plane::{Denoiser, score};
use crate::math::schedule::NoiseSchedule;
use crate::model::debug_by_name;
use ndarray::aview1;

/// A model of x̂_0 that threads may share.
type SharedDenoiser = Arc<dyn Denoiser + Send + Sync>;

debug_by_name!(dyn Denoiser + Send + Sync);

/// A diffusion of data with a known density, and a model of it. Noise is addressed by the seed, so
/// the same options give the same particles and numbers.
#[derive(Debug)]
pub struct PlaneDiffusion {
    data: Mixture,
    model: SharedDenoiser,
    /// The model's own density, where it has one.
    density: Option<Mixture>,
    schedule: NoiseSchedule,
    eta: f64,
    seed: u64,
    count: usize,
    particles: Particles,
}

/// The model's score, (α x̂_0 - x) / σ², or x̂_0 - x.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum PlaneField {
    /// The model's score (α x̂_0 - x) / σ².
    Score,
    /// x̂_0 - x.
    CleanPoint,
}

impl PlaneDiffusion {
    /// Most components of the data.
    pub const MAX_COMPONENTS: usize = 32;
    /// Longest chain.
    pub const MAX_STEPS: usize = 1000;
    /// Most particles.
    pub const MAX_PARTICLES: usize = 2000;
    /// Range of a component's standard deviations.
    pub const STD_RANGE: (f64, f64) = (0.1, 5.0);
    /// Largest |coordinate| of a component's mean.
    pub const MAX_MEAN: f64 = 10.0;
    /// Largest |coordinate| of a point whose likelihood is asked for.
    pub const MAX_COORDINATE: f64 = 20.0;
    /// The square of the plane that is shown.
    pub const WINDOW: Viewport = Viewport { x: [-4.5, 4.5], y: [-4.5, 4.5] };

    /// Particles at both ends of the chain, no step made.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for options out of range.
    pub fn new(options: &PlaneDiffusionOptions) -> Result<Self> {
        options.validate()?;
        let data = data_of(options.data, options.components.as_deref())?;
        let schedule = schedule_of(options.schedule, options.steps)?;
        let seed = options.seed;
        let density = options.model_of(&data);
        let particles = Particles::new(&data, &schedule, seed, options.particles);
        Ok(Self {
            model: Arc::new(density.clone()),
            density: Some(density),
            data,
            schedule,
            eta: options.eta,
            seed,
            count: options.particles,
            particles,
        })
    }

    /// Puts a network, as far as it is trained, in the place of the model. The way back begins
    /// anew.
    pub fn use_network(&mut self, network: &PlaneNetwork) {
        self.model = Arc::new(network.mlp().clone());
        self.density = None;
        self.particles = Particles::new(&self.data, &self.schedule, self.seed, self.count);
    }

    /// The seed that was used.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The chain.
    #[must_use]
    pub fn schedule(&self) -> &NoiseSchedule {
        &self.schedule
    }

    /// The density of the data.
    #[must_use]
    pub fn data(&self) -> &Mixture {
        &self.data
    }

    /// The smallest t that the samplers have reached; T before the first step.
    #[must_use]
    pub fn reached(&self) -> usize {
        self.particles.reached(&self.schedule)
    }

    /// Makes up to `n` steps of all samplers.
    pub fn advance(&mut self, n: usize) {
        for _ in 0..n.min(self.reached()) {
            self.particles.advance(&*self.model, &self.schedule, self.eta);
        }
    }

    fn check_t(&self, t: usize, least: usize) -> Result<()> {
        let steps = self.schedule.steps();
        if (least..=steps).contains(&t) {
            return Ok(());
        }
        Err(Error::value("t", t, format_args!("{least} to {steps}")))
    }

    /// Positions of the particles at a timestep in 0..=T.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a timestep out of range, or one that the
    /// samplers have not reached.
    pub fn particles(&self, of: PlaneParticles, t: usize) -> Result<&[[f32; 2]]> {
        self.check_t(t, 0)?;
        let frame = self.particles.frame(of, &self.schedule, t);
        frame.map(Vec::as_slice).ok_or_else(|| {
            let reached = self.reached();
            Error::request(
                format_args!("t is {t}, the samplers have reached {reached}"),
                "advance them",
            )
        })
    }

    /// The path of one particle from where it starts to timestep `t`, with the model's x̂_0 from
    /// each of its states.
    ///
    /// # Errors
    /// Those of [`PlaneDiffusion::particles`], and for a particle that is not there.
    pub fn path(&self, of: PlaneParticles, particle: usize, t: usize) -> Result<PlanePath> {
        if particle >= self.count {
            let last = self.count - 1;
            return Err(Error::value("particle", particle, format_args!("0 to {last}")));
        }
        self.particles(of, t)?;
        let timesteps: Vec<usize> = match of {
            PlaneParticles::Forward => (0..=t).collect(),
            _ => (t..=self.schedule.steps()).rev().collect(),
        };
        let mut path = PlanePath { t: timesteps, x: Vec::new(), x0: Vec::new() };
        for &t in &path.t {
            let x = self.particles(of, t)?[particle].map(f64::from);
            path.x.push(x);
            path.x0.push(self.predict(x, t));
        }
        Ok(path)
    }

    /// x̂_0 at a timestep; x itself at t = 0.
    fn predict(&self, x: Point, t: usize) -> Point {
        if t == 0 { x } else { self.model.at(self.schedule.log_snr(t)).predict(x) }
    }

    /// log p_t of the noised data in nats on a grid over [`PlaneDiffusion::WINDOW`], at a timestep
    /// in 0..=T.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a timestep out of range, or fewer than 2
    /// or more than 1000 points along a side.
    pub fn density(&self, t: usize, points: usize) -> Result<Grid> {
        self.check_t(t, 0)?;
        if !(2..=1000).contains(&points) {
            return Err(Error::value("points", points, "2 to 1000"));
        }
        let noised_data = NoisedMixture::new(&self.data, self.schedule.log_snr(t));
        Ok(Grid::of(Self::WINDOW, points, points, |x| noised_data.log_density(x)))
    }

    /// The arrows of a field at `points` by `points` places of the window, each with its place, for
    /// a timestep in 1..=T.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a timestep out of range, or no or more
    /// than 200 points along a side.
    pub fn field(&self, of: PlaneField, t: usize, points: usize) -> Result<Vec<[Point; 2]>> {
        self.check_t(t, 1)?;
        if !(1..=200).contains(&points) {
            return Err(Error::value("points", points, "1 to 200"));
        }
        let level = self.model.at(self.schedule.log_snr(t));
        let (alpha, variance) = (self.schedule.alpha(t), self.schedule.variance(t));
        let [left, right] = Self::WINDOW.x;
        let place = |i: usize| left + (right - left) * (i as f64 + 0.5) / points as f64;
        let arrow = |at: usize| {
            let x = [place(at % points), place(at / points)];
            let x0 = level.predict(x);
            match of {
                PlaneField::Score => [x, score(x, x0, alpha, variance)],
                PlaneField::CleanPoint => [x, [x0[0] - x[0], x0[1] - x[1]]],
            }
        };
        Ok((0..points * points).map(arrow).collect())
    }

    /// What one term of the bound compares, at the x_t that the seed draws for x_0 (the same ε at
    /// every timestep), for t in 2..=T.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a timestep out of range, or a point that
    /// [`PlaneDiffusion::point`] refuses.
    pub fn kernels(&self, x0: Point, t: usize) -> Result<PlaneKernels> {
        self.check_t(t, 2)?;
        check_point(x0)?;
        let x_t = self.noised(x0, t);
        let predicted = self.predict(x_t, t);
        let gaussian = |clean: Point| {
            let (mean, variance) = q_posterior(aview1(&clean), aview1(&x_t), &self.schedule, t);
            PlaneKernel::isotropic([mean[0], mean[1]], variance)
        };
        let truth = moment_match(&reverse_kernel(&self.data, &self.schedule, t, x_t));
        Ok(PlaneKernels {
            t,
            x_t,
            predicted_x0: predicted,
            posterior: gaussian(x0),
            model: gaussian(predicted),
            data: PlaneKernel::of(&truth.components[0]),
            kl: l_denoising(aview1(&x0), aview1(&predicted), &self.schedule, t),
        })
    }

    /// The x_t that the seed draws for x_0.
    pub(crate) fn noised(&self, x0: Point, t: usize) -> Point {
        let noise = pairs(self.seed, streams::POINT, 0, 1);
        let (alpha, sigma) = (self.schedule.alpha(t), self.schedule.sigma(t));
        noised(x0, alpha, sigma, [noise[0], noise[1]])
    }

    /// The likelihoods and bounds of one point, to be computed step by step.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a coordinate beyond
    /// [`PlaneDiffusion::MAX_COORDINATE`].
    pub fn point(&self, x0: Point) -> Result<PlanePoint> {
        check_point(x0)?;
        Ok(PlanePoint::new(self, x0))
    }

    /// How well the model scores and samples the data: its mean bound over draws of the data, and,
    /// once the samplers have ended, how far their samples are from the data.
    #[must_use]
    pub fn scores(&self) -> PlaneScores {
        let held_out = HeldOut::new(&self.data, &self.schedule, self.seed, HELD_OUT);
        let (model, exact) = (held_out.bounds(&*self.model), held_out.bounds(&self.data));
        let loss: Vec<f64> = exact.iter().zip(&model).map(|(exact, model)| exact - model).collect();
        let fresh = [streams::FRESH_COMPONENT, streams::FRESH_DATA];
        let data = draws(&self.data, self.seed, fresh, self.count);
        let distance = |of| {
            let frame = self.particles(of, 0).ok()?;
            let samples: Vec<Point> = frame.iter().map(|x| x.map(f64::from)).collect();
            Some(energy_distance(&samples, &data))
        };
        PlaneScores {
            log_p: mean(&held_out.log_densities()),
            elbo: Estimate::from_samples(&model),
            exact_elbo: Estimate::from_samples(&exact),
            loss: Estimate::from_samples(&loss),
            ancestral: distance(PlaneParticles::Ancestral),
            ddim: distance(PlaneParticles::Ddim),
            flow: distance(PlaneParticles::Flow),
        }
    }
}

/// Draws of the data that a mean bound is taken over.
const HELD_OUT: usize = 512;

fn check_point(x0: Point) -> Result<()> {
    let most = PlaneDiffusion::MAX_COORDINATE;
    match x0.iter().find(|value| !(-most..=most).contains(*value)) {
        None => Ok(()),
        Some(value) => {
            Err(Error::value("a coordinate of the point", value, format_args!("-{most} to {most}")))
        }
    }
}
