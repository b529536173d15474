//! ONNX networks run by tract: read, fuse, fix the shapes, run.
//!
//! The importer is the crate's own. It knows the operators that models of the manifest's contracts
//! are made of and no others, which keeps the page small, and puts the crate's kernels in place of
//! what takes the time. With the feature `full-onnx`, tract-onnx reads the files that ask for more.

mod build;
#[cfg_attr(not(test), expect(dead_code, unused_imports, reason = "the importer will call it"))]
mod check;
mod elementary;
mod file;
mod fuse;
mod graph;
mod import;
mod info;
mod layers;
mod operators;
mod ops;
mod proto;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use tract_core::internal::*;

use self::build::Builder;
use self::graph::Graph;
use crate::error::{Error, Result};

pub use self::info::{Dim, GraphInfo, GraphPort, GraphValue, inspect, inspect_at};

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

/// The values of one input, row by row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Values<'a> {
    /// For an input of [`Datum::F32`].
    F32(&'a [f32]),
    /// For an input of [`Datum::I64`].
    I64(&'a [i64]),
}

/// Why a file cannot be used.
#[derive(Debug)]
struct Refusal {
    /// The sentence that goes on after the file's name.
    what: String,
    why: String,
}

impl Refusal {
    fn unread(why: TractError) -> Self {
        Self { what: "is not an ONNX file that can be read".into(), why: format!("{why:#}") }
    }

    fn unprepared(why: TractError) -> Self {
        Self { what: "cannot be prepared".into(), why: format!("{why:#}") }
    }

    fn inputs(why: String) -> Self {
        Self { what: "has the wrong inputs".into(), why }
    }

    fn outputs(why: String) -> Self {
        Self { what: "has the wrong outputs".into(), why }
    }
}

/// The graph as the importer reads it, on the crate's kernels.
fn import_graph(
    bytes: &[u8],
    inputs: &[TensorSpec],
    outputs: &[&str],
) -> Result<TypedModel, Refusal> {
    let mut graph = Graph::read(bytes).map_err(Refusal::unread)?;
    if let Some(spec) = inputs.iter().find(|spec| !graph.inputs.contains(&spec.name)) {
        return Err(Refusal::inputs(format!("no input {:?}", spec.name)));
    }
    if graph.inputs.len() != inputs.len() {
        return Err(Refusal::inputs(format!("{:?}", graph.inputs)));
    }
    let known = |name: &str| graph.nodes.iter().any(|node| node.outputs.iter().any(|o| o == name));
    if let Some(name) = outputs.iter().find(|name| !known(name)) {
        return Err(Refusal::outputs(format!("no output {name:?}")));
    }
    graph.outputs = outputs.iter().map(|&name| name.into()).collect();
    fuse::fuse(&mut graph);
    let datum_type = |datum| match datum {
        Datum::F32 => DatumType::F32,
        Datum::I64 => DatumType::I64,
    };
    let sources = inputs
        .iter()
        .map(|spec| (spec.name.as_str(), datum_type(spec.datum), spec.shape.as_slice()));
    let mut builder = Builder::new(sources).map_err(Refusal::unprepared)?;
    builder.add(graph).map_err(Refusal::unprepared)?;
    builder.select_outputs(outputs.iter().copied()).map_err(Refusal::unprepared)?;
    Ok(builder.model)
}

/// A network with fixed shapes, ready to run.
pub(crate) struct Network {
    path: String,
    inputs: Vec<TensorSpec>,
    outputs: Vec<TensorSpec>,
    plan: Arc<TypedRunnableModel>,
}

impl Network {
    /// Loads the ONNX file `bytes` (called `path` in messages), whose weights may be in the file
    /// `external`, and fixes its shapes to those of `inputs`, which are all its inputs. `outputs`
    /// are names of any values of the graph; nodes that none of them needs are dropped.
    ///
    /// # Errors
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if the file is no ONNX graph, if it has other
    /// inputs or lacks a wanted value, or if a needed operator cannot be run.
    pub fn load(
        path: &str,
        bytes: &[u8],
        external: Option<&[u8]>,
        inputs: &[TensorSpec],
        outputs: &[&str],
    ) -> Result<Self> {
        let _ = external;
        let refused = |Refusal { what, why }: Refusal| {
            Error::model(format!(
                "{path} {what}: {why}; export the model again as models/README.md says"
            ))
        };
        let model = import_graph(bytes, inputs, outputs).map_err(refused)?;
        let mut specs = Vec::new();
        for (at, &name) in outputs.iter().enumerate() {
            let fact = model.output_fact(at).map_err(Refusal::unprepared).map_err(refused)?;
            specs.push(TensorSpec::f32(name, fact.shape.as_concrete().unwrap_or_default()));
        }
        let plan = model.into_runnable().map_err(Refusal::unprepared).map_err(refused)?;
        Ok(Self { path: path.into(), inputs: inputs.to_vec(), outputs: specs, plan })
    }

    /// Names and shapes of what [`Network::run`] gives, in the order given to [`Network::load`].
    pub fn outputs(&self) -> &[TensorSpec] {
        &self.outputs
    }

    /// Runs the network on the values of its inputs, in the order given to [`Network::load`].
    ///
    /// # Errors
    /// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for inputs of another number, length or type;
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if an operator fails.
    pub fn run(&self, inputs: &[Values]) -> Result<Vec<Vec<f32>>> {
        let failed = |e: TractError| Error::model(format!("{} failed to run: {e:#}", self.path));
        if inputs.len() != self.inputs.len() {
            return Err(Error::shape(format!(
                "{} takes {} inputs, not {}",
                self.path,
                self.inputs.len(),
                inputs.len()
            )));
        }
        let mut values = tvec!();
        for (spec, input) in self.inputs.iter().zip(inputs) {
            let (datum, length) = match input {
                Values::F32(values) => (Datum::F32, values.len()),
                Values::I64(values) => (Datum::I64, values.len()),
            };
            if datum != spec.datum || length != spec.shape.iter().product::<usize>() {
                return Err(Error::shape(format!(
                    "the input {:?} of {} takes {:?} {:?}, not {length} values of {datum:?}",
                    spec.name, self.path, spec.datum, spec.shape
                )));
            }
            let tensor = match input {
                Values::F32(values) => Tensor::from_shape(&spec.shape, values),
                Values::I64(values) => Tensor::from_shape(&spec.shape, values),
            };
            values.push(tensor.map_err(failed)?.into_tvalue());
        }
        let outputs = self.plan.run(values).map_err(failed)?;
        outputs
            .iter()
            .map(|value| {
                let view = value.try_as_plain_ram().map_err(failed)?;
                Ok(view.as_slice::<f32>().map_err(failed)?.to_vec())
            })
            .collect()
    }
}
