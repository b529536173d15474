//! What a network of somebody else's does differently: names, layouts, units and conventions of its
//! inputs and outputs. Every field has a default, which is what this project's own exports do.

use serde::{Deserialize, Serialize};

/// The order of an image's axes in a tensor: channels, rows, columns (PyTorch), or rows, columns,
/// channels (Keras, JAX).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "TensorLayout"))]
pub enum Layout {
    /// Channels, rows, columns (PyTorch).
    #[default]
    Nchw,
    /// Rows, columns, channels (Keras, JAX).
    Nhwc,
}

/// An image as the input of a network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct ImageInput {
    /// "x" of an encoder and "x_t" of a diffusion network if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The order in which its values lie.
    pub layout: Layout,
    /// The tensor's shape without the batch if it is not the layout's: [784] for a flat one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<Vec<usize>>,
    /// The network sees scale * pixel + shift, pixels in [0, 1]: one value, or one for each
    /// channel. Not for diffusion models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scale: Vec<f64>,
    /// See `scale`; 0 if absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shift: Vec<f64>,
}

/// The latents as the input of a decoder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct LatentInput {
    /// The name of the input, `z` if absent, or of any value of the graph, where encoder and
    /// decoder are one file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The tensor's shape without the batch if it is not `[latents]`: `[16, 1, 1]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<Vec<usize>>,
}

/// How an encoder gives the spread of `q(z|x)` beside its mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Spread {
    /// log σ².
    #[default]
    LogVar,
    /// log σ.
    LogStd,
    /// σ.
    Std,
    /// σ².
    Var,
    /// Nothing: the network is an autoencoder, which has no `q(z|x)` and no bound.
    None,
}

/// Which half of an output that holds two things comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum HalfOrder {
    /// The mean, then the spread.
    #[default]
    MeanFirst,
    /// The spread, then the mean.
    SpreadFirst,
}

/// One output that holds mean and spread side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Split {
    /// The output, or any value of the graph.
    pub name: String,
    /// The axis along which it is cut into two halves, the batch being axis 0 unless this is 0.
    pub axis: usize,
    /// Which half is which.
    #[serde(default)]
    #[cfg_attr(test, ts(optional, as = "Option<_>", inline))]
    pub order: HalfOrder,
}

/// How an encoder states q(z|x).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct PosteriorOutput {
    /// What stands beside the mean; "none" for an autoencoder, which has no q(z|x) and no bound.
    /// "log-var" if absent.
    #[cfg_attr(test, ts(inline))]
    pub spread: Spread,
    /// An output, or any value of the graph; "mean" if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_name: Option<String>,
    /// An output, or any value of the graph; "log_var", "log_std", "std" or "var" if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread_name: Option<String>,
    /// Both in one output instead, cut in two along an axis (the batch is axis 0 unless `axis` is
    /// 0).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(inline))]
    pub split: Option<Split>,
}

/// Element type of an input that is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Numbers {
    /// 64-bit integers.
    Integer,
    /// 32-bit floating point.
    Float,
}

/// How a class is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ClassForm {
    /// Its number.
    #[default]
    Index,
    /// A vector with a 1 at its number.
    OneHot,
}

/// How "no class" is written, for a network trained with and without (Ho & Salimans 2022).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum NullClass {
    /// Not at all: the network always needs a class.
    None,
    /// As the class after the last.
    #[default]
    ExtraIndex,
    /// As the class of this number.
    Index(i64),
    /// As a one-hot vector of zeros.
    Zeros,
    /// By an input of its own, which has one value where there is no class and another where there
    /// is one.
    Mask {
        /// The input.
        name: String,
        /// Its value for "no class".
        absent: f64,
        /// Its value where a class is given.
        present: f64,
        /// Its shape without the batch, [] if absent.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        shape: Vec<usize>,
        /// Its element type.
        #[serde(default = "float")]
        #[cfg_attr(test, ts(optional, as = "Option<_>"))]
        numbers: Numbers,
    },
}

