//! The lowered model against tract's typed model before it, on the shipped files and on graphs that
//! a model of one's own might have.

use std::collections::BTreeMap;

use super::info::Dim;
use super::lower::Kernels;
use super::{Network, TensorSpec, Values, import, inspect};
use tract_core::internal::*;
use tract_core::transform::ModelTransform;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::type_proto::{Tensor as TensorType, Value as TypeValue};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TypeProto,
    ValueInfoProto,
};

mod exports;
mod fusions;
mod import_errors;
mod mutations;
mod operators;
mod quantized;
mod shipped;
mod states;

macro_rules! shipped {
    ($($name:literal),*) => {
        [$(($name, include_bytes!(concat!("../../../../../models/", $name)).as_slice())),*]
    };
}

const FILES: [(&str, &[u8]); 11] = shipped![
    "mnist-ddpm.onnx",
    "mnist-hvae-8bit-decoder.onnx",
    "mnist-hvae-8bit-encoder.onnx",
    "mnist-hvae-decoder.onnx",
    "mnist-hvae-encoder.onnx",
    "mnist-vae-2d-decoder.onnx",
    "mnist-vae-2d-encoder.onnx",
    "mnist-vae-8bit-decoder.onnx",
    "mnist-vae-8bit-encoder.onnx",
    "mnist-vae-decoder.onnx",
    "mnist-vae-encoder.onnx"
];

/// The inputs of a shipped file and the names of its outputs.
fn contract(name: &str, bytes: &[u8]) -> (Vec<TensorSpec>, Vec<String>) {
    let info = inspect(bytes, None).unwrap();
    let inputs = info.inputs.iter().map(|port| {
        let length = |dim: &Dim| if let Dim::Fixed(length) = dim { *length } else { 1 };
        let shape: Vec<usize> = port.shape.iter().flatten().map(length).collect();
        match port.element_type.as_str() {
            "float32" => TensorSpec::f32(&port.name, &shape),
            "int64" => TensorSpec::i64(&port.name, &shape),
            other => panic!("{name}: {other}"),
        }
    });
    (inputs.collect(), info.outputs.into_iter().map(|port| port.name).collect())
}

/// tract's typed model, before the kernels.
fn typed(proto: ModelProto, inputs: &[TensorSpec], outputs: &[&str]) -> TypedModel {
    let proto = import::prepare(proto, None, inputs, outputs).unwrap();
    import::typed(proto, inputs).unwrap()
}

fn tensors(inputs: &[TensorSpec]) -> TVec<TValue> {
    let tensor = |spec: &TensorSpec| {
        let length: usize = spec.shape.iter().product();
        let values: Vec<f32> = (0..length).map(|at| (at as f32 * 0.7).sin()).collect();
        let tensor = match spec.datum {
            super::Datum::F32 => Tensor::from_shape(&spec.shape, &values),
            super::Datum::I64 => Tensor::from_shape(&spec.shape, &vec![3_i64; length]),
        };
        tensor.unwrap().into_tvalue()
    };
    inputs.iter().map(tensor).collect()
}

fn outputs_of(model: TypedModel, inputs: &[TensorSpec]) -> Vec<Vec<f32>> {
    let results = model.into_runnable().unwrap().run(tensors(inputs)).unwrap();
    let values = |value: &TValue| {
        let value = value.cast_to::<f32>().unwrap();
        value.try_as_plain_ram().unwrap().as_slice::<f32>().unwrap().to_vec()
    };
    results.iter().map(values).collect()
}

fn assert_close(what: &str, found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().map(|v| v.abs()).fold(1e-3, f32::max);
    for (found, expected) in found.iter().zip(expected) {
        let near = (found - expected).abs() <= tolerance * scale;
        assert!(near, "{what}: {found}, not {expected}");
    }
}

