//! What a file leaves open of the shapes of its inputs, and its weights say: how many channels a
//! convolution takes, how many numbers a matrix.

use std::collections::HashSet;

use tract_onnx::pb::tensor_shape_proto::dimension::Value as Dimension;
use tract_onnx::pb::type_proto::Value as DeclaredType;
use tract_onnx::pb::{GraphProto, NodeProto, TensorShapeProto};

use super::Dim;
use super::file::declared;

/// Operators that leave the axis of their first input where it is, as long as it is.
const KEEPING: [&str; 21] = [
    "Add",
    "BatchNormalization",
    "Cast",
    "Clip",
    "Div",
    "Dropout",
    "Elu",
    "Gelu",
    "Identity",
    "InstanceNormalization",
    "LayerNormalization",
    "LeakyRelu",
    "Mul",
    "Pad",
    "Relu",
    "Resize",
    "Sigmoid",
    "Softplus",
    "Sub",
    "Tanh",
    "Unsqueeze",
];

/// No network has longer axes.
const MOST: i64 = 1 << 24;

/// Writes the lengths of axes that are open, but known by the weights, into the shapes of inputs.
pub(super) fn fill(graph: &mut GraphProto) {
    let mut found = Vec::new();
    for (at, input) in graph.input.iter().enumerate() {
        let Some(dims) = declared(input).1.filter(|dims| (2..=4).contains(&dims.len())) else {
            continue;
        };
        if let Some((axis, length)) = features(graph, &input.name, dims.len())
            && matches!(dims[axis], Dim::Symbol(_))
            && (1..=MOST).contains(&length)
        {
            found.push((at, axis, length));
        }
    }
    for (at, axis, length) in found {
        set(graph, at, axis, length);
    }
}

/// Gives the codes whose height and width are open these.
pub(super) fn place_codes(graph: &mut GraphProto, [height, width]: [usize; 2]) {
    let codes: Vec<usize> = (graph.input.iter().enumerate())
        .filter(|(_, input)| declared(input).1.is_some_and(|dims| is_code(&dims)))
        .map(|(at, _)| at)
        .collect();
    for at in codes {
        set(graph, at, 2, height as i64);
        set(graph, at, 3, width as i64);
    }
}

/// Whether a shape is that of channels, other than those of images, with an open height and
/// width.
pub(super) fn is_code(dims: &[Dim]) -> bool {
    let open = |dim: &Dim| matches!(dim, Dim::Symbol(_));
    matches!(dims, [_, Dim::Fixed(channels), height, width]
        if !matches!(channels, 1 | 3) && open(height) && open(width))
}

/// Fixes one axis of an input.
fn set(graph: &mut GraphProto, input: usize, axis: usize, length: i64) {
    if let Some(shape) = shape_of(graph, input) {
        shape.dim[axis].value = Some(Dimension::DimValue(length));
    }
}

fn shape_of(graph: &mut GraphProto, input: usize) -> Option<&mut TensorShapeProto> {
    let DeclaredType::TensorType(tensor) = graph.input[input].r#type.as_mut()?.value.as_mut()?;
    tensor.shape.as_mut()
}

/// The axis of an input over which the first layer sums, and its length: the axis of channels, or
/// that of the numbers of a vector.
fn features(graph: &GraphProto, input: &str, rank: usize) -> Option<(usize, i64)> {
    let mut open: Vec<(&str, Vec<usize>)> = vec![(input, (0..rank).collect())];
    let mut seen = HashSet::new();
    while let Some((name, axes)) = open.pop() {
        for node in graph.node.iter().filter(|node| node.input.iter().any(|taken| taken == name)) {
            if let Some((at, length)) = summed(graph, node, name, axes.len()) {
                return Some((*axes.get(at)?, length)).filter(|(axis, _)| *axis > 0);
            }
            let Some(output) = node.output.first().filter(|output| seen.insert(output.as_str()))
            else {
                continue;
            };
            if node.op_type == "Transpose" {
                let order = node.attribute.iter().find(|attribute| attribute.name == "perm");
                let order = order.map(|order| order.ints.iter()).into_iter().flatten();
                let moved: Option<Vec<usize>> =
                    order.map(|&from| axes.get(usize::try_from(from).ok()?).copied()).collect();
                open.extend(moved.map(|axes| (output.as_str(), axes)));
            } else if KEEPING.contains(&&*node.op_type) {
                open.push((output, axes.clone()));
            }
        }
    }
    None
}

