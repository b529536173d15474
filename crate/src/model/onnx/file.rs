//! An ONNX file as protocol buffers: reading it and its external data, and reducing the graph to
//! what the requested outputs depend on.

use std::collections::{HashMap, HashSet};

use tract_onnx::pb::tensor_proto::{DataLocation, DataType};
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dimension;
use tract_onnx::pb::type_proto::{Tensor, Value as TypeValue};
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto, TypeProto, ValueInfoProto};
use tract_onnx::prelude::Framework;

use super::Dim;
use super::import_error::ImportError;
use super::recognize::recognize;

/// Reads a file; the error message is the predicate of a sentence whose subject is the file's name.
pub(super) fn read(bytes: &[u8]) -> Result<ModelProto, ImportError> {
    if let Some(what) = recognize(bytes) {
        return Err(what.into());
    }
    let proto = tract_onnx::Onnx::default()
        .proto_model_for_read(&mut &*bytes)
        .map_err(|e| ImportError::from("is not an ONNX file that can be read").caused_by(e))?;
    match &proto.graph {
        Some(graph) if !graph.output.is_empty() => Ok(proto),
        _ => Err("is not an ONNX file that can be read: it has no graph with outputs".into()),
    }
}

/// The opset of ONNX's own domain; 0 if the file does not state it.
pub(super) fn opset(proto: &ModelProto) -> i64 {
    let own = |domain: &str| domain.is_empty() || domain == "ai.onnx";
    proto.opset_import.iter().find(|import| own(&import.domain)).map_or(0, |import| import.version)
}

/// The name of an operator, with its domain unless that is ONNX's own.
pub(super) fn operator(node: &NodeProto) -> String {
    match node.domain.as_str() {
        "" | "ai.onnx" => node.op_type.clone(),
        domain => format!("{domain}.{}", node.op_type),
    }
}

/// The name of an element type in ONNX's documentation.
pub(super) fn element_type(code: i32) -> String {
    match DataType::try_from(code) {
        Ok(DataType::Float) => "float32".into(),
        Ok(DataType::Double) => "float64".into(),
        Ok(other) => format!("{other:?}").to_lowercase(),
        Err(_) => format!("type {code}"),
    }
}

/// A value of any shape.
pub(super) fn value_info(name: &str, element_type: i32) -> ValueInfoProto {
    let tensor = Tensor { elem_type: element_type, shape: None };
    let r#type = TypeProto { value: Some(TypeValue::TensorType(tensor)), ..TypeProto::default() };
    ValueInfoProto { name: name.into(), r#type: Some(r#type), ..ValueInfoProto::default() }
}

/// Element type and dimensions of a declared value, where the file states them.
pub(super) fn declared(value: &ValueInfoProto) -> (Option<i32>, Option<Vec<Dim>>) {
    let Some(TypeValue::TensorType(tensor)) = value.r#type.as_ref().and_then(|t| t.value.as_ref())
    else {
        return (None, None);
    };
    let dims = tensor.shape.as_ref().map(|shape| {
        let dims = shape.dim.iter().map(|dim| match &dim.value {
            Some(Dimension::DimValue(value)) if *value >= 0 => Dim::Fixed(*value as usize),
            Some(Dimension::DimParam(name)) => Dim::Symbol(name.clone()),
            _ => Dim::Symbol("?".into()),
        });
        dims.collect()
    });
    (Some(tensor.elem_type), dims)
}

fn tensors(graph: &GraphProto) -> impl Iterator<Item = &TensorProto> {
    let constants =
        graph.node.iter().flat_map(|node| node.attribute.iter().filter_map(|a| a.t.as_ref()));
    graph.initializer.iter().chain(constants)
}

fn tensors_mut(graph: &mut GraphProto) -> impl Iterator<Item = &mut TensorProto> {
    let constants = graph
        .node
        .iter_mut()
        .flat_map(|node| node.attribute.iter_mut().filter_map(|a| a.t.as_mut()));
    graph.initializer.iter_mut().chain(constants)
}

fn is_external(tensor: &TensorProto) -> bool {
    tensor.data_location == Some(DataLocation::External as i32)
}

fn external<'a>(tensor: &'a TensorProto, key: &str) -> Option<&'a str> {
    tensor.external_data.iter().find(|entry| entry.key == key).map(|entry| entry.value.as_str())
}

/// Names of the external data files of a graph, each once.
pub(super) fn external_files(graph: &GraphProto) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for tensor in tensors(graph).filter(|tensor| is_external(tensor)) {
        let name = external(tensor, "location").unwrap_or_default();
        if !names.iter().any(|known| known == name) {
            names.push(name.into());
        }
    }
    names
}

/// Copies the weights of the external data file into the graph.
pub(super) fn embed(graph: &mut GraphProto, data: Option<&[u8]>) -> Result<(), ImportError> {
    let files = external_files(graph);
    let data = match (files.as_slice(), data) {
        ([], _) => return Ok(()),
        ([name], None) => {
            return Err(ImportError::from(format!(
                "has its weights in another file, {name:?}: add that file, or export the model \
                 with external_data=False"
            )));
        }
        ([_], Some(data)) => data,
        (names, _) => {
            return Err(ImportError::from(format!(
                "has its weights in several files ({names:?}): export it with one external data \
                 file or none"
            )));
        }
    };
    for tensor in tensors_mut(graph).filter(|tensor| is_external(tensor)) {
        let number = |key: &str| -> Result<Option<usize>, String> {
            external(tensor, key)
                .map(|text| text.parse())
                .transpose()
                .map_err(|_| format!("states no valid {key} for the values of {:?}", tensor.name))
        };
        let start = number("offset")?.unwrap_or(0);
        let end = match number("length")? {
            Some(length) => start.checked_add(length),
            None => Some(data.len()),
        };
        let values = end.and_then(|end| data.get(start..end)).ok_or_else(|| {
            format!(
                "needs another external data file: this one has {} bytes and not the values of \
                 {:?}",
                data.len(),
                tensor.name
            )
        })?;
        tensor.raw_data = values.to_vec();
        tensor.data_location = None;
        tensor.external_data.clear();
    }
    Ok(())
}

