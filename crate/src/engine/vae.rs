//! A variational autoencoder: decode, encode, and the bound of one image.

use std::sync::Arc;

use ndarray::{Array1, ArrayView1};
use serde::{Deserialize, Serialize};

use super::latent_bound::Posterior;
use super::vae_posterior::VaePosterior;
use super::{
    Accumulator, DensityReading, LatentBound, LatentBoundOptions, LatentPlane, LatentPlaneOptions,
    check_image, random_seed,
};
use crate::error::{Error, Result};
use crate::math::elbo::{VaeElbo, bits_per_dim};
use crate::math::gaussian;
use crate::math::likelihood::{Task, dequantization};
use crate::math::proposal::Proposal;
use crate::math::rng::{Purpose, standard_normal};
use crate::model::manifest::{Contract, ImageShape, ModelEntry, Spread, VaeContract};
use crate::model::{
    ClassDensity, ClassRegion, Decoder, DiagonalGaussian, Encoder, check_class, load,
};

/// A VAE with a standard normal prior, an autoencoder, or a decoder alone: what a model cannot do
/// fails with [`ErrorKind::Model`](crate::ErrorKind::Model) and says why.
///
/// # Examples
/// ```
/// use elbo_room::engine::{LatentBoundOptions, Vae, VaeElboOptions, to_levels};
/// use elbo_room::model::manifest::Manifest;
/// use elbo_room::{Error, Result};
///
/// # fn main() -> Result<()> {
/// let manifest = Manifest::parse(&std::fs::read_to_string("models/manifest.json").unwrap())?;
/// let entry = manifest.model("mnist-vae").expect("it is among the models");
/// let files = entry.files();
/// let vae = Vae::load(entry, |role| {
///     std::fs::read(format!("models/{}", files[role].path))
///         .map_err(|error| Error::model(format!("the {role} cannot be read: {error}")))
/// })?;
/// // A digit, 8-bit levels row by row, and what it costs the model that made it.
/// let image = to_levels(&vae.decode(&vae.sample_prior(3).to_vec())?.to_vec())?;
/// let scored = vae.elbo(&image, &VaeElboOptions { seed: Some(0), ..Default::default() })?.terms;
/// let difference = scored.reconstruction.mean - scored.kl;
/// assert!((scored.elbo.mean - difference).abs() < 1e-9);
///
/// // The same bound, and those of importance sampling, which grow draw by draw.
/// let options = LatentBoundOptions { samples: 200, seed: Some(0), ..Default::default() };
/// let mut bound = vae.bound(&image, &options)?;
/// while !bound.is_done() {
///     bound.step()?;
/// }
/// let result = bound.result().expect("it is complete");
/// assert!(result.log_likelihood.mean >= result.elbo.mean);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Vae {
    encoder: Missing<Box<dyn Encoder>>,
    decoder: Arc<dyn Decoder>,
    image: ImageShape,
    task: Task,
    latents: usize,
    classes: Vec<String>,
    /// Whether the encoder says a mean and nothing more: there is no q(z|x).
    autoencoder: bool,
    density: Option<ClassDensity>,
}

/// What a model may lack.
#[derive(Debug)]
enum Missing<T> {
    There(T),
    /// Left out by whoever loaded the model.
    NotLoaded,
    /// The model has none.
    None,
}

/// Samples of the ELBO that are decoded together.
const SAMPLES_AT_ONCE: usize = 64;

/// How to score an image with a VAE.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct VaeElboOptions {
    /// Samples of the latents from `q(z|x)`, at least 1.
    pub samples: usize,
    /// Seed of the binarization and of the samples; drawn from the system's generator if absent.
    pub seed: Option<u64>,
    /// The class, for a model that is conditioned on one.
    pub class: Option<usize>,
    /// Whether the 8-bit levels are made continuous for a density (Theis et al. 2016); see
    /// [`DensityReading`](super::DensityReading).
    pub dequantize: bool,
}

impl Default for VaeElboOptions {
    fn default() -> Self {
        Self { samples: 64, seed: None, class: None, dequantize: false }
    }
}

