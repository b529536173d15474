//! What is in an ONNX file, before anything is known of its contract.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use tract_onnx::pb::{GraphProto, ModelProto, TensorProto, ValueInfoProto};

use super::check::{self, Element, Input};
use super::convolution::CHANNELS_FOR_WINOGRAD;
use super::{file, open, quantized};
use crate::error::Result;

/// A dimension of a value: a length, or a name that may stand for any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Dim {
    /// A length.
    Fixed(usize),
    /// A name that may stand for any length, such as `batch`.
    Symbol(String),
}

/// An input or output of a graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GraphPort {
    /// Its name.
    pub name: String,
    /// "float32", "int64", …; empty where the file does not say.
    pub element_type: String,
    /// Null where the file does not say.
    pub shape: Option<Vec<Dim>>,
}

/// A value that some node of a graph computes: any of them can be picked as an output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
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
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct GraphInfo {
    /// The program that wrote the file.
    pub producer: String,
    /// Version of ONNX's operators.
    pub opset: i64,
    /// Inputs that are not weights.
    pub inputs: Vec<GraphPort>,
    /// The declared outputs.
    pub outputs: Vec<GraphPort>,
    /// How many nodes there are of each operator.
    #[cfg_attr(test, ts(type = "Record<string, number>"))]
    pub operators: BTreeMap<String, usize>,
    /// The height and width of images that the shapes here are for, where the file leaves them
    /// open; null where it says them.
    pub size: Option<[usize; 2]>,
    /// Why the outputs cannot be computed here; null if no operator is the reason.
    pub refused: Option<String>,
    /// Number of weights.
    pub parameters: u64,
    /// Shapes of the tensors of weights by name.
    #[cfg_attr(test, ts(type = "Record<string, number[]>"))]
    pub weights: BTreeMap<String, Vec<u64>>,
    /// Every value that a node computes, any of which can be named as an output; the shape is that
    /// for one image.
    #[cfg_attr(test, ts(inline))]
    pub values: Vec<GraphValue>,
    /// Files that hold the weights; empty where the file itself does.
    pub external_data: Vec<String>,
    /// For one image; null where shapes are not known.
    pub multiply_adds: Option<u64>,
    /// Estimate of the bytes that the network takes; null where shapes are not known.
    pub memory: Option<u64>,
}

/// Sides of images that are tried where a file leaves them open. Any is fine for most networks;
/// some only say that they take any.
const SIDES: [usize; 5] = [32, 64, 28, 128, 256];

/// Places across a code with which a decoder is tried.
const PROBED: usize = 8;

/// Places across that a code has at least, if the file leaves it open.
const FEWEST: usize = 4;

/// Says what is in an ONNX file. A first dimension without a fixed length is taken as 1; the height
/// and width of images that have none as the first usual ones that the network takes.
///
/// # Errors
/// [`ErrorKind::Model`](crate::ErrorKind::Model) if the bytes are not an ONNX file. A graph that
/// cannot be run is not an error.
pub fn inspect(bytes: &[u8], external: Option<&[u8]>) -> Result<GraphInfo> {
    inspect_at(bytes, external, None)
}

/// As [`inspect`], with the height and width of images that have none.
///
/// # Errors
/// As [`inspect`].
pub fn inspect_at(
    bytes: &[u8],
    external: Option<&[u8]>,
    size: Option<[usize; 2]>,
) -> Result<GraphInfo> {
    let mut proto = file::read(bytes).map_err(|error| error.of("the file"))?;
    proto.graph.iter_mut().for_each(open::fill);
    let shapes = proto.graph.iter().flat_map(|graph| &graph.input);
    let shapes: Vec<Vec<Dim>> = shapes.filter_map(|input| file::declared(input).1).collect();
    let is_code = shapes.iter().any(|dims| open::is_code(dims));
    let is_open = shapes.iter().any(|dims| {
        open_axes(dims).is_some_and(|axes| dims[axes].iter().any(|d| matches!(d, Dim::Symbol(_))))
    });
    if !is_open && !is_code {
        return inspect_proto(proto, external, None);
    }
    let scale = if is_code { scale(&proto, external)? } else { [1; 2] };
    let at = |size: [usize; 2], mut proto: ModelProto| {
        let places = [0, 1].map(|axis| (size[axis] / scale[axis]).max(1));
        proto.graph.iter_mut().for_each(|graph| open::place_codes(graph, places));
        inspect_proto(proto, external, Some(size))
    };
    if let Some(size) = size {
        return at(size, proto);
    }
    let is_usual = |side: &usize| {
        scale.iter().all(|&scale| side.is_multiple_of(scale) && side / scale >= FEWEST)
    };
    let fits = SIDES.into_iter().filter(is_usual).find_map(|side| {
        let info = at([side; 2], proto.clone());
        info.map(|info| info.multiply_adds.is_some().then_some(info)).transpose()
    });
    fits.unwrap_or_else(|| at([SIDES[0]; 2], proto))
}

/// How many pixels a decoder makes of one place of its code, downwards and across.
fn scale(proto: &ModelProto, external: Option<&[u8]>) -> Result<[usize; 2]> {
    let mut proto = proto.clone();
    proto.graph.iter_mut().for_each(|graph| open::place_codes(graph, [PROBED; 2]));
    let info = inspect_proto(proto, external, None)?;
    let made = |port: &GraphPort| {
        info.values.iter().find(|value| value.name == port.name)?.shape.as_deref()
    };
    let found = info.outputs.iter().find_map(|port| match made(port)? {
        [_, 1 | 3, height, width] => Some([height / PROBED, width / PROBED]),
        _ => None,
    });
    Ok(found.unwrap_or([1; 2]).map(|scale| scale.max(1)))
}

