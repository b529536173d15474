//! The approximate posterior of a VAE for one image: draws, and the proposals around it.

use std::sync::Arc;

use ndarray::{Array1, ArrayView1};

use super::DensityReading;
use super::latent_bound::{ImportanceSample, Posterior};
use crate::error::{Error, Result};
use crate::math::gaussian;
use crate::math::laplace::{Laplace, laplace};
use crate::math::proposal::{Proposal, ProposalKind};
use crate::model::{Decoder, DiagonalGaussian, Observation};

/// How many draws of a pilot go through the network together.
const PILOT_BATCH: usize = 8;

/// q(z|x) of one image.
pub(super) struct VaePosterior {
    decoder: Arc<dyn Decoder>,
    q: DiagonalGaussian,
    std: Array1<f64>,
    kl: Array1<f64>,
    class: Option<usize>,
    x: Vec<u8>,
    noise: Option<Vec<f64>>,
    density: Option<DensityReading>,
}

impl VaePosterior {
    /// `x` are the observed levels. Those of a density are read in its units, with `noise` added to
    /// them if there is some.
    pub(super) fn new(
        decoder: Arc<dyn Decoder>,
        q: DiagonalGaussian,
        class: Option<usize>,
        x: &[u8],
        noise: Option<Vec<f64>>,
        is_density: bool,
    ) -> Result<Self> {
        let std = q.log_var.mapv(|v| libm::exp(0.5 * v));
        let kl = gaussian::kl_standard(q.mean.view(), q.log_var.view());
        let x = x.to_vec();
        let mut posterior = Self { decoder, q, std, kl, class, x, noise, density: None };
        if is_density {
            posterior.density = posterior.read_density()?;
        }
        Ok(posterior)
    }

    fn observation(&self) -> Observation<'_> {
        Observation {
            x: &self.x,
            dequantization: self.noise.as_deref(),
            std: self.density.and_then(|density| density.fitted_std),
        }
    }

    /// The units of the density, and the σ that fits the image, from the decoded mean of q: one σ
    /// for all draws, so that the bound is that of one model.
    fn read_density(&self) -> Result<Option<DensityReading>> {
        let mean = self.q.mean.mapv(|v| v as f32);
        let pixels = self.decoder.decode_given(mean.view(), self.class)?;
        let dequantized = self.noise.is_some();
        Ok(pixels.density().map(|units| DensityReading {
            range: units.range,
            dequantized,
            log_volume: units.log_volume(self.x.len(), dequantized),
            fitted_std: pixels.fitted_std(&self.observation()),
        }))
    }
}

impl Posterior for VaePosterior {
    fn latents(&self) -> usize {
        self.q.mean.len()
    }

    fn draws(&self, noises: &[Array1<f64>]) -> Result<Vec<ImportanceSample>> {
        let z: Vec<Array1<f64>> =
            noises.iter().map(|noise| &self.q.mean + &(&self.std * noise)).collect();
        let rounded: Vec<Array1<f32>> = z.iter().map(|z| z.mapv(|v| v as f32)).collect();
        let views: Vec<ArrayView1<'_, f32>> = rounded.iter().map(|z| z.view()).collect();
        let all = self.decoder.decode_batch(&views, self.class)?;
        let draws = z.iter().zip(all).map(|(z, pixels)| {
            let log_ratio = (0..z.len()).map(|i| {
                gaussian::log_density(z[i], 0.0, 0.0)
                    - gaussian::log_density(z[i], self.q.mean[i], self.q.log_var[i])
            });
            let log_ratio = log_ratio.sum();
            let log_likelihood = pixels.log_density(&self.observation());
            ImportanceSample { log_likelihood, log_ratio, kl: vec![self.kl.sum()] }
        });
        Ok(draws.collect())
    }

    fn proposal(&self, kind: ProposalKind) -> Result<Proposal> {
        let found = match kind {
            ProposalKind::Posterior => return Ok(Proposal::posterior()),
            ProposalKind::Defensive => None,
            ProposalKind::Laplace | ProposalKind::Fitted => {
                laplace(self.q.mean.view(), self.std.view(), |z| {
                    let z = z.mapv(|v| v as f32);
                    let pixels = self.decoder.decode_given(z.view(), self.class)?;
                    Ok::<_, Error>(pixels.sensitivity(&self.x))
                })?
            }
        };
        let Some(Laplace { mode, factor }) = found else {
            return Ok(Proposal::defensive(self.latents()));
        };
        if kind == ProposalKind::Laplace {
            return Ok(Proposal::laplace(mode, factor));
        }
        let log_weights = |noises: &[Array1<f64>]| {
            let mut weights = Vec::with_capacity(noises.len());
            for some in noises.chunks(PILOT_BATCH) {
                let draws = self.draws(some)?;
                weights.extend(draws.iter().map(|draw| draw.log_likelihood + draw.log_ratio));
            }
            Ok::<_, Error>(weights)
        };
        let moments = Proposal::pilot(mode.clone(), factor.clone(), log_weights)?;
        Ok(moments.map_or_else(|| Proposal::laplace(mode, factor), Proposal::fitted))
    }

    fn layers(&self) -> Vec<String> {
        vec!["z".into()]
    }

    fn kl_per_latent(&self) -> Option<Array1<f64>> {
        Some(self.kl.clone())
    }

    fn density(&self) -> Option<DensityReading> {
        self.density
    }
}
