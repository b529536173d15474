//! The importer beside tract-onnx, which knows nothing of it: every shipped file and every operator
//! through both.

mod files;

use std::collections::BTreeSet;

use prost::Message;
use tract_core::internal::*;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{AttributeProto, ModelProto, NodeProto, ValueInfoProto, type_proto};

use self::files::{
    Constant, attribute, file, float, int, integers, ints, node, reals, scalar, text,
};
use super::operators::KNOWN;
use super::{Network, Port, full, import};

/// What one engine makes of a file.
fn run(model: TypedModel, inputs: &[Tensor]) -> TVec<TValue> {
    model
        .into_runnable()
        .unwrap()
        .run(inputs.iter().map(|x| x.clone().into_tvalue()).collect())
        .unwrap()
}

/// Through both: no value may differ by more than `tolerance` of the largest.
fn compare(
    what: &str,
    bytes: &[u8],
    inputs: &[(String, Tensor)],
    outputs: &[String],
    tolerance: f32,
) {
    let port = |(name, x): &(String, Tensor)| Port {
        name: name.clone(),
        datum_type: x.datum_type(),
        shape: x.shape().to_vec(),
    };
    let inputs_ports: Vec<Port> = inputs.iter().map(port).collect();
    let outputs_ports: Vec<Port> = outputs.iter().map(|name| Port::new::<f32>(name, &[])).collect();
    let values: Vec<Tensor> = inputs.iter().map(|(_, x)| x.clone()).collect();
    let ours =
        import(bytes, &inputs_ports, &outputs_ports).unwrap_or_else(|e| panic!("{what}: {e:?}"));
    let theirs = full::read(bytes, &inputs_ports, &outputs_ports)
        .unwrap_or_else(|e| panic!("{what}, tract: {e:?}"));
    for (ours, theirs) in run(ours, &values).iter().zip(run(theirs, &values).iter()) {
        assert_eq!(ours.shape(), theirs.shape(), "{what}");
        let (ours, theirs) = (ours.cast_to::<f32>().unwrap(), theirs.cast_to::<f32>().unwrap());
        let (a, b) = (
            ours.to_plain_array_view::<f32>().unwrap(),
            theirs.to_plain_array_view::<f32>().unwrap(),
        );
        assert!(!a.is_empty(), "{what}");
        // What a sum of many terms loses depends on the terms, not on what is left of them.
        let scale = b.iter().fold(1f32, |most, b| most.max(b.abs()));
        for (a, b) in a.iter().zip(b.iter()) {
            assert!(
                (a - b).abs() <= tolerance * scale,
                "{what}: {a}, tract-onnx {b}, of values up to {scale}"
            );
        }
    }
}

/// Dense values in [-1, 1] without a period that an axis could share.
fn wave(shape: &[usize], from: f32) -> Tensor {
    let values: Vec<f32> =
        (0..shape.iter().product()).map(|at| (from + 0.731 * at as f32).sin()).collect();
    Tensor::from_shape(shape, &values).unwrap()
}

#[test]
fn shipped_files_agree() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let mut compared = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "onnx") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let graph = ModelProto::decode(&*bytes).unwrap().graph.unwrap();
        let inputs: Vec<(String, Tensor)> =
            graph.input.iter().map(|input| (input.name.clone(), dense(input))).collect();
        let outputs: Vec<String> = graph.output.iter().map(|output| output.name.clone()).collect();
        compare(&path.display().to_string(), &bytes, &inputs, &outputs, 1e-4);
        compared += 1;
    }
    assert!(compared >= 11, "only {compared} files");
}

