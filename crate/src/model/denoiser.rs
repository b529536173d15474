//! The network of a diffusion model as an ONNX network.

use std::sync::Arc;

use ndarray::{Array1, ArrayView1, Zip};

use super::manifest::TrainedChain;
use super::manifest::{DdpmContract, ImageShape, NetworkAdapter, Numbers, TimeForm};
use super::networks::OnnxFile;
use super::onnx::{Network, TensorSpec};
use super::wiring::{ClassTensor, ImageResult, ImageTensor, Tensor, check_length, run, run_states};
use super::{NoisePredictor, NoisyState, check_class};
use crate::error::{Error, Result};
use crate::math::parameterization::{Coordinates, Parameterization, Prediction, edm_input};
use crate::math::schedule::LogSnrRange;

/// Log SNR at which the conventions without a chain are taken to end: σ from 80 to 0.002 (Karras et
/// al. 2022).
const SIGMA_RANGE: LogSnrRange =
    LogSnrRange { min: -8.764_053_269_347_762, max: 12.429_216_196_844_383 };
/// The same for flow time, from 0.999 to 0.001.
const FLOW_RANGE: LogSnrRange =
    LogSnrRange { min: -13.813_509_557_297_08, max: 13.813_509_557_297_08 };

/// `network.onnx` of a diffusion model, with its parameterization: `x_t` to the clean image and the
/// noise.
#[derive(Debug, Clone)]
pub struct OnnxNoisePredictor {
    network: Arc<Network>,
    image: ImageTensor,
    result: ImageResult,
    class: Option<ClassTensor>,
    classes: usize,
    convention: Convention,
    batch: usize,
    time_elements: usize,
    numbers: Numbers,
}

/// The units of a network's inputs and outputs, without the network.
#[derive(Clone, Debug)]
pub struct Convention {
    parameterization: Parameterization,
    form: TimeForm,
    /// Of the network's own units.
    log_snr: LogSnrRange,
    chain: Option<TrainedChain>,
    /// Number of the chain's first step.
    first: u32,
    exact_steps: bool,
    sigma_data: f64,
    reversed: bool,
    /// Middle and half length of the data's range.
    middle: f64,
    half: f64,
}

impl Convention {
    /// The conventions that an entry states.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for a chain that is not possible.
    pub fn new(contract: &DdpmContract) -> Result<Self> {
        let NetworkAdapter { time, data_range: [low, high], .. } = &contract.network;
        let chain = time.schedule.as_ref().map(|schedule| schedule.table()).transpose()?;
        let own = match (time.form, &chain) {
            (_, Some(chain)) => chain.range(),
            (TimeForm::Flow, None) => FLOW_RANGE,
            _ => SIGMA_RANGE,
        };
        Ok(Self {
            parameterization: contract.parameterization,
            form: time.form,
            log_snr: contract.log_snr.unwrap_or(own),
            chain,
            first: time.first(),
            exact_steps: time.numbers() == Numbers::Integer,
            sigma_data: time.sigma_data.unwrap_or(1.0),
            reversed: time.reversed,
            middle: 0.5 * (high + low),
            half: 0.5 * (high - low),
        })
    }

    /// λ of the crate's chain, whose clean images lie in `[-1, 1]`, less that of the network's.
    fn offset(&self) -> f64 {
        2.0 * libm::log(self.half)
    }

    /// The range of log SNR of the crate's chain.
    #[must_use]
    pub fn log_snr_range(&self) -> LogSnrRange {
        let LogSnrRange { min, max } = self.log_snr;
        LogSnrRange { min: min + self.offset(), max: max + self.offset() }
    }

    /// The log SNR at the steps of the training's chain, in the crate's units, if the network knows
    /// a chain.
    #[must_use]
    pub fn trained_log_snr(&self) -> Option<Vec<f64>> {
        let chain = self.chain.as_ref()?;
        Some(chain.log_snr().iter().map(|l| l + self.offset()).collect())
    }

    /// Whether the network knows the noise of its own chain's steps only.
    #[must_use]
    pub fn knows_own_steps_only(&self) -> bool {
        self.chain.is_some() && self.exact_steps
    }

