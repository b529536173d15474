//! A hierarchical variational autoencoder: generate, reconstruct, and the bounds of one image.

use std::sync::Arc;

use ndarray::Array1;
use serde::Deserialize;

use super::latent_bound::{ImportanceSample, Posterior};
use super::{Accumulator, LatentBound, LatentBoundOptions, check_image};
use crate::error::{Error, Result};
use crate::math::gaussian::{kl, log_density};
use crate::math::likelihood::Task;
use crate::math::proposal::{Proposal, ProposalKind};
use crate::math::rng::{Purpose, standard_normal};
use crate::model::manifest::{Contract, ImageShape, LatentLayer, ModelEntry};
use crate::model::{Hierarchy, TopDown, load};

/// A hierarchical VAE: p(z_{1:L}) = p(z_1) Π p(z_l | z_{<l}), layer 1 at the top, with top-down
/// inference (Sønderby et al. 2016).
#[derive(Debug)]
pub struct Hvae {
    hierarchy: Arc<dyn Hierarchy>,
    image: ImageShape,
    task: Task,
    layers: Vec<LatentLayer>,
}

/// How to reconstruct an image with a hierarchical VAE.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct ReconstructOptions {
    /// How many layers, from the top, are drawn from q(z|x), the others from their priors; all if
    /// absent.
    pub posterior_layers: Option<usize>,
    /// Seed of the binarization and of the latents; for JavaScript drawn afresh if absent.
    pub seed: u64,
}

impl Hvae {
    /// A hierarchical VAE from its networks. `layers` are the stochastic layers, the top one first.
    pub fn new(
        hierarchy: Arc<dyn Hierarchy>,
        image: ImageShape,
        task: Task,
        layers: Vec<LatentLayer>,
    ) -> Self {
        Self { hierarchy, image, task, layers }
    }

    /// Loads the model that `entry` describes; `file` gives the bytes of a role, `encoder` or
    /// `decoder`.
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest) if the entry is not a hierarchical VAE
    /// or is invalid, [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) or
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if a file is not what it says.
    pub fn load(entry: &ModelEntry, file: impl Fn(&str) -> Result<Vec<u8>>) -> Result<Self> {
        entry.validate()?;
        let Contract::Hvae(hvae) = &entry.contract else {
            return Err(Error::entry(&entry.id, "it is not a hierarchical VAE"));
        };
        let hierarchy = load::hierarchy(entry, hvae, &file)?;
        Ok(Self::new(hierarchy, entry.image, entry.likelihood.task(), hvae.layers.clone()))
    }

    /// Shape of the images.
    #[must_use]
    pub fn image(&self) -> ImageShape {
        self.image
    }

    /// The stochastic layers, the top one first.
    #[must_use]
    pub fn layers(&self) -> &[LatentLayer] {
        &self.layers
    }

    /// Number of latents of all layers together.
    pub fn latents(&self) -> usize {
        self.layers.iter().map(LatentLayer::latents).sum()
    }

    /// Pixel means in `[0, 1]` of a draw from the prior, the noise of each layer from a seed of its
    /// own: a layer is held by keeping its seed and drawn anew by changing it.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if there is not one seed per layer; those of
    /// the network.
    pub fn generate(&self, seeds: &[u64]) -> Result<Array1<f32>> {
        if seeds.len() != self.layers.len() {
            return Err(Error::shape(
                "seeds",
                format_args!("{} values", seeds.len()),
                format_args!("one for each of {} layers", self.layers.len()),
            ));
        }
        let layers = self.layers.iter().zip(seeds).enumerate();
        let eps: Array1<f32> = layers
            .flat_map(|(l, (layer, &seed))| {
                standard_normal(seed, Purpose::Prior, [l as u64, 1], layer.latents())
            })
            .map(|v| v as f32)
            .collect();
        let gate = vec![0.0; self.layers.len()];
        Ok(self.hierarchy.decode(None, eps.view(), &gate)?.pixels.means())
    }

    /// Pixel means in `[0, 1]` where the upper layers are drawn from `q(z|x)` and the lower ones
    /// from their priors: what the upper layers alone know of the image.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for an image of another size,
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for more layers than there are; those of the
    /// network.
    pub fn reconstruct(&self, levels: &[u8], options: &ReconstructOptions) -> Result<Array1<f32>> {
        check_image(levels, self.image.dimensions())?;
        let all = self.layers.len();
        let posterior = options.posterior_layers.unwrap_or(all);
        if posterior > all {
            return Err(Error::value(
                "posteriorLayers",
                posterior,
                format_args!("0 to {all}, as the model has {all} layers"),
            ));
        }
        let seed = options.seed;
        let features = self
            .hierarchy
            .encode(self.task.encoder_input(&self.task.observe(levels, seed)).view())?;
        let eps = noise(seed, 0, self.latents());
        let gate: Vec<f32> = (0..all).map(|l| if l < posterior { 1.0 } else { 0.0 }).collect();
        Ok(self.hierarchy.decode(Some(&features), eps.view(), &gate)?.pixels.means())
    }

    /// Starts the bounds of one image of 8-bit levels.
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
        if options.class.is_some() || options.dequantize {
            return Err(Error::request(
                "class and dequantize are for a VAE",
                "leave them out for a hierarchical one",
            ));
        }
        let bound = LatentBound::new(self.task, levels, options, |x, _| {
            Ok(Box::new(HvaePosterior {
                features: self.hierarchy.encode(self.task.encoder_input(x).view())?,
                hierarchy: self.hierarchy.clone(),
                layers: self.layers.clone(),
                x: x.to_vec(),
            }))
        });
        bound.map(Accumulator::new)
    }
}

