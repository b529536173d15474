//! The networks of the manifest's contracts, over tract.

use ndarray::{Array1, ArrayView1};
use tract_core::prelude::*;

use super::manifest::{FileEntry, ImageShape, Likelihood};
use super::onnx::{Network, Port};
use super::{
    BernoulliPixels, Decoder, DiagonalGaussian, Encoder, LogisticPixels, NoisePredictor,
    PixelLikelihood,
};
use crate::error::{Error, Result};
use crate::math::parameterization::{Parameterization, Prediction};
use crate::math::schedule::LogSnrRange;

pub(super) fn check_length(what: &str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    Err(Error::shape(format!("{what} has {found} values, the model takes {expected}")))
}

pub(super) fn input(values: ArrayView1<f32>, shape: &[usize]) -> Result<TValue> {
    let values = values.to_vec();
    if let Some(at) = values.iter().position(|v| !v.is_finite()) {
        return Err(Error::value(format!(
            "value {at} of the network's input is {}, it must be finite",
            values[at]
        )));
    }
    let tensor = Tensor::from_shape(shape, &values).map_err(|e| Error::shape(format!("{e:#}")))?;
    Ok(tensor.into_tvalue())
}

pub(super) fn output(value: &TValue) -> Result<ArrayView1<'_, f32>> {
    let array = value.to_plain_array_view::<f32>().map_err(|e| Error::model(format!("{e:#}")))?;
    let length = array.len();
    array.into_shape_with_order(length).map_err(|e| Error::model(format!("{e}")))
}

/// The outputs by which a decoder states the distribution of the pixels.
pub(super) fn pixel_ports(likelihood: Likelihood, image: ImageShape) -> Vec<Port> {
    let shape = [1, image.channels, image.height, image.width];
    let names: &[&str] = match likelihood {
        Likelihood::Bernoulli => &["logits"],
        Likelihood::DiscretizedLogistic | Likelihood::DiscretizedGaussian => &["mean", "log_scale"],
    };
    names.iter().map(|&name| Port::new::<f32>(name, &shape)).collect()
}

/// The distribution that the outputs of [`pixel_ports`] state.
pub(super) fn pixels(outputs: &[TValue]) -> Result<Box<dyn PixelLikelihood>> {
    Ok(match outputs {
        [logits] => Box::new(BernoulliPixels { logits: output(logits)?.to_owned() }),
        [mean, log_scale, ..] => Box::new(LogisticPixels {
            mean: output(mean)?.to_owned(),
            log_scale: output(log_scale)?.to_owned(),
        }),
        [] => return Err(Error::model("the decoder has no outputs")),
    })
}

/// `encoder.onnx`: an image to the mean and log variance of `q(z|x)`.
pub struct OnnxEncoder {
    network: Network,
    image: ImageShape,
}

impl OnnxEncoder {
    /// Loads the network. `latents` is the number of latents.
    ///
    /// # Errors
    /// [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) if the bytes are not the file's,
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if they are not such a network.
    pub fn load(file: &FileEntry, bytes: &[u8], image: ImageShape, latents: usize) -> Result<Self> {
        file.verify(bytes)?;
        let inputs = [Port::new::<f32>("x", &[1, image.channels, image.height, image.width])];
        let outputs =
            [Port::new::<f32>("mean", &[1, latents]), Port::new::<f32>("log_var", &[1, latents])];
        Ok(Self { network: Network::load(&file.path, bytes, &inputs, &outputs)?, image })
    }
}

impl Encoder for OnnxEncoder {
    fn encode(&self, x: ArrayView1<f32>) -> Result<DiagonalGaussian> {
        check_length("the image", x.len(), self.image.dimensions())?;
        let ImageShape { channels, height, width } = self.image;
        let outputs = self.network.run(tvec!(input(x, &[1, channels, height, width])?))?;
        Ok(DiagonalGaussian {
            mean: output(&outputs[0])?.mapv(f64::from),
            log_var: output(&outputs[1])?.mapv(f64::from),
        })
    }
}

