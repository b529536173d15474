//! The kinds of model and the fields of their entries.

use serde::{Deserialize, Serialize};

use super::{DecoderAdapter, EncoderAdapter, FileEntry, NetworkAdapter, PixelOutput};
use crate::image::resample::Size;
use crate::math::likelihood::Task;
use crate::math::parameterization::Parameterization;
use crate::math::schedule::LogSnrRange;

/// The networks of a model and what they compute.
#[expect(clippy::large_enum_variant, reason = "there is one for each model, not many")]
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Contract {
    /// A variational autoencoder with a standard normal prior, an autoencoder, or a decoder alone.
    Vae(VaeContract),
    /// A hierarchical VAE with top-down inference.
    Hvae(HvaeContract),
    /// A denoising diffusion model.
    Ddpm(DdpmContract),
}

/// A VAE.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "VaeEntry"))]
pub struct VaeContract {
    /// Without an encoder the model is a decoder alone. `…Data` is the external data of a file.
    /// `density`, for two latents: where the training images of each class lie, for
    /// Vae.classRegions.
    #[cfg_attr(test, ts(inline))]
    pub files: VaeFiles,
    /// Mean KL to the prior of each latent in nats over the training set, empty if the manifest
    /// does not say (see Vae.estimateKl); `order` has the most informative first.
    #[cfg_attr(test, ts(inline))]
    pub latents: Latents,
    /// Classes that the networks are conditioned on; absent for none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// What the networks do differently from this project's own.
    #[serde(default)]
    pub encoder: EncoderAdapter,
    /// The decoder's conventions.
    #[serde(default)]
    pub decoder: DecoderAdapter,
}

/// A hierarchical VAE.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "HvaeEntry"))]
pub struct HvaeContract {
    /// Bottom-up and top-down network.
    #[cfg_attr(test, ts(inline))]
    pub files: HvaeFiles,
    /// The top layer first.
    pub layers: Vec<LatentLayer>,
    /// Shapes of the encoder's outputs.
    pub features: Vec<Vec<usize>>,
    /// How the decoder states the distribution of the pixels.
    #[serde(default)]
    #[cfg_attr(test, ts(inline))]
    pub decoder: HvaeDecoder,
}

/// The conventions of a hierarchical VAE's decoder.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct HvaeDecoder {
    /// p(x | z_{1:L}).
    #[cfg_attr(test, ts(optional, as = "Option<_>"))]
    pub output: PixelOutput,
}

/// A diffusion model.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "DdpmEntry", optional_fields))]
pub struct DdpmContract {
    /// The network.
    #[cfg_attr(test, ts(inline))]
    pub files: DdpmFiles,
    /// How the network's output gives the clean image and the noise.
    #[cfg_attr(test, ts(inline))]
    pub parameterization: Parameterization,
    /// The range of log signal-to-noise ratios that the network was trained on; that of its chain
    /// or convention if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(inline))]
    pub log_snr: Option<LogSnrRange>,
    /// Empty for an unconditional model.
    #[serde(default)]
    pub classes: Vec<String>,
    /// What the network does differently from this project's own.
    #[serde(default)]
    pub network: NetworkAdapter,
}

impl VaeContract {
    /// What a VAE can be a likelihood of.
    pub(crate) const LIKELIHOODS: &[Likelihood] = &[
        Likelihood::Bernoulli,
        Likelihood::GreyBernoulli,
        Likelihood::Gaussian,
        Likelihood::DiscretizedLogistic,
        Likelihood::LogisticMixture,
    ];
}

impl HvaeContract {
    /// What a hierarchical VAE can be a likelihood of.
    pub(crate) const LIKELIHOODS: &[Likelihood] =
        &[Likelihood::Bernoulli, Likelihood::DiscretizedLogistic, Likelihood::LogisticMixture];
}

impl DdpmContract {
    /// What a diffusion model can be a likelihood of.
    pub(crate) const LIKELIHOODS: &[Likelihood] = &[Likelihood::DiscretizedGaussian];
}

