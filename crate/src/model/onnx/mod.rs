//! ONNX networks: tract-onnx reads them, one transform puts the crate's kernels in, tract runs the
//! plan. Nothing outside this folder names tract.
//!
//! - [`recognize`], [`file`]: what the bytes are; the file as protocol buffers, the part of its
//!   graph that is needed,
//! - [`quantized`]: weights in 8 bits,
//! - [`check`]: whether it can be trusted to tract,
//! - [`register`], [`import`]: tract-onnx's typed model with the shapes fixed,
//! - [`fuse`], [`normalize`], [`finder`]: what several operators spell out and one kernel computes,
//! - [`support`], [`types`]: what can be computed, and in which types,
//! - [`lower`], [`convolution`], [`product`], [`roles`], [`values`]: each operator by the kernels;
//!   [`lowering`] is the model that they add to,
//! - [`operator`], [`layout`], [`ops`], [`elementwise`]: the kernels as tract's operators,
//! - [`states`]: each operator over several states; [`bounds`]: indices that are known only then,
//! - [`info`]: what is in a file; [`open`]: what its weights say of open shapes,
//! - [`profile`](mod@profile): where the time goes.

mod bounds;
mod check;
mod convolution;
mod elementwise;
mod file;
mod finder;
mod fuse;
mod import;
mod import_error;
mod info;
mod layout;
mod lower;
mod lowering;
mod normalize;
mod open;
mod operator;
mod ops;
mod product;
mod profile;
mod quantized;
mod recognize;
mod register;
mod roles;
mod states;
mod support;
mod types;
mod values;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use tract_core::internal::*;
use tract_core::transform::ModelTransform;
use tract_onnx::pb::ModelProto;

use self::lower::Kernels;
use self::operator::of_states;
use crate::error::{Error, Result};
use crate::model::debug_by_name;

pub(super) use self::info::one_image;
pub use self::info::{Dim, GraphInfo, GraphPort, GraphValue, inspect, inspect_at};
pub use self::profile::{OperatorTime, probe, profile};

/// Element types of the values that go into a network; results are always `f32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Datum {
    /// 32-bit real numbers.
    F32,
    /// 64-bit integers: classes and timesteps.
    I64,
}

/// Name, element type and shape of an input or output, the batch included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorSpec {
    /// The name in the ONNX file.
    pub name: String,
    /// The element type.
    pub datum: Datum,
    /// The shape, the batch included.
    pub shape: Vec<usize>,
}

impl TensorSpec {
    /// Real numbers of this name and shape.
    pub fn f32(name: impl Into<String>, shape: &[usize]) -> Self {
        Self { name: name.into(), datum: Datum::F32, shape: shape.to_vec() }
    }

    /// Integers of this name and shape.
    pub fn i64(name: impl Into<String>, shape: &[usize]) -> Self {
        Self { name: name.into(), datum: Datum::I64, shape: shape.to_vec() }
    }
}

