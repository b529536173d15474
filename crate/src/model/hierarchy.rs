//! The networks of a hierarchical VAE over tract.

use ndarray::{Array1, ArrayView1};
use tract_core::prelude::*;

use super::manifest::{HvaeFiles, ImageShape, Likelihood};
use super::networks::{check_length, input, output, pixel_ports, pixels};
use super::onnx::{Network, Port};
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
        let ports = || {
            features
                .iter()
                .enumerate()
                .map(|(i, shape)| Port::new::<f32>(format!("feature_{i}"), shape))
        };

        let bytes = file("encoder")?;
        files.encoder.verify(&bytes)?;
        let x = [Port::new::<f32>("x", &[1, image.channels, image.height, image.width])];
        let encoder = Network::load(&files.encoder.path, &bytes, &x, &ports().collect::<Vec<_>>())?;

        let bytes = file("decoder")?;
        files.decoder.verify(&bytes)?;
        let mut inputs: Vec<Port> = ports().collect();
        inputs.extend([
            Port::new::<f32>("eps", &[1, latents]),
            Port::new::<f32>("gate", &[1, layers]),
        ]);
        let mut outputs = pixel_ports(likelihood, image);
        let parameters = outputs.len();
        let gaussians = ["q_mean", "q_log_var", "p_mean", "p_log_var"];
        outputs.extend(gaussians.map(|name| Port::new::<f32>(name, &[1, latents])));
        let decoder = Network::load(&files.decoder.path, &bytes, &inputs, &outputs)?;
        Ok(Self { encoder, decoder, image, features, latents, layers, parameters })
    }
}

impl Hierarchy for OnnxHierarchy {
    fn encode(&self, x: ArrayView1<f32>) -> Result<Vec<Array1<f32>>> {
        check_length("the image", x.len(), self.image.dimensions())?;
        let ImageShape { channels, height, width } = self.image;
        let outputs = self.encoder.run(tvec!(input(x, &[1, channels, height, width])?))?;
        outputs.iter().map(|o| Ok(output(o)?.to_owned())).collect()
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
        let mut inputs = TVec::new();
        for (i, shape) in self.features.iter().enumerate() {
            inputs.push(match features {
                Some(features) => input(features[i].view(), shape)?,
                None => input(Array1::zeros(shape.iter().product::<usize>()).view(), shape)?,
            });
        }
        inputs.push(input(eps, &[1, self.latents])?);
        inputs.push(input(ArrayView1::from(gate), &[1, self.layers])?);
        let outputs = self.decoder.run(inputs)?;
        let (parameters, gaussians) = outputs.split_at(self.parameters);
        let values =
            |i: usize| -> Result<Array1<f64>> { Ok(output(&gaussians[i])?.mapv(f64::from)) };
        Ok(TopDown {
            pixels: pixels(parameters)?,
            q: DiagonalGaussian { mean: values(0)?, log_var: values(1)? },
            p: DiagonalGaussian { mean: values(2)?, log_var: values(3)? },
        })
    }
}
