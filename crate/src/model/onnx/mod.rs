//! ONNX networks run by tract: read, fuse, fix the shapes, run.
//!
//! The importer is the crate's own. It knows the operators that models of the manifest's contracts are made of and no others, which
//! keeps the page small, and puts the crate's kernels in place of what takes the time.

mod build;
mod elementary;
mod fuse;
mod graph;
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

/// Name, element type and shape of an input or output, the batch included.
pub(super) struct Port {
    pub name: String,
    pub datum_type: DatumType,
    pub shape: Vec<usize>,
}

impl Port {
    pub fn new<T: Datum>(name: impl Into<String>, shape: &[usize]) -> Self {
        Self { name: name.into(), datum_type: T::datum_type(), shape: shape.to_vec() }
    }
}

/// A network with fixed shapes, ready to run.
pub(super) struct Network {
    path: String,
    plan: Arc<TypedRunnableModel>,
}

impl Network {
    /// Loads the ONNX file `bytes` (called `path` in messages) and fixes its shapes to those of the ports.
    ///
    /// # Errors
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if the file is no ONNX graph, if inputs or outputs have other names,
    /// types or shapes, or if the graph has an operator that the importer does not know.
    pub fn load(path: &str, bytes: &[u8], inputs: &[Port], outputs: &[Port]) -> Result<Self> {
        let fail = |what: &str, why: &dyn std::fmt::Display| {
            Error::model(format!("{path} {what}: {why}; export the model again as models/README.md says"))
        };
        let unprepared = |e: TractError| fail("cannot be prepared", &format!("{e:#}"));
        let mut graph =
            Graph::read(bytes).map_err(|e| fail("is not an ONNX file that can be read", &format!("{e:#}")))?;
        if let Some(port) = inputs.iter().find(|port| !graph.inputs.contains(&port.name)) {
            return Err(fail("has the wrong inputs", &format!("no input {:?}", port.name)));
        }
        if graph.inputs.len() != inputs.len() {
            return Err(fail("has the wrong inputs", &format!("{:?}", graph.inputs)));
        }
        if let Some(port) = outputs.iter().find(|port| !graph.outputs.contains(&port.name)) {
            return Err(fail("has the wrong outputs", &format!("no output {:?}", port.name)));
        }
        fuse::fuse(&mut graph);
        let sources = inputs.iter().map(|port| (port.name.as_str(), port.datum_type, port.shape.as_slice()));
        let mut builder = Builder::new(sources).map_err(unprepared)?;
        builder.add(graph).map_err(unprepared)?;
        builder.select_outputs(outputs.iter().map(|port| port.name.as_str())).map_err(unprepared)?;
        let model = builder.model;
        for (ix, port) in outputs.iter().enumerate() {
            let fact = model.output_fact(ix).map_err(unprepared)?;
            if fact.datum_type != port.datum_type || fact.shape.as_concrete() != Some(&*port.shape) {
                let expected = (port.datum_type, &port.shape);
                return Err(fail(&format!("gives {:?} as {fact:?}", port.name), &format!("expected {expected:?}")));
            }
        }
        let plan = model.into_runnable().map_err(unprepared)?;
        Ok(Self { path: path.into(), plan })
    }

    /// Runs the network; the outputs are in the order of the ports given to [`Network::load`].
    pub fn run(&self, inputs: TVec<TValue>) -> Result<TVec<TValue>> {
        self.plan.run(inputs).map_err(|e| Error::model(format!("{} failed to run: {e:#}", self.path)))
    }
}
