//! ONNX as tract-onnx reads it, with every operator that it knows: for graphs that ask for more
//! than the importer has.

use tract_onnx::prelude::*;

use super::{Port, Refusal};

/// Reads a file and fixes its shapes to those of the ports.
pub fn read(bytes: &[u8], inputs: &[Port], outputs: &[Port]) -> Result<TypedModel, Refusal> {
    let mut model = tract_onnx::onnx()
        // Exported shapes name the batch dimension, which the ports fix.
        .with_ignore_output_shapes(true)
        .with_ignore_value_info(true)
        .model_for_read(&mut &*bytes)
        .map_err(Refusal::unread)?;
    let sources = model.input_outlets().map_err(Refusal::unprepared)?.to_vec();
    let names: Vec<String> =
        sources.iter().map(|outlet| model.node(outlet.node).name.clone()).collect();
    let mut found = Vec::new();
    for port in inputs {
        let at = names.iter().position(|name| *name == port.name);
        found
            .push(sources[at.ok_or_else(|| Refusal::inputs(format!("no input {:?}", port.name)))?]);
    }
    if names.len() != inputs.len() {
        return Err(Refusal::inputs(format!("{names:?}")));
    }
    model.inputs = found;
    for (at, port) in inputs.iter().enumerate() {
        let fact = InferenceFact::dt_shape(port.datum_type, &*port.shape);
        model.set_input_fact(at, fact).map_err(Refusal::unprepared)?;
    }
    let given = model.output_outlets().map_err(Refusal::unprepared)?.to_vec();
    let mut found = Vec::new();
    for port in outputs {
        let outlet =
            given.iter().copied().find(|&outlet| model.outlet_label(outlet) == Some(&port.name));
        found.push(outlet.ok_or_else(|| Refusal::outputs(format!("no output {:?}", port.name)))?);
    }
    model.outputs = found;
    model.into_optimized().map_err(Refusal::unprepared)
}
