//! An ONNX file as a list of nodes and constants.

use std::collections::HashMap;
use std::sync::Arc;

use prost::Message;
use tract_core::internal::tract_data::half::f16;
use tract_core::internal::*;

use super::proto::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto};

/// The oldest version of ONNX's operators whose rules the importer follows: from here on Softmax
/// has one axis and Squeeze, Unsqueeze and Split take theirs as an input.
const OLDEST_OPSET: i64 = 13;

/// What a node computes.
#[derive(Clone, Debug, PartialEq)]
pub enum Operator {
    /// The operator of this name in ONNX's default domain.
    Onnx(String),
    /// x · sigmoid(x).
    Silu,
    /// Inputs are x `[N, C, …]`, scale and shift. `shape` is x's own as the file states it.
    GroupNorm { groups: usize, epsilon: f32, shape: Vec<i64> },
    /// Reshape to `split`, transpose by `permutation`, reshape to `merged`.
    Rearrange { split: Vec<i64>, permutation: Vec<usize>, merged: Vec<i64> },
    /// Each pixel of `[N, C, H, W]` becomes a rectangle of this height and width.
    Upsample { factors: [usize; 2], merged: Vec<i64> },
}

/// One step of the computation.
#[derive(Clone, Debug)]
pub struct Node {
    pub operator: Operator,
    /// Names of values; an empty one is an optional input that is not given.
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    /// A value that is added to the result.
    pub residual: Option<String>,
    /// Whether the result goes through x · sigmoid(x), after the residual.
    pub silu: bool,
    pub attributes: Vec<AttributeProto>,
}

impl Node {
    /// A node without attributes.
    pub fn new(operator: Operator, inputs: Vec<String>, outputs: Vec<String>) -> Self {
        Self { operator, inputs, outputs, residual: None, silu: false, attributes: Vec::new() }
    }

    /// Name of the ONNX operator; `None` for one that this importer made.
    pub fn onnx(&self) -> Option<&str> {
        match &self.operator {
            Operator::Onnx(name) => Some(name),
            _ => None,
        }
    }

    pub fn is(&self, name: &str) -> bool {
        self.onnx() == Some(name)
    }

    fn attribute(&self, name: &str) -> Option<&AttributeProto> {
        self.attributes.iter().find(|a| a.name == name)
    }

    pub fn int(&self, name: &str) -> Option<i64> {
        self.attribute(name).map(|a| a.i)
    }

    pub fn float(&self, name: &str) -> Option<f32> {
        self.attribute(name).map(|a| a.f)
    }

    pub fn ints(&self, name: &str) -> Option<&[i64]> {
        self.attribute(name).map(|a| a.ints.as_slice())
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.attribute(name).map(|a| String::from_utf8_lossy(&a.s).into_owned())
    }
}

/// The nodes of a file, each after those whose results it takes.
pub struct Graph {
    pub nodes: Vec<Node>,
    pub constants: HashMap<String, Arc<Tensor>>,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
}

impl Graph {
    /// Reads a file.
    pub fn read(bytes: &[u8]) -> TractResult<Self> {
        let model = ModelProto::decode(bytes)?;
        let opset =
            model.opset_import.iter().find(|o| o.domain.is_empty() || o.domain == "ai.onnx");
        let graph = model.graph.context("it has no graph")?;
        let version = opset.map_or(0, |o| o.version);
        ensure!(
            version >= OLDEST_OPSET,
            "its operators are of version {version}, and must be of {OLDEST_OPSET} or later"
        );
        Self::new(graph)
    }

    fn new(graph: GraphProto) -> TractResult<Self> {
        let mut constants = HashMap::new();
        for initializer in &graph.initializer {
            constants.insert(initializer.name.clone(), Arc::new(tensor(initializer)?));
        }
        // Older files list the weights among the inputs.
        let inputs = graph
            .input
            .into_iter()
            .map(|i| i.name)
            .filter(|name| !constants.contains_key(name))
            .collect();
        let outputs = graph.output.into_iter().map(|o| o.name).collect();
        let mut nodes = Vec::new();
        for node in graph.node {
            let name = node.name.clone();
            if let Some(node) =
                constant_or_node(node, &mut constants).with_context(|| format!("node {name:?}"))?
            {
                nodes.push(node);
            }
        }
        Ok(Self { nodes, constants, inputs, outputs })
    }
}

