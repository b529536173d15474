//! The importer on the shipped files and on graphs that a model of one's own might have.

use std::collections::BTreeMap;

use prost::Message;
use tract_core::internal::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::proto::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    ValueInfoProto,
};
use super::{Builder, Graph, Network, TensorSpec, Values, fuse};

const FILES: [(&str, &[u8]); 7] = [
    ("mnist-ddpm.onnx", include_bytes!("../../../../models/mnist-ddpm.onnx")),
    ("mnist-hvae-decoder.onnx", include_bytes!("../../../../models/mnist-hvae-decoder.onnx")),
    ("mnist-hvae-encoder.onnx", include_bytes!("../../../../models/mnist-hvae-encoder.onnx")),
    (
        "mnist-vae-8bit-decoder.onnx",
        include_bytes!("../../../../models/mnist-vae-8bit-decoder.onnx"),
    ),
    (
        "mnist-vae-8bit-encoder.onnx",
        include_bytes!("../../../../models/mnist-vae-8bit-encoder.onnx"),
    ),
    ("mnist-vae-decoder.onnx", include_bytes!("../../../../models/mnist-vae-decoder.onnx")),
    ("mnist-vae-encoder.onnx", include_bytes!("../../../../models/mnist-vae-encoder.onnx")),
];

/// Shapes of the inputs of the shipped files.
fn shape(input: &str) -> &'static [usize] {
    match input {
        "x" | "x_t" => &[1, 1, 28, 28],
        "z" => &[1, 16],
        "log_snr" | "class" => &[1],
        "feature_0" => &[1, 48, 1, 1],
        "feature_1" => &[1, 192, 7, 7],
        "feature_2" => &[1, 96, 14, 14],
        "eps" => &[1, 1788],
        "gate" => &[1, 7],
        other => panic!("{other}"),
    }
}

fn value(input: &str) -> TValue {
    let shape = shape(input);
    let length: usize = shape.iter().product();
    if input == "class" {
        return Tensor::from_shape(shape, &[3i64]).unwrap().into_tvalue();
    }
    let values: Vec<f32> = (0..length).map(|at| (at as f32 * 0.7).sin()).collect();
    Tensor::from_shape(shape, &values).unwrap().into_tvalue()
}

fn build(bytes: &[u8], fused: bool) -> (TypedModel, Vec<String>) {
    let mut graph = Graph::read(bytes).unwrap();
    if fused {
        fuse::fuse(&mut graph);
    }
    let (inputs, outputs) = (graph.inputs.clone(), graph.outputs.clone());
    let kind = |name: &str| if name == "class" { i64::datum_type() } else { f32::datum_type() };
    let mut builder =
        Builder::new(inputs.iter().map(|name| (name.as_str(), kind(name), shape(name)))).unwrap();
    builder.add(graph).unwrap();
    builder.select_outputs(outputs.iter().map(String::as_str)).unwrap();
    (builder.model, inputs)
}

fn count(model: &TypedModel) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for node in model.nodes() {
        *counts.entry(node.op.name().to_string()).or_default() += 1;
    }
    counts
}