/// A value of the type and shape that a file states, its batch 1.
fn dense(input: &ValueInfoProto) -> Tensor {
    let Some(type_proto::Value::TensorType(tensor)) =
        input.r#type.as_ref().and_then(|t| t.value.clone())
    else {
        panic!("{} has no type", input.name);
    };
    let length = |dimension: &Dimension| match dimension.value {
        Some(dimension::Value::DimValue(length)) => length as usize,
        _ => 1,
    };
    let shape: Vec<usize> = tensor.shape.unwrap().dim.iter().map(length).collect();
    match tensor.elem_type {
        7 => Tensor::from_shape(&shape, &vec![3i64; shape.iter().product()]).unwrap(),
        _ => wave(&shape, 1.0),
    }
}

/// An operator on x, with constants after it and attributes.
struct Case {
    op: &'static str,
    x: Tensor,
    constants: Vec<Option<Constant>>,
    attributes: Vec<AttributeProto>,
    outputs: usize,
}

fn case(op: &'static str, x: &[usize]) -> Case {
    Case { op, x: wave(x, 1.0), constants: vec![], attributes: vec![], outputs: 1 }
}

impl Case {
    fn of(mut self, constants: impl IntoIterator<Item = Constant>) -> Self {
        self.constants.extend(constants.into_iter().map(Some));
        self
    }

    fn without(mut self) -> Self {
        self.constants.push(None);
        self
    }

    fn with(mut self, attributes: impl IntoIterator<Item = AttributeProto>) -> Self {
        self.attributes.extend(attributes);
        self
    }

    /// Values of x above zero.
    fn positive(mut self) -> Self {
        let values: Vec<f32> =
            self.x.to_plain_array_view::<f32>().unwrap().iter().map(|v| v.abs() + 0.1).collect();
        self.x = Tensor::from_shape(self.x.shape(), &values).unwrap();
        self
    }

    fn giving(mut self, outputs: usize) -> Self {
        self.outputs = outputs;
        self
    }

    fn check(&self) {
        let names: Vec<String> = (0..self.constants.len()).map(|at| format!("c{at}")).collect();
        let mut inputs = vec!["x"];
        inputs.extend(
            self.constants
                .iter()
                .zip(&names)
                .map(|(c, name)| if c.is_some() { name.as_str() } else { "" }),
        );
        let outputs: Vec<String> = (0..self.outputs).map(|at| format!("y{at}")).collect();
        let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
        let constants: Vec<(String, Constant)> = names
            .iter()
            .cloned()
            .zip(self.constants.iter().cloned())
            .filter_map(|(n, c)| Some((n, c?)))
            .collect();
        let node = node(self.op, &inputs, &outputs, self.attributes.clone());
        let what = format!("{} of {:?}, {:?}", self.op, self.x.shape(), self.attributes);
        self.through(&what, vec![node], &constants, &outputs);
    }

    fn through(
        &self,
        what: &str,
        nodes: Vec<NodeProto>,
        constants: &[(String, Constant)],
        outputs: &[&str],
    ) {
        let bytes = file(nodes, constants, self.x.shape(), outputs);
        let outputs: Vec<String> = outputs.iter().map(ToString::to_string).collect();
        compare(what, &bytes, &[("x".into(), self.x.clone())], &outputs, 2e-5);
    }
}

fn convolutions() -> Vec<Case> {
    let conv =
        |x: &[usize], kernel: &[usize]| case("Conv", x).of([reals(kernel), reals(&kernel[..1])]);
    vec![
        conv(&[1, 1, 1, 1], &[1, 1, 1, 1]),
        conv(&[1, 3, 7, 5], &[4, 3, 3, 3]),
        conv(&[1, 3, 7, 5], &[4, 3, 3, 3]).with([ints("pads", &[1, 1, 1, 1])]),
        conv(&[1, 16, 9, 11], &[24, 16, 3, 3]).with([ints("pads", &[1, 1, 1, 1])]),
        conv(&[2, 16, 6, 6], &[16, 16, 3, 3]).with([ints("pads", &[1, 0, 2, 1])]),
        conv(&[1, 2, 9, 8], &[3, 2, 4, 4])
            .with([ints("strides", &[2, 3]), ints("pads", &[1, 1, 0, 2])]),
        conv(&[1, 2, 9, 8], &[3, 2, 3, 2]).with([ints("dilations", &[2, 3])]),
        conv(&[1, 6, 5, 4], &[9, 2, 3, 3]).with([int("group", 3)]),
        conv(&[1, 3, 8, 7], &[2, 3, 3, 3])
            .with([text("auto_pad", "SAME_UPPER"), ints("strides", &[2, 2])]),
        conv(&[1, 3, 8, 7], &[2, 3, 2, 2]).with([text("auto_pad", "SAME_LOWER")]),
        conv(&[1, 3, 8, 7], &[2, 3, 3, 3]).with([text("auto_pad", "VALID")]),
        case("Conv", &[1, 5, 4, 4]).of([reals(&[7, 5, 1, 1])]),
    ]
}