/// The bound of one image, and what it was computed from.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScoredVae {
    /// The seed that was used.
    pub seed: u64,
    /// Samples of the latents.
    pub samples: usize,
    /// What was explained.
    pub task: Task,
    /// The binary image that was scored, one 0 or 1 per pixel; none for other tasks.
    #[serde(with = "serde_bytes")]
    pub binarized: Option<Vec<u8>>,
    /// How a density was read; none for other tasks.
    pub density: Option<DensityReading>,
    /// The terms.
    #[serde(flatten)]
    pub terms: VaeElbo,
}

impl Vae {
    /// Most samples that [`Vae::elbo`] takes in one call.
    pub const MAX_SAMPLES: usize = 100_000;

    /// A VAE from its networks. `latents` is the length of a latent vector.
    pub fn new(
        encoder: Box<dyn Encoder>,
        decoder: Arc<dyn Decoder>,
        image: ImageShape,
        task: Task,
        latents: usize,
    ) -> Self {
        Self {
            encoder: Missing::There(encoder),
            decoder,
            image,
            task,
            latents,
            classes: Vec::new(),
            autoencoder: false,
            density: None,
        }
    }

    /// Loads the VAE that `entry` describes; `file` gives the bytes of a role of
    /// [`ModelEntry::files`].
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest) if the entry is not a VAE or is invalid,
    /// [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) or
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if a file is not what it says.
    pub fn load(entry: &ModelEntry, file: impl Fn(&str) -> Result<Vec<u8>>) -> Result<Self> {
        let vae = contract(entry)?;
        let encoder = match load::encoder(entry, vae, &file)? {
            Some(encoder) => Missing::There(encoder),
            None => Missing::None,
        };
        let density = load::density(vae, &file)?;
        Ok(Self { encoder, density, ..Self::load_decoder(entry, file)? })
    }

    /// Loads the decoder alone, half the bytes: what needs the encoder then fails with
    /// [`ErrorKind::Model`](crate::ErrorKind::Model).
    ///
    /// # Errors
    /// As [`Vae::load`].
    pub fn load_decoder(
        entry: &ModelEntry,
        file: impl Fn(&str) -> Result<Vec<u8>>,
    ) -> Result<Self> {
        let vae = contract(entry)?;
        Ok(Self {
            encoder: Missing::NotLoaded,
            decoder: load::decoder(entry, vae, &file)?,
            image: entry.image,
            task: entry.likelihood.task(),
            latents: vae.latents.count,
            classes: vae.classes.clone(),
            autoencoder: vae.encoder.posterior.spread == Spread::None,
            density: None,
        })
    }

    /// Shape of the images.
    pub fn image(&self) -> ImageShape {
        self.image
    }

    /// Length of a latent vector.
    pub fn latents(&self) -> usize {
        self.latents
    }

    /// Names of the classes that the model is conditioned on; none for no condition.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// What the bound is about.
    pub fn task(&self) -> Task {
        self.task
    }

    /// Whether an encoder has been loaded.
    pub fn has_encoder(&self) -> bool {
        matches!(self.encoder, Missing::There(_))
    }

    /// Whether the model has a `q(z|x)`, without which there is no bound.
    pub fn has_posterior(&self) -> bool {
        self.has_encoder() && !self.autoencoder
    }

    /// Pixel means in `[0, 1]` of one or more latent vectors laid end to end, image after image.
    ///
    /// # Errors
    /// As [`Vae::decode_given`].
    pub fn decode(&self, z: &[f32]) -> Result<Array1<f32>> {
        self.decode_given(z, None)
    }

    /// The same given a class.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if the length is not a multiple of the number of
    /// latents, [`ErrorKind::Value`](crate::ErrorKind::Value) for a value that is not finite or a
    /// class that the model does not have.
    pub fn decode_given(&self, z: &[f32], class: Option<usize>) -> Result<Array1<f32>> {
        check_class(class, self.classes.len())?;
        if z.is_empty() || !z.len().is_multiple_of(self.latents) {
            return Err(Error::shape(format!(
                "the latent vector has {} values, the model takes {} or a multiple of them",
                z.len(),
                self.latents
            )));
        }
        let mut means = Vec::with_capacity(z.len() / self.latents * self.image.dimensions());
        let z: Vec<ArrayView1<'_, f32>> =
            z.chunks_exact(self.latents).map(ArrayView1::from).collect();
        for pixels in self.decoder.decode_batch(&z, class)? {
            means.extend(pixels.means());
        }
        Ok(Array1::from_vec(means))
    }

    /// Starts a picture of the decoded plane of a VAE with two latents.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for another number of latents or for options
    /// out of range.
    pub fn plane(&self, options: &LatentPlaneOptions) -> Result<LatentPlane> {
        if self.latents != 2 {
            return Err(Error::value(format!(
                "the model has {} latents, a plane takes one with 2",
                self.latents
            )));
        }
        check_class(options.class, self.classes.len())?;
        LatentPlane::new(Arc::clone(&self.decoder), self.image, options)
    }

    /// Where the training images of each class lie in the plane; see [`ClassDensity::regions`].
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) if the model comes without that file, or for a
    /// share outside (0, 1).
    pub fn class_regions(&self, shares: &[f64]) -> Result<Vec<ClassRegion>> {
        let density = self
            .density
            .as_ref()
            .ok_or_else(|| Error::value("the model comes without the density of its classes"))?;
        density.regions(shares)
    }

    /// The encoder's `q(z|x)`: mean and log variance, which is -∞ for an autoencoder.
    ///
    /// # Errors
    /// As [`Vae::encode_given`].
    pub fn encode(&self, x: &[f32]) -> Result<DiagonalGaussian> {
        self.encode_given(x, None)
    }

    /// The same given a class.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a wrong length,
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a value that is NaN or outside `[0, 1]` or
    /// a class that the model does not have, [`ErrorKind::Model`](crate::ErrorKind::Model) without
    /// an encoder.
    pub fn encode_given(&self, x: &[f32], class: Option<usize>) -> Result<DiagonalGaussian> {
        check_class(class, self.classes.len())?;
        if let Some(at) = x.iter().position(|v| !(0.0..=1.0).contains(v)) {
            return Err(Error::value(format!(
                "pixel {at} is {}, the encoder takes values in [0, 1]",
                x[at]
            )));
        }
        self.encoder()?.encode_given(ArrayView1::from(x), class)
    }

    fn encoder(&self) -> Result<&dyn Encoder> {
        match &self.encoder {
            Missing::There(encoder) => Ok(&**encoder),
            Missing::NotLoaded => {
                Err(Error::model("the VAE was loaded without its encoder; load both files"))
            }
            Missing::None => Err(Error::model(
                "the model is a decoder alone: without an encoder there is no q(z|x) and no bound",
            )),
        }
    }

    /// Mean KL to the prior of each latent, in nats, over images of 8-bit levels laid end to end:
    /// how much each says of them, for a model whose entry does not know. Binary images are drawn
    /// with the seed.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) unless there is at least one whole image;
    /// those of [`Vae::encode_given`] and of the network.
    pub fn estimate_kl(
        &self,
        images: &[u8],
        class: Option<usize>,
        seed: u64,
    ) -> Result<Array1<f64>> {
        let dimensions = self.image.dimensions();
        if images.is_empty() || !images.len().is_multiple_of(dimensions) {
            return Err(Error::shape(format!(
                "{} levels are no whole images of {dimensions}",
                images.len()
            )));
        }
        check_class(class, self.classes.len())?;
        self.require_posterior()?;
        let mut sum = Array1::zeros(self.latents);
        for levels in images.chunks_exact(dimensions) {
            let x = self.task.encoder_input(&self.task.observe(levels, seed));
            let q = self.encoder()?.encode_given(x.view(), class)?;
            sum += &gaussian::kl_standard(q.mean.view(), q.log_var.view());
        }
        Ok(sum / (images.len() / dimensions) as f64)
    }

    fn require_posterior(&self) -> Result<()> {
        if self.autoencoder {
            return Err(Error::model(
                "the model is an autoencoder: its encoder gives one code and no q(z|x), so there is no bound",
            ));
        }
        Ok(())
    }

    /// A draw from the prior `N(0, I)`.
    pub fn sample_prior(&self, seed: u64) -> Array1<f32> {
        standard_normal(seed, Purpose::Prior, [0, 0], self.latents).mapv(|v| v as f32)
    }

    /// The evidence lower bound `E_q[log p(x|z)] - KL(q(z|x) || p(z))` of one image, in nats
    /// (Kingma & Welling 2014).
    ///
    /// `levels` are 8-bit. A model of binary images explains a binarized one, each pixel being 1
    /// with probability
    /// `level / 255` (as in training); it is part of the result. The KL is exact, the
    /// reconstruction is a mean over samples of the latents.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a wrong length,
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a number of samples outside
    /// `1..=MAX_SAMPLES`.
    pub fn elbo(&self, levels: &[u8], options: &VaeElboOptions) -> Result<ScoredVae> {
        let VaeElboOptions { samples, seed, class, dequantize } = *options;
        check_image(levels, self.image.dimensions())?;
        if !(1..=Self::MAX_SAMPLES).contains(&samples) {
            return Err(Error::value(format!(
                "samples is {samples}, it must be 1 to {}",
                Self::MAX_SAMPLES
            )));
        }
        let seed = seed.map_or_else(random_seed, Ok)?;
        let observed = self.task.observe(levels, seed);
        let posterior = self.posterior(&observed, class, dequantize.then_some(seed))?;
        let q = Proposal::posterior();
        let mut log_likelihoods = Vec::with_capacity(samples);
        for first in (0..samples).step_by(SAMPLES_AT_ONCE) {
            let indices = first..samples.min(first + SAMPLES_AT_ONCE);
            let noises: Vec<Array1<f64>> =
                indices.map(|index| q.noise(seed, index, posterior.latents())).collect();
            log_likelihoods.extend(posterior.draws(&noises)?.iter().map(|d| d.log_likelihood));
        }
        let dimensions = self.image.dimensions();
        let mut terms = VaeElbo::new(&log_likelihoods, posterior.kl().to_vec(), dimensions);
        let density = posterior.density();
        if let Some(density) = &density {
            let volume = bits_per_dim(-density.log_volume, dimensions);
            terms.bits_per_dim = terms.bits_per_dim.linear(1.0, volume);
        }
        Ok(ScoredVae {
            seed,
            samples,
            task: self.task,
            density,
            binarized: (self.task == Task::Binarized).then_some(observed),
            terms,
        })
    }

    /// Starts the ELBO and the importance-weighted bounds of one image of 8-bit levels.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for an image of another size,
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for options out of range; those of the
    /// network.
    pub fn bound(
        &self,
        levels: &[u8],
        options: &LatentBoundOptions,
    ) -> Result<Accumulator<LatentBound>> {
        check_image(levels, self.image.dimensions())?;
        let &LatentBoundOptions { class, dequantize, .. } = options;
        let bound = LatentBound::new(self.task, levels, options, |x, seed| {
            Ok(Box::new(self.posterior(x, class, dequantize.then_some(seed))?))
        });
        bound.map(Accumulator::new)
    }

    /// q(z|x) of an observed image; with a seed the levels of a density are made continuous.
    fn posterior(
        &self,
        x: &[u8],
        class: Option<usize>,
        dequantize: Option<u64>,
    ) -> Result<VaePosterior> {
        check_class(class, self.classes.len())?;
        if dequantize.is_some() && self.task != Task::Density {
            return Err(Error::value(
                "dequantize is for a density: the model has a probability of the levels already",
            ));
        }
        let encoder = self.encoder()?;
        self.require_posterior()?;
        let q = encoder.encode_given(self.task.encoder_input(x).view(), class)?;
        let noise = dequantize.map(|seed| dequantization(x.len(), seed));
        VaePosterior::new(self.decoder.clone(), q, class, x, noise, self.task == Task::Density)
    }
}

fn contract(entry: &ModelEntry) -> Result<&VaeContract> {
    entry.validate()?;
    match &entry.contract {
        Contract::Vae(vae) => Ok(vae),
        _ => Err(Error::manifest(format!("model {:?} is not a VAE", entry.id))),
    }
}