#[wasm_bindgen_test(unsupported = test)]
fn the_shipped_files_run_on_the_kernels() {
    // Winograd and direct convolutions, group norms, separate SiLUs and sigmoids.
    let expected = [
        ("mnist-ddpm.onnx", [17, 9, 18, 1, 0]),
        ("mnist-hvae-decoder.onnx", [20, 21, 0, 13, 0]),
        ("mnist-hvae-encoder.onnx", [10, 5, 0, 4, 0]),
        ("mnist-vae-8bit-decoder.onnx", [9, 2, 0, 4, 0]),
        ("mnist-vae-8bit-encoder.onnx", [6, 3, 0, 3, 0]),
        ("mnist-vae-decoder.onnx", [9, 2, 0, 4, 0]),
        ("mnist-vae-encoder.onnx", [6, 3, 0, 3, 0]),
    ];
    let names = ["WinogradConvolution", "DirectConvolution", "GroupNorm", "Silu", "Sigmoid"];
    let mut found = Vec::new();
    for (name, bytes) in FILES {
        let counts = count(&build(bytes, true).0);
        found.push((name, names.map(|op| counts.get(op).copied().unwrap_or(0))));
    }
    assert_eq!(found, expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_fused_gives_what_is_spelled_out() {
    for (name, bytes) in FILES {
        let run = |fused: bool| {
            let (model, inputs) = build(bytes, fused);
            let plan = model.into_runnable().unwrap();
            plan.run(inputs.iter().map(|name| value(name)).collect()).unwrap()
        };
        for (fused, plain) in run(true).iter().zip(run(false).iter()) {
            assert_eq!(fused.shape(), plain.shape(), "{name}");
            let (a, b) = (
                fused.to_plain_array_view::<f32>().unwrap(),
                plain.to_plain_array_view::<f32>().unwrap(),
            );
            for (a, b) in a.iter().zip(b.iter()) {
                assert!((a - b).abs() <= 1e-4 * b.abs().max(1.0), "{name}: {a}, not {b}");
            }
        }
    }
}

fn tensor(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: dims.into(),
        data_type: 1,
        float_data: values.into(),
        ..Default::default()
    }
}

fn integers(name: &str, values: &[i64]) -> TensorProto {
    let dims = vec![values.len() as i64];
    TensorProto {
        name: name.into(),
        dims,
        data_type: 7,
        int64_data: values.into(),
        ..Default::default()
    }
}

fn node(op: &str, inputs: &[&str], output: &str, ints: &[(&str, &[i64])]) -> NodeProto {
    let attribute = ints.iter().map(|&(name, values)| AttributeProto {
        name: name.into(),
        i: values[0],
        ints: values.into(),
        ..Default::default()
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
fn file(node: Vec<NodeProto>, initializer: Vec<TensorProto>) -> ModelProto {
    let value = |name: &str| vec![ValueInfoProto { name: name.into() }];
    let graph = GraphProto { node, initializer, input: value("x"), output: value("y") };
    let opset = OperatorSetIdProto { domain: String::new(), version: 17 };
    ModelProto { graph: Some(graph), opset_import: vec![opset] }
}

fn run(file: &ModelProto, from: &[usize], to: &[usize], x: &[f32]) -> crate::Result<Vec<f32>> {
    let inputs = [TensorSpec::f32("x", from)];
    let network = Network::load("test.onnx", &file.encode_to_vec(), None, &inputs, &["y"])?;
    assert_eq!(network.outputs()[0].shape, to);
    Ok(network.run(&[Values::F32(x)])?.remove(0))
}

#[wasm_bindgen_test(unsupported = test)]
fn operators_do_what_onnx_says() {
    let x: Vec<f32> = (0..12).map(|v| v as f32).collect();
    let one = |op: &str, more: &[&str], ints: &[(&str, &[i64])]| {
        let mut inputs = vec!["x"];
        inputs.extend(more);
        vec![node(op, &inputs, "y", ints)]
    };
    type Expected = Box<dyn Fn(usize) -> f32>;
    type Case = (Vec<NodeProto>, Vec<TensorProto>, &'static [usize], Expected);
    let cases: Vec<Case> = vec![
        (
            one("Transpose", &[], &[("perm", &[2, 0, 1])]),
            vec![],
            &[2, 2, 3],
            Box::new(|at| (at % 6 * 2 + at / 6) as f32),
        ),
        (
            one("Slice", &["a", "b", "c"], &[]),
            vec![integers("a", &[-2]), integers("b", &[i64::MAX]), integers("c", &[1])],
            &[2, 2, 2],
            Box::new(|at| (at / 4 * 6 + 2 + at % 4) as f32),
        ),
        (
            one("ReduceMean", &[], &[("axes", &[1]), ("keepdims", &[0])]),
            vec![],
            &[2, 2],
            Box::new(|at| (at / 2 * 6 + at % 2 + 2) as f32),
        ),
        (
            one("ReduceSum", &["a"], &[]),
            vec![integers("a", &[-1])],
            &[2, 3, 1],
            Box::new(|at| (4 * at + 1) as f32),
        ),
        (one("Flatten", &[], &[("axis", &[2])]), vec![], &[6, 2], Box::new(|at| at as f32)),
        (
            one("Unsqueeze", &["a"], &[]),
            vec![integers("a", &[0, -1])],
            &[1, 2, 3, 2, 1],
            Box::new(|at| at as f32),
        ),
        (
            one("Gather", &["a"], &[("axis", &[1])]),
            vec![integers("a", &[2, -3])],
            &[2, 2, 2],
            Box::new(|at| (at / 4 * 6 + [4, 5, 0, 1][at % 4]) as f32),
        ),
        (
            one("MatMul", &["a"], &[]),
            vec![tensor("a", &[2, 1], &[2.0, -1.0])],
            &[2, 3, 1],
            Box::new(|at| (2 * at) as f32 - 1.0),
        ),
        (
            one("Clip", &["", "a"], &[]),
            vec![tensor("a", &[], &[4.5])],
            &[2, 3, 2],
            Box::new(|at| (at as f32).min(4.5)),
        ),
        (
            one("Pow", &["a"], &[]),
            vec![tensor("a", &[], &[2.0])],
            &[2, 3, 2],
            Box::new(|at| (at * at) as f32),
        ),
        (
            one("Concat", &["a"], &[("axis", &[2])]),
            vec![tensor("a", &[2, 3, 1], &[-1.0; 6])],
            &[2, 3, 3],
            Box::new(|at| if at % 3 == 2 { -1.0 } else { (at / 3 * 2 + at % 3) as f32 }),
        ),
        // A shape that an exporter left to be computed.
        (
            vec![
                node("Shape", &["x"], "s", &[]),
                node("Gather", &["s", "first"], "n", &[]),
                node("Concat", &["n", "rest"], "t", &[("axis", &[0])]),
                node("Reshape", &["x", "t"], "y", &[]),
            ],
            vec![integers("first", &[0]), integers("rest", &[-1])],
            &[2, 6],
            Box::new(|at| at as f32),
        ),
    ];
    for (nodes, constants, shape, expected) in cases {
        let what = nodes[0].op_type.clone();
        let found = run(&file(nodes, constants), &[2, 3, 2], shape, &x)
            .unwrap_or_else(|e| panic!("{what}: {e}"));
        let expected: Vec<f32> = (0..found.len()).map(expected).collect();
        assert_eq!(found, expected, "{what}");
    }
}

/// Values with channels innermost and values as the file has them meet in sums, joins and parts.
#[wasm_bindgen_test(unsupported = test)]
fn layouts_mix() {
    let nodes = vec![
        // A convolution by the identity: x with its channels innermost.
        node("Conv", &["x", "identity"], "c", &[]),
        node("Add", &["c", "x"], "twice", &[]),
        node("Mul", &["twice", "per_channel"], "m", &[]),
        node("Concat", &["x", "m"], "j", &[("axis", &[1])]),
        node("Split", &["j", "parts"], "a", &[("axis", &[1])]),
        node("Reshape", &["b", "flat"], "y", &[]),
    ];
    let mut nodes = nodes;
    nodes[4].output.push("b".into());
    let constants = vec![
        tensor("identity", &[3, 3, 1, 1], &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]),
        tensor("per_channel", &[3, 1, 1], &[1.0, 10.0, 100.0]),
        integers("parts", &[4, 2]),
        integers("flat", &[1, -1]),
    ];
    let x: Vec<f32> = (0..18).map(|v| v as f32).collect();
    let found = run(&file(nodes, constants), &[1, 3, 2, 3], &[1, 12], &x).unwrap();
    let expected: Vec<f32> =
        (6..18).map(|v| 2.0 * v as f32 * if v < 12 { 10.0 } else { 100.0 }).collect();
    assert_eq!(found, expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_cannot_be_run_is_named() {
    let unknown = file(vec![node("Resize", &["x"], "y", &[])], vec![]);
    let foreign = {
        let mut file = file(vec![node("Gelu", &["x"], "y", &[])], vec![]);
        file.graph.as_mut().unwrap().node[0].domain = "com.microsoft".into();
        file
    };
    let old = ModelProto {
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: 11 }],
        ..unknown.clone()
    };
    let cases = [
        (unknown, "\"Resize\""),
        (foreign, "com.microsoft.Gelu"),
        (old, "version 11"),
        (ModelProto::default(), "no graph"),
        (file(vec![node("Add", &["x", "nothing"], "y", &[])], vec![]), "nothing"),
        (file(vec![node("Reshape", &["x", "s"], "y", &[])], vec![integers("s", &[5])]), "reshaped"),
        (
            file(
                vec![node("MatMul", &["x", "w"], "y", &[])],
                vec![tensor("w", &[3, 2], &[0.0; 6])],
            ),
            "multiplied",
        ),
        (file(vec![node("Add", &["x", "w"], "y", &[])], vec![tensor("w", &[2], &[0.0; 5])]), "5"),
    ];
    for (file, named) in cases {
        let error = run(&file, &[1, 4], &[1, 4], &[0.0; 4]).expect_err(named);
        assert!(error.message.contains(named), "{named}: {}", error.message);
        assert!(error.message.contains("models/README.md"), "{}", error.message);
    }
    let unknown = file(vec![node("Resize", &["x"], "y", &[])], vec![]);
    let error = run(&unknown, &[1, 4], &[1, 4], &[0.0; 4]).unwrap_err();
    assert!(error.message.contains("LeakyRelu, Log"), "it says what there is: {}", error.message);
}
