//! A denoising diffusion model: it makes samplers, bounds and schedules.

use std::sync::Arc;

use ndarray::{Array1, ArrayView1};
use serde::{Deserialize, Serialize};

use super::noised_image::{NoisedImage, Point};
use super::{
    Accumulator, ClassPosterior, ClassPosteriorOptions, DiffusionElbo, DiffusionElboOptions,
    Sampler, SamplerOptions,
};
use crate::error::{Error, Result};
use crate::image::levels::signed_to_levels;
use crate::math::parameterization::Prediction;
use crate::math::schedule::{LogSnrRange, NoiseSchedule, ScheduleKind};
use crate::model::manifest::{Contract, ImageShape, ModelEntry};
use crate::model::{NoisePredictor, check_class, load};

/// A diffusion model. Where the network knows every log signal-to-noise ratio, it serves every
/// schedule and every number of steps; one with numbered timesteps serves its own chain.
///
/// # Examples
/// ```
/// use elbo_room::engine::{Ddpm, DiffusionElboOptions, Timesteps};
/// use elbo_room::model::manifest::Manifest;
/// use elbo_room::{Error, Result};
///
/// # fn main() -> Result<()> {
/// let manifest = Manifest::parse(&std::fs::read_to_string("models/manifest.json").unwrap())?;
/// let entry = manifest.model("mnist-ddpm").expect("it is among the models");
/// let files = entry.files();
/// let ddpm = Ddpm::load(entry, |role| {
///     std::fs::read(format!("models/{}", files[role].path))
///         .map_err(|error| Error::file(role, "cannot be read").caused_by(error))
/// })?;
/// // Of a black image, 8-bit levels row by row: all timesteps of a chain of 20.
/// let image = vec![0; ddpm.image().dimensions()];
/// let options = DiffusionElboOptions {
///     steps: 20,
///     timesteps: Timesteps::All,
///     seed: 0,
///     ..Default::default()
/// };
/// let mut bound = ddpm.elbo(&image, &options)?;
/// while !bound.is_done() {
///     bound.step()?;
/// }
/// let result = bound.result().expect("it is complete");
/// let terms = result.l_t + result.l_denoising.mean + result.l_0.mean;
/// assert!((result.elbo.mean + terms).abs() < 1e-9 * terms.abs());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Ddpm {
    predictor: Arc<dyn NoisePredictor>,
    image: ImageShape,
    log_snr: LogSnrRange,
    classes: Vec<String>,
    /// Log SNR at the steps of the training's chain.
    trained: Option<Vec<f64>>,
    /// Whether the network knows the noise of that chain's steps alone.
    trained_only: bool,
}

/// Row i belongs to timestep `t[i]`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ScheduleTable {
    /// Timesteps, 1 to the number of steps.
    pub t: Vec<usize>,
    /// Log signal-to-noise ratio, `log(alpha_bar / (1 - alpha_bar))`.
    pub log_snr: Vec<f64>,
    /// Share of the signal's variance, the cumulative product of `1 - beta`.
    pub alpha_bar: Vec<f64>,
}

/// Which draw of x_t to show.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct DiffuseOptions {
    /// Timestep, 1 to `steps`.
    pub t: usize,
    /// "cosine" if absent.
    pub schedule: ScheduleKind,
    /// Steps T of the chain, 2 to 100000; 1000 if absent.
    pub steps: usize,
    /// Class to condition on; null for none.
    #[cfg_attr(test, ts(optional = nullable))]
    pub class: Option<usize>,
    /// Seed of the noise; for JavaScript drawn afresh if absent.
    pub seed: u64,
}

impl Default for DiffuseOptions {
    fn default() -> Self {
        let DiffusionElboOptions { schedule, steps, class, seed, .. } =
            DiffusionElboOptions::default();
        Self { t: 0, schedule, steps, class, seed }
    }
}

/// One draw of x_t: the very one of pass 0 of the bound with the same seed, schedule and steps.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Diffused {
    /// The seed that was used.
    pub seed: u64,
    /// The timestep.
    pub t: usize,
    /// Log signal-to-noise ratio at t.
    pub log_snr: f64,
    /// x_t as 8-bit levels, clamped to [-1, 1] for display.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array"))]
    pub x: Vec<u8>,
    /// The clean image that the model predicts from it.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array"))]
    pub predicted_x0: Vec<u8>,
    /// This draw's L_{t-1}, or L_0 at t = 1, in nats.
    pub nats: f64,
}

