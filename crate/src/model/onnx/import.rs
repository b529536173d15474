//! From an ONNX file to tract's typed model.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};

use tract_onnx::model::ParseResult;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto};
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::internal::*;
use tract_onnx::tract_hir::tract_core::internal::translator::Translate;

use super::check::{self, Element, Input};
use super::import_error::ImportError;
use super::register::ONNX;
use super::{Datum, Dim, TensorSpec, file, info, quantized};

/// Whether tract-onnx reads nodes of this kind.
pub(super) fn is_known(node: &NodeProto) -> bool {
    matches!(node.domain.as_str(), "" | "ai.onnx" | "com.microsoft")
        && ONNX.op_register.0.contains_key(&node.op_type)
}

/// The file with its weights in it, the wanted values as its outputs, and nothing else in its
/// graph. The message of a failure goes on after the file's name.
pub(super) fn prepare(
    mut proto: ModelProto,
    external: Option<&[u8]>,
    inputs: &[TensorSpec],
    outputs: &[&str],
) -> Result<ModelProto, ImportError> {
    let graph = proto.graph.as_mut().ok_or("has no graph")?;
    if cut(graph, inputs) && lacks_inputs(graph, inputs, outputs) {
        file::embed(graph, external)?;
        fix_shapes(&mut proto, inputs, outputs);
    }
    let graph = proto.graph.as_mut().ok_or("has no graph")?;
    let given = check_inputs(graph, inputs, outputs)?;
    file::embed(graph, external)?;
    check::check(&mut proto, &given, outputs)?;
    let graph = proto.graph.as_mut().ok_or("has no graph")?;
    file::select(graph, outputs);
    file::widen(graph);
    quantized::dequantize(graph);
    let wanted = |name: &str| inputs.iter().any(|spec| spec.name == name);
    // Older files list the weights among the inputs.
    let weights: Vec<String> = graph.initializer.iter().map(|t| t.name.clone()).collect();
    graph.input.retain(|input| wanted(&input.name) || weights.contains(&input.name));
    let unknown: BTreeSet<String> =
        graph.node.iter().filter(|node| !is_known(node)).map(file::operator).collect();
    if !unknown.is_empty() {
        let names = unknown.into_iter().collect::<Vec<_>>().join(", ");
        return Err(
            format!("cannot be used: it has operators that are not supported: {names}").into()
        );
    }
    Ok(proto)
}

/// Makes inputs of inner values that are given: what the file computes them from is not needed.
/// Whether there are such.
fn cut(graph: &mut GraphProto, inputs: &[TensorSpec]) -> bool {
    let before = graph.input.len();
    for spec in inputs {
        let is_made = |name: &String| *name == spec.name;
        let Some(output) =
            graph.node.iter_mut().flat_map(|node| &mut node.output).find(|name| is_made(name))
        else {
            continue;
        };
        // The node may have other results that are needed.
        output.push_str(" before the cut");
        let declared = graph.value_info.iter().chain(&graph.output);
        let known = declared.filter(|value| value.name == spec.name);
        let mut codes = known.filter_map(|value| file::declared(value).0);
        let code = codes.find(|&code| datum(code) == Some(spec.datum));
        let usual = match spec.datum {
            Datum::F32 => DataType::Float,
            Datum::I64 => DataType::Int64,
        };
        graph.input.push(file::value_info(&spec.name, code.unwrap_or(usual as i32)));
    }
    graph.input.len() > before
}

/// Whether an input is needed that is not given.
fn lacks_inputs(graph: &GraphProto, inputs: &[TensorSpec], outputs: &[&str]) -> bool {
    let needed = file::needed(graph, outputs);
    graph.input.iter().any(|input| {
        needed.contains(&input.name)
            && !inputs.iter().any(|spec| spec.name == input.name)
            && !graph.initializer.iter().any(|tensor| tensor.name == input.name)
    })
}

/// Makes constants of the shapes that a graph asks for: behind a cut it may need what comes before
/// for its shape alone, as where a decoder's image is brought to the shape of the encoder's.
fn fix_shapes(proto: &mut ModelProto, inputs: &[TensorSpec], outputs: &[&str]) {
    let ports = proto.graph.iter().flat_map(|graph| &graph.input);
    let sources: Vec<(String, Element, Vec<usize>)> = ports
        .filter_map(|input| {
            let (code, dims) = file::declared(input);
            let spec = inputs.iter().find(|spec| spec.name == input.name);
            let shape = spec.map(|spec| spec.shape.clone());
            let shape = shape.or_else(|| info::one_image(&dims?, None))?;
            Some((input.name.clone(), check::element(i64::from(code?))?, shape))
        })
        .collect();
    let given: Vec<Input<'_>> = sources
        .iter()
        .map(|(name, element, shape)| Input { name, element: *element, shape })
        .collect();
    let shapes = check::inspect(proto, &given, outputs).shapes;
    for node in proto.graph.iter_mut().flat_map(|graph| &mut graph.node) {
        if let Some(shape) = node.output.first().and_then(|name| shapes.get(name)) {
            let tensor = TensorProto {
                dims: vec![shape.len() as i64],
                data_type: DataType::Int64 as i32,
                int64_data: shape.clone(),
                ..TensorProto::default()
            };
            let value = AttributeProto {
                name: "value".into(),
                r#type: AttributeType::Tensor as i32,
                t: Some(tensor),
                ..AttributeProto::default()
            };
            (node.op_type, node.input) = ("Constant".into(), Vec::new());
            node.attribute = vec![value];
        }
    }
}

