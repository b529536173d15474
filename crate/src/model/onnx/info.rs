//! What is in an ONNX file, before anything is known of its contract.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use tract_onnx::pb::{GraphProto, ModelProto};
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::internal::{DimLike, Factoid};

use super::{TensorSpec, file, import};
use crate::error::{Error, Result};

/// A dimension of a value as a file declares it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Dim {
    /// A length.
    Fixed(usize),
    /// A name that may stand for any length, such as `batch`.
    Symbol(String),
}

/// An input or output of a graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphPort {
    /// Its name.
    pub name: String,
    /// Its element type in ONNX's words (`float32`, `int64`); empty where the file does not say.
    pub element_type: String,
    /// Its dimensions; `None` where the file does not say.
    pub shape: Option<Vec<Dim>>,
}

/// A value that some node of a graph computes: any of them can be picked as an output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphValue {
    /// Its name.
    pub name: String,
    /// The operator that gives it.
    pub operator: String,
    /// The values that this operator takes; an empty name is an optional input left out.
    pub inputs: Vec<String>,
    /// Its shape for one image, where that can be inferred.
    pub shape: Option<Vec<usize>>,
}

/// What is in an ONNX file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GraphInfo {
    /// The program that wrote the file, with its version.
    pub producer: String,
    /// Version of ONNX's operators.
    pub opset: i64,
    /// Inputs that are not weights.
    pub inputs: Vec<GraphPort>,
    /// The declared outputs.
    pub outputs: Vec<GraphPort>,
    /// How many nodes there are of each operator.
    pub operators: BTreeMap<String, usize>,
    /// Why the declared outputs cannot be computed here, if an operator is the reason.
    pub refused: Option<String>,
    /// Number of weights.
    pub parameters: u64,
    /// Values that nodes compute, in the file's order.
    pub values: Vec<GraphValue>,
    /// Names of the files in which it has its weights; empty where they are in the file itself.
    pub external_data: Vec<String>,
    /// Multiplications with an addition for one image, of convolutions and matrix products;
    /// `None` where shapes are not known.
    pub multiply_adds: Option<u64>,
    /// Estimate of the bytes that the model takes while it runs; `None` where shapes are not known.
    pub memory: Option<u64>,
}

/// Says what is in an ONNX file. A first dimension without a fixed length is taken as 1.
///
/// # Errors
/// [`ErrorKind::Model`](crate::ErrorKind::Model) if the bytes are no ONNX file. A graph that cannot
/// be run is no error.
pub fn inspect(bytes: &[u8], external: Option<&[u8]>) -> Result<GraphInfo> {
    inspect_at(bytes, external, &[])
}

/// As [`inspect`], with other shapes for the inputs that are named here.
///
/// # Errors
/// As [`inspect`].
pub fn inspect_at(
    bytes: &[u8],
    external: Option<&[u8]>,
    inputs: &[TensorSpec],
) -> Result<GraphInfo> {
    let mut proto = file::read(bytes).map_err(|why| Error::model(format!("the file {why}")))?;
    let graph = proto.graph.get_or_insert_default();
    let external_data = file::external_files(graph);
    // Without its weights a graph can still be described.
    let complete = file::embed(graph, external).is_ok();
    let shapes = if complete { infer_shapes(&mut proto, inputs) } else { HashMap::new() };
    let graph = proto.graph.as_ref().ok_or_else(|| Error::model("the file has no graph"))?;
    let multiply_adds = multiply_adds(graph, &shapes);
    let mut operators = BTreeMap::new();
    for node in &graph.node {
        *operators.entry(file::operator(node)).or_default() += 1;
    }
    let is_weight = |name: &str| graph.initializer.iter().any(|tensor| tensor.name == name);
    let parameters = graph.initializer.iter().map(|tensor| elements(&tensor.dims)).sum();
    let values: Vec<GraphValue> = graph
        .node
        .iter()
        .flat_map(|node| {
            node.output.iter().filter(|name| !name.is_empty()).map(|name| GraphValue {
                name: name.clone(),
                operator: file::operator(node),
                inputs: node.input.clone(),
                shape: shapes.get(name).cloned(),
            })
        })
        .collect();
    let memory = memory(parameters, &values);
    Ok(GraphInfo {
        producer: format!("{} {}", proto.producer_name, proto.producer_version).trim().into(),
        opset: file::opset(&proto),
        inputs: graph.input.iter().filter(|v| !is_weight(&v.name)).map(port).collect(),
        outputs: graph.output.iter().map(port).collect(),
        refused: file::refused(graph, import::is_known),
        operators,
        parameters,
        values,
        external_data,
        multiply_adds,
        memory,
    })
}