impl Ddpm {
    /// A diffusion model from its network. `log_snr` bounds the log-SNR-linear schedule.
    pub fn new(
        predictor: Arc<dyn NoisePredictor>,
        image: ImageShape,
        log_snr: LogSnrRange,
        classes: Vec<String>,
    ) -> Self {
        Self { predictor, image, log_snr, classes, trained: None, trained_only: false }
    }

    /// Loads the model that `entry` describes; `file` gives the bytes of a role, `network`.
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest) if the entry is not a diffusion model or
    /// is invalid, [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) or
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if the file is not what it says.
    pub fn load(entry: &ModelEntry, file: impl Fn(&str) -> Result<Vec<u8>>) -> Result<Self> {
        entry.validate()?;
        let Contract::Ddpm(ddpm) = &entry.contract else {
            return Err(Error::entry(&entry.id, "it is not a diffusion model"));
        };
        let (predictor, convention) = load::noise_predictor(entry, ddpm, &file)?;
        Ok(Self {
            trained: convention.trained_log_snr(),
            trained_only: convention.knows_own_steps_only(),
            ..Self::new(predictor, entry.image, convention.log_snr_range(), ddpm.classes.clone())
        })
    }

    /// Shape of the images.
    #[must_use]
    pub fn image(&self) -> ImageShape {
        self.image
    }

    /// Names of the classes.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The schedules that the network knows the noise levels of, the training's own first.
    #[must_use]
    pub fn schedules(&self) -> Vec<ScheduleKind> {
        let own = self.trained.iter().map(|_| ScheduleKind::Trained);
        let others = ScheduleKind::ALL.into_iter().filter(|_| !self.trained_only);
        own.chain(others).collect()
    }

    /// Steps of the chain that the network was trained on, if it was on one.
    pub fn trained_steps(&self) -> Option<usize> {
        self.trained.as_ref().map(Vec::len)
    }

    /// The noise schedule of a chain of `steps` steps.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) if the number of steps is out of range, or for
    /// a schedule that [`Ddpm::schedules`] does not have.
    pub fn schedule(&self, kind: ScheduleKind, steps: usize) -> Result<NoiseSchedule> {
        match (kind, &self.trained) {
            (ScheduleKind::Trained, Some(trained)) => NoiseSchedule::trained(trained, steps),
            (kind, Some(trained)) if self.trained_only => Err(Error::request(
                format_args!(
                    "the schedule is {kind}, but the network knows the noise of the {} timesteps \
                        of its training alone",
                    trained.len()
                ),
                "use \"trained\"",
            )),
            _ => NoiseSchedule::new(kind, steps, self.log_snr),
        }
    }

    /// The same as columns.
    ///
    /// # Errors
    /// As [`Ddpm::schedule`].
    pub fn schedule_table(&self, kind: ScheduleKind, steps: usize) -> Result<ScheduleTable> {
        let schedule = self.schedule(kind, steps)?;
        let t: Vec<usize> = (1..=schedule.steps()).collect();
        let log_snr = t.iter().map(|&t| schedule.log_snr(t)).collect();
        let alpha_bar = t.iter().map(|&t| schedule.alpha_bar(t)).collect();
        Ok(ScheduleTable { t, log_snr, alpha_bar })
    }

    /// What the model takes the clean image and the noise in `x_t` to be: one run of the network.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a wrong length,
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a value that is not finite or a class that
    /// the model does not have.
    pub fn predict(&self, x_t: &[f64], log_snr: f64, class: Option<usize>) -> Result<Prediction> {
        self.predictor.predict(ArrayView1::from(x_t), log_snr, class)
    }

    /// Starts one or more reverse chains.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for options out of range.
    pub fn sampler(&self, options: &SamplerOptions) -> Result<Sampler> {
        check_class(options.class, self.classes.len())?;
        let schedule = self.schedule(options.schedule, options.steps)?;
        let classes = self.classes.len();
        Sampler::new(Arc::clone(&self.predictor), schedule, self.image, classes, options)
    }

    /// Starts reverse chains at timestep `t` from given `x_t`, one state for each chain, in units
    /// where clean images lie in
    /// `[-1, 1]`.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a wrong number of states or of pixels,
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a value that is not finite, `t` outside
    /// `1..=steps`, or other options out of range.
    pub fn sampler_from(
        &self,
        x_t: &[Array1<f64>],
        t: usize,
        options: &SamplerOptions,
    ) -> Result<Sampler> {
        let (sampler, dimensions) = (self.sampler(options)?, self.image.dimensions());
        check_timestep(t, options.steps)?;
        if x_t.len() != options.chains {
            return Err(Error::shape(
                "x_t",
                format_args!("{} states", x_t.len()),
                format_args!("one for each of {} chains", options.chains),
            ));
        }
        for (chain, x) in x_t.iter().enumerate() {
            if x.len() != dimensions {
                let found = x.len();
                return Err(Error::shape(
                    format_args!("x_t of chain {chain}"),
                    format_args!("{found} values"),
                    dimensions,
                ));
            }
            if let Some(bad) = x.iter().find(|v| !v.is_finite()) {
                return Err(Error::value(
                    format_args!("a value of x_t of chain {chain}"),
                    bad,
                    "finite",
                ));
            }
        }
        Ok(sampler.starting_at(t, x_t.to_vec(), None))
    }

    /// Noises an image given as 8-bit levels to timestep `t` and starts reverse chains from there,
    /// each from a draw of
    /// `q(x_t|x_0)` of its own.
    ///
    /// The draw of chain k has the noise of pass k of [`Ddpm::elbo`] with the same seed, schedule
    /// and steps; that of chain 0 is the one of [`Ddpm::diffuse`].
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a wrong length,
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for `t` outside `1..=steps` or other options
    /// out of range.
    pub fn denoise(&self, levels: &[u8], t: usize, options: &SamplerOptions) -> Result<Sampler> {
        super::check_image(levels, self.image.dimensions())?;
        let sampler = self.sampler(options)?;
        check_timestep(t, options.steps)?;
        let image = NoisedImage::new(
            Arc::clone(&self.predictor),
            sampler.schedule().clone(),
            levels,
            sampler.seed(),
        );
        let x = (0..sampler.chains())
            .map(|chain| image.noised(options.number(chain) as usize, t))
            .collect();
        Ok(sampler.starting_at(t, x, Some(levels.to_vec())))
    }

    /// Starts the bound of one image, given as 8-bit levels.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a wrong length,
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for options out of range.
    pub fn elbo(
        &self,
        levels: &[u8],
        options: &DiffusionElboOptions,
    ) -> Result<Accumulator<DiffusionElbo>> {
        super::check_image(levels, self.image.dimensions())?;
        check_class(options.class, self.classes.len())?;
        let schedule = self.schedule(options.schedule, options.steps)?;
        DiffusionElbo::new(Arc::clone(&self.predictor), schedule, levels, options)
            .map(Accumulator::new)
    }

    /// Starts the posterior over classes of one image, given as 8-bit levels.
    ///
    /// # Errors
    /// As [`Ddpm::elbo`], and [`ErrorKind::Value`](crate::ErrorKind::Value) if the model has no
    /// classes.
    pub fn classify(
        &self,
        levels: &[u8],
        options: &ClassPosteriorOptions,
    ) -> Result<Accumulator<ClassPosterior>> {
        super::check_image(levels, self.image.dimensions())?;
        if self.classes.is_empty() {
            return Err(Error::request(
                "the model has no classes to tell apart",
                "load one that is conditioned on a class",
            ));
        }
        let schedule = self.schedule(options.schedule, options.steps)?;
        ClassPosterior::new(
            Arc::clone(&self.predictor),
            schedule,
            levels,
            self.classes.len(),
            options,
        )
        .map(Accumulator::new)
    }

    /// An image given as 8-bit levels, noised to `x_t`, with the model's prediction and the draw's
    /// term of the bound.
    ///
    /// The noise is that of pass 0 of [`Ddpm::elbo`] with the same seed, schedule and steps: where
    /// that pass visits `t`, and with [`Timesteps::All`](super::Timesteps::All) it visits every
    /// `t`, what is shown is what is counted.
    ///
    /// # Errors
    /// As [`Ddpm::elbo`], and those of the network.
    pub fn diffuse(&self, levels: &[u8], options: &DiffuseOptions) -> Result<Diffused> {
        let &DiffuseOptions { t, schedule, steps, class, seed } = options;
        super::check_image(levels, self.image.dimensions())?;
        check_class(class, self.classes.len())?;
        let schedule = self.schedule(schedule, steps)?;
        check_timestep(t, steps)?;
        let log_snr = schedule.log_snr(t);
        let image = NoisedImage::new(Arc::clone(&self.predictor), schedule, levels, seed);
        let draw = image.draw(Point { pass: 0, t, repeat: 0, class })?;
        let (x, predicted_x0) =
            (signed_to_levels(draw.x_t.view()), signed_to_levels(draw.predicted_x0.view()));
        Ok(Diffused { seed, t, log_snr, x, predicted_x0, nats: draw.nats })
    }
}

fn check_timestep(t: usize, steps: usize) -> Result<()> {
    if (1..=steps).contains(&t) {
        return Ok(());
    }
    Err(Error::value("t", t, format_args!("a timestep from 1 to {steps}")))
}