/// The inputs by their types in the file. Fails unless they have these names, types and dimensions;
/// says all that is wrong.
fn check_inputs<'a>(
    graph: &GraphProto,
    inputs: &'a [TensorSpec],
    outputs: &[&str],
) -> Result<Vec<Input<'a>>, ImportError> {
    let mut given = Vec::new();
    let mut wrong = Vec::new();
    let needed = file::needed(graph, outputs);
    let weight = |name: &str| graph.initializer.iter().any(|tensor| tensor.name == name);
    for input in &graph.input {
        let name = &input.name;
        let is_given = inputs.iter().any(|spec| spec.name == *name);
        if needed.contains(name) && !is_given && !weight(name) {
            wrong.push(format!("it needs {}", declaration(input)));
        }
    }
    for spec in inputs {
        let Some(input) = graph.input.iter().find(|input| input.name == spec.name) else {
            wrong.push(format!("it has no input {:?}", spec.name));
            continue;
        };
        let (element_type, shape) = file::declared(input);
        let fits = |shape: &[Dim]| {
            shape.len() == spec.shape.len()
                && shape.iter().zip(&spec.shape).all(|(declared, &length)| match declared {
                    Dim::Fixed(declared) => *declared == length,
                    Dim::Symbol(_) => true,
                })
        };
        if spec.shape.contains(&0) {
            wrong.push(format!("{:?} has no values as {:?}", spec.name, spec.shape));
            continue;
        }
        let element = element_type
            .filter(|&code| datum(code) == Some(spec.datum) && shape.as_deref().is_none_or(fits))
            .and_then(|code| check::element(i64::from(code)));
        match element {
            Some(element) => {
                given.push(Input { name: &spec.name, element, shape: &spec.shape });
            }
            None => wrong.push(format!(
                "{} does not take {:?} {:?}",
                declaration(input),
                spec.datum,
                spec.shape
            )),
        }
    }
    if wrong.is_empty() {
        Ok(given)
    } else {
        Err(format!("has the wrong inputs: {}", wrong.join("; ")).into())
    }
}

fn declaration(input: &tract_onnx::pb::ValueInfoProto) -> String {
    let (element_type, shape) = file::declared(input);
    let dims: Vec<String> = shape
        .unwrap_or_default()
        .iter()
        .map(|dim| match dim {
            Dim::Fixed(length) => length.to_string(),
            Dim::Symbol(name) => name.clone(),
        })
        .collect();
    let element_type = element_type.map(file::element_type).unwrap_or_default();
    format!("{:?} ({element_type} [{}])", input.name, dims.join(", "))
}

/// The crate's type for an ONNX element type.
fn datum(code: i32) -> Option<Datum> {
    Some(match DataType::try_from(code).ok()? {
        DataType::Float | DataType::Float16 | DataType::Double => Datum::F32,
        DataType::Int64
        | DataType::Int32
        | DataType::Int16
        | DataType::Int8
        | DataType::Uint8
        | DataType::Uint16
        | DataType::Uint32
        | DataType::Uint64
        | DataType::Bool => Datum::I64,
        _ => return None,
    })
}

/// The graph as tract-onnx builds it.
pub(super) fn parse(proto: &ModelProto) -> TractResult<ParseResult> {
    let parsed = ONNX.parse(proto, None)?;
    ensure!(
        parsed.unresolved_inputs.is_empty(),
        "no node or weight gives {:?}",
        parsed.unresolved_inputs
    );
    Ok(parsed)
}

/// The typed model of a file, with the shapes of these inputs, which are all its inputs.
pub(super) fn typed(proto: ModelProto, inputs: &[TensorSpec]) -> TractResult<TypedModel> {
    let mut model = parse(&proto)?.model;
    drop(proto);
    let sources = model.inputs.clone();
    let mut ordered = Vec::new();
    for spec in inputs {
        let source = sources.iter().find(|source| model.node(source.node).name == spec.name);
        ordered.push(*source.with_context(|| format!("there is no input {:?}", spec.name))?);
    }
    model.inputs = ordered;
    for (at, spec) in inputs.iter().enumerate() {
        let declared = model.input_fact(at)?.datum_type.concretize().context("it has no type")?;
        model.set_input_fact(at, InferenceFact::dt_shape(declared, &*spec.shape))?;
    }
    model.analyse(false)?;
    Typed.translate_model(&model)
}

/// What `into_typed` does, without a second analysis for operators that rewrite their surroundings:
/// none of ONNX's does.
#[derive(Debug)]
struct Typed;

impl Translate<InferenceFact, Box<dyn InferenceOp>, TypedFact, Box<dyn TypedOp>> for Typed {
    fn translate_node(
        &self,
        source: &InferenceModel,
        node: &InferenceNode,
        target: &mut TypedModel,
        mapping: &HashMap<OutletId, OutletId>,
    ) -> TractResult<TVec<OutletId>> {
        let known: Option<Vec<_>> =
            node.outputs.iter().map(|output| output.fact.value.concretize()).collect();
        let source_node = source.inputs.iter().any(|outlet| outlet.node == node.id);
        match known.filter(|_| !source_node) {
            Some(values) => values
                .into_iter()
                .enumerate()
                .map(|(slot, value)| target.add_const(format!("{}.{slot}", node.name), value))
                .collect(),
            None => node.op.to_typed(source, node, target, mapping),
        }
    }
}

/// Runs what may panic inside tract, and makes an error of a panic. In WebAssembly a panic ends the
/// instance.
pub(super) fn catch<T>(run: impl FnOnce() -> TractResult<T>) -> TractResult<T> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => result,
        Err(panic) => {
            let message = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_string())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            bail!("tract stopped: {message}")
        }
    }
}