fn products() -> Vec<Case> {
    let turned = |a: i64, b: i64| {
        [int("transA", a), int("transB", b), float("alpha", 0.5), float("beta", 2.0)]
    };
    vec![
        case("Gemm", &[3, 5]).of([reals(&[5, 7]), reals(&[7])]),
        case("Gemm", &[3, 5]).of([reals(&[7, 5]), reals(&[7])]).with(turned(0, 1)),
        case("Gemm", &[5, 3]).of([reals(&[5, 7]), reals(&[3, 1])]).with(turned(1, 0)),
        case("Gemm", &[1, 1]).of([reals(&[1, 1])]),
        case("MatMul", &[3, 5]).of([reals(&[5, 9])]),
        case("MatMul", &[2, 3, 5]).of([reals(&[5, 4])]),
        case("MatMul", &[2, 1, 5]).of([reals(&[2, 5, 3])]),
    ]
}

fn functions() -> Vec<Case> {
    let plain = ["Abs", "Neg", "Exp", "Sigmoid", "Sin", "Cos", "Tanh", "Relu", "Identity"]
        .map(|op| case(op, &[2, 3, 5]));
    let positive = ["Log", "Sqrt", "Reciprocal"].map(|op| case(op, &[7]).positive());
    let pairs = ["Add", "Sub", "Mul", "Div", "Min", "Max"].into_iter().flat_map(|op| {
        [&[2, 3, 4, 5][..], &[5], &[1, 3, 1, 1], &[4, 1], &[]]
            .map(|shape| case(op, &[2, 3, 4, 5]).of([reals(shape)]))
    });
    let others = [
        case("Pow", &[3, 4]).positive().of([scalar(2.5)]),
        case("LeakyRelu", &[3, 4]),
        case("LeakyRelu", &[3, 4]).with([float("alpha", 0.3)]),
        case("Clip", &[3, 4]).of([scalar(-0.5), scalar(0.25)]),
        case("Clip", &[3, 4]).without().of([scalar(0.25)]),
        case("Softmax", &[3, 4]),
        case("Softmax", &[2, 3, 4]).with([int("axis", 1)]),
        case("Cast", &[3, 4]).with([int("to", 1)]),
    ];
    plain.into_iter().chain(positive).chain(pairs).chain(others).collect()
}

