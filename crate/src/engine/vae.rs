//! A variational autoencoder: decode, encode, and the bound of one image.

use std::sync::Arc;

use ndarray::{Array1, ArrayView1};
use serde::{Deserialize, Serialize};

use super::latent_bound::{Draw, Posterior};
use super::{
    LatentBound, LatentBoundOptions, LatentPlane, LatentPlaneOptions, check_image, random_seed,
};
use crate::error::{Error, Result};
use crate::math::elbo::VaeElbo;
use crate::math::gaussian;
use crate::math::likelihood::Task;
use crate::math::rng::{Purpose, standard_normal};
use crate::model::manifest::{Contract, ImageShape, Latents, ModelEntry, VaeFiles};
use crate::model::{
    ClassDensity, ClassRegion, Decoder, DiagonalGaussian, Encoder, OnnxDecoder, OnnxEncoder,
};

/// A VAE with a standard normal prior.
pub struct Vae {
    encoder: Option<Box<dyn Encoder>>,
    decoder: Arc<dyn Decoder>,
    image: ImageShape,
    task: Task,
    latents: usize,
    density: Option<ClassDensity>,
}

/// How to score an image with a VAE.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct VaeElboOptions {
    /// Samples of the latents from `q(z|x)`, at least 1.
    pub samples: usize,
    /// Seed of the binarization and of the samples; drawn from the system's generator if absent.
    pub seed: Option<u64>,
}

impl Default for VaeElboOptions {
    fn default() -> Self {
        Self { samples: 64, seed: None }
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
    /// The binary image that was scored, one 0 or 1 per pixel; none for the 8-bit task.
    #[serde(with = "serde_bytes")]
    pub binarized: Option<Vec<u8>>,
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
        Self { encoder: Some(encoder), decoder, image, task, latents, density: None }
    }

