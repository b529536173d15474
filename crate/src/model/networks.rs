//! The encoder and the decoder of a VAE as ONNX networks.

use ndarray::{Array1, ArrayView1};

use super::manifest::{
    DecoderAdapter, EncoderAdapter, FileEntry, HalfOrder, ImageShape, Likelihood, Numbers, Spread,
};
use super::onnx::{Network, TensorSpec};
use super::pixel_reader::PixelReader;
use super::wiring::{
    ClassTensor, ImageTensor, Tensor, check_length, finite, repeated, run, run_states, spec,
};
use super::{Decoder, DiagonalGaussian, Encoder, PixelLikelihood};
use crate::error::{Error, Result};

/// The bytes of an ONNX file and of its external data.
#[derive(Clone, Copy, Debug)]
pub struct OnnxFile<'a> {
    /// The file's entry in the manifest.
    pub entry: &'a FileEntry,
    /// The file.
    pub bytes: &'a [u8],
    /// The file with its weights, if they are in another.
    pub external: Option<&'a [u8]>,
}

impl<'a> OnnxFile<'a> {
    /// A file that holds its own weights.
    #[must_use]
    pub fn new(entry: &'a FileEntry, bytes: &'a [u8]) -> Self {
        Self { entry, bytes, external: None }
    }

    pub(super) fn load(&self, inputs: &[TensorSpec], outputs: &[&str]) -> Result<Network> {
        self.entry.verify(self.bytes)?;
        Network::load(&self.entry.path, self.bytes, self.external, inputs, outputs)
    }
}

/// Fails unless an output has that many values.
pub(super) fn check_elements(path: &str, found: &TensorSpec, elements: usize) -> Result<()> {
    if found.shape.iter().product::<usize>() == elements {
        return Ok(());
    }
    Err(Error::file(
        path,
        format_args!(
            "gives {:?} with shape {:?}, expected {elements} values",
            found.name, found.shape
        ),
    ))
}

/// `encoder.onnx`: an image to the mean and log variance of `q(z|x)`.
#[derive(Debug)]
pub struct OnnxEncoder {
    network: Network,
    image: ImageTensor,
    class: Option<ClassTensor>,
    latents: usize,
    batch: usize,
    spread: Spread,
    /// For one output that holds mean and spread: its shape, the axis and the order.
    split: Option<(Vec<usize>, usize, HalfOrder)>,
}

impl OnnxEncoder {
    /// Loads the network. `latents` is the number of latents, `classes` that of classes.
    ///
    /// # Errors
    /// [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) if the bytes are not the file's,
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if they are not such a network.
    pub fn load(
        file: OnnxFile<'_>,
        adapter: &EncoderAdapter,
        image: ImageShape,
        latents: usize,
        classes: usize,
    ) -> Result<Self> {
        let EncoderAdapter { batch, posterior, .. } = adapter;
        let batch = *batch;
        let tensor = ImageTensor::new(&adapter.image, image);
        let class = adapter.condition.as_ref().map(|input| ClassTensor::new(input, classes));
        let mut inputs = vec![tensor.spec(adapter.image.name.as_deref().unwrap_or("x"), batch)];
        inputs.extend(class.iter().flat_map(|class| class.specs(batch)));

        let mean = posterior.mean_name.as_deref().unwrap_or("mean");
        let spread = posterior.spread_name.as_deref().unwrap_or(match posterior.spread {
            Spread::LogVar | Spread::None => "log_var",
            Spread::LogStd => "log_std",
            Spread::Std => "std",
            Spread::Var => "var",
        });
        let names = match (&posterior.split, posterior.spread) {
            (Some(split), _) => vec![split.name.as_str()],
            (None, Spread::None) => vec![mean],
            (None, _) => vec![mean, spread],
        };
        let network = file.load(&inputs, &names)?;
        let split = match &posterior.split {
            None => {
                for found in network.outputs() {
                    check_elements(&file.entry.path, found, batch * latents)?;
                }
                None
            }
            Some(split) => {
                let found = &network.outputs()[0];
                check_elements(&file.entry.path, found, 2 * batch * latents)?;
                if !found.shape.get(split.axis).is_some_and(|n| n.is_multiple_of(2)) {
                    return Err(Error::file(
                        &file.entry.path,
                        format_args!(
                            "gives {:?} with shape {:?}, which cannot be cut in two along axis {}",
                            found.name, found.shape, split.axis
                        ),
                    ));
                }
                Some((found.shape.clone(), split.axis, split.order))
            }
        };
        let spread = posterior.spread;
        Ok(Self { network, image: tensor, class, latents, batch, spread, split })
    }