/// Puts what is known without running the graph among the constants; gives the node where it must
/// be run.
fn constant_or_node(
    node: NodeProto,
    constants: &mut HashMap<String, Arc<Tensor>>,
) -> TractResult<Option<Node>> {
    let NodeProto { input, output, op_type, attribute, domain, .. } = node;
    let operator = if domain.is_empty() || domain == "ai.onnx" {
        op_type
    } else {
        format!("{domain}.{op_type}")
    };
    let node = Node { attributes: attribute, ..Node::new(Operator::Onnx(operator), input, output) };
    let value = match node.onnx() {
        Some("Constant") => Some(Arc::new(constant(&node)?)),
        // Types are f32 and i64 from the start: weights stored in fewer bits are what they are cast
        // to.
        Some("Cast") => {
            let to = cast_type(&node)?;
            constants.get(&node.inputs[0]).filter(|value| value.datum_type() == to).cloned()
        }
        Some("Identity") => constants.get(&node.inputs[0]).cloned(),
        _ => None,
    };
    let Some(value) = value else { return Ok(Some(node)) };
    constants.insert(node.outputs[0].clone(), value);
    Ok(None)
}

/// The type that a Cast gives.
pub fn cast_type(node: &Node) -> TractResult<DatumType> {
    datum_type(node.int("to").context("Cast has no attribute `to`")? as i32)
}

fn constant(node: &Node) -> TractResult<Tensor> {
    if let Some(AttributeProto { t: Some(value), .. }) = node.attribute("value") {
        return tensor(value);
    }
    if let Some(value) = node.float("value_float") {
        return Tensor::from_shape(&[], &[value]);
    }
    if let Some(value) = node.int("value_int") {
        return Tensor::from_shape(&[], &[value]);
    }
    if let Some(AttributeProto { floats, .. }) = node.attribute("value_floats") {
        return Tensor::from_shape(&[floats.len()], floats);
    }
    if let Some(ints) = node.ints("value_ints") {
        return Tensor::from_shape(&[ints.len()], ints);
    }
    bail!("a Constant must have a dense value of numbers")
}

/// f32 stands for all real types, i64 for all integers: nothing is computed in any other.
fn datum_type(onnx: i32) -> TractResult<DatumType> {
    Ok(match onnx {
        1 | 10 | 11 => f32::datum_type(),
        6 | 7 | 9 => i64::datum_type(),
        other => bail!(
            "a value has ONNX's type {other}; float, float16, double, int32, int64 and bool are known"
        ),
    })
}

fn tensor(proto: &TensorProto) -> TractResult<Tensor> {
    let TensorProto {
        name,
        dims,
        raw_data: raw,
        float_data,
        double_data,
        int32_data,
        int64_data,
        ..
    } = proto;
    let read = || -> TractResult<Tensor> {
        ensure!(proto.data_location == 0, "they are in another file; save them in this one");
        let shape: Vec<usize> = dims.iter().map(|&d| d.try_into()).collect::<Result<_, _>>()?;
        // Values stand in `raw` or in the field of their type.
        let (typed, int) = (raw.is_empty(), i64::from);
        let tensor = |values: Vec<f32>| shaped(&shape, &values);
        let integers = |values: Vec<i64>| shaped(&shape, &values);
        match proto.data_type {
            1 if typed => tensor(float_data.clone()),
            1 => tensor(from_raw(raw, f32::from_le_bytes)),
            10 if typed => {
                tensor(int32_data.iter().map(|&v| f16::from_bits(v as u16).to_f32()).collect())
            }
            10 => tensor(from_raw(raw, |bytes| f16::from_le_bytes(bytes).to_f32())),
            11 if typed => tensor(double_data.iter().map(|&v| v as f32).collect()),
            11 => tensor(from_raw(raw, |bytes| f64::from_le_bytes(bytes) as f32)),
            6 | 9 if typed => integers(int32_data.iter().copied().map(int).collect()),
            6 => integers(from_raw(raw, |bytes| i32::from_le_bytes(bytes).into())),
            7 if typed => integers(int64_data.clone()),
            7 => integers(from_raw(raw, i64::from_le_bytes)),
            9 => integers(from_raw(raw, |[byte]| i64::from(byte != 0))),
            other => datum_type(other).and_then(|_| bail!("they are of ONNX's type {other}")),
        }
    };
    read().with_context(|| format!("the values of {name:?}"))
}

fn shaped<T: Datum + Copy>(shape: &[usize], values: &[T]) -> TractResult<Tensor> {
    ensure!(
        shape.iter().product::<usize>() == values.len(),
        "there are {} for a shape {shape:?}",
        values.len()
    );
    Tensor::from_shape(shape, values)
}

fn from_raw<T, const BYTES: usize>(raw: &[u8], read: impl Fn([u8; BYTES]) -> T) -> Vec<T> {
    raw.as_chunks().0.iter().map(|&bytes| read(bytes)).collect()
}
