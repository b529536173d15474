//! The reverse chain from pure noise, or from an image noised part of the way; step by step, with
//! every frame kept.

use std::sync::Arc;

use ndarray::Array1;
use serde::Serialize;

pub use super::sampler_options::{Method, SamplerOptions};
use crate::error::{Error, Result};
use crate::image::levels::{rms_difference, signed_to_levels};
use crate::math::diffusion::{ancestral_step, ddim_step};
use crate::math::parameterization::{Prediction, guide};
use crate::math::rng::{Purpose, standard_normal};
use crate::math::schedule::NoiseSchedule;
use crate::model::manifest::ImageShape;
use crate::model::{NoisePredictor, NoisyState};

/// A state of the chains; images are 8-bit levels, chain after chain.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Frame {
    /// Position in the chain, 0 for where it starts.
    pub index: usize,
    /// Timestep: steps that are left.
    pub t: usize,
    /// Log signal-to-noise ratio at t; Infinity at t = 0.
    pub log_snr: f64,
    /// x_t, clamped to [-1, 1] for display.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array"))]
    pub x: Vec<u8>,
    /// The clean image that the model predicts from x_t; at t = 0 the sample.
    #[serde(with = "serde_bytes")]
    #[cfg_attr(test, ts(type = "Uint8Array"))]
    pub predicted_x0: Vec<u8>,
    /// Root mean square difference of predictedX0 from the image that denoise() was given, in
    /// levels, for each chain; else null.
    pub rms_to_original: Option<Vec<f64>>,
}

/// One or more reverse chains and all their frames.
///
/// # Examples
/// ```
/// use elbo_room::engine::{Ddpm, Method, SamplerOptions};
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
/// // Two sevens in five steps of DDIM.
/// let mut sampler = ddpm.sampler(&SamplerOptions {
///     class: Some(7),
///     steps: 5,
///     method: Method::Ddim,
///     guidance: 1.0,
///     chains: 2,
///     seed: 0,
///     ..Default::default()
/// })?;
/// while !sampler.is_done() {
///     sampler.step()?;
/// }
/// let digits = &sampler.frame(5)?.x;
/// assert_eq!(digits.len(), 2 * ddpm.image().dimensions());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Sampler {
    predictor: Arc<dyn NoisePredictor>,
    schedule: NoiseSchedule,
    options: SamplerOptions,
    seed: u64,
    image: ImageShape,
    /// The class of each chain.
    classes: Vec<Option<usize>>,
    start: usize,
    original: Option<Vec<u8>>,
    x: Vec<Array1<f64>>,
    frames: Vec<Frame>,
}

impl Sampler {
    /// Most chains that run side by side.
    pub const MAX_CHAINS: usize = 64;
    /// Most steps of a chain whose frames are kept.
    pub const MAX_STEPS: usize = 1000;
    /// Largest weight of guidance.
    pub const MAX_GUIDANCE: f64 = 20.0;

    /// Starts the chains at `x_T ~ N(0, I)`. The noise of a chain depends on the seed, the chain's
    /// number and the timestep only, so a chain is the same alone and among others.
    pub(super) fn new(
        predictor: Arc<dyn NoisePredictor>,
        schedule: NoiseSchedule,
        image: ImageShape,
        classes: usize,
        options: &SamplerOptions,
    ) -> Result<Self> {
        let out_of_range =
            |what: &str, value: f64, range: &str| Err(Error::value(what, value, range));
        if options.steps > Self::MAX_STEPS {
            return out_of_range(
                "steps",
                options.steps as f64,
                &format!("2 to {}", Self::MAX_STEPS),
            );
        }
        if !(0.0..=1.0).contains(&options.eta) {
            return out_of_range("eta", options.eta, "0 to 1");
        }
        if options.method == Method::Ddpm && options.eta != 0.0 {
            return out_of_range("eta", options.eta, "0 or absent unless the method is \"ddim\"");
        }
        if !(0.0..=Self::MAX_GUIDANCE).contains(&options.guidance) {
            return out_of_range(
                "guidance",
                options.guidance,
                &format!("0 to {}", Self::MAX_GUIDANCE),
            );
        }
        if options.every_class && options.class.is_some() {
            return Err(Error::request(
                "everyClass stands in place of a class",
                "leave one of them out",
            ));
        }
        if options.every_class && classes == 0 {
            return Err(Error::request("the model has no classes", "leave everyClass out"));
        }
        if options.guidance > 0.0 && options.class.is_none() && !options.every_class {
            return Err(Error::request(
                "guidance needs a class to guide to",
                "give a class or set guidance to 0",
            ));
        }
        if !(1..=Self::MAX_CHAINS).contains(&options.chains) {
            return out_of_range(
                "chains",
                options.chains as f64,
                &format!("1 to {}", Self::MAX_CHAINS),
            );
        }
        let seed = options.seed;
        let x = (0..options.chains)
            .map(|chain| {
                let address = [options.number(chain), 0];
                standard_normal(seed, Purpose::InitialNoise, address, image.dimensions())
            })
            .collect();
        let class_of = |chain| match options.every_class {
            true => Some((options.number(chain) % classes as u64) as usize),
            false => options.class,
        };
        let classes = (0..options.chains).map(class_of).collect();
        let (start, frames) = (schedule.steps(), Vec::new());
        Ok(Self {
            predictor,
            schedule,
            options: options.clone(),
            seed,
            image,
            classes,
            start,
            original: None,
            x,
            frames,
        })
    }