/// The names of `outputs`, and of all values that they depend on.
pub(super) fn needed(graph: &GraphProto, outputs: &[&str]) -> HashSet<String> {
    let mut producers: HashMap<&str, &NodeProto> = HashMap::new();
    for node in &graph.node {
        producers.extend(node.output.iter().map(|name| (name.as_str(), node)));
    }
    let mut wanted: Vec<&str> = outputs.to_vec();
    let mut needed = HashSet::new();
    while let Some(name) = wanted.pop() {
        if !name.is_empty()
            && needed.insert(name.to_string())
            && let Some(node) = producers.get(name)
        {
            wanted.extend(node.input.iter().map(String::as_str));
        }
    }
    needed
}

/// Makes the values `outputs` (any values of the graph) the outputs, and drops all nodes and
/// weights that they do not depend on.
pub(super) fn select(graph: &mut GraphProto, outputs: &[&str]) {
    let needed = needed(graph, outputs);
    graph.node.retain(|node| node.output.iter().any(|name| needed.contains(name)));
    graph.initializer.retain(|tensor| needed.contains(&tensor.name));
    let declared = std::mem::take(&mut graph.output);
    graph.output = outputs
        .iter()
        .map(|name| {
            let known = declared.iter().find(|value| value.name == *name).cloned();
            known.unwrap_or_else(|| ValueInfoProto { name: (*name).into(), ..Default::default() })
        })
        .collect();
}

/// Makes the half-precision numbers of a graph single precision, in which they are computed, and
/// drops the casts that only did that.
pub(super) fn widen(graph: &mut GraphProto) {
    const HALF: i32 = DataType::Float16 as i32;
    const SINGLE: i32 = DataType::Float as i32;
    for tensor in tensors_mut(graph).filter(|tensor| tensor.data_type == HALF) {
        tensor.data_type = SINGLE;
        let halves = tensor.raw_data.as_chunks().0.iter().map(|&bytes| u16::from_le_bytes(bytes));
        tensor.raw_data = halves.flat_map(|half| widened(half).to_le_bytes()).collect();
        let halves = std::mem::take(&mut tensor.int32_data);
        tensor.float_data = halves.into_iter().map(|half| widened(half as u16)).collect();
    }
    for attribute in graph.node.iter_mut().flat_map(|node| &mut node.attribute) {
        if matches!(attribute.name.as_str(), "to" | "dtype") && attribute.i == i64::from(HALF) {
            attribute.i = i64::from(SINGLE);
        }
    }
    for value in graph.input.iter_mut().chain(&mut graph.output) {
        if let Some(TypeValue::TensorType(tensor)) =
            value.r#type.as_mut().and_then(|t| t.value.as_mut())
            && tensor.elem_type == HALF
        {
            tensor.elem_type = SINGLE;
        }
    }
    let mut uses: HashMap<String, usize> = HashMap::new();
    let outputs = graph.output.iter().map(|output| &output.name);
    for name in graph.node.iter().flat_map(|node| &node.input).chain(outputs) {
        *uses.entry(name.clone()).or_default() += 1;
    }
    let inputs: HashSet<String> = graph.input.iter().map(|input| input.name.clone()).collect();
    let mut weights: HashMap<String, &mut TensorProto> = graph
        .initializer
        .iter_mut()
        .filter(|tensor| tensor.data_type == SINGLE && !inputs.contains(&tensor.name))
        .map(|tensor| (tensor.name.clone(), tensor))
        .collect();
    let outputs: HashSet<&str> = graph.output.iter().map(|output| output.name.as_str()).collect();
    graph.node.retain(|node| {
        let to = node.attribute.iter().find(|attribute| attribute.name == "to").map(|a| a.i);
        let ([input], [output]) = (node.input.as_slice(), node.output.as_slice()) else {
            return true;
        };
        if node.op_type != "Cast"
            || to != Some(i64::from(SINGLE))
            || uses.get(input) != Some(&1)
            || outputs.contains(output.as_str())
        {
            return true;
        }
        match weights.remove(input) {
            Some(tensor) => {
                tensor.name.clone_from(output);
                false
            }
            None => true,
        }
    });
}

/// Converts an f16 to f32 without a branch, so that LLVM vectorizes it.
pub(super) fn widened(half: u16) -> f32 {
    // The exponent's bias grows from 15 to 127; a product makes subnormal numbers normal.
    const SCALE: f32 = f32::from_bits((127 + 112) << 23);
    let bits = u32::from(half);
    let magnitude = f32::from_bits((bits & 0x7fff) << 13) * SCALE;
    let infinite = if bits & 0x7c00 == 0x7c00 { 0x7f80_0000 } else { 0 };
    f32::from_bits(magnitude.to_bits() | infinite | (bits & 0x8000) << 16)
}

#[cfg(test)]
mod tests {
    use tract_core::internal::f16;

    use super::*;

    #[test]
    fn every_half_is_widened_exactly() {
        for bits in 0..=u16::MAX {
            let (found, expected) = (widened(bits), f16::from_bits(bits).to_f32());
            let same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
            assert!(same, "{bits:#x}: {found}, not {expected}");
        }
    }
}
