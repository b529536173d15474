//! A denoising diffusion model: it makes samplers, bounds and schedules.

use std::sync::Arc;

use serde::Serialize;

use super::{DiffusionElbo, DiffusionElboOptions, Sampler, SamplerOptions};
use crate::error::{Error, Result};
use crate::math::schedule::{LogSnrRange, NoiseSchedule, ScheduleKind};
use crate::model::manifest::{Contract, ImageShape, ModelEntry};
use crate::model::{NoisePredictor, OnnxNoisePredictor};

/// A class-conditional diffusion model, conditioned on the log signal-to-noise ratio: the same network serves every
/// schedule and every number of steps.
pub struct Ddpm {
    predictor: Arc<dyn NoisePredictor>,
    image: ImageShape,
    log_snr: LogSnrRange,
    classes: Vec<String>,
}

/// A schedule as columns, for a chart; row `i` is timestep `t[i]`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduleTable {
    /// Timesteps, 1 to the number of steps.
    pub t: Vec<usize>,
    /// Log signal-to-noise ratio, `log(alpha_bar / (1 - alpha_bar))`.
    pub log_snr: Vec<f64>,
    /// Share of the signal's variance, the cumulative product of `1 - beta`.
    pub alpha_bar: Vec<f64>,
}

impl Ddpm {
    /// A diffusion model from its network. `log_snr` bounds the log-SNR-linear schedule.
    pub fn new(
        predictor: Arc<dyn NoisePredictor>,
        image: ImageShape,
        log_snr: LogSnrRange,
        classes: Vec<String>,
    ) -> Self {
        Self { predictor, image, log_snr, classes }
    }

    /// Loads the model that `entry` describes; `file` gives the bytes of a role, `network`.
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest) if the entry is no diffusion model or is invalid,
    /// [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) or [`ErrorKind::Model`](crate::ErrorKind::Model) if the file
    /// is not what it says.
    pub fn load(entry: &ModelEntry, file: impl Fn(&str) -> Result<Vec<u8>>) -> Result<Self> {
        entry.validate()?;
        let Contract::Ddpm { files, parameterization, log_snr, classes } = &entry.contract else {
            return Err(Error::manifest(format!("model {:?} is not a diffusion model", entry.id)));
        };
        let predictor = OnnxNoisePredictor::load(
            &files.network,
            &file("network")?,
            entry.image,
            *parameterization,
            *log_snr,
            classes.len(),
        )?;
        Ok(Self::new(Arc::new(predictor), entry.image, *log_snr, classes.clone()))
    }

    /// Shape of the images.
    pub fn image(&self) -> ImageShape {
        self.image
    }

    /// Names of the classes.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The noise schedule of a chain of `steps` steps.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) if the number of steps is out of range.
    pub fn schedule(&self, kind: ScheduleKind, steps: usize) -> Result<NoiseSchedule> {
        NoiseSchedule::new(kind, steps, self.log_snr)
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

    /// Starts one or more reverse chains.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for options out of range.
    pub fn sampler(&self, options: &SamplerOptions) -> Result<Sampler> {
        self.check_class(options.class)?;
        let schedule = self.schedule(options.schedule, options.steps)?;
        Sampler::new(Arc::clone(&self.predictor), schedule, self.image, options)
    }

    /// Starts the bound of one image, given as 8-bit levels.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a wrong length, [`ErrorKind::Value`](crate::ErrorKind::Value)
    /// for options out of range.
    pub fn elbo(&self, levels: &[u8], options: &DiffusionElboOptions) -> Result<DiffusionElbo> {
        super::check_image(levels, self.image.dimensions())?;
        self.check_class(options.class)?;
        let schedule = self.schedule(options.schedule, options.steps)?;
        DiffusionElbo::new(Arc::clone(&self.predictor), schedule, levels, options)
    }

    fn check_class(&self, class: Option<usize>) -> Result<()> {
        match class {
            Some(class) if class >= self.classes.len() => Err(Error::value(format!(
                "class {class} is unknown, the model has classes 0 to {}",
                self.classes.len() - 1
            ))),
            _ => Ok(()),
        }
    }
}
