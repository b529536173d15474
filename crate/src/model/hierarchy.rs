//! The networks of a hierarchical VAE over tract.

use ndarray::{Array1, ArrayView1};

use super::manifest::{HvaeFiles, ImageShape, Likelihood};
use super::networks::{check_length, check_shapes, finite, pixel_outputs, pixels, wide};
use super::onnx::{Network, TensorSpec, Values};
use super::{DiagonalGaussian, Hierarchy, TopDown};
use crate::error::{Error, Result};

/// `encoder.onnx` (bottom-up: an image to features) and `decoder.onnx` (top-down: features, noise
/// and gates to latents and pixels) of a hierarchical VAE.
pub struct OnnxHierarchy {
    encoder: Network,
    decoder: Network,
    image: ImageShape,
    /// Shapes of the features, the batch included.
    features: Vec<Vec<usize>>,
    latents: usize,
    layers: usize,
    /// How many of the decoder's outputs state the distribution of the pixels.
    parameters: usize,
}

impl OnnxHierarchy {
    /// Loads both networks; `file` gives the bytes of a role, `encoder` or `decoder`. `features`
    /// are the shapes of the encoder's outputs without the batch, `latents` is the number of
    /// latents of all `layers` together.
    ///
    /// # Errors
    /// [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) if the bytes are not the files',
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if they are not such networks.
    pub fn load(
        files: &HvaeFiles,
        file: impl Fn(&str) -> Result<Vec<u8>>,
        image: ImageShape,
        likelihood: Likelihood,
        features: &[Vec<usize>],
        latents: usize,
        layers: usize,
    ) -> Result<Self> {
        let features: Vec<Vec<usize>> =
            features.iter().map(|shape| [&[1], &shape[..]].concat()).collect();
        let names: Vec<String> = (0..features.len()).map(|i| format!("feature_{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();

        let bytes = file("encoder")?;
        files.encoder.verify(&bytes)?;
        let picture = [1, image.channels, image.height, image.width];
        let x = [TensorSpec::f32("x", &picture)];
        let encoder = Network::load(&files.encoder.path, &bytes, None, &x, &names)?;
        let shapes: Vec<&[usize]> = features.iter().map(Vec::as_slice).collect();
        check_shapes(&files.encoder.path, &encoder, &shapes)?;

        let bytes = file("decoder")?;
        files.decoder.verify(&bytes)?;
        let mut inputs: Vec<TensorSpec> = names
            .iter()
            .zip(&features)
            .map(|(&name, shape)| TensorSpec::f32(name, shape))
            .collect();
        inputs.push(TensorSpec::f32("eps", &[1, latents]));
        inputs.push(TensorSpec::f32("gate", &[1, layers]));
        let mut outputs = pixel_outputs(likelihood).to_vec();
        let parameters = outputs.len();
        outputs.extend(["q_mean", "q_log_var", "p_mean", "p_log_var"]);
        let decoder = Network::load(&files.decoder.path, &bytes, None, &inputs, &outputs)?;
        let mut shapes: Vec<&[usize]> = vec![&picture; parameters];
        let gaussian = [1, latents];
        shapes.extend([gaussian.as_slice(); 4]);
        check_shapes(&files.decoder.path, &decoder, &shapes)?;
        Ok(Self { encoder, decoder, image, features, latents, layers, parameters })
    }
}

impl Hierarchy for OnnxHierarchy {
    fn encode(&self, x: ArrayView1<f32>) -> Result<Vec<Array1<f32>>> {
        check_length("the image", x.len(), self.image.dimensions())?;
        let outputs = self.encoder.run(&[Values::F32(&finite(x)?)])?;
        Ok(outputs.into_iter().map(Array1::from).collect())
    }

    fn decode(
        &self,
        features: Option<&[Array1<f32>]>,
        eps: ArrayView1<f32>,
        gate: &[f32],
    ) -> Result<TopDown> {
        check_length("eps", eps.len(), self.latents)?;
        check_length("gate", gate.len(), self.layers)?;
        if let Some(features) = features
            && features.len() != self.features.len()
        {
            return Err(Error::shape(format!(
                "there are {} features, the model takes the {} of its encoder",
                features.len(),
                self.features.len()
            )));
        }
        let mut inputs = Vec::new();
        for (i, shape) in self.features.iter().enumerate() {
            inputs.push(match features {
                Some(features) => finite(features[i].view())?,
                None => vec![0.0; shape.iter().product()],
            });
        }
        inputs.push(finite(eps)?);
        inputs.push(finite(ArrayView1::from(gate))?);
        let inputs: Vec<Values> = inputs.iter().map(|values| Values::F32(values)).collect();
        let mut outputs = self.decoder.run(&inputs)?;
        let gaussians = outputs.split_off(self.parameters);
        let [q_mean, q_log_var, p_mean, p_log_var] =
            gaussians.try_into().map_err(|_| Error::model("outputs of the decoder are missing"))?;
        Ok(TopDown {
            pixels: pixels(outputs)?,
            q: DiagonalGaussian { mean: wide(q_mean), log_var: wide(q_log_var) },
            p: DiagonalGaussian { mean: wide(p_mean), log_var: wide(p_log_var) },
        })
    }
}