/// Files of a VAE.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct VaeFiles {
    /// `x[B,C,H,W]` in `[0,1]` to `mean[B,d]`, `log_var[B,d]`; absent for a decoder alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder: Option<FileEntry>,
    /// The encoder's external data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder_data: Option<FileEntry>,
    /// `z[B,d]` to `logits[B,C,H,W]`, or to `mean` and `log_scale` of that shape for a discretized
    /// logistic likelihood.
    pub decoder: FileEntry,
    /// The decoder's external data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoder_data: Option<FileEntry>,
    /// Where the training images of each class lie, for a VAE with two latents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density: Option<FileEntry>,
}

/// Files of a hierarchical VAE with L layers of N latents in all.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct HvaeFiles {
    /// `x[B,C,H,W]` in `[0,1]` to `feature_0[B,…]`, `feature_1[B,…]`, …
    pub encoder: FileEntry,
    /// The encoder's external data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder_data: Option<FileEntry>,
    /// The features, `eps[B,N]` and `gate[B,L]` to the outputs of a VAE's decoder and `q_mean`,
    /// `q_log_var`, `p_mean`, `p_log_var`, `[B,N]` each: what the latents were drawn from, and
    /// their priors given the latents above.
    pub decoder: FileEntry,
    /// The decoder's external data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoder_data: Option<FileEntry>,
}

/// Files of a diffusion model.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct DdpmFiles {
    /// `x_t[B,C,H,W]`, `log_snr[B]`, `class[B]` (64-bit integers) to `output[B,C,H,W]`.
    pub network: FileEntry,
    /// The network's external data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network_data: Option<FileEntry>,
}

/// A stochastic layer of a hierarchical VAE; `kl` is its mean KL to its prior in nats over the
/// training set.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LatentLayer {
    /// Name for people.
    pub name: String,
    /// Shape of its latents.
    pub shape: Vec<usize>,
    /// Mean KL to the prior given the layers above, in nats, over the training set.
    pub kl: f64,
}

impl LatentLayer {
    /// Number of latents.
    #[must_use]
    pub fn latents(&self) -> usize {
        self.shape.iter().product()
    }
}

/// The latents of a VAE.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Latents {
    /// How many there are.
    pub count: usize,
    /// Mean KL to the prior of each, in nats, over the training set; empty if it is not known.
    #[serde(default)]
    pub kl_per_latent: Vec<f64>,
    /// Indices, most informative first; by `klPerLatent` if absent, or as they come.
    #[serde(default)]
    pub order: Vec<usize>,
}

/// 1 channel for grey or 3 for red, green and blue; levels lie row by row, the channels of a pixel
/// side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ImageShape {
    /// Channels: 1 for grey, 3 for red, green and blue.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl ImageShape {
    /// Number of values in one image.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.channels * self.height * self.width
    }
}

impl From<ImageShape> for Size {
    fn from(ImageShape { channels, height, width }: ImageShape) -> Self {
        Self { channels, height, width }
    }
}

/// Likelihood of the data given what the network says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Likelihood {
    /// Binary pixels, the network gives logits.
    Bernoulli,
    /// Cross-entropy with grey levels, as most tutorials train: no likelihood, as it does not
    /// integrate to one (Loaiza-Ganem & Cunningham 2019).
    GreyBernoulli,
    /// A density `N(f(z), σ² I)` of pixels in the decoder's range.
    Gaussian,
    /// 8-bit levels, the mass that a logistic distribution puts on each level; the network gives
    /// mean and log scale.
    DiscretizedLogistic,
    /// 8-bit levels, the mass of a mixture of logistics (Salimans et al. 2017).
    LogisticMixture,
    /// 8-bit levels, the mass that a Gaussian puts on each level.
    DiscretizedGaussian,
}

impl Likelihood {
    /// What it is a probability of.
    #[must_use]
    pub fn task(self) -> Task {
        match self {
            Self::Bernoulli => Task::Binarized,
            Self::GreyBernoulli => Task::Grey,
            Self::Gaussian => Task::Density,
            Self::DiscretizedLogistic | Self::LogisticMixture | Self::DiscretizedGaussian => {
                Task::EightBit
            }
        }
    }
}