fn float() -> Numbers {
    Numbers::Float
}

/// A class as an input of a network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct ClassInput {
    /// "class" if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How a class is written.
    #[cfg_attr(test, ts(inline))]
    pub form: ClassForm,
    /// Shape without the batch if it is not [] for an index and `[classes]` for a one-hot vector.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<Vec<usize>>,
    /// Integers for an index and floats for a one-hot vector if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbers: Option<Numbers>,
    /// How "no class" is written: not at all; as the class after the last (the default); as the
    /// class of a number; as a one-hot vector of zeros; by an input of its own.
    #[cfg_attr(test, ts(inline))]
    pub null: NullClass,
}

/// How a decoder gives a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum PixelValue {
    /// The logit of a probability.
    Logits,
    /// The mean, in the units of `range`; the probability of a binary pixel.
    Mean,
}

/// The standard deviation of a Gaussian decoder `N(f(z), σ² I)`, in the units of its mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", untagged)]
pub enum Std {
    /// A number from the training.
    Given(f64),
    /// σ² = the mean square error of the image, its maximum-likelihood value (Rybkin et al. 2021).
    Fitted(Fitted),
}

/// The word "fitted".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fitted {
    /// Fitted to each image.
    Fitted,
}

/// How a decoder gives the spread of a pixel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum PixelSpread {
    /// Logarithm of a logistic's scale.
    LogScale,
    /// log σ².
    LogVar,
    /// log σ.
    LogStd,
    /// σ.
    Std,
}

/// The spread of each pixel as an output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct SpreadOutput {
    /// The output, or any value of the graph.
    pub name: String,
    /// What it is, in the units of the mean.
    #[cfg_attr(test, ts(inline))]
    pub value: PixelSpread,
}

/// How a decoder states the distribution of the pixels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct PixelOutput {
    /// An output, or any value of the graph; "logits", "mean", or "parameters" of a mixture if
    /// absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Logits, or the mean in the units of `range` (of binary pixels: the probability).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(inline))]
    pub value: Option<PixelValue>,
    /// The mean's values for a black and for a full pixel; [-1, 1] for "discretized-logistic", [0,
    /// 1] for others if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<[f64; 2]>,
    /// The order in which the values lie.
    pub layout: Layout,
    /// The tensor's shape without the batch if it is not the layout's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shape: Option<Vec<usize>>,
    /// The spread of each pixel as a second output, in the units of the mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(inline))]
    pub spread: Option<SpreadOutput>,
    /// Standard deviation of a Gaussian in the units of the mean: a number, or fitted to each
    /// image.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "number | \"fitted\""))]
    pub std: Option<Std>,
    /// Components of a mixture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub components: Option<usize>,
}

/// An encoder's conventions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct EncoderAdapter {
    /// The batch that is fixed in the file; 1 if absent, also where the batch is free.
    pub batch: usize,
    /// The image.
    pub image: ImageInput,
    /// `q(z|x)`.
    pub posterior: PosteriorOutput,
    /// The class, if it takes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<ClassInput>,
}

impl Default for EncoderAdapter {
    fn default() -> Self {
        Self {
            batch: 1,
            image: ImageInput::default(),
            posterior: PosteriorOutput::default(),
            condition: None,
        }
    }
}

/// A decoder's conventions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub struct DecoderAdapter {
    /// As of an encoder.
    pub batch: usize,
    /// `shape` without the batch if it is not `[latents]`: [16, 1, 1]. The name is an input, "z" if
    /// absent, or any value of the graph, where encoder and decoder are one file: what that is
    /// computed from is left out.
    #[cfg_attr(test, ts(inline))]
    pub latent: LatentInput,
    /// `p(x|z)`.
    pub output: PixelOutput,
    /// The class, if it takes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<ClassInput>,
}

impl Default for DecoderAdapter {
    fn default() -> Self {
        Self {
            batch: 1,
            latent: LatentInput::default(),
            output: PixelOutput::default(),
            condition: None,
        }
    }
}
