//! ONNX files written for the comparison: an operator or a few, on one input x and constants.

use prost::Message;
use tract_core::internal::*;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TypeProto, ValueInfoProto, type_proto,
};

use super::wave;

pub(super) fn attribute(name: &str, r#type: AttributeType) -> AttributeProto {
    AttributeProto { name: name.into(), r#type: r#type as i32, ..Default::default() }
}

pub(super) fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto { i: value, ..attribute(name, AttributeType::Int) }
}

pub(super) fn ints(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto { ints: values.into(), ..attribute(name, AttributeType::Ints) }
}

pub(super) fn float(name: &str, value: f32) -> AttributeProto {
    AttributeProto { f: value, ..attribute(name, AttributeType::Float) }
}

pub(super) fn text(name: &str, value: &str) -> AttributeProto {
    AttributeProto { s: value.into(), ..attribute(name, AttributeType::String) }
}

/// A constant of a test's graph.
#[derive(Clone)]
pub(super) enum Constant {
    Reals(Tensor),
    Integers(Vec<i64>),
}

pub(super) fn reals(shape: &[usize]) -> Constant {
    Constant::Reals(wave(shape, 2.0))
}

pub(super) fn scalar(value: f32) -> Constant {
    Constant::Reals(Tensor::from_shape(&[], &[value]).unwrap())
}

pub(super) fn integers(values: &[i64]) -> Constant {
    Constant::Integers(values.into())
}

impl Constant {
    pub(super) fn named(&self, name: &str) -> TensorProto {
        let name = name.into();
        match self {
            Self::Reals(tensor) => TensorProto {
                name,
                dims: tensor.shape().iter().map(|&d| d as i64).collect(),
                data_type: DataType::Float as i32,
                float_data: tensor.to_plain_array_view::<f32>().unwrap().iter().copied().collect(),
                ..Default::default()
            },
            Self::Integers(values) => TensorProto {
                name,
                dims: vec![values.len() as i64],
                data_type: DataType::Int64 as i32,
                int64_data: values.clone(),
                ..Default::default()
            },
        }
    }
}

pub(super) fn node(
    op: &str,
    inputs: &[&str],
    outputs: &[&str],
    attribute: Vec<AttributeProto>,
) -> NodeProto {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_string()).collect();
    NodeProto {
        input: names(inputs),
        output: names(outputs),
        op_type: op.into(),
        attribute,
        ..Default::default()
    }
}

/// A file that makes the outputs of x and the constants.
pub(super) fn file(
    nodes: Vec<NodeProto>,
    constants: &[(String, Constant)],
    x: &[usize],
    outputs: &[&str],
) -> Vec<u8> {
    let dim = x.iter().map(|&d| Dimension {
        value: Some(dimension::Value::DimValue(d as i64)),
        ..Default::default()
    });
    let tensor = type_proto::Tensor {
        elem_type: DataType::Float as i32,
        shape: Some(TensorShapeProto { dim: dim.collect() }),
    };
    let r#type =
        TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..Default::default() };
    let graph = GraphProto {
        node: nodes,
        initializer: constants.iter().map(|(name, constant)| constant.named(name)).collect(),
        input: vec![ValueInfoProto {
            name: "x".into(),
            r#type: Some(r#type),
            ..Default::default()
        }],
        output: outputs
            .iter()
            .map(|&name| ValueInfoProto { name: name.into(), ..Default::default() })
            .collect(),
        ..Default::default()
    };
    let opset = OperatorSetIdProto { domain: String::new(), version: 17 };
    ModelProto {
        ir_version: 8,
        graph: Some(graph),
        opset_import: vec![opset],
        ..Default::default()
    }
    .encode_to_vec()
}