/// How often each operator is run.
fn count(model: &TypedModel) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for id in model.eval_order().unwrap() {
        *counts.entry(model.node(id).op.name().to_string()).or_default() += 1;
    }
    counts
}

fn tensor(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: dims.into(),
        data_type: DataType::Float as i32,
        float_data: values.into(),
        ..Default::default()
    }
}

fn integers(name: &str, values: &[i64]) -> TensorProto {
    let dims = vec![values.len() as i64];
    TensorProto {
        name: name.into(),
        dims,
        data_type: DataType::Int64 as i32,
        int64_data: values.into(),
        ..Default::default()
    }
}

enum Given {
    Int(i64),
    Float(f32),
    Text(&'static str),
    Ints(&'static [i64]),
}
use Given::{Float, Int, Ints, Text};

fn node(op: &str, inputs: &[&str], output: &str, attributes: &[(&str, Given)]) -> NodeProto {
    use tract_onnx::pb::attribute_proto::AttributeType;
    let attribute = attributes.iter().map(|(name, given)| {
        let mut attribute = AttributeProto { name: (*name).into(), ..Default::default() };
        let kind = match given {
            Int(value) => {
                attribute.i = *value;
                AttributeType::Int
            }
            Float(value) => {
                attribute.f = *value;
                AttributeType::Float
            }
            Text(value) => {
                attribute.s = value.as_bytes().to_vec();
                AttributeType::String
            }
            Ints(values) => {
                attribute.ints = values.to_vec();
                AttributeType::Ints
            }
        };
        attribute.r#type = kind as i32;
        attribute
    });
    NodeProto {
        input: inputs.iter().map(|&name| name.into()).collect(),
        output: vec![output.into()],
        op_type: op.into(),
        attribute: attribute.collect(),
        ..Default::default()
    }
}

/// A file that makes y of x.
fn graph(node: Vec<NodeProto>, initializer: Vec<TensorProto>) -> ModelProto {
    let value = |name: &str| {
        let tensor = TensorType { elem_type: DataType::Float as i32, shape: None };
        let r#type = TypeProto { value: Some(TypeValue::TensorType(tensor)), ..Default::default() };
        vec![ValueInfoProto { name: name.into(), r#type: Some(r#type), ..Default::default() }]
    };
    let (input, output) = (value("x"), value("y"));
    let graph = GraphProto { node, initializer, input, output, ..Default::default() };
    let opset = OperatorSetIdProto { domain: String::new(), version: 18 };
    ModelProto {
        ir_version: 8,
        graph: Some(graph),
        opset_import: vec![opset],
        ..Default::default()
    }
}

fn run(proto: ModelProto, from: &[usize], x: &[f32]) -> crate::Result<(Vec<usize>, Vec<f32>)> {
    let inputs = [TensorSpec::f32("x", from)];
    let network = Network::from_proto("test.onnx", proto, None, &inputs, &["y"])?;
    let shape = network.outputs()[0].shape.clone();
    Ok((shape, network.run(&[Values::F32(x)])?.remove(0)))
}

/// Spread-out numbers that are not alike.
fn numbers(count: usize, salt: usize) -> Vec<f32> {
    (0..count).map(|at| ((at * 37 + salt * 11) % 101) as f32 / 50.0 - 1.0).collect()
}

/// Lowers a graph, asserts that it gives what tract's typed model gives, and counts its operators.
fn lowered(what: &str, proto: ModelProto, from: &[usize]) -> BTreeMap<String, usize> {
    let inputs = [TensorSpec::f32("x", from)];
    let reference = typed(proto, &inputs, &["y"]);
    let mut model = reference.clone();
    Kernels.transform(&mut model).unwrap_or_else(|e| panic!("{what}: {e:#}"));
    let counts = count(&model);
    states::assert_states_agree(what, &model, &inputs);
    let expected = outputs_of(reference, &inputs);
    assert_close(what, &outputs_of(model, &inputs)[0], &expected[0], 1e-5);
    counts
}