    /// The factors of the clean image and of the noise in what the network sees.
    fn coordinates(&self, log_snr: f64) -> Coordinates {
        match self.form {
            TimeForm::Sigma => Coordinates::exploding(log_snr),
            TimeForm::Flow => Coordinates::flow(log_snr),
            _ => Coordinates::preserving(log_snr),
        }
    }

    /// The network's time input for `log_snr`, in the network's units.
    fn time(&self, log_snr: f64) -> f64 {
        let told = log_snr.clamp(self.log_snr.min, self.log_snr.max);
        let step = |chain: &TrainedChain| {
            let position =
                if self.exact_steps { chain.nearest(told) as f64 } else { chain.position(told) };
            position + f64::from(self.first)
        };
        match (self.form, &self.chain) {
            (TimeForm::Timestep, Some(chain)) => step(chain),
            (TimeForm::Fraction, Some(chain)) => step(chain) / chain.log_snr().len() as f64,
            (TimeForm::Sigma, _) if self.parameterization == Parameterization::Edm => {
                // c_noise = ln(σ)/4 with σ = e^(-λ/2)
                -told / 8.0
            }
            (TimeForm::Sigma, _) => libm::exp(-0.5 * told),
            (TimeForm::Flow, _) => {
                let Coordinates { clean, noise } = Coordinates::flow(told);
                if self.reversed { clean } else { noise }
            }
            _ => told,
        }
    }

    /// Whether the network sees the crate's own x_t.
    fn is_plain(&self) -> bool {
        self.middle == 0.0
            && self.half == 1.0
            && !matches!(self.form, TimeForm::Sigma | TimeForm::Flow)
    }

    /// What the network is given for `x_t` of the crate's chain at its log SNR, and its time.
    #[must_use]
    pub fn input(&self, x_t: ArrayView1<'_, f64>, log_snr: f64) -> (Array1<f64>, f64) {
        let own = log_snr - self.offset();
        let time = self.time(own);
        if self.is_plain() {
            return (x_t.to_owned(), time);
        }
        let x = self.own_x(x_t, log_snr);
        if self.parameterization == Parameterization::Edm {
            let factor = edm_input(own, self.sigma_data);
            return (x.mapv_into(|v| factor * v), time);
        }
        (x, time)
    }

    /// x_t in the network's coordinates.
    fn own_x(&self, x_t: ArrayView1<'_, f64>, log_snr: f64) -> Array1<f64> {
        let Coordinates { clean, noise } = self.coordinates(log_snr - self.offset());
        // the same noise in both, and a clean image of the network's units
        let factor = noise / Coordinates::preserving(log_snr).noise;
        x_t.mapv(|v| factor * v + clean * self.middle)
    }

    /// What the output of the network at `x_t` says.
    #[must_use]
    pub fn prediction(
        &self,
        x_t: ArrayView1<'_, f64>,
        log_snr: f64,
        output: ArrayView1<'_, f32>,
    ) -> Prediction {
        if self.is_plain() {
            return self.parameterization.apply(x_t, log_snr, output);
        }
        let coordinates = self.coordinates(log_snr - self.offset());
        let velocity = self.parameterization == Parameterization::Velocity;
        let sign = if self.reversed && velocity { -1.0 } else { 1.0 };
        let x0 = Zip::from(&self.own_x(x_t, log_snr)).and(output).map_collect(|&x, &f| {
            let own =
                self.parameterization.clean(x, sign * f64::from(f), coordinates, self.sigma_data);
            (own - self.middle) / self.half
        });
        Prediction::clipped(x0, x_t, log_snr)
    }
}

