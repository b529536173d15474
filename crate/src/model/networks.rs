//! The networks of the manifest's contracts, over tract.

use ndarray::{Array1, ArrayView1};

use super::manifest::{FileEntry, ImageShape, Likelihood};
use super::onnx::{Network, TensorSpec, Values};
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

/// The values, which must be finite.
pub(super) fn finite(values: ArrayView1<f32>) -> Result<Vec<f32>> {
    let values = values.to_vec();
    match values.iter().position(|v| !v.is_finite()) {
        None => Ok(values),
        Some(at) => Err(Error::value(format!(
            "value {at} of the network's input is {}, it must be finite",
            values[at]
        ))),
    }
}

/// Fails unless each output has the shape expected of it.
pub(super) fn check_shapes(path: &str, network: &Network, expected: &[&[usize]]) -> Result<()> {
    for (spec, &shape) in network.outputs().iter().zip(expected) {
        if spec.shape != shape {
            return Err(Error::model(format!(
                "{path} gives {:?} with shape {:?}, expected {shape:?}",
                spec.name, spec.shape
            )));
        }
    }
    Ok(())
}

/// The outputs by which a decoder states the distribution of the pixels.
pub(super) fn pixel_outputs(likelihood: Likelihood) -> &'static [&'static str] {
    match likelihood {
        Likelihood::Bernoulli => &["logits"],
        Likelihood::DiscretizedLogistic | Likelihood::DiscretizedGaussian => &["mean", "log_scale"],
    }
}

/// The distribution that the outputs of [`pixel_outputs`] state.
pub(super) fn pixels(
    outputs: impl IntoIterator<Item = Vec<f32>>,
) -> Result<Box<dyn PixelLikelihood>> {
    let mut outputs = outputs.into_iter().map(Array1::from);
    Ok(match (outputs.next(), outputs.next()) {
        (Some(logits), None) => Box::new(BernoulliPixels { logits }),
        (Some(mean), Some(log_scale)) => Box::new(LogisticPixels { mean, log_scale }),
        (None, _) => return Err(Error::model("the decoder has no outputs")),
    })
}

pub(super) fn wide(values: Vec<f32>) -> Array1<f64> {
    values.into_iter().map(f64::from).collect()
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
        let inputs = [TensorSpec::f32("x", &[1, image.channels, image.height, image.width])];
        let network = Network::load(&file.path, bytes, None, &inputs, &["mean", "log_var"])?;
        check_shapes(&file.path, &network, &[[1, latents].as_slice(); 2])?;
        Ok(Self { network, image })
    }
}

impl Encoder for OnnxEncoder {
    fn encode(&self, x: ArrayView1<f32>) -> Result<DiagonalGaussian> {
        check_length("the image", x.len(), self.image.dimensions())?;
        let outputs = self.network.run(&[Values::F32(&finite(x)?)])?;
        let [mean, log_var] =
            outputs.try_into().map_err(|_| Error::model("outputs are missing"))?;
        Ok(DiagonalGaussian { mean: wide(mean), log_var: wide(log_var) })
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
        let inputs = [TensorSpec::f32("z", &[1, latents])];
        let outputs = pixel_outputs(likelihood);
        let network = Network::load(&file.path, bytes, None, &inputs, outputs)?;
        let pixels = [1, image.channels, image.height, image.width];
        check_shapes(&file.path, &network, &[pixels.as_slice(); 2])?;
        Ok(Self { network, latents })
    }
}

impl Decoder for OnnxDecoder {
    fn decode(&self, z: ArrayView1<f32>) -> Result<Box<dyn PixelLikelihood>> {
        check_length("the latent vector", z.len(), self.latents)?;
        pixels(self.network.run(&[Values::F32(&finite(z)?)])?)
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
            TensorSpec::f32("x_t", &shape),
            TensorSpec::f32("log_snr", &[1]),
            TensorSpec::i64("class", &[1]),
        ];
        let network = Network::load(&file.path, bytes, None, &inputs, &["output"])?;
        check_shapes(&file.path, &network, &[&shape])?;
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
        let x_t = finite(x_t.mapv(|v| v as f32).view())?;
        let log_snr = [log_snr.clamp(self.log_snr.min, self.log_snr.max) as f32];
        let outputs = self.network.run(&[
            Values::F32(&x_t),
            Values::F32(&log_snr),
            Values::I64(&[class as i64]),
        ])?;
        let output = outputs.into_iter().next();
        output.map(Array1::from).ok_or_else(|| Error::model("the output is missing"))
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