    /// Loads the VAE that `entry` describes; `file` gives the bytes of a role, `encoder` or
    /// `decoder`, or `density` where the entry has one.
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest) if the entry is no VAE or is invalid,
    /// [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) or
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if a file is not what it says.
    pub fn load(entry: &ModelEntry, file: impl Fn(&str) -> Result<Vec<u8>>) -> Result<Self> {
        let (files, latents) = contract(entry)?;
        let encoder =
            OnnxEncoder::load(&files.encoder, &file("encoder")?, entry.image, latents.count)?;
        let density = match &files.density {
            Some(entry) => {
                let bytes = file("density")?;
                entry.verify(&bytes)?;
                Some(ClassDensity::parse(&bytes)?)
            }
            None => None,
        };
        let decoder = Self::load_decoder(entry, file)?;
        Ok(Self { encoder: Some(Box::new(encoder)), density, ..decoder })
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
        let (files, latents) = contract(entry)?;
        let decoder = OnnxDecoder::load(
            &files.decoder,
            &file("decoder")?,
            entry.image,
            entry.likelihood,
            latents.count,
        )?;
        Ok(Self {
            encoder: None,
            decoder: Arc::new(decoder),
            image: entry.image,
            task: entry.likelihood.task(),
            latents: latents.count,
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

    /// Pixel means in `[0, 1]` of one or more latent vectors laid end to end, image after image.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if the length is no multiple of the number of
    /// latents, [`ErrorKind::Value`](crate::ErrorKind::Value) for a value that is not finite.
    pub fn decode(&self, z: &[f32]) -> Result<Array1<f32>> {
        if z.is_empty() || !z.len().is_multiple_of(self.latents) {
            return Err(Error::shape(format!(
                "the latent vector has {} values, the model takes {} or a multiple of them",
                z.len(),
                self.latents
            )));
        }
        let mut means = Vec::with_capacity(z.len() / self.latents * self.image.dimensions());
        for z in z.chunks_exact(self.latents) {
            means.extend(self.decoder.decode(ArrayView1::from(z))?.means());
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

    /// The encoder's `q(z|x)`: mean and log variance.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a wrong length,
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a value that is NaN or outside `[0, 1]`.
    pub fn encode(&self, x: &[f32]) -> Result<crate::model::DiagonalGaussian> {
        if let Some(at) = x.iter().position(|v| !(0.0..=1.0).contains(v)) {
            return Err(Error::value(format!(
                "pixel {at} is {}, the encoder takes values in [0, 1]",
                x[at]
            )));
        }
        self.encoder()?.encode(ArrayView1::from(x))
    }

    fn encoder(&self) -> Result<&dyn Encoder> {
        self.encoder
            .as_deref()
            .ok_or_else(|| Error::model("the VAE was loaded without its encoder; load both files"))
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
        let VaeElboOptions { samples, seed } = *options;
        check_image(levels, self.image.dimensions())?;
        if !(1..=Self::MAX_SAMPLES).contains(&samples) {
            return Err(Error::value(format!(
                "samples is {samples}, it must be 1 to {}",
                Self::MAX_SAMPLES
            )));
        }
        let seed = seed.map_or_else(random_seed, Ok)?;
        let observed = self.task.observe(levels, seed);
        let posterior = self.posterior(&observed)?;
        let log_likelihoods =
            (0..samples).map(|index| Ok(posterior.draw(seed, index)?.log_likelihood));
        let log_likelihoods: Vec<f64> = log_likelihoods.collect::<Result<_>>()?;
        let terms = VaeElbo::new(&log_likelihoods, posterior.kl.to_vec(), self.image.dimensions());
        Ok(ScoredVae {
            seed,
            samples,
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
    pub fn bound(&self, levels: &[u8], options: &LatentBoundOptions) -> Result<LatentBound> {
        check_image(levels, self.image.dimensions())?;
        LatentBound::new(self.task, levels, options, |x| Ok(Box::new(self.posterior(x)?)))
    }

    fn posterior(&self, x: &[u8]) -> Result<VaePosterior> {
        let q = self.encoder()?.encode(self.task.encoder_input(x).view())?;
        let std = q.log_var.mapv(|v| libm::exp(0.5 * v));
        let kl = gaussian::kl_standard(q.mean.view(), q.log_var.view());
        Ok(VaePosterior { decoder: self.decoder.clone(), q, std, kl, x: x.to_vec() })
    }
}

fn contract(entry: &ModelEntry) -> Result<(&VaeFiles, &Latents)> {
    entry.validate()?;
    match &entry.contract {
        Contract::Vae { files, latents } => Ok((files, latents)),
        _ => Err(Error::manifest(format!("model {:?} is not a VAE", entry.id))),
    }
}

/// q(z|x) of one image.
struct VaePosterior {
    decoder: Arc<dyn Decoder>,
    q: DiagonalGaussian,
    std: Array1<f64>,
    kl: Array1<f64>,
    x: Vec<u8>,
}

impl Posterior for VaePosterior {
    fn draw(&self, seed: u64, index: usize) -> Result<Draw> {
        let noise = standard_normal(seed, Purpose::Latent, [index as u64, 0], self.q.mean.len());
        let z = &self.q.mean + &(&self.std * &noise);
        let log_ratio = (0..z.len()).map(|i| {
            gaussian::log_density(z[i], 0.0, 0.0)
                - gaussian::log_density(z[i], self.q.mean[i], self.q.log_var[i])
        });
        let pixels = self.decoder.decode(z.mapv(|v| v as f32).view())?;
        let log_likelihood = pixels.log_likelihood(&self.x);
        Ok(Draw { log_likelihood, log_ratio: log_ratio.sum(), kl: vec![self.kl.sum()] })
    }

    fn layers(&self) -> Vec<String> {
        vec!["z".into()]
    }

    fn kl_per_latent(&self) -> Option<Array1<f64>> {
        Some(self.kl.clone())
    }
}