fn shapes() -> Vec<Case> {
    let x = [2, 3, 4, 6];
    let reduce = |op: &'static str| {
        let over = |axes: &[i64], keep: i64| {
            // ReduceMean takes its axes as an attribute at this version, ReduceSum as an input.
            let case = case(op, &x).with([int("keepdims", keep)]);
            if op == "ReduceSum" {
                case.of([integers(axes)])
            } else {
                case.with([ints("axes", axes)])
            }
        };
        [over(&[1], 1), over(&[-1], 0), over(&[0, 2], 1), over(&[2, 3], 0), case(op, &x)]
    };
    let others = [
        case("Concat", &x).of([reals(&[2, 1, 4, 6])]).with([int("axis", 1)]),
        case("Concat", &x).of([reals(&[2, 3, 4, 2]), reals(&[2, 3, 4, 1])]).with([int("axis", -1)]),
        case("Flatten", &x),
        case("Flatten", &x).with([int("axis", 3)]),
        case("Gather", &x).of([integers(&[2, 0, 1])]).with([int("axis", 1)]),
        case("Gather", &x).of([integers(&[-1])]),
        case("Reshape", &x).of([integers(&[0, -1, 6])]),
        case("Reshape", &x).of([integers(&[144])]),
        case("Shape", &x),
        case("Slice", &x).of([integers(&[1, -3]), integers(&[3, i64::MAX]), integers(&[1, 3])]),
        case("Slice", &x).of([integers(&[1]), integers(&[2])]),
        case("Split", &x).of([integers(&[1, 2])]).with([int("axis", 1)]).giving(2),
        case("Split", &x).with([int("axis", 3)]).giving(3),
        case("Squeeze", &[1, 3, 1, 2]).of([integers(&[0, -2])]),
        case("Squeeze", &[1, 3, 1, 2]),
        case("Unsqueeze", &[3, 2]).of([integers(&[0, 3])]),
        case("Transpose", &x),
        case("Transpose", &x).with([ints("perm", &[0, 2, 3, 1])]),
    ];
    ["ReduceMean", "ReduceSum"].into_iter().flat_map(reduce).chain(others).collect()
}

#[test]
fn operators_agree() {
    let cases: Vec<Case> =
        [convolutions(), products(), functions(), shapes()].into_iter().flatten().collect();
    for case in &cases {
        case.check();
    }
    // Of what is not an operator on x alone: a constant in the graph.
    let mut value = attribute("value", AttributeType::Tensor);
    value.t = Some(reals(&[3]).named("value"));
    let nodes =
        vec![node("Constant", &[], &["c"], vec![value]), node("Add", &["x", "c"], &["y"], vec![])];
    case("Add", &[2, 3]).through("Constant", nodes, &[], &["y"]);

    let mut compared: BTreeSet<&str> = cases.iter().map(|case| case.op).collect();
    compared.insert("Constant");
    let known: BTreeSet<&str> =
        KNOWN.split(", ").flat_map(|name| name.split(" and ")).map(str::trim).collect();
    assert_eq!(compared, known);
}

