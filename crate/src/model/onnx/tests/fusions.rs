//! What several operators spell out and one kernel computes, and values in both orders.

use std::collections::BTreeMap;

use wasm_bindgen_test::wasm_bindgen_test;

use super::Given::{self, Float, Int, Ints, Text};
use super::{graph, integers, lowered, node, numbers, run, tensor};

#[wasm_bindgen_test(unsupported = test)]
fn convolutions_of_all_kinds_give_what_tract_gives() {
    type Case = (&'static str, &'static str, &'static [usize], &'static [i64], Attributes);
    type Attributes = Vec<(&'static str, Given)>;
    let cases: &[Case] = &[
        ("plain", "Conv", &[2, 3, 7, 5], &[4, 3, 3, 3], vec![]),
        (
            "strided",
            "Conv",
            &[1, 4, 9, 8],
            &[6, 2, 3, 2],
            vec![("strides", Ints(&[2, 3])), ("pads", Ints(&[1, 0, 2, 1])), ("group", Int(2))],
        ),
        ("dilated", "Conv", &[1, 2, 9, 9], &[3, 2, 3, 3], vec![("dilations", Ints(&[2, 1]))]),
        (
            "same",
            "Conv",
            &[1, 2, 8, 7],
            &[3, 2, 3, 4],
            vec![("auto_pad", Text("SAME_UPPER")), ("strides", Ints(&[2, 1]))],
        ),
        ("Winograd", "Conv", &[2, 16, 6, 9], &[24, 16, 3, 3], vec![("pads", Ints(&[1, 1, 1, 1]))]),
        ("of one axis", "Conv", &[2, 4, 11], &[6, 4, 3], vec![("pads", Ints(&[1, 1]))]),
        (
            "transposed",
            "ConvTranspose",
            &[2, 5, 4, 3],
            &[5, 3, 3, 3],
            vec![
                ("strides", Ints(&[2, 2])),
                ("pads", Ints(&[1, 1, 1, 1])),
                ("output_padding", Ints(&[1, 1])),
            ],
        ),
        (
            "transposed in groups",
            "ConvTranspose",
            &[1, 4, 5, 5],
            &[4, 3, 4, 2],
            vec![
                ("group", Int(2)),
                ("strides", Ints(&[3, 2])),
                ("dilations", Ints(&[2, 1])),
                ("pads", Ints(&[1, 0, 2, 1])),
            ],
        ),
        (
            "transposed of one axis",
            "ConvTranspose",
            &[1, 4, 5],
            &[4, 3, 4],
            vec![("strides", Ints(&[2]))],
        ),
    ];
    for (what, op, from, kernel, attributes) in cases {
        let outputs = if *op == "Conv" {
            kernel[0]
        } else {
            let groups = attributes.iter().find_map(|(name, given)| match given {
                Int(groups) if *name == "group" => Some(*groups),
                _ => None,
            });
            kernel[1] * groups.unwrap_or(1)
        };
        let weights = [
            tensor("w", kernel, &numbers(kernel.iter().product::<i64>() as usize, 3)),
            tensor("b", &[outputs], &numbers(outputs as usize, 5)),
        ];
        let node = node(op, &["x", "w", "b"], "y", attributes);
        let counts = lowered(what, graph(vec![node], weights.to_vec()), from);
        let convolutions: usize =
            counts.iter().filter(|(op, _)| op.ends_with("Convolution")).map(|(_, n)| n).sum();
        assert_eq!(convolutions, 1, "{what}: {counts:?}");
    }
}

/// Of version 24, which newer exporters write.
#[wasm_bindgen_test(unsupported = test)]
fn swish_is_the_kernel_of_silu() {
    let graph = || {
        let nodes = vec![node("Swish", &["x"], "y", &[("alpha", Float(1.0))])];
        let mut proto = graph(nodes, vec![]);
        proto.opset_import[0].version = 24;
        proto
    };
    assert_eq!(lowered("Swish", graph(), &[2, 5]).get("Silu"), Some(&1));
    let x = [-3.0_f32, -0.5, 0.0, 0.5, 4.0];
    let (_, found) = run(graph(), &[5], &x).unwrap();
    for (found, x) in found.iter().zip(x) {
        assert!((found - x / (1.0 + (-x).exp())).abs() <= 1e-6, "{found} of {x}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn normalizations_are_one_kernel_however_they_are_spelled() {
    let scale: Vec<f32> = numbers(8, 1);
    let scale = [
        tensor("s", &[8], &scale),
        tensor("t", &[8], &numbers(8, 2)),
        tensor("s4", &[8, 1, 1], &scale),
        tensor("t4", &[8, 1, 1], &numbers(8, 2)),
        tensor("one", &[2], &[1.0; 2]),
        tensor("zero", &[2], &[0.0; 2]),
        tensor("ones", &[8], &[1.0; 8]),
        tensor("zeros", &[8], &[0.0; 8]),
        tensor("epsilon", &[], &[1e-5]),
        integers("grouped", &[0, 2, -1]),
        integers("whole", &[1, 8, 4, 3]),
        integers("last", &[2]),
    ];
    let legacy = vec![
        node("Reshape", &["c", "grouped"], "r", &[]),
        node("InstanceNormalization", &["r", "one", "zero"], "i", &[("epsilon", Float(1e-5))]),
        node("Reshape", &["i", "whole"], "w", &[]),
        node("Mul", &["w", "s4"], "m", &[]),
        node("Add", &["m", "t4"], "n", &[]),
    ];
    let spelled = vec![
        node("Reshape", &["c", "grouped"], "r", &[]),
        node("ReduceMean", &["r", "last"], "mean", &[]),
        node("Sub", &["r", "mean"], "d", &[]),
        node("Mul", &["d", "d"], "q", &[]),
        node("ReduceMean", &["q", "last"], "v", &[]),
        node("Add", &["v", "epsilon"], "e", &[]),
        node("Sqrt", &["e"], "root", &[]),
        node("Div", &["d", "root"], "i", &[]),
        node("Reshape", &["i", "whole"], "w", &[]),
        node("Mul", &["w", "s4"], "m", &[]),
        node("Add", &["m", "t4"], "n", &[]),
    ];
    let groups = [("epsilon", Float(1e-5)), ("num_groups", Int(2))];
    let single = vec![node("GroupNormalization", &["c", "s", "t"], "n", &groups)];
    let instance = vec![node("InstanceNormalization", &["c", "s", "t"], "n", &[])];
    let plain = vec![node("InstanceNormalization", &["c", "ones", "zeros"], "n", &[])];
    let cases = [
        ("legacy", legacy, 18),
        ("spelled", spelled, 18),
        ("21", single, 21),
        ("instance", instance, 18),
        ("without scale and shift", plain, 18),
    ];
    for (what, norm, version) in cases {
        let mut weights = scale.to_vec();
        weights.push(tensor("k", &[8, 2, 3, 3], &numbers(144, 4)));
        weights.push(tensor("l", &[8, 8, 1, 1], &numbers(64, 6)));
        let mut nodes = vec![node("Conv", &["x", "k"], "c", &[])];
        nodes.extend(norm);
        nodes.push(node("Sigmoid", &["n"], "g", &[]));
        nodes.push(node("Mul", &["n", "g"], "a", &[]));
        nodes.push(node("Conv", &["a", "l"], "z", &[]));
        nodes.push(node("Add", &["z", "c"], "y", &[]));
        let mut proto = graph(nodes, weights);
        proto.opset_import[0].version = version;
        let mut counts = lowered(what, proto, &[1, 2, 6, 5]);
        counts.retain(|op, _| !["Const", "Source"].contains(&op.as_str()));
        let expected = [("DirectConvolution", 2), ("GroupNorm", 1), ("Rearrange", 2)];
        let expected: BTreeMap<String, usize> =
            expected.iter().map(|&(op, n)| (op.to_string(), n)).collect();
        assert_eq!(counts, expected, "{what}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn layer_norm_and_products_are_kernels() {
    let weights = vec![
        tensor("s", &[6], &numbers(6, 1)),
        tensor("t", &[6], &numbers(6, 2)),
        tensor("w", &[6, 4], &numbers(24, 3)),
        tensor("b", &[4], &numbers(4, 4)),
    ];
    let nodes = vec![
        node("LayerNormalization", &["x", "s", "t"], "n", &[("axis", Int(-1))]),
        node("MatMul", &["n", "w"], "m", &[]),
        node("Add", &["b", "m"], "l", &[]),
        node("Sigmoid", &["l"], "g", &[]),
        node("Mul", &["g", "l"], "y", &[]),
    ];
    let mut counts = lowered("layer norm", graph(nodes, weights), &[2, 5, 6]);
    counts.retain(|op, _| !["Const", "Source", "Rearrange"].contains(&op.as_str()));
    assert_eq!(
        counts.into_iter().collect::<Vec<_>>(),
        [("LayerNorm".to_string(), 1), ("Linear".to_string(), 1),]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn batch_normalization_becomes_part_of_the_convolution() {
    let weights = || {
        vec![
            tensor("k", &[4, 2, 3, 3], &numbers(72, 1)),
            tensor("kt", &[2, 4, 3, 3], &numbers(72, 1)),
            tensor("s", &[4], &numbers(4, 2)),
            tensor("t", &[4], &numbers(4, 3)),
            tensor("m", &[4], &numbers(4, 4)),
            tensor("v", &[4], &[0.5, 1.0, 1.5, 2.0]),
        ]
    };
    for (op, kernel) in [("Conv", "k"), ("ConvTranspose", "kt")] {
        let nodes = vec![
            node(op, &["x", kernel], "c", &[]),
            node("BatchNormalization", &["c", "s", "t", "m", "v"], "b", &[]),
            node("Relu", &["b"], "y", &[]),
        ];
        let counts = lowered(op, graph(nodes, weights()), &[1, 2, 6, 5]);
        assert!(!counts.contains_key("Mul") && !counts.contains_key("Add"), "{op}: {counts:?}");
        assert_eq!(counts.get("Relu"), Some(&1), "{op}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn repeated_pixels_are_one_kernel_however_they_are_spelled() {
    let weights = || {
        vec![
            tensor("k", &[4, 2, 1, 1], &numbers(8, 1)),
            tensor("ones", &[1, 1, 1, 2, 1, 3], &[1.0; 6]),
            tensor("scales", &[4], &[1.0, 1.0, 2.0, 3.0]),
            integers("apart", &[1, 4, 3, 1, 5, 1]),
            integers("repeated", &[1, 4, 3, 2, 5, 3]),
            integers("whole", &[1, 4, 6, 15]),
        ]
    };
    let asymmetric = [
        ("mode", Text("nearest")),
        ("coordinate_transformation_mode", Text("asymmetric")),
        ("nearest_mode", Text("floor")),
    ];
    let conv = || node("Conv", &["x", "k"], "c", &[]);
    let apart = || node("Reshape", &["c", "apart"], "a", &[]);
    let back = || node("Reshape", &["r", "whole"], "y", &[]);
    let cases = [
        ("floor", vec![conv(), node("Resize", &["c", "", "scales"], "y", &asymmetric)], 1),
        ("round", vec![conv(), node("Resize", &["c", "", "scales"], "y", &[])], 1),
        ("size", vec![conv(), node("Resize", &["c", "", "", "whole"], "y", &asymmetric)], 1),
        ("ones", vec![conv(), apart(), node("Mul", &["a", "ones"], "r", &[]), back()], 1),
        ("expand", vec![conv(), apart(), node("Expand", &["a", "repeated"], "r", &[]), back()], 1),
        (
            "linear",
            vec![conv(), node("Resize", &["c", "", "scales"], "y", &[("mode", Text("linear"))])],
            0,
        ),
    ];
    for (what, nodes, upsamples) in cases {
        let counts = lowered(what, graph(nodes, weights()), &[1, 2, 3, 5]);
        assert_eq!(counts.get("Upsample").copied().unwrap_or(0), upsamples, "{what}: {counts:?}");
        assert_eq!(counts.contains_key("Resize"), what == "linear", "{what}");
    }
}

/// Values with channels innermost and values as the file has them meet in sums, joins and parts.
#[wasm_bindgen_test(unsupported = test)]
fn layouts_mix() {
    let mut nodes = vec![
        // A convolution by the identity: x with its channels innermost.
        node("Conv", &["x", "identity"], "c", &[]),
        node("Add", &["c", "x"], "twice", &[]),
        node("Mul", &["twice", "per_channel"], "m", &[]),
        node("Concat", &["x", "m"], "j", &[("axis", Int(1))]),
        node("Split", &["j", "parts"], "a", &[("axis", Int(1))]),
        node("Reshape", &["b", "flat"], "y", &[]),
    ];
    nodes[4].output.push("b".into());
    let constants = vec![
        tensor("identity", &[3, 3, 1, 1], &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]),
        tensor("per_channel", &[3, 1, 1], &[1.0, 10.0, 100.0]),
        integers("parts", &[4, 2]),
        integers("flat", &[1, -1]),
    ];
    let x: Vec<f32> = (0..18).map(|v| v as f32).collect();
    let (_, found) = run(graph(nodes, constants), &[1, 3, 2, 3], &x).unwrap();
    let expected: Vec<f32> =
        (6..18).map(|v| 2.0 * v as f32 * if v < 12 { 10.0 } else { 100.0 }).collect();
    assert_eq!(found, expected);
}