impl OnnxNoisePredictor {
    /// Loads the network of an entry.
    ///
    /// # Errors
    /// [`ErrorKind::Checksum`](crate::ErrorKind::Checksum) if the bytes are not the file's,
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if they are not such a network.
    pub fn load(file: OnnxFile<'_>, contract: &DdpmContract, image: ImageShape) -> Result<Self> {
        let adapter = &contract.network;
        let NetworkAdapter { batch, time, output, .. } = adapter;
        let batch = *batch;
        let tensor = ImageTensor::new(&adapter.image, image);
        let classes = contract.classes.len();
        let class = adapter.condition.as_ref().map(|input| ClassTensor::new(input, classes));

        let leading = if time.unbatched { None } else { Some(batch) };
        let shape: Vec<usize> = leading.into_iter().chain(time.shape.iter().copied()).collect();
        let time_name = time.name.as_deref().unwrap_or("log_snr");
        let numbers = time.numbers();
        let mut inputs = vec![
            tensor.spec(adapter.image.name.as_deref().unwrap_or("x_t"), batch),
            match numbers {
                Numbers::Integer => TensorSpec::i64(time_name, &shape),
                Numbers::Float => TensorSpec::f32(time_name, &shape),
            },
        ];
        inputs.extend(class.iter().flat_map(|class| class.specs(batch)));

        let network = file.load(&inputs, &[output.name.as_deref().unwrap_or("output")])?;
        let channels = image.channels * if output.learned_variance { 2 } else { 1 };
        let result = ImageResult { image, layout: output.layout, channels };
        result.check(&file.entry.path, &network.outputs()[0], output.shape.as_deref(), batch)?;
        Ok(Self {
            network: Arc::new(network),
            image: tensor,
            result,
            class,
            classes,
            convention: Convention::new(contract)?,
            batch,
            time_elements: shape.iter().product(),
            numbers,
        })
    }

    /// The same network with what its time and output mean taken from another contract, of the same
    /// names, shapes and element types.
    ///
    /// # Errors
    /// As [`Convention::new`].
    pub fn read_as(&self, contract: &DdpmContract) -> Result<Self> {
        Ok(Self { convention: Convention::new(contract)?, ..self.clone() })
    }

    /// The network's units.
    #[must_use]
    pub fn convention(&self) -> &Convention {
        &self.convention
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
        x_t: ArrayView1<'_, f64>,
        log_snr: f64,
        class: Option<usize>,
    ) -> Result<Array1<f32>> {
        let inputs = self.inputs(x_t, log_snr, class)?;
        Ok(self.read(&run(&self.network, &inputs)?))
    }

    /// The inputs of one state.
    fn inputs(
        &self,
        x_t: ArrayView1<'_, f64>,
        log_snr: f64,
        class: Option<usize>,
    ) -> Result<Vec<Tensor>> {
        check_length("x_t", x_t.len(), self.image.image.dimensions())?;
        if log_snr.is_nan() {
            return Err(Error::value("logSnr", log_snr, "a number"));
        }
        check_class(class, self.classes)?;
        let (x, time) = self.convention.input(x_t, log_snr);
        let x: Vec<f32> = x.iter().map(|&v| v as f32).collect();
        let mut inputs = vec![
            self.image.tensor(&x, self.batch)?,
            Tensor::filled(time, self.numbers, self.time_elements),
        ];
        if let Some(input) = &self.class {
            inputs.extend(input.tensors(class, self.batch)?);
        }
        Ok(inputs)
    }

    /// The network's output from the tensors of one state.
    fn read(&self, outputs: &[Vec<f32>]) -> Array1<f32> {
        let all = self.result.first(&outputs[0]);
        let (channels, own) = (self.result.channels, self.result.image.channels);
        // of a pixel's values the first are about the image
        all.chunks_exact(channels).flat_map(|pixel| &pixel[..own]).copied().collect()
    }
}

impl NoisePredictor for OnnxNoisePredictor {
    fn predict(
        &self,
        x_t: ArrayView1<'_, f64>,
        log_snr: f64,
        class: Option<usize>,
    ) -> Result<Prediction> {
        let output = self.output(x_t, log_snr, class)?;
        Ok(self.convention.prediction(x_t, log_snr, output.view()))
    }

    fn predict_batch(&self, states: &[NoisyState<'_>]) -> Result<Vec<Prediction>> {
        let inputs = states
            .iter()
            .map(|state| self.inputs(state.x_t, state.log_snr, state.class))
            .collect::<Result<Vec<_>>>()?;
        let outputs = run_states(&self.network, &inputs)?;
        let predictions = states.iter().zip(&outputs).map(|(state, outputs)| {
            let output = self.read(outputs);
            self.convention.prediction(state.x_t, state.log_snr, output.view())
        });
        Ok(predictions.collect())
    }
}
