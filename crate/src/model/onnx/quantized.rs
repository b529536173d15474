//! Weights that a file has as small integers with scales: they become the numbers for which they
//! stand, so that the rest of the graph is read as if the file had those.

use std::collections::{HashMap, HashSet};

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{GraphProto, NodeProto, TensorProto};

use super::check;

const QUANTIZED: &str = "DequantizeLinear";

/// The tensors that are scales and zero points of others, and no weights of their own.
pub(super) fn scales(graph: &GraphProto) -> HashSet<&str> {
    let nodes = graph.node.iter().filter(|node| node.op_type == QUANTIZED);
    nodes.flat_map(|node| node.input.iter().skip(1).map(String::as_str)).collect()
}

/// Computes each `DequantizeLinear` of constants: `(x - zero point) · scale` in f32, which is what
/// onnxruntime computes of it. The graph has been checked, and its half-precision numbers widened.
pub(super) fn dequantize(graph: &mut GraphProto) {
    if !graph.node.iter().any(|node| node.op_type == QUANTIZED) {
        return;
    }
    let constants: HashMap<&str, &TensorProto> = constants(graph).collect();
    let mut made = Vec::new();
    let is_left: Vec<bool> = graph
        .node
        .iter()
        .map(|node| {
            let tensor = (node.op_type == QUANTIZED).then(|| folded(node, &constants)).flatten();
            let is_left = tensor.is_none();
            made.extend(tensor);
            is_left
        })
        .collect();
    let mut is_left = is_left.into_iter();
    graph.node.retain(|_| is_left.next().unwrap_or(true));
    graph.initializer.extend(made);
    // tract would keep those that nothing takes any more.
    let mut used: HashSet<String> = graph.output.iter().map(|output| output.name.clone()).collect();
    used.extend(graph.node.iter().flat_map(|node| node.input.iter().cloned()));
    graph.initializer.retain(|tensor| used.contains(&tensor.name));
}

/// The tensors by name; an input may stand in the place of a weight of its name.
fn constants(graph: &GraphProto) -> impl Iterator<Item = (&str, &TensorProto)> {
    let inputs: HashSet<&str> = graph.input.iter().map(|input| input.name.as_str()).collect();
    let weights = graph.initializer.iter().map(|tensor| (tensor.name.as_str(), tensor));
    let nodes = graph.node.iter().filter(|node| node.op_type == "Constant");
    let nodes = nodes.filter_map(|node| {
        Some((node.output.first()?.as_str(), node.attribute.first()?.t.as_ref()?))
    });
    weights.chain(nodes).filter(move |(name, _)| !inputs.contains(name))
}

fn folded(node: &NodeProto, constants: &HashMap<&str, &TensorProto>) -> Option<TensorProto> {
    let constant = |at: usize| constants.get(node.input.get(at)?.as_str()).copied();
    let (tensor, scale) = (constant(0)?, check::reals(constant(1)?)?);
    let levels = check::integers(tensor)?;
    let zeros = match node.input.get(2).filter(|name| !name.is_empty()) {
        Some(_) => check::integers(constant(2)?)?,
        None => [0].into(),
    };
    // One scale for all, or one for each place along an axis.
    let rank = tensor.dims.len() as i64;
    let inner = if scale.len() == 1 {
        levels.len()
    } else {
        let axis = node.attribute.iter().find(|a| a.name == "axis").map_or(1, |axis| axis.i);
        let axis = if axis < 0 { axis + rank } else { axis };
        tensor.dims.get(usize::try_from(axis).ok()? + 1..)?.iter().product::<i64>() as usize
    };
    let values = levels.chunks(inner.max(1)).enumerate().flat_map(|(row, levels)| {
        let (scale, zero) = (scale[row % scale.len()] as f32, zeros[row % zeros.len()]);
        levels.iter().flat_map(move |level| ((level - zero) as f32 * scale).to_le_bytes())
    });
    Some(TensorProto {
        name: node.output.first()?.clone(),
        dims: tensor.dims.clone(),
        data_type: DataType::Float as i32,
        raw_data: values.collect(),
        ..Default::default()
    })
}