/// The axes of height and width in the shape of images.
fn open_axes(dims: &[Dim]) -> Option<Range<usize>> {
    match dims {
        [_, Dim::Fixed(1 | 3), _, _] => Some(2..4),
        [_, _, _, Dim::Fixed(1 | 3)] => Some(1..3),
        _ => None,
    }
}

fn inspect_proto(
    mut proto: ModelProto,
    external: Option<&[u8]>,
    size: Option<[usize; 2]>,
) -> Result<GraphInfo> {
    let graph = proto.graph.get_or_insert_default();
    let external_data = file::external_files(graph);
    // Without its weights a graph can still be described.
    let missing = file::embed(graph, external).err();
    let is_weight = |name: &str| graph.initializer.iter().any(|tensor| tensor.name == name);
    let ports: Vec<GraphPort> =
        graph.input.iter().filter(|value| !is_weight(&value.name)).map(port).collect();
    let outputs: Vec<GraphPort> = graph.output.iter().map(port).collect();
    let sources: Vec<(String, Element, Vec<usize>)> =
        graph.input.iter().filter_map(|value| source(value, size)).collect();
    let given: Vec<Input<'_>> = sources
        .iter()
        .map(|(name, element, shape)| Input { name, element: *element, shape })
        .collect();
    let names: Vec<&str> = outputs.iter().map(|output| output.name.as_str()).collect();
    let report = check::inspect(&mut proto, &given, &names);
    let graph = proto.graph.get_or_insert_default();
    let mut operators = BTreeMap::new();
    for node in &graph.node {
        *operators.entry(file::operator(node)).or_default() += 1;
    }
    let mut values = Vec::new();
    for node in &graph.node {
        values.extend(node.output.iter().filter(|name| !name.is_empty()).map(|name| GraphValue {
            name: name.clone(),
            operator: file::operator(node),
            inputs: node.input.clone(),
            shape: report.values.get(name).map(|(_, shape)| shape.clone()),
        }));
    }
    let transformed = transformed_bytes(graph);
    let scales = quantized::scales(graph);
    let weights = graph.initializer.iter().filter(|t| !scales.contains(t.name.as_str()));
    let complete = names.iter().all(|name| report.values.contains_key(*name));
    Ok(GraphInfo {
        inputs: ports,
        outputs,
        size,
        refused: missing
            .map(|error| error.problem)
            .into_iter()
            .chain(report.problems)
            .reduce(|all, why| all + "; " + &why),
        operators,
        parameters: weights.map(|tensor| elements(&tensor.dims)).sum(),
        weights: graph.initializer.iter().map(weight).collect(),
        values,
        external_data,
        multiply_adds: complete.then_some(report.multiply_adds),
        memory: complete.then_some(report.bytes + transformed),
        producer: format!("{} {}", proto.producer_name, proto.producer_version).trim().into(),
        opset: file::opset(&proto),
    })
}

fn weight(tensor: &TensorProto) -> (String, Vec<u64>) {
    let shape = tensor.dims.iter().map(|&dim| u64::try_from(dim).unwrap_or(0)).collect();
    (tensor.name.clone(), shape)
}

fn port(value: &ValueInfoProto) -> GraphPort {
    let (element_type, shape) = file::declared(value);
    GraphPort {
        name: value.name.clone(),
        element_type: element_type.map(file::element_type).unwrap_or_default(),
        shape,
    }
}

/// Name, type and shape of an input, if they are declared; the first dimension may be any.
fn source(
    value: &ValueInfoProto,
    size: Option<[usize; 2]>,
) -> Option<(String, Element, Vec<usize>)> {
    let (element_type, declared) = file::declared(value);
    let element = check::element(i64::from(element_type?))?;
    let shape = one_image(&declared?, size)?;
    Some((value.name.clone(), element, shape))
}

/// A shape for one image, with the size that is open.
pub(crate) fn one_image(dims: &[Dim], size: Option<[usize; 2]>) -> Option<Vec<usize>> {
    let axes = open_axes(dims).filter(|_| size.is_some()).unwrap_or(0..0);
    let length = |(axis, dim): (usize, &Dim)| match dim {
        Dim::Fixed(length) => Some(*length),
        Dim::Symbol(_) if axis == 0 => Some(1),
        Dim::Symbol(_) if axes.contains(&axis) => Some(size?[axis - axes.start]),
        Dim::Symbol(_) => None,
    };
    dims.iter().enumerate().map(length).collect()
}

fn elements(dims: &[i64]) -> u64 {
    dims.iter().fold(1, |product, &dim| product.saturating_mul(u64::try_from(dim).unwrap_or(0)))
}

/// Bytes that the weights of convolutions of 3 x 3 take beyond a copy of them: Winograd's method
/// has 36 values for their 9.
fn transformed_bytes(graph: &GraphProto) -> u64 {
    let mut bytes = 0;
    for node in graph.node.iter().filter(|node| node.op_type == "Conv") {
        let all_ones = |name: &str| {
            let attribute = node.attribute.iter().find(|attribute| attribute.name == name);
            attribute.is_none_or(|attribute| attribute.ints.iter().all(|&step| step == 1))
        };
        let weights =
            graph.initializer.iter().find(|tensor| Some(&tensor.name) == node.input.get(1));
        if let Some(weights) = weights
            && let [outputs, inputs, 3, 3] = *weights.dims
            && outputs.min(inputs) >= CHANNELS_FOR_WINOGRAD as i64
            && all_ones("strides")
            && all_ones("dilations")
        {
            bytes += 3 * 4 * elements(&weights.dims);
        }
    }
    bytes
}