/// Over which axis of the value `name`, of so many axes, a layer sums, and how long it is.
fn summed(graph: &GraphProto, node: &NodeProto, name: &str, rank: usize) -> Option<(usize, i64)> {
    if node.input.first().is_none_or(|first| first != name) {
        return None;
    }
    let weights = dims(graph, node.input.get(1)?)?;
    let attribute = |name: &str, default: i64| {
        let found = node.attribute.iter().find(|attribute| attribute.name == name);
        found.map_or(default, |attribute| attribute.i)
    };
    match (&*node.op_type, weights) {
        ("Conv", [_, channels, _, ..]) => Some((1, channels.checked_mul(attribute("group", 1))?)),
        ("ConvTranspose", [channels, _, _, ..]) => Some((1, *channels)),
        ("Gemm", [columns, rows]) if attribute("transA", 0) == 0 => {
            Some((1, if attribute("transB", 0) == 0 { *columns } else { *rows }))
        }
        ("MatMul", [depth, _]) => Some((rank.checked_sub(1)?, *depth)),
        _ => None,
    }
}

/// The shape of weights.
fn dims<'a>(graph: &'a GraphProto, name: &str) -> Option<&'a [i64]> {
    if let Some(tensor) = graph.initializer.iter().find(|tensor| tensor.name == name) {
        return Some(&tensor.dims);
    }
    let node = graph.node.iter().find(|node| node.output.first().is_some_and(|o| o == name))?;
    match &*node.op_type {
        "Constant" => Some(&node.attribute.first()?.t.as_ref()?.dims),
        "Cast" | "DequantizeLinear" | "Identity" => {
            // of weights alone, so that it ends
            let before = graph.initializer.iter().find(|t| Some(&t.name) == node.input.first())?;
            Some(&before.dims)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use tract_onnx::pb::attribute_proto::AttributeType;
    use tract_onnx::pb::{AttributeProto, TensorProto};
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::super::file::value_info;
    use super::*;

    /// An input of so many axes, all of them open, and nodes with the weights that they take.
    fn filled(rank: usize, nodes: &[(&str, &[i64], AttributeProto)]) -> Vec<Dim> {
        let mut graph =
            GraphProto { input: vec![value_info("value 0", 1)], ..GraphProto::default() };
        let dim = vec![Default::default(); rank];
        let value = &mut graph.input[0].r#type.as_mut().unwrap().value;
        let Some(DeclaredType::TensorType(tensor)) = value else { panic!() };
        tensor.shape = Some(TensorShapeProto { dim });
        for (at, (operator, dims, attribute)) in nodes.iter().enumerate() {
            let weights = format!("weights {at}");
            graph.node.push(NodeProto {
                op_type: operator.to_string(),
                input: vec![format!("value {at}"), weights.clone()],
                output: vec![format!("value {}", at + 1)],
                attribute: vec![attribute.clone()],
                ..NodeProto::default()
            });
            let dims = dims.to_vec();
            graph.initializer.push(TensorProto { name: weights, dims, ..TensorProto::default() });
        }
        fill(&mut graph);
        declared(&graph.input[0]).1.unwrap()
    }

    fn integer(name: &str, i: i64) -> AttributeProto {
        let r#type = AttributeType::Int as i32;
        AttributeProto { name: name.into(), r#type, i, ..AttributeProto::default() }
    }

    #[wasm_bindgen_test(unsupported = test)]
    fn the_weights_say_what_a_shape_leaves_open() {
        let fixed = |dims: &[Dim]| -> Vec<Option<usize>> {
            let length = |dim: &Dim| match dim {
                Dim::Fixed(length) => Some(*length),
                Dim::Symbol(_) => None,
            };
            dims.iter().map(length).collect()
        };
        let none = || integer("", 0);
        let order = AttributeProto { name: "perm".into(), ints: vec![0, 3, 1, 2], ..none() };
        let conv = |groups| ("Conv", &[8_i64, 2, 3, 3][..], integer("group", groups));
        let nothing: &[i64] = &[];
        assert_eq!(fixed(&filled(4, &[conv(1)])), [None, Some(2), None, None]);
        assert_eq!(fixed(&filled(4, &[conv(4)])), [None, Some(8), None, None]);
        let last = [("Mul", nothing, none()), ("Transpose", nothing, order), conv(1)];
        assert_eq!(fixed(&filled(4, &last)), [None, None, None, Some(2)]);
        let gemm = |transposed| ("Gemm", &[5_i64, 7][..], integer("transB", transposed));
        assert_eq!(fixed(&filled(2, &[gemm(0)])), [None, Some(5)]);
        assert_eq!(fixed(&filled(2, &[("Cast", nothing, none()), gemm(1)])), [None, Some(7)]);
        assert_eq!(fixed(&filled(3, &[("MatMul", &[5, 7], none())])), [None, None, Some(5)]);
        let raised = [("Unsqueeze", nothing, none()), ("ConvTranspose", &[6, 2, 4, 4], none())];
        assert_eq!(fixed(&filled(2, &raised)), [None, Some(6)]);
        // what comes behind a reshape, and lengths that no network has, say nothing
        assert_eq!(fixed(&filled(2, &[("Reshape", nothing, none()), gemm(0)])), [None, None]);
        assert_eq!(fixed(&filled(2, &[("Gemm", &[-5, 7], none())])), [None, None]);
        assert_eq!(fixed(&filled(2, &[("Gemm", &[1 << 40, 7], none())])), [None, None]);
    }
}
