//! A variational autoencoder: decode, encode, and the bound of one image.

use ndarray::{Array1, ArrayView1};
use serde::{Deserialize, Serialize};

use super::{check_image, random_seed};
use crate::error::{Error, Result};
use crate::math::elbo::VaeElbo;
use crate::math::rng::{Purpose, standard_normal};
use crate::math::{bernoulli, gaussian, numeric};
use crate::model::manifest::{Contract, ImageShape, ModelEntry};
use crate::model::{Decoder, Encoder, OnnxDecoder, OnnxEncoder};

/// A VAE with a standard normal prior and a Bernoulli decoder.
pub struct Vae {
    encoder: Box<dyn Encoder>,
    decoder: Box<dyn Decoder>,
    image: ImageShape,
    latents: usize,
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
    /// The binary image that was scored, one 0 or 1 per pixel.
    #[serde(with = "serde_bytes")]
    pub binarized: Vec<u8>,
    /// The terms.
    #[serde(flatten)]
    pub terms: VaeElbo,
}

impl Vae {
    /// Most samples that [`Vae::elbo`] takes in one call.
    pub const MAX_SAMPLES: usize = 100_000;

    /// A VAE from its networks. `latents` is the length of a latent vector.
    pub fn new(encoder: Box<dyn Encoder>, decoder: Box<dyn Decoder>, image: ImageShape, latents: usize) -> Self {
        Self { encoder, decoder, image, latents }
    }

    /// Loads the VAE that `entry` describes; `file` gives the bytes of a role, `encoder` or `decoder`.
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest) if the entry is no VAE or is invalid,
    /// [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) or [`ErrorKind::Model`](crate::ErrorKind::Model) if a file is
    /// not what it says.
    pub fn load(entry: &ModelEntry, file: impl Fn(&str) -> Result<Vec<u8>>) -> Result<Self> {
        entry.validate()?;
        let Contract::Vae { files, latents } = &entry.contract else {
            return Err(Error::manifest(format!("model {:?} is not a VAE", entry.id)));
        };
        let encoder = OnnxEncoder::load(&files.encoder, &file("encoder")?, entry.image, latents.count)?;
        let decoder = OnnxDecoder::load(&files.decoder, &file("decoder")?, entry.image, latents.count)?;
        Ok(Self::new(Box::new(encoder), Box::new(decoder), entry.image, latents.count))
    }

    /// Shape of the images.
    pub fn image(&self) -> ImageShape {
        self.image
    }

    /// Length of a latent vector.
    pub fn latents(&self) -> usize {
        self.latents
    }

    /// Pixel means `p(x=1|z)` in `[0, 1]` of one or more latent vectors laid end to end, image after image.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if the length is no multiple of the number of latents,
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a value that is not finite.
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
            let logits = self.decoder.decode(ArrayView1::from(z))?;
            means.extend(logits.iter().map(|&l| numeric::sigmoid(f64::from(l)) as f32));
        }
        Ok(Array1::from_vec(means))
    }

    /// The encoder's `q(z|x)`: mean and log variance.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a wrong length, [`ErrorKind::Value`](crate::ErrorKind::Value)
    /// for a value that is NaN or outside `[0, 1]`.
    pub fn encode(&self, x: &[f32]) -> Result<crate::model::DiagonalGaussian> {
        if let Some(at) = x.iter().position(|v| !(0.0..=1.0).contains(v)) {
            return Err(Error::value(format!("pixel {at} is {}, the encoder takes values in [0, 1]", x[at])));
        }
        self.encoder.encode(ArrayView1::from(x))
    }

    /// A draw from the prior `N(0, I)`.
    pub fn sample_prior(&self, seed: u64) -> Array1<f32> {
        standard_normal(seed, Purpose::Prior, [0, 0], self.latents).mapv(|v| v as f32)
    }

    /// The evidence lower bound `E_q[log p(x|z)] - KL(q(z|x) || p(z))` of one image, in nats (Kingma & Welling 2014).
    ///
    /// `levels` are 8-bit. The model explains binary images, so the image is binarized first, each pixel being 1 with
    /// probability `level / 255` (as in training); the binary image is part of the result. The KL is exact, the
    /// reconstruction is a mean over samples of the latents.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a wrong length, [`ErrorKind::Value`](crate::ErrorKind::Value)
    /// for a number of samples outside `1..=MAX_SAMPLES`.
    pub fn elbo(&self, levels: &[u8], options: &VaeElboOptions) -> Result<ScoredVae> {
        check_image(levels, self.image.dimensions())?;
        let samples = options.samples;
        if !(1..=Self::MAX_SAMPLES).contains(&samples) {
            return Err(Error::value(format!("samples is {samples}, it must be 1 to {}", Self::MAX_SAMPLES)));
        }
        let seed = options.seed.map_or_else(random_seed, Ok)?;
        let means: Vec<f64> = levels.iter().map(|&l| f64::from(l) / 255.0).collect();
        let binarized = bernoulli::sample(&means, seed, [0, 0]);
        let x = Array1::from_iter(binarized.iter().map(|&b| f64::from(b)));

        let q = self.encoder.encode(x.mapv(|v| v as f32).view())?;
        let std = q.log_var.mapv(|v| libm::exp(0.5 * v));
        let kl_per_latent = gaussian::kl_standard(q.mean.view(), q.log_var.view());
        let mut log_likelihoods = Vec::with_capacity(samples);
        for sample in 0..samples {
            let noise = standard_normal(seed, Purpose::Latent, [sample as u64, 0], self.latents);
            let z = (&q.mean + &(&std * &noise)).mapv(|v| v as f32);
            let logits = self.decoder.decode(z.view())?;
            log_likelihoods.push(bernoulli::log_likelihood(x.view(), logits.view()));
        }
        let terms = VaeElbo::new(&log_likelihoods, kl_per_latent.to_vec(), self.image.dimensions());
        Ok(ScoredVae { seed, samples, binarized, terms })
    }
}
