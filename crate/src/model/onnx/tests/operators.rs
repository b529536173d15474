//! Single operators.

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{NodeProto, TensorProto};
use wasm_bindgen_test::wasm_bindgen_test;

use super::Given::{self, Float, Int, Ints, Text};
use super::{assert_close, graph, integers, lowered, node, numbers, run, tensor};

#[wasm_bindgen_test(unsupported = test)]
fn functions_and_reductions_give_what_tract_gives() {
    let unary = [
        "Abs",
        "Neg",
        "Exp",
        "Sqrt",
        "Reciprocal",
        "Sin",
        "Cos",
        "Tan",
        "Tanh",
        "Sinh",
        "Cosh",
        "Asinh",
        "Atan",
        "Sigmoid",
        "Relu",
        "Softplus",
        "Erf",
        "Floor",
        "Ceil",
        "Round",
        "Sign",
        "Elu",
        "Selu",
        "Celu",
        "HardSigmoid",
        "HardSwish",
        "LeakyRelu",
        "Softsign",
        "Mish",
        "Gelu",
        "Identity",
        "Log",
    ];
    for op in unary {
        // All functions are defined between 0.5 and 1.5.
        let weights = vec![tensor("h", &[], &[0.5]), tensor("one", &[], &[1.0])];
        let nodes = vec![
            node("Mul", &["x", "h"], "s", &[]),
            node("Add", &["s", "one"], "p", &[]),
            node(op, &["p"], "y", &[]),
        ];
        let mut proto = graph(nodes, weights);
        proto.opset_import[0].version = 20;
        lowered(op, proto, &[2, 3, 4]);
    }
    for op in [
        "ReduceSum",
        "ReduceMean",
        "ReduceMax",
        "ReduceMin",
        "ReduceProd",
        "ReduceL2",
        "ReduceLogSumExp",
    ] {
        for keep in [0, 1] {
            let nodes = vec![node(op, &["x", "axes"], "y", &[("keepdims", Int(keep))])];
            lowered(op, graph(nodes, vec![integers("axes", &[1, -1])]), &[2, 3, 2, 3]);
        }
    }
    for op in ["Softmax", "LogSoftmax"] {
        for axis in [0, 1, 2] {
            lowered(
                op,
                graph(vec![node(op, &["x"], "y", &[("axis", Int(axis))])], vec![]),
                &[3, 4, 5],
            );
        }
    }
    for op in ["Add", "Sub", "Mul", "Div", "Pow", "Max", "Min"] {
        let nodes = vec![node("Abs", &["x"], "p", &[]), node(op, &["p", "w"], "y", &[])];
        lowered(op, graph(nodes, vec![tensor("w", &[4, 1], &[0.5, 1.0, 2.0, 3.0])]), &[3, 4, 5]);
    }
    lowered(
        "equation",
        graph(
            vec![node("Einsum", &["x", "w"], "y", &[("equation", Text("bhid,bhjd->bhij"))])],
            vec![tensor("w", &[2, 3, 5, 4], &numbers(120, 1))],
        ),
        &[2, 3, 6, 4],
    );
    for (a, b) in [([2, 3, 4, 5], [1, 3, 5, 2]), ([2, 1, 4, 5], [1, 3, 5, 2])] {
        let from: Vec<usize> = a.to_vec();
        let weights: Vec<i64> = b.to_vec();
        let count = weights.iter().product::<i64>() as usize;
        let nodes = vec![node("MatMul", &["x", "w"], "y", &[])];
        lowered("MatMul", graph(nodes, vec![tensor("w", &weights, &numbers(count, 1))]), &from);
    }
    let gemm =
        [("transA", Int(1)), ("transB", Int(1)), ("alpha", Float(0.5)), ("beta", Float(2.0))];
    lowered(
        "Gemm",
        graph(
            vec![node("Gemm", &["x", "w", "b"], "y", &gemm)],
            vec![tensor("w", &[6, 3], &numbers(18, 1)), tensor("b", &[6], &numbers(6, 2))],
        ),
        &[3, 4],
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn softplus_does_not_overflow() {
    let proto = graph(vec![node("Softplus", &["x"], "y", &[])], vec![]);
    let (_, y) = run(proto, &[3], &[200.0, 0.0, -200.0]).unwrap();
    assert_eq!(y, [200.0, std::f32::consts::LN_2, 0.0]);
}

/// Both repeat the value below, and interpolate from the first value on.
#[wasm_bindgen_test(unsupported = test)]
fn an_upsample_and_a_resize_of_old_are_the_same() {
    for (version, op) in [(9, "Upsample"), (10, "Resize")] {
        for (mode, factor, expected) in [
            ("nearest", 3.0, [0.0, 0.0, 0.0, 6.0, 6.0, 6.0, 3.0, 3.0, 3.0]),
            ("linear", 3.0, [0.0, 2.0, 4.0, 6.0, 5.0, 4.0, 3.0, 3.0, 3.0]),
        ] {
            let nodes = vec![node(op, &["x", "scales"], "y", &[("mode", Text(mode))])];
            let scales = tensor("scales", &[4], &[1.0, 1.0, 1.0, factor]);
            let mut proto = graph(nodes, vec![scales]);
            proto.opset_import[0].version = version;
            let (shape, found) = run(proto, &[1, 1, 1, 3], &[0.0, 6.0, 3.0]).unwrap();
            assert_eq!(shape, [1, 1, 1, 9], "{op}, {mode}");
            assert_close(&format!("{op}, {mode}"), &found, &expected, 1e-6);
        }
    }
    let nodes = vec![node("Upsample", &["x", "scales"], "y", &[])];
    let later = graph(nodes, vec![tensor("scales", &[4], &[1.0, 1.0, 1.0, 2.0])]);
    let refused = run(later, &[1, 1, 1, 3], &[0.0; 3]).unwrap_err();
    assert!(refused.with_causes().contains("Upsample"), "{refused}");
}

#[wasm_bindgen_test(unsupported = test)]
fn operators_do_what_onnx_says() {
    let x: Vec<f32> = (0..12).map(|v| v as f32).collect();
    type Expected = Box<dyn Fn(usize) -> f32>;
    type Case = (Vec<NodeProto>, Vec<TensorProto>, &'static [usize], Expected);
    let one = |op: &str, more: &[&str], attributes: &[(&str, Given)]| {
        let inputs: Vec<&str> = std::iter::once("x").chain(more.iter().copied()).collect();
        vec![node(op, &inputs, "y", attributes)]
    };
    let cases: Vec<Case> = vec![
        (
            one("Transpose", &[], &[("perm", Ints(&[2, 0, 1]))]),
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
            one("Gather", &["a"], &[("axis", Int(1))]),
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
            one("Concat", &["a"], &[("axis", Int(2))]),
            vec![tensor("a", &[2, 3, 1], &[-1.0; 6])],
            &[2, 3, 3],
            Box::new(|at| if at % 3 == 2 { -1.0 } else { (at / 3 * 2 + at % 3) as f32 }),
        ),
        (
            one("Pad", &["a"], &[("mode", Text("reflect"))]),
            vec![integers("a", &[0, 1, 0, 0, 1, 0])],
            &[2, 5, 2],
            Box::new(|at| (at / 10 * 6 + [1, 0, 1, 2, 1][at / 2 % 5] * 2 + at % 2) as f32),
        ),
        // What is not zero is true.
        (
            vec![
                node("Cast", &["x"], "b", &[("to", Int(DataType::Bool as i64))]),
                node("Cast", &["b"], "y", &[("to", Int(DataType::Float as i64))]),
            ],
            vec![],
            &[2, 3, 2],
            Box::new(|at| (at > 0) as u8 as f32),
        ),
        // A shape that an exporter left to be computed.
        (
            vec![
                node("Shape", &["x"], "s", &[]),
                node("Gather", &["s", "first"], "n", &[]),
                node("Concat", &["n", "rest"], "t", &[("axis", Int(0))]),
                node("Reshape", &["x", "t"], "y", &[]),
            ],
            vec![integers("first", &[0]), integers("rest", &[-1])],
            &[2, 6],
            Box::new(|at| at as f32),
        ),
    ];
    for (nodes, constants, shape, expected) in cases {
        let what = nodes[0].op_type.clone();
        let (found_shape, found) =
            run(graph(nodes, constants), &[2, 3, 2], &x).unwrap_or_else(|e| panic!("{what}: {e}"));
        let expected: Vec<f32> = (0..found.len()).map(expected).collect();
        assert_eq!((found_shape.as_slice(), found), (shape, expected), "{what}");
    }
}