/// The noise of all latents in draw `index`, rounded to what the network sees.
fn noise(seed: u64, index: usize, latents: usize) -> Array1<f32> {
    standard_normal(seed, Purpose::Latent, [index as u64, 0], latents).mapv(|v| v as f32)
}

/// q(z_{1:L} | x) of one image.
struct HvaePosterior {
    hierarchy: Arc<dyn Hierarchy>,
    layers: Vec<LatentLayer>,
    features: Vec<Array1<f32>>,
    x: Vec<u8>,
}

impl HvaePosterior {
    fn read(&self, eps: &Array1<f32>, pass: &TopDown) -> ImportanceSample {
        let (q, p) = (&pass.q, &pass.p);
        let log_ratio = (0..eps.len()).map(|i| {
            let z = q.mean[i] + libm::exp(0.5 * q.log_var[i]) * f64::from(eps[i]);
            log_density(z, p.mean[i], p.log_var[i]) - log_density(z, q.mean[i], q.log_var[i])
        });
        let log_ratio = log_ratio.sum();
        let kl = kl(q.mean.view(), q.log_var.view(), p.mean.view(), p.log_var.view());
        let mut rest = kl.iter();
        let kl =
            self.layers.iter().map(|layer| rest.by_ref().take(layer.latents()).sum()).collect();
        ImportanceSample { log_likelihood: pass.pixels.log_likelihood(&self.x), log_ratio, kl }
    }
}

impl Posterior for HvaePosterior {
    fn latents(&self) -> usize {
        self.layers.iter().map(LatentLayer::latents).sum()
    }

    fn draws(&self, noises: &[Array1<f64>]) -> Result<Vec<ImportanceSample>> {
        let eps: Vec<Array1<f32>> = noises.iter().map(|noise| noise.mapv(|v| v as f32)).collect();
        let gate = vec![1.0; self.layers.len()];
        let passes = self.hierarchy.decode_batch(Some(&self.features), &eps, &gate)?;
        Ok(eps.iter().zip(passes).map(|(eps, pass)| self.read(eps, &pass)).collect())
    }

    /// Beside q the top layer alone is moved: see [`Proposal::defensive`].
    fn proposal(&self, kind: ProposalKind) -> Result<Proposal> {
        Ok(match kind {
            ProposalKind::Posterior => Proposal::posterior(),
            ProposalKind::Defensive | ProposalKind::Laplace | ProposalKind::Fitted => {
                Proposal::defensive(self.layers.first().map_or(0, LatentLayer::latents))
            }
        })
    }

    fn layers(&self) -> Vec<String> {
        self.layers.iter().map(|l| l.name.clone()).collect()
    }

    fn kl_per_latent(&self) -> Option<Array1<f64>> {
        None
    }
}
