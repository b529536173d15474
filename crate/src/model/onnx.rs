//! ONNX networks run by tract: load, fix the shapes, optimize, run.

use std::sync::Arc;

use tract_onnx::prelude::*;

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
    /// types or shapes, or if the graph has an operator that tract does not know.
    pub fn load(path: &str, bytes: &[u8], inputs: &[Port], outputs: &[Port]) -> Result<Self> {
        let fail = |what: &str, why: &dyn std::fmt::Display| {
            Error::model(format!("{path} {what}: {why}; export the model again as models/README.md says"))
        };
        let mut model = tract_onnx::onnx()
            // Exported shapes name the batch dimension, which is fixed to 1 below.
            .with_ignore_output_shapes(true)
            .with_ignore_value_info(true)
            .model_for_read(&mut &*bytes)
            .map_err(|e| fail("is not an ONNX file that can be read", &format!("{e:#}")))?;

        let mut found = Vec::new();
        for port in inputs {
            let outlet = model
                .input_outlets()
                .ok()
                .and_then(|all| all.iter().copied().find(|o| model.node(o.node).name == port.name));
            found.push(outlet.ok_or_else(|| fail("has the wrong inputs", &format!("no input {:?}", port.name)))?);
        }
        if model.inputs.len() != inputs.len() {
            let names: Vec<_> = model.inputs.iter().map(|o| model.node(o.node).name.as_str()).collect();
            return Err(fail("has the wrong inputs", &format!("{names:?}")));
        }
        model.inputs = found;
        for (ix, port) in inputs.iter().enumerate() {
            model
                .set_input_fact(ix, InferenceFact::dt_shape(port.datum_type, &*port.shape))
                .map_err(|e| fail(&format!("does not take {:?}", port.shape), &format!("{e:#}")))?;
        }
        let mut found = Vec::new();
        for port in outputs {
            let outlet = model.outputs.iter().copied().find(|o| model.outlet_label(*o) == Some(&port.name));
            found.push(outlet.ok_or_else(|| fail("has the wrong outputs", &format!("no output {:?}", port.name)))?);
        }
        model.outputs = found;

        let model = model.into_optimized().map_err(|e| fail("cannot be prepared", &format!("{e:#}")))?;
        for (ix, port) in outputs.iter().enumerate() {
            let fact = model.output_fact(ix).map_err(|e| fail("cannot be prepared", &format!("{e:#}")))?;
            if fact.datum_type != port.datum_type || fact.shape.as_concrete() != Some(&*port.shape) {
                let expected = (port.datum_type, &port.shape);
                return Err(fail(&format!("gives {:?} as {fact:?}", port.name), &format!("expected {expected:?}")));
            }
        }
        let plan = model.into_runnable().map_err(|e| fail("cannot be prepared", &format!("{e:#}")))?;
        Ok(Self { path: path.into(), plan })
    }

    /// Runs the network; the outputs are in the order of the ports given to [`Network::load`].
    pub fn run(&self, inputs: TVec<TValue>) -> Result<TVec<TValue>> {
        self.plan.run(inputs).map_err(|e| Error::model(format!("{} failed to run: {e:#}", self.path)))
    }
}