    /// Starts the chains, of which no step has been made, at timestep `t` from their `x_t`;
    /// `original` is the image that these are noised versions of, as 8-bit levels.
    pub(super) fn starting_at(
        self,
        t: usize,
        x: Vec<Array1<f64>>,
        original: Option<Vec<u8>>,
    ) -> Self {
        debug_assert!(self.frames.is_empty() && x.len() == self.x.len());
        Self { start: t, x, original, ..self }
    }

    /// The schedule of the whole chain.
    pub(super) fn schedule(&self) -> &NoiseSchedule {
        &self.schedule
    }

    /// The seed that was used.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The shape of an image.
    #[must_use]
    pub fn image(&self) -> ImageShape {
        self.image
    }

    /// Number of chains.
    #[must_use]
    pub fn chains(&self) -> usize {
        self.options.chains
    }

    /// The timestep that the chains start at.
    #[must_use]
    pub fn start(&self) -> usize {
        self.start
    }

    /// Number of frames when the chain is complete: its steps and the sample.
    #[must_use]
    pub fn length(&self) -> usize {
        self.start + 1
    }

    /// The frames so far.
    #[must_use]
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }

    /// A stored frame; never runs the network.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) if the frame has not been computed.
    pub fn frame(&self, index: usize) -> Result<&Frame> {
        self.frames.get(index).ok_or_else(|| {
            let available = self.frames.len();
            Error::request(
                format_args!(
                    "frame {index} is not there yet, {available} of {} are computed",
                    self.length()
                ),
                "advance the chains",
            )
        })
    }

    /// Whether the chain has reached `t = 0`.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.frames.len() == self.length()
    }

    /// The chains' current `x_t`, unclamped.
    #[must_use]
    pub fn state(&self) -> &[Array1<f64>] {
        &self.x
    }

    /// Goes one step down every chain and returns the newest frame; a complete chain stays as it
    /// is.
    ///
    /// The last step appends two frames: the one it started from and the sample.
    ///
    /// # Errors
    /// Those of the network.
    #[expect(clippy::missing_panics_doc, reason = "there is a frame after a step")]
    pub fn step(&mut self) -> Result<&Frame> {
        if !self.is_done() {
            let t = self.start - self.frames.len();
            let dimensions = self.image.dimensions();
            let mut predicted_x0 = Vec::with_capacity(self.x.len() * dimensions);
            let mut next = Vec::with_capacity(self.x.len());
            let predictions = self.predict(t)?;
            for (chain, (x_t, prediction)) in self.x.iter().zip(predictions).enumerate() {
                let address = [self.options.number(chain), t as u64];
                let noise = standard_normal(self.seed, Purpose::StepNoise, address, dimensions);
                next.push(match self.options.method {
                    Method::Ddpm => {
                        ancestral_step(&prediction, x_t.view(), &self.schedule, t, noise.view())
                    }
                    Method::Ddim => {
                        ddim_step(&prediction, &self.schedule, t, self.options.eta, noise.view())
                    }
                });
                predicted_x0.extend(signed_to_levels(prediction.x0.view()));
            }
            self.push_frame(t, predicted_x0);
            self.x = next;
            if t == 1 {
                self.push_frame(0, levels_of(&self.x));
            }
        }
        Ok(self.frames.last().expect("a step leaves a frame"))
    }

    fn push_frame(&mut self, t: usize, predicted_x0: Vec<u8>) {
        let (index, log_snr) = (self.frames.len(), self.schedule.log_snr(t));
        let rms_to_original = self.original.as_ref().map(|original| {
            predicted_x0
                .chunks_exact(self.image.dimensions())
                .map(|image| rms_difference(image, original))
                .collect()
        });
        self.frames.push(Frame {
            index,
            t,
            log_snr,
            x: levels_of(&self.x),
            predicted_x0,
            rms_to_original,
        });
    }

    /// What the model predicts from every chain's `x_t`. All states go through the network
    /// together, those for guidance among them.
    fn predict(&self, t: usize) -> Result<Vec<Prediction>> {
        let log_snr = self.schedule.log_snr(t);
        let chains = || self.x.iter().zip(&self.classes);
        let of = |x, class| state(x, log_snr, class);
        let weight = self.options.guidance;
        if weight == 0.0 {
            let states: Vec<_> = chains().map(|(x, &class)| of(x, class)).collect();
            return self.predictor.predict_batch(&states);
        }
        // A chain's two states side by side, so that few chains at a time need memory.
        let states: Vec<_> = chains().flat_map(|(x, &class)| [of(x, class), of(x, None)]).collect();
        let predictions = self.predictor.predict_batch(&states)?;
        let pairs = predictions.as_chunks::<2>().0.iter().zip(&self.x);
        Ok(pairs.map(|([given, free], x)| guide(given, free, weight, x.view(), log_snr)).collect())
    }
}

fn state(x: &Array1<f64>, log_snr: f64, class: Option<usize>) -> NoisyState<'_> {
    NoisyState { x_t: x.view(), log_snr, class }
}

fn levels_of(chains: &[Array1<f64>]) -> Vec<u8> {
    chains.iter().flat_map(|x| signed_to_levels(x.view())).collect()
}
