//! Small ONNX graphs for the peer.

use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TypeProto,
    ValueInfoProto, type_proto,
};
use tract_onnx::prelude::*;

use super::wave;

fn ints(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        r#type: AttributeType::Ints as i32,
        ints: values.into(),
        ..Default::default()
    }
}

fn node(op: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>) -> NodeProto {
    let input = inputs.iter().map(|&name| name.into()).collect();
    NodeProto {
        input,
        output: vec![output.into()],
        op_type: op.into(),
        attribute,
        ..Default::default()
    }
}

fn weights(name: &str, dims: &[usize]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: dims.iter().map(|&d| d as i64).collect(),
        data_type: DataType::Float as i32,
        float_data: wave(dims.iter().product()),
        ..Default::default()
    }
}

fn integers(name: &str, values: &[usize]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: vec![values.len() as i64],
        data_type: DataType::Int64 as i32,
        int64_data: values.iter().map(|&v| v as i64).collect(),
        ..Default::default()
    }
}

/// A graph that makes y of x.
fn graph(node: Vec<NodeProto>, initializer: Vec<TensorProto>) -> InferenceModel {
    let tensor = type_proto::Tensor { elem_type: DataType::Float as i32, shape: None };
    let r#type =
        TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..Default::default() };
    let x = ValueInfoProto { name: "x".into(), r#type: Some(r#type), ..Default::default() };
    let y = ValueInfoProto { name: "y".into(), ..Default::default() };
    let graph =
        GraphProto { node, initializer, input: vec![x], output: vec![y], ..Default::default() };
    let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: 17 }];
    let file = ModelProto { ir_version: 8, graph: Some(graph), opset_import, ..Default::default() };
    onnx().model_for_proto_model(&file).unwrap()
}

pub fn convolution(inputs: usize, outputs: usize, kernel: usize) -> InferenceModel {
    let pad = (kernel as i64 - 1) / 2;
    let conv = node("Conv", &["x", "w", "b"], "y", vec![ints("pads", &[pad; 4])]);
    graph(
        vec![conv],
        vec![weights("w", &[outputs, inputs, kernel, kernel]), weights("b", &[outputs])],
    )
}

pub fn product(depth: usize, columns: usize) -> InferenceModel {
    graph(vec![node("MatMul", &["x", "w"], "y", vec![])], vec![weights("w", &[depth, columns])])
}

pub fn transposed_convolution(inputs: usize, outputs: usize) -> InferenceModel {
    let conv = node("ConvTranspose", &["x", "w"], "y", vec![ints("strides", &[2, 2])]);
    graph(vec![conv], vec![weights("w", &[inputs, outputs, 2, 2])])
}

/// Spelled out, as exporters do.
pub fn group_norm_silu(side: usize, channels: usize, groups: usize) -> InferenceModel {
    let mean = || vec![ints("axes", &[2])];
    let nodes = vec![
        node("Reshape", &["x", "split"], "g", vec![]),
        node("ReduceMean", &["g"], "mean", mean()),
        node("Sub", &["g", "mean"], "centred", vec![]),
        node("Mul", &["centred", "centred"], "square", vec![]),
        node("ReduceMean", &["square"], "variance", mean()),
        node("Add", &["variance", "epsilon"], "sum", vec![]),
        node("Sqrt", &["sum"], "root", vec![]),
        node("Div", &["centred", "root"], "quotient", vec![]),
        node("Reshape", &["quotient", "whole"], "back", vec![]),
        node("Mul", &["back", "scale"], "scaled", vec![]),
        node("Add", &["scaled", "shift"], "normal", vec![]),
        node("Sigmoid", &["normal"], "gate", vec![]),
        node("Mul", &["normal", "gate"], "y", vec![]),
    ];
    let epsilon = TensorProto { dims: vec![], float_data: vec![1e-5], ..weights("epsilon", &[1]) };
    let constants = vec![
        integers("split", &[1, groups, channels / groups * side * side]),
        integers("whole", &[1, channels, side, side]),
        epsilon,
        weights("scale", &[channels, 1, 1]),
        weights("shift", &[channels, 1, 1]),
    ];
    graph(nodes, constants)
}