/// The values of one input, row by row; those of several states one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Values<'a> {
    /// For an input of [`Datum::F32`].
    F32(&'a [f32]),
    /// For an input of [`Datum::I64`].
    I64(&'a [i64]),
}

/// A network with fixed shapes, ready to run for one state or several.
pub(crate) struct Network {
    path: String,
    inputs: Vec<TensorSpec>,
    outputs: Vec<TensorSpec>,
    plan: Arc<TypedRunnableModel>,
    /// Elements of the largest value of one state.
    largest: usize,
}

debug_by_name!(Network);

/// The most states that are run together: beyond it the time per state no longer falls.
const MOST_STATES: usize = 8;

/// Elements that the largest value of all states may have together.
const MEMORY_OF_STATES: usize = 1 << 20;

impl Network {
    /// Loads the ONNX file `bytes` (called `path` in messages), whose weights may be in the file
    /// `external`, and fixes its shapes to those of `inputs`. `outputs` are names of any values of
    /// the graph; nodes that none of them needs are dropped. Reals of any precision are computed as
    /// f32, integers as i64.
    ///
    /// # Errors
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if the file is not an ONNX graph, if it has
    /// other inputs or lacks a wanted value, or if a needed operator cannot be run.
    pub(crate) fn load(
        path: &str,
        bytes: &[u8],
        external: Option<&[u8]>,
        inputs: &[TensorSpec],
        outputs: &[&str],
    ) -> Result<Self> {
        let proto = file::read(bytes).map_err(|error| error.of(path))?;
        Self::from_proto(path, proto, external, inputs, outputs)
    }

    fn from_proto(
        path: &str,
        proto: ModelProto,
        external: Option<&[u8]>,
        inputs: &[TensorSpec],
        outputs: &[&str],
    ) -> Result<Self> {
        let proto =
            import::prepare(proto, external, inputs, outputs).map_err(|error| error.of(path))?;
        let (outputs, plan, largest) = import::catch(|| {
            let mut model = import::typed(proto, inputs)?;
            Kernels.transform(&mut model)?;
            let outputs = outputs.iter().enumerate().map(|(at, &name)| {
                let shape = model.output_fact(at)?.shape.as_concrete().unwrap_or_default();
                Ok(TensorSpec::f32(name, shape))
            });
            let outputs = outputs.collect::<TractResult<Vec<_>>>()?;
            let facts = model.nodes().iter().flat_map(|node| &node.outputs);
            let elements = facts.map(|output| output.fact.shape.volume().to_usize().unwrap_or(0));
            let largest = elements.max().unwrap_or(0);
            Ok((outputs, states::with_states(&model)?.into_runnable()?, largest))
        })
        .map_err(|e| Error::file(path, "cannot be run").caused_by(e))?;
        Ok(Self { path: path.into(), inputs: inputs.to_vec(), outputs, plan, largest })
    }

    /// Names and shapes of what [`Network::run`] gives, in the order given to [`Network::load`].
    pub(crate) fn outputs(&self) -> &[TensorSpec] {
        &self.outputs
    }

    /// How many states are best run together: enough to share what is read and done once for all,
    /// and so few that their values do not need much memory.
    pub(crate) fn states_at_once(&self) -> usize {
        (MEMORY_OF_STATES / self.largest.max(1)).clamp(1, MOST_STATES)
    }

    /// Runs the network on the values of its inputs, in the order given to [`Network::load`]: of
    /// one state, or of several that lie one after the other, as those of the results do. What a
    /// state gives has the same bits alone and among others.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for inputs of another number, length or type;
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if an operator fails.
    pub(crate) fn run(&self, inputs: &[Values<'_>]) -> Result<Vec<Vec<f32>>> {
        let states = self.states(inputs)?;
        import::catch(|| self.evaluate(states, inputs))
            .map_err(|e| Error::file(&self.path, "failed to run").caused_by(e))
    }

    /// How many states these are.
    fn states(&self, inputs: &[Values<'_>]) -> Result<usize> {
        if inputs.len() != self.inputs.len() {
            let (takes, found) = (self.inputs.len(), inputs.len());
            return Err(Error::shape(
                format_args!("the call of {}", self.path),
                format_args!("{found} inputs"),
                takes,
            ));
        }
        let mut states = None;
        for (spec, values) in self.inputs.iter().zip(inputs) {
            let (datum, length) = match values {
                Values::F32(values) => (Datum::F32, values.len()),
                Values::I64(values) => (Datum::I64, values.len()),
            };
            let single = spec.shape.iter().product::<usize>();
            let count = length / single.max(1);
            if datum != spec.datum || length == 0 || length != *states.get_or_insert(count) * single
            {
                return Err(Error::shape(
                    format_args!("the input {:?} of {}", spec.name, self.path),
                    format_args!("{length} values of {datum:?}"),
                    format_args!("{:?} of shape {:?}", spec.datum, spec.shape),
                ));
            }
        }
        Ok(states.unwrap_or(1))
    }

    fn evaluate(&self, states: usize, inputs: &[Values<'_>]) -> TractResult<Vec<Vec<f32>>> {
        let mut tensors = tvec!();
        for (at, (spec, values)) in self.inputs.iter().zip(inputs).enumerate() {
            let shape = of_states(states, &spec.shape);
            let tensor = match values {
                Values::F32(values) => Tensor::from_shape(&shape, values)?,
                Values::I64(values) => Tensor::from_shape(&shape, values)?,
            };
            let taken = self.plan.model().input_fact(at)?.datum_type;
            tensors.push(tensor.cast_to_dt(taken)?.into_owned().into_tvalue());
        }
        let results = self.plan.run(tensors)?;
        let values = results.iter().zip(&self.outputs).map(|(value, spec)| {
            let values = value.try_as_plain_ram()?;
            let values = values.as_slice::<f32>()?;
            // What depends on no input is there once.
            let times = if value.rank() > spec.shape.len() { 1 } else { states };
            Ok(values.repeat(times))
        });
        values.collect()
    }
}