/// What exporters spell out and the importer runs in one step.
#[test]
fn fused_graphs_agree() {
    let constants = |all: &[(&str, Constant)]| -> Vec<(String, Constant)> {
        all.iter().map(|(name, constant)| (name.to_string(), constant.clone())).collect()
    };
    let silu = |x: &str, y: &str| {
        vec![node("Sigmoid", &[x], &["gate"], vec![]), node("Mul", &[x, "gate"], &[y], vec![])]
    };
    for [channels, groups, height, width] in
        [[4, 2, 3, 5], [6, 3, 1, 1], [8, 8, 2, 7], [5, 1, 4, 4]]
    {
        let mut nodes = vec![
            node("Reshape", &["x", "split"], &["g"], vec![]),
            node("ReduceMean", &["g"], &["mean"], vec![ints("axes", &[2])]),
            node("Sub", &["g", "mean"], &["centred"], vec![]),
            node("Mul", &["centred", "centred"], &["square"], vec![]),
            node("ReduceMean", &["square"], &["variance"], vec![ints("axes", &[2])]),
            node("Add", &["variance", "epsilon"], &["sum"], vec![]),
            node("Sqrt", &["sum"], &["root"], vec![]),
            node("Div", &["centred", "root"], &["quotient"], vec![]),
            node("Reshape", &["quotient", "whole"], &["back"], vec![]),
            node("Mul", &["back", "scale"], &["scaled"], vec![]),
            node("Add", &["scaled", "shift"], &["normal"], vec![]),
        ];
        nodes.extend(silu("normal", "y"));
        let each = |a: usize| a as i64;
        let constants = constants(&[
            ("split", integers(&[1, each(groups), each(channels / groups * height * width)])),
            ("whole", integers(&[1, each(channels), each(height), each(width)])),
            ("epsilon", scalar(1e-5)),
            ("scale", reals(&[channels, 1, 1])),
            ("shift", reals(&[channels, 1, 1])),
        ]);
        let x = case("Reshape", &[1, channels, height, width]);
        // One value alone is its own mean, and what is left of it is rounding times 1 /
        // sqrt(epsilon).
        if channels / groups * height * width > 1 {
            x.through(&format!("group norm of {channels} channels"), nodes, &constants, &["y"]);
        }
    }
    let mut block = vec![
        node("Conv", &["x", "w", "b"], &["conv"], vec![ints("pads", &[1, 1, 1, 1])]),
        node("Add", &["conv", "x"], &["sum"], vec![]),
    ];
    block.extend(silu("sum", "y"));
    let weights = constants(&[("w", reals(&[16, 16, 3, 3])), ("b", reals(&[16]))]);
    case("Conv", &[1, 16, 7, 9]).through("residual convolution", block, &weights, &["y"]);
    let upsample = vec![
        node("Reshape", &["x", "split"], &["a"], vec![]),
        node("Mul", &["a", "ones"], &["b"], vec![]),
        node("Reshape", &["b", "merged"], &["y"], vec![]),
    ];
    let ones = Constant::Reals(Tensor::from_shape(&[1, 1, 1, 2, 1, 3], &[1f32; 6]).unwrap());
    let repeated = constants(&[
        ("split", integers(&[1, 3, 2, 1, 4, 1])),
        ("ones", ones),
        ("merged", integers(&[1, 3, 4, 12])),
    ]);
    case("Reshape", &[1, 3, 2, 4]).through("upsampling", upsample, &repeated, &["y"]);
    let shuffle = vec![
        node("Reshape", &["x", "split"], &["a"], vec![]),
        node("Transpose", &["a"], &["b"], vec![ints("perm", &[0, 1, 4, 2, 5, 3])]),
        node("Reshape", &["b", "merged"], &["y"], vec![]),
    ];
    let depth = constants(&[
        ("split", integers(&[1, 2, 2, 2, 3, 5])),
        ("merged", integers(&[1, 2, 6, 10])),
    ]);
    case("Reshape", &[1, 8, 3, 5]).through("depth to space", shuffle, &depth, &["y"]);
}

/// What the importer lacks is read by tract-onnx, and runs behind the same face.
#[test]
fn unknown_operators_fall_back() {
    let file = file(vec![node("Softplus", &["x"], &["y"], vec![])], &[], &[2, 3], &["y"]);
    let ports = [[Port::new::<f32>("x", &[2, 3])], [Port::new::<f32>("y", &[2, 3])]];
    assert!(
        import(&file, &ports[0], &ports[1]).unwrap_err().why.contains("full-onnx"),
        "the message names the feature"
    );
    let x = wave(&[2, 3], 1.0);
    let outputs = Network::load("test.onnx", &file, &ports[0], &ports[1])
        .unwrap()
        .run(tvec!(x.clone().into_tvalue()));
    let outputs = outputs.unwrap();
    let (x, y) =
        (x.to_plain_array_view::<f32>().unwrap(), outputs[0].to_plain_array_view::<f32>().unwrap());
    for (x, y) in x.iter().zip(y.iter()) {
        assert!((f64::from(*y) - f64::from(*x).exp().ln_1p()).abs() < 1e-6, "{x}: {y}");
    }
}

#[test]
fn what_neither_knows_is_told_by_both() {
    let file = file(vec![node("Nonsense", &["x"], &["y"], vec![])], &[], &[2], &["y"]);
    let ports = [[Port::new::<f32>("x", &[2])], [Port::new::<f32>("y", &[2])]];
    let message = Network::load("test.onnx", &file, &ports[0], &ports[1]).err().unwrap().message;
    for part in ["\"Nonsense\"", "tract-onnx: ", "models/README.md"] {
        assert!(message.contains(part), "{part}: {message}");
    }
}