fn port(value: &tract_onnx::pb::ValueInfoProto) -> GraphPort {
    let (element_type, shape) = file::declared(value);
    GraphPort {
        name: value.name.clone(),
        element_type: element_type.map(file::element_type).unwrap_or_default(),
        shape,
    }
}

fn elements(dims: &[i64]) -> u64 {
    dims.iter().fold(1, |product, &dim| product.saturating_mul(u64::try_from(dim).unwrap_or(0)))
}

/// Shapes of all values that can be inferred, weights included.
fn infer_shapes(proto: &mut ModelProto, inputs: &[TensorSpec]) -> HashMap<String, Vec<usize>> {
    let inferred = import::catch(|| -> TractResult<HashMap<String, Vec<usize>>> {
        let parsed = import::parse(proto)?;
        let mut model = parsed.model;
        for at in 0..model.inputs.len() {
            let outlet = model.inputs[at];
            let name = model.node(outlet.node).name.clone();
            let fact = model.outlet_fact(outlet)?;
            let datum_type = fact.datum_type.concretize();
            let shape: Option<TVec<usize>> = match inputs.iter().find(|spec| spec.name == name) {
                Some(spec) => Some(spec.shape.iter().copied().collect()),
                None => fact
                    .shape
                    .dims()
                    .enumerate()
                    .map(|(axis, dim)| match dim.concretize().map(|d| d.to_usize()) {
                        Some(Ok(length)) => Some(length),
                        _ => (axis == 0).then_some(1),
                    })
                    .collect(),
            };
            if let (Some(datum_type), Some(shape)) = (datum_type, shape) {
                model.set_input_fact(at, InferenceFact::dt_shape(datum_type, &*shape))?;
            }
        }
        // What fails stays unknown.
        let _ = model.analyse(true);
        let known = |outlet: &OutletId| {
            let shape = model.outlet_fact(*outlet).ok()?.shape.as_concrete_finite().ok()??;
            Some(shape.to_vec())
        };
        Ok(parsed
            .outlets_by_name
            .iter()
            .filter_map(|(name, outlet)| Some((name.clone(), known(outlet)?)))
            .collect())
    });
    inferred.unwrap_or_default()
}

/// Multiply-adds of the convolutions and matrix products of a graph.
fn multiply_adds(graph: &GraphProto, shapes: &HashMap<String, Vec<usize>>) -> Option<u64> {
    let product = |shape: &[usize]| shape.iter().map(|&d| d as u64).product::<u64>();
    let mut total = 0;
    for node in &graph.node {
        let input = |at: usize| shapes.get(node.input.get(at)?);
        let output = || shapes.get(node.output.first()?);
        total += match node.op_type.as_str() {
            // Each output looks at the inputs of one filter.
            "Conv" => {
                let filters = input(1)?;
                product(output()?) * product(filters.get(1..)?)
            }
            // Each input is spread over the outputs of one filter.
            "ConvTranspose" => product(input(0)?) * product(input(1)?.get(1..)?),
            "MatMul" => product(output()?) * *input(0)?.last()? as u64,
            "Gemm" => {
                let depth = product(input(0)?) / *output()?.first().filter(|&&d| d > 0)? as u64;
                product(output()?) * depth
            }
            _ => 0,
        };
    }
    Some(total)
}

/// Weights are held twice while a model is loaded, and once, packed, while it runs; of the values
/// between them a plan holds those that are still needed, here taken as the four largest.
fn memory(parameters: u64, values: &[GraphValue]) -> Option<u64> {
    let mut sizes = values
        .iter()
        .filter(|value| value.operator != "Constant")
        .map(|value| value.shape.as_ref().map(|shape| shape.iter().product::<usize>() as u64))
        .collect::<Option<Vec<u64>>>()?;
    sizes.sort_unstable();
    let largest: u64 = sizes.iter().rev().take(4).sum();
    Some(4 * (2 * parameters + largest))
}
