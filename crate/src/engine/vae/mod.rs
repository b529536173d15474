//! A variational autoencoder: decode and encode, and (`score`) the bound of one image.

mod score;

use std::sync::Arc;

use ndarray::{Array1, ArrayView1};

pub use self::score::{ScoredVae, VaeElbo, VaeElboOptions};
use super::{ClassDensity, ClassRegion, LatentPlane, LatentPlaneOptions};
use crate::error::{Error, Result};
use crate::math::likelihood::Task;
use crate::math::rng::{Purpose, standard_normal};
use crate::model::manifest::{Contract, ImageShape, ModelEntry, Spread, VaeContract};
use crate::model::{Decoder, DiagonalGaussian, Encoder, check_class, load};

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
///         .map_err(|error| Error::file(role, "cannot be read").caused_by(error))
/// })?;
/// // A digit, 8-bit levels row by row, and what it costs the model that made it.
/// let image = to_levels(&vae.decode(&vae.sample_prior(3).to_vec())?.to_vec())?;
/// let scored = vae.elbo(&image, &VaeElboOptions { seed: 0, ..Default::default() })?.terms;
/// let difference = scored.reconstruction.mean - scored.kl;
/// assert!((scored.elbo.mean - difference).abs() < 1e-9);
///
/// // The same bound, and those of importance sampling, which grow draw by draw.
/// let options = LatentBoundOptions { samples: 200, seed: 0, ..Default::default() };
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
    /// Whether the encoder gives a mean alone: there is no q(z|x).
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

impl Vae {
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
        let density = ClassDensity::load(vae, &file)?;
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
    #[must_use]
    pub fn image(&self) -> ImageShape {
        self.image
    }

    /// Length of a latent vector.
    #[must_use]
    pub fn latents(&self) -> usize {
        self.latents
    }

    /// Names of the classes that the model is conditioned on; none for no condition.
    #[must_use]
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// What the bound is about.
    #[must_use]
    pub fn task(&self) -> Task {
        self.task
    }

    /// Whether an encoder has been loaded.
    #[must_use]
    pub fn has_encoder(&self) -> bool {
        matches!(self.encoder, Missing::There(_))
    }

    /// Whether the model has a `q(z|x)`, without which there is no bound.
    #[must_use]
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
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if the length is not a multiple of the number
    /// of latents, [`ErrorKind::Value`](crate::ErrorKind::Value) for a value that is not finite or
    /// a class that the model does not have.
    pub fn decode_given(&self, z: &[f32], class: Option<usize>) -> Result<Array1<f32>> {
        check_class(class, self.classes.len())?;
        if z.is_empty() || !z.len().is_multiple_of(self.latents) {
            return Err(Error::shape(
                "the latent vector",
                format_args!("{} values", z.len()),
                format_args!("{} or a multiple of them", self.latents),
            ));
        }
        let mut means = Vec::with_capacity(z.len() / self.latents * self.image.dimensions());
        let z: Vec<ArrayView1<'_, f32>> =
            z.chunks_exact(self.latents).map(ArrayView1::from).collect();
        for pixels in self.decoder.decode_batch(&z, class)? {
            means.extend(pixels.means());
        }
        Ok(Array1::from_vec(means))
    }

    /// Starts a map of the decoded plane of a VAE with two latents.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for another number of latents or for options
    /// out of range.
    pub fn plane(&self, options: &LatentPlaneOptions) -> Result<LatentPlane> {
        if self.latents != 2 {
            return Err(Error::request(
                format_args!("the model has {} latents", self.latents),
                "a plane takes one with 2",
            ));
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
        let density = self.density.as_ref().ok_or_else(|| {
            Error::request(
                "the model comes without the density of its classes",
                "name that file in its entry",
            )
        })?;
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
            return Err(Error::value(format_args!("pixel {at}"), x[at], "in [0, 1]"));
        }
        self.encoder()?.encode_given(ArrayView1::from(x), class)
    }

    fn encoder(&self) -> Result<&dyn Encoder> {
        match &self.encoder {
            Missing::There(encoder) => Ok(&**encoder),
            Missing::NotLoaded => {
                Err(Error::model("was loaded without its encoder: load both files"))
            }
            Missing::None => Err(Error::model(
                "is a decoder alone: without an encoder there is no q(z|x) and no bound",
            )),
        }
    }

    /// A draw from the prior `N(0, I)`.
    #[must_use]
    pub fn sample_prior(&self, seed: u64) -> Array1<f32> {
        standard_normal(seed, Purpose::Prior, [0, 0], self.latents).mapv(|v| v as f32)
    }
}

fn contract(entry: &ModelEntry) -> Result<&VaeContract> {
    entry.validate()?;
    match &entry.contract {
        Contract::Vae(vae) => Ok(vae),
        _ => Err(Error::entry(&entry.id, "it is not a VAE")),
    }
}