    /// The mean of the latents of the first image of the batch, and what stands beside it.
    fn halves(&self, outputs: Vec<Vec<f32>>) -> (Vec<f32>, Option<Vec<f32>>) {
        let first = |values: &[f32]| values[..self.latents].to_vec();
        let Some((shape, axis, order)) = &self.split else {
            return (first(&outputs[0]), outputs.get(1).map(|values| first(values)));
        };
        let half = |which: usize| -> Vec<f32> {
            let inner: usize = shape[axis + 1..].iter().product();
            let run = shape[*axis] / 2 * inner;
            let chunks = outputs[0].chunks_exact(2 * run);
            let values: Vec<f32> =
                chunks.flat_map(|chunk| &chunk[which * run..][..run]).copied().collect();
            first(&values)
        };
        match order {
            HalfOrder::MeanFirst => (half(0), Some(half(1))),
            HalfOrder::SpreadFirst => (half(1), Some(half(0))),
        }
    }
}

impl Encoder for OnnxEncoder {
    fn encode(&self, x: ArrayView1<'_, f32>) -> Result<DiagonalGaussian> {
        self.encode_given(x, None)
    }

    fn encode_given(
        &self,
        x: ArrayView1<'_, f32>,
        class: Option<usize>,
    ) -> Result<DiagonalGaussian> {
        let mut inputs = vec![self.image.tensor(&x.to_vec(), self.batch)?];
        // without an input for it the class may still be the decoder's
        if let Some(input) = &self.class {
            inputs.extend(input.tensors(class, self.batch)?);
        }
        let (mean, spread) = self.halves(run(&self.network, &inputs)?);
        let mean: Array1<f64> = mean.into_iter().map(f64::from).collect();
        let log_var = match spread {
            None => Array1::from_elem(mean.len(), f64::NEG_INFINITY),
            Some(spread) => spread
                .into_iter()
                .map(|v| {
                    let v = f64::from(v);
                    match self.spread {
                        Spread::LogVar | Spread::None => v,
                        Spread::LogStd => 2.0 * v,
                        Spread::Std => 2.0 * libm::log(v),
                        Spread::Var => libm::log(v),
                    }
                })
                .collect(),
        };
        Ok(DiagonalGaussian { mean, log_var })
    }
}

/// `decoder.onnx`: a latent vector to the distribution of the pixels.
#[derive(Debug)]
pub struct OnnxDecoder {
    network: Network,
    reader: PixelReader,
    class: Option<ClassTensor>,
    latents: usize,
    batch: usize,
}

impl OnnxDecoder {
    /// Loads the network. `latents` is the number of latents, `classes` that of classes.
    ///
    /// # Errors
    /// As [`OnnxEncoder::load`].
    pub fn load(
        file: OnnxFile<'_>,
        adapter: &DecoderAdapter,
        image: ImageShape,
        likelihood: Likelihood,
        latents: usize,
        classes: usize,
    ) -> Result<Self> {
        let batch = adapter.batch;
        let flat = [latents];
        let shape = adapter.latent.shape.as_deref().unwrap_or(&flat);
        let name = adapter.latent.name.as_deref().unwrap_or("z");
        let class = adapter.condition.as_ref().map(|input| ClassTensor::new(input, classes));
        let mut inputs = vec![spec(name, Numbers::Float, batch, shape)];
        inputs.extend(class.iter().flat_map(|class| class.specs(batch)));
        let reader = PixelReader::new(&adapter.output, image, likelihood);
        let names: Vec<&str> = reader.names.iter().map(String::as_str).collect();
        let network = file.load(&inputs, &names)?;
        reader.check(&file.entry.path, network.outputs(), batch)?;
        Ok(Self { network, reader, class, latents, batch })
    }
}

impl OnnxDecoder {
    /// The inputs of one state.
    fn inputs(&self, z: ArrayView1<'_, f32>, class: Option<usize>) -> Result<Vec<Tensor>> {
        check_length("the latent vector", z.len(), self.latents)?;
        let z = z.to_vec();
        finite(&z)?;
        let mut inputs = vec![Tensor::F32(repeated(z, self.batch))];
        if let Some(input) = &self.class {
            inputs.extend(input.tensors(class, self.batch)?);
        }
        Ok(inputs)
    }
}

impl Decoder for OnnxDecoder {
    fn decode(&self, z: ArrayView1<'_, f32>) -> Result<Box<dyn PixelLikelihood>> {
        self.decode_given(z, None)
    }

    fn decode_given(
        &self,
        z: ArrayView1<'_, f32>,
        class: Option<usize>,
    ) -> Result<Box<dyn PixelLikelihood>> {
        let outputs = run(&self.network, &self.inputs(z, class)?)?;
        Ok(self.reader.read(&outputs))
    }

    fn decode_batch(
        &self,
        z: &[ArrayView1<'_, f32>],
        class: Option<usize>,
    ) -> Result<Vec<Box<dyn PixelLikelihood>>> {
        let states = z.iter().map(|z| self.inputs(z.view(), class)).collect::<Result<Vec<_>>>()?;
        let outputs = run_states(&self.network, &states)?;
        Ok(outputs.iter().map(|outputs| self.reader.read(outputs)).collect())
    }
}