/// `decoder.onnx`: a latent vector to the distribution of the pixels.
pub struct OnnxDecoder {
    network: Network,
    latents: usize,
}

impl OnnxDecoder {
    /// Loads the network. `latents` is the number of latents.
    ///
    /// # Errors
    /// As [`OnnxEncoder::load`].
    pub fn load(
        file: &FileEntry,
        bytes: &[u8],
        image: ImageShape,
        likelihood: Likelihood,
        latents: usize,
    ) -> Result<Self> {
        file.verify(bytes)?;
        let inputs = [Port::new::<f32>("z", &[1, latents])];
        let network = Network::load(&file.path, bytes, &inputs, &pixel_ports(likelihood, image))?;
        Ok(Self { network, latents })
    }
}

impl Decoder for OnnxDecoder {
    fn decode(&self, z: ArrayView1<f32>) -> Result<Box<dyn PixelLikelihood>> {
        check_length("the latent vector", z.len(), self.latents)?;
        pixels(&self.network.run(tvec!(input(z, &[1, self.latents])?))?)
    }
}

/// `network.onnx` of a diffusion model, with its parameterization: `x_t` to the clean image and the
/// noise.
pub struct OnnxNoisePredictor {
    network: Network,
    image: ImageShape,
    parameterization: Parameterization,
    log_snr: LogSnrRange,
    classes: usize,
}

impl OnnxNoisePredictor {
    /// Loads the network.
    ///
    /// # Errors
    /// As [`OnnxEncoder::load`].
    pub fn load(
        file: &FileEntry,
        bytes: &[u8],
        image: ImageShape,
        parameterization: Parameterization,
        log_snr: LogSnrRange,
        classes: usize,
    ) -> Result<Self> {
        file.verify(bytes)?;
        let shape = [1, image.channels, image.height, image.width];
        let inputs = [
            Port::new::<f32>("x_t", &shape),
            Port::new::<f32>("log_snr", &[1]),
            Port::new::<i64>("class", &[1]),
        ];
        let outputs = [Port::new::<f32>("output", &shape)];
        let network = Network::load(&file.path, bytes, &inputs, &outputs)?;
        Ok(Self { network, image, parameterization, log_snr, classes })
    }

    /// The network's own output at `x_t`, before the parameterization; the log signal-to-noise
    /// ratio that it is told is clamped to the range it was trained on.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) or
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a wrong length, a value that is not
    /// finite, or a class that the model does not have.
    pub fn output(
        &self,
        x_t: ArrayView1<f64>,
        log_snr: f64,
        class: Option<usize>,
    ) -> Result<Array1<f32>> {
        check_length("x_t", x_t.len(), self.image.dimensions())?;
        if log_snr.is_nan() {
            return Err(Error::value("log_snr is NaN"));
        }
        let class = match class {
            Some(class) if class >= self.classes => {
                let last = self.classes - 1;
                return Err(Error::value(format!(
                    "class {class} is unknown, the model has classes 0 to {last}"
                )));
            }
            // The class after the last one means "no class".
            class => class.unwrap_or(self.classes),
        };
        let ImageShape { channels, height, width } = self.image;
        let outputs = self.network.run(tvec!(
            input(x_t.mapv(|v| v as f32).view(), &[1, channels, height, width])?,
            tensor1(&[log_snr.clamp(self.log_snr.min, self.log_snr.max) as f32]).into_tvalue(),
            tensor1(&[class as i64]).into_tvalue(),
        ))?;
        Ok(output(&outputs[0])?.to_owned())
    }
}

impl NoisePredictor for OnnxNoisePredictor {
    fn predict(
        &self,
        x_t: ArrayView1<f64>,
        log_snr: f64,
        class: Option<usize>,
    ) -> Result<Prediction> {
        let output = self.output(x_t, log_snr, class)?;
        Ok(self.parameterization.apply(x_t, log_snr, output.view()))
    }
}
