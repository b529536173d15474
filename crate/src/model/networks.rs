//! The encoder and the decoder of a VAE as ONNX networks.

use ndarray::{Array1, ArrayView1};

use super::manifest::{
    DecoderAdapter, EncoderAdapter, FileEntry, HalfOrder, ImageShape, Likelihood, Numbers,
    PixelOutput, PixelSpread, PixelValue, Spread, Std,
};
use super::onnx::{Network, TensorSpec};
use super::pixels::{GaussianPixels, GaussianStd, GreyPixels};
use super::wiring::{
    ClassTensor, ImageResult, ImageTensor, Tensor, check_length, finite, repeated, run, run_states,
    spec,
};
use super::{
    BernoulliPixels, Decoder, DiagonalGaussian, Encoder, LogisticPixels, MixturePixels,
    PixelLikelihood,
};
use crate::error::{Error, Result};
use crate::math::logistic::LOG_SCALE;

/// The bytes of an ONNX file and of its external data.
#[derive(Clone, Copy, Debug)]
pub struct OnnxFile<'a> {
    /// What the manifest says of the file.
    pub entry: &'a FileEntry,
    /// The file.
    pub bytes: &'a [u8],
    /// The file with its weights, if they are in another.
    pub external: Option<&'a [u8]>,
}

impl<'a> OnnxFile<'a> {
    /// A file that holds its own weights.
    pub fn new(entry: &'a FileEntry, bytes: &'a [u8]) -> Self {
        Self { entry, bytes, external: None }
    }

    pub(super) fn load(&self, inputs: &[TensorSpec], outputs: &[&str]) -> Result<Network> {
        self.entry.verify(self.bytes)?;
        Network::load(&self.entry.path, self.bytes, self.external, inputs, outputs)
    }
}

/// Fails unless an output has so many values.
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

/// What the outputs of a decoder say of the pixels.
#[derive(Clone, Debug)]
pub(super) struct PixelReader {
    likelihood: Likelihood,
    result: ImageResult,
    value: PixelValue,
    range: [f64; 2],
    spread: Option<PixelSpread>,
    std: Option<Std>,
    components: usize,
    /// The names of the outputs that are read.
    pub(super) names: Vec<String>,
    shape: Option<Vec<usize>>,
}

impl PixelReader {
    pub(super) fn new(output: &PixelOutput, image: ImageShape, likelihood: Likelihood) -> Self {
        let binary = matches!(likelihood, Likelihood::Bernoulli | Likelihood::GreyBernoulli);
        let signed = matches!(likelihood, Likelihood::DiscretizedLogistic);
        let value =
            output.value.unwrap_or(if binary { PixelValue::Logits } else { PixelValue::Mean });
        let name = output.name.clone().unwrap_or_else(|| {
            match (likelihood, value) {
                (Likelihood::LogisticMixture, _) => "parameters",
                (_, PixelValue::Logits) => "logits",
                (_, PixelValue::Mean) => "mean",
            }
            .into()
        });
        let mut names = vec![name];
        let spread = output.spread.as_ref().map(|spread| {
            names.push(spread.name.clone());
            spread.value
        });
        let spread = spread.or_else(|| {
            signed.then(|| {
                names.push("log_scale".into());
                PixelSpread::LogScale
            })
        });
        let components = output.components.unwrap_or(1);
        let channels = match likelihood {
            Likelihood::LogisticMixture => {
                MixturePixels::parameters_per_pixel(components, image.channels)
            }
            _ => image.channels,
        };
        Self {
            likelihood,
            result: ImageResult { image, layout: output.layout, channels },
            value,
            range: output.range.unwrap_or(if signed { [-1.0, 1.0] } else { [0.0, 1.0] }),
            spread,
            std: output.std,
            components,
            names,
            shape: output.shape.clone(),
        }
    }

    /// Fails unless the outputs have the shape of images.
    pub(super) fn check(&self, path: &str, outputs: &[TensorSpec], batch: usize) -> Result<()> {
        let shape = self.shape.as_deref();
        outputs.iter().try_for_each(|found| self.result.check(path, found, shape, batch))
    }

    /// How far the range of the decoder is from one of length `length` that starts at `low`:
    /// factor and summand, none for none.
    fn affine_to_range(&self, low: f64, length: f64) -> Option<(f64, f64)> {
        let [from, to] = self.range;
        let factor = length / (to - from);
        (self.range != [low, low + length]).then_some((factor, low - factor * from))
    }

    /// The distribution that the outputs state, with the log scale of a logistic clamped to
    /// [`LOG_SCALE`].
    pub(super) fn read(&self, outputs: &[Vec<f32>]) -> Box<dyn PixelLikelihood> {
        let first = |at: usize| Array1::from(self.result.first(&outputs[at]));
        match self.likelihood {
            Likelihood::Bernoulli => Box::new(BernoulliPixels { logits: self.logits(first(0)) }),
            Likelihood::GreyBernoulli => Box::new(GreyPixels { logits: self.logits(first(0)) }),
            Likelihood::Gaussian => Box::new(GaussianPixels {
                mean: first(0),
                range: self.range,
                std: match (self.spread, self.std) {
                    (Some(spread), _) => GaussianStd::PerPixel(log_std(first(1), spread)),
                    (None, Some(Std::Given(std))) => GaussianStd::Given(std),
                    _ => GaussianStd::Fitted,
                },
            }),
            Likelihood::LogisticMixture => Box::new(MixturePixels {
                parameters: first(0),
                components: self.components,
                channels: self.result.image.channels,
            }),
            Likelihood::DiscretizedLogistic | Likelihood::DiscretizedGaussian => {
                let (mut mean, mut log_scale) = (first(0), first(1));
                match self.spread {
                    Some(PixelSpread::Std) => log_scale.mapv_inplace(libm::logf),
                    Some(PixelSpread::LogVar) => log_scale.mapv_inplace(|v| 0.5 * v),
                    _ => {}
                }
                if let Some((factor, shift)) = self.affine_to_range(-1.0, 2.0) {
                    mean.mapv_inplace(|v| (factor * f64::from(v) + shift) as f32);
                    let log_factor = libm::log(factor);
                    log_scale.mapv_inplace(|v| (f64::from(v) + log_factor) as f32);
                }
                log_scale.mapv_inplace(|v| v.clamp(LOG_SCALE[0], LOG_SCALE[1]));
                Box::new(LogisticPixels { mean, log_scale })
            }
        }
    }

    /// The logits of the pixels.
    fn logits(&self, values: Array1<f32>) -> Array1<f32> {
        match self.value {
            PixelValue::Logits => values,
            PixelValue::Mean => {
                let (factor, shift) = self.affine_to_range(0.0, 1.0).unwrap_or((1.0, 0.0));
                values.mapv_into(|v| logit(factor * f64::from(v) + shift) as f32)
            }
        }
    }
}

/// log(p / (1 - p)), of a p rounded to 0 or 1 no further out than ±100, where the cross-entropy of
/// PyTorch ends too.
fn logit(p: f64) -> f64 {
    if p.is_nan() {
        return p;
    }
    let p = p.clamp(0.0, 1.0);
    (libm::log(p) - libm::log1p(-p)).clamp(-100.0, 100.0)
}

fn log_std(values: Array1<f32>, spread: PixelSpread) -> Array1<f32> {
    match spread {
        PixelSpread::LogScale | PixelSpread::LogStd => values,
        PixelSpread::LogVar => values.mapv_into(|v| 0.5 * v),
        PixelSpread::Std => values.mapv_into(libm::logf),
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
