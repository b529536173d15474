//! The networks of a hierarchical VAE over tract.

use ndarray::{Array1, ArrayView1};

use super::manifest::{
    FileEntry, HvaeContract, ImageInput, ImageShape, LatentLayer, Likelihood, Numbers,
};
use super::networks::{OnnxFile, check_elements};
use super::onnx::{Network, TensorSpec};
use super::pixel_reader::PixelReader;
use super::wiring::{ImageTensor, Tensor, check_length, finite, run, run_states, spec};
use super::{DiagonalGaussian, Hierarchy, TopDown};
use crate::error::{Error, Result};

/// `encoder.onnx` (bottom-up: an image to features) and `decoder.onnx` (top-down: features, noise
/// and gates to latents and pixels) of a hierarchical VAE.
#[derive(Debug)]
pub struct OnnxHierarchy {
    encoder: Network,
    decoder: Network,
    image: ImageTensor,
    /// Shapes of the features without the batch.
    features: Vec<Vec<usize>>,
    latents: usize,
    layers: usize,
    /// Reads the outputs that state the distribution of the pixels, which are the decoder's first.
    reader: PixelReader,
}

impl OnnxHierarchy {
    /// Loads both networks; `file` gives the bytes of a role, `encoder` or `decoder`.
    ///
    /// # Errors
    /// [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) if the bytes are not the files',
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if they are not such networks.
    pub fn load(
        hvae: &HvaeContract,
        file: impl Fn(&str) -> Result<Vec<u8>>,
        image: ImageShape,
        likelihood: Likelihood,
    ) -> Result<Self> {
        let HvaeContract { files, layers, features, .. } = hvae;
        let latents = layers.iter().map(LatentLayer::latents).sum();
        let layers = layers.len();
        let image = ImageTensor::new(&ImageInput::default(), image);
        let names: Vec<String> = (0..features.len()).map(|i| format!("feature_{i}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let external = |entry: &Option<FileEntry>, role| -> Result<Option<Vec<u8>>> {
            let Some(entry) = entry else { return Ok(None) };
            let bytes = file(role)?;
            entry.verify(&bytes)?;
            Ok(Some(bytes))
        };

        let (bytes, data) = (file("encoder")?, external(&files.encoder_data, "encoderData")?);
        let encoder = OnnxFile { entry: &files.encoder, bytes: &bytes, external: data.as_deref() }
            .load(&[image.spec("x", 1)], &names)?;
        for (found, shape) in encoder.outputs().iter().zip(features) {
            check_elements(&files.encoder.path, found, shape.iter().product())?;
        }

        let mut inputs: Vec<TensorSpec> = names
            .iter()
            .zip(features)
            .map(|(name, shape)| spec(name, Numbers::Float, 1, shape))
            .collect();
        inputs.extend([
            spec("eps", Numbers::Float, 1, &[latents]),
            spec("gate", Numbers::Float, 1, &[layers]),
        ]);
        let reader = PixelReader::new(&hvae.decoder.output, image.image, likelihood);
        let mut outputs: Vec<&str> = reader.names.iter().map(String::as_str).collect();
        outputs.extend(["q_mean", "q_log_var", "p_mean", "p_log_var"]);
        let (bytes, data) = (file("decoder")?, external(&files.decoder_data, "decoderData")?);
        let decoder = OnnxFile { entry: &files.decoder, bytes: &bytes, external: data.as_deref() }
            .load(&inputs, &outputs)?;
        let (pixels, gaussians) = decoder.outputs().split_at(reader.names.len());
        reader.check(&files.decoder.path, pixels, 1)?;
        for found in gaussians {
            check_elements(&files.decoder.path, found, latents)?;
        }
        let features = features.clone();
        Ok(Self { encoder, decoder, image, features, latents, layers, reader })
    }

    /// The inputs of the decoder for one pass.
    fn inputs(
        &self,
        features: Option<&[Array1<f32>]>,
        eps: ArrayView1<'_, f32>,
        gate: &[f32],
    ) -> Result<Vec<Tensor>> {
        check_length("eps", eps.len(), self.latents)?;
        check_length("gate", gate.len(), self.layers)?;
        if let Some(features) = features
            && features.len() != self.features.len()
        {
            return Err(Error::shape(
                "the encoder",
                format_args!("{} features", features.len()),
                self.features.len(),
            ));
        }
        let mut inputs = Vec::with_capacity(self.features.len() + 2);
        let mut add = |values: Vec<f32>| -> Result<()> {
            finite(&values)?;
            inputs.push(Tensor::F32(values));
            Ok(())
        };
        for (i, shape) in self.features.iter().enumerate() {
            let length = shape.iter().product();
            add(match features {
                Some(features) => {
                    check_length(&format!("feature {i}"), features[i].len(), length)?;
                    features[i].to_vec()
                }
                None => vec![0.0; length],
            })?;
        }
        add(eps.to_vec())?;
        add(gate.to_vec())?;
        Ok(inputs)
    }

    /// What the outputs of one pass say.
    fn read(&self, outputs: &[Vec<f32>]) -> TopDown {
        let (pixels, gaussians) = outputs.split_at(self.reader.names.len());
        let values =
            |i: usize| -> Array1<f64> { gaussians[i].iter().map(|&v| f64::from(v)).collect() };
        TopDown {
            pixels: self.reader.read(pixels),
            q: DiagonalGaussian { mean: values(0), log_var: values(1) },
            p: DiagonalGaussian { mean: values(2), log_var: values(3) },
        }
    }
}

impl Hierarchy for OnnxHierarchy {
    fn encode(&self, x: ArrayView1<'_, f32>) -> Result<Vec<Array1<f32>>> {
        let outputs = run(&self.encoder, &[self.image.tensor(&x.to_vec(), 1)?])?;
        Ok(outputs.into_iter().map(Array1::from).collect())
    }

    fn decode(
        &self,
        features: Option<&[Array1<f32>]>,
        eps: ArrayView1<'_, f32>,
        gate: &[f32],
    ) -> Result<TopDown> {
        let outputs = run(&self.decoder, &self.inputs(features, eps, gate)?)?;
        Ok(self.read(&outputs))
    }

    fn decode_batch(
        &self,
        features: Option<&[Array1<f32>]>,
        eps: &[Array1<f32>],
        gate: &[f32],
    ) -> Result<Vec<TopDown>> {
        let inputs = eps.iter().map(|eps| self.inputs(features, eps.view(), gate));
        let outputs = run_states(&self.decoder, &inputs.collect::<Result<Vec<_>>>()?)?;
        Ok(outputs.iter().map(|outputs| self.read(outputs)).collect())
    }
}
