//! ONNX networks run by tract: read, fuse, fix the shapes, run.
//!
//! The importer is the crate's own. It knows the operators that models of the manifest's contracts
//! are made of and no others, which keeps the page small, and puts the crate's kernels in place of
//! what takes the time. With the feature `full-onnx`, tract-onnx reads the files that ask for more.

#[cfg(all(test, feature = "full-onnx"))]
mod against_tract;
mod build;
mod elementary;
#[cfg(feature = "full-onnx")]
mod full;
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

/// Why a file cannot be used.
#[derive(Debug)]
struct Refusal {
    /// The sentence that goes on after the file's name.
    what: String,
    why: String,
    /// Whether one who knows more of ONNX might take the file.
    #[cfg_attr(
        not(feature = "full-onnx"),
        expect(dead_code, reason = "only tract-onnx knows more")
    )]
    unknown: bool,
}

impl Refusal {
    fn unread(why: TractError) -> Self {
        Self {
            what: "is not an ONNX file that can be read".into(),
            why: format!("{why:#}"),
            unknown: true,
        }
    }

    fn unprepared(why: TractError) -> Self {
        Self { what: "cannot be prepared".into(), why: format!("{why:#}"), unknown: true }
    }

    fn inputs(why: String) -> Self {
        Self { what: "has the wrong inputs".into(), why, unknown: false }
    }

    fn outputs(why: String) -> Self {
        Self { what: "has the wrong outputs".into(), why, unknown: false }
    }
}

/// The graph as the importer reads it, on the crate's kernels.
fn import(bytes: &[u8], inputs: &[Port], outputs: &[Port]) -> Result<TypedModel, Refusal> {
    let mut graph = Graph::read(bytes).map_err(Refusal::unread)?;
    if let Some(port) = inputs.iter().find(|port| !graph.inputs.contains(&port.name)) {
        return Err(Refusal::inputs(format!("no input {:?}", port.name)));
    }
    if graph.inputs.len() != inputs.len() {
        return Err(Refusal::inputs(format!("{:?}", graph.inputs)));
    }
    if let Some(port) = outputs.iter().find(|port| !graph.outputs.contains(&port.name)) {
        return Err(Refusal::outputs(format!("no output {:?}", port.name)));
    }
    fuse::fuse(&mut graph);
    let sources =
        inputs.iter().map(|port| (port.name.as_str(), port.datum_type, port.shape.as_slice()));
    let mut builder = Builder::new(sources).map_err(Refusal::unprepared)?;
    builder.add(graph).map_err(Refusal::unprepared)?;
    builder
        .select_outputs(outputs.iter().map(|port| port.name.as_str()))
        .map_err(Refusal::unprepared)?;
    Ok(builder.model)
}

/// The graph as tract-onnx reads it, where the importer lacks what it needs.
#[cfg(feature = "full-onnx")]
fn import_or_read(bytes: &[u8], inputs: &[Port], outputs: &[Port]) -> Result<TypedModel, Refusal> {
    import(bytes, inputs, outputs).or_else(|refusal| match refusal {
        Refusal { unknown: true, what, why } => {
            full::read(bytes, inputs, outputs).map_err(|full| {
                let why = format!("{why}; tract-onnx: {}", full.why);
                Refusal { what, why, unknown: false }
            })
        }
        refusal => Err(refusal),
    })
}

#[cfg(not(feature = "full-onnx"))]
use import as import_or_read;

/// A network with fixed shapes, ready to run.
pub(super) struct Network {
    path: String,
    plan: Arc<TypedRunnableModel>,
}

impl Network {
    /// Loads the ONNX file `bytes` (called `path` in messages) and fixes its shapes to those of the
    /// ports.
    ///
    /// # Errors
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if the file is no ONNX graph, if inputs or
    /// outputs have other names, types or shapes, or if the graph has an operator that is not
    /// known.
    pub fn load(path: &str, bytes: &[u8], inputs: &[Port], outputs: &[Port]) -> Result<Self> {
        let model = import_or_read(bytes, inputs, outputs);
        let plan = model.and_then(|model| prepare(model, outputs)).map_err(
            |Refusal { what, why, .. }| {
                Error::model(format!(
                    "{path} {what}: {why}; export the model again as models/README.md says"
                ))
            },
        )?;
        Ok(Self { path: path.into(), plan })
    }

    /// Runs the network; the outputs are in the order of the ports given to [`Network::load`].
    pub fn run(&self, inputs: TVec<TValue>) -> Result<TVec<TValue>> {
        self.plan
            .run(inputs)
            .map_err(|e| Error::model(format!("{} failed to run: {e:#}", self.path)))
    }
}

fn prepare(model: TypedModel, outputs: &[Port]) -> Result<Arc<TypedRunnableModel>, Refusal> {
    for (at, port) in outputs.iter().enumerate() {
        let fact = model.output_fact(at).map_err(Refusal::unprepared)?;
        if fact.datum_type != port.datum_type || fact.shape.as_concrete() != Some(&*port.shape) {
            let what = format!("gives {:?} as {fact:?}", port.name);
            return Err(Refusal {
                what,
                why: format!("expected {:?}", (port.datum_type, &port.shape)),
                unknown: false,
            });
        }
    }
    model.into_runnable().map_err(Refusal::unprepared)
}
