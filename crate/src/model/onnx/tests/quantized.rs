//! Weights in 8 bits beside the same network with weights of the values for which they stand.

use tract_core::transform::ModelTransform;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{ModelProto, NodeProto, TensorProto};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::lower::Kernels;
use super::super::{TensorSpec, inspect};
use super::{Int, Ints, count, graph, node, numbers, run, tensor, typed};
use prost::Message;

const IMAGE: [usize; 4] = [1, 2, 6, 6];

/// Bytes that use the whole range.
fn levels(count: usize, salt: usize) -> Vec<u8> {
    (0..count).map(|at| (at * 73 + salt * 29) as u8).collect()
}

fn stored(name: &str, kind: DataType, dims: &[i64], raw_data: Vec<u8>) -> TensorProto {
    let (name, dims) = (name.into(), dims.into());
    TensorProto { name, dims, data_type: kind as i32, raw_data, ..Default::default() }
}

/// A convolution, a transposed one and a matrix product on weights of these names.
fn network(mut nodes: Vec<NodeProto>, weights: Vec<TensorProto>) -> ModelProto {
    nodes.extend([
        node("Conv", &["x", "kernel", "bias"], "a", &[("pads", Ints(&[1, 1, 1, 1]))]),
        node("Relu", &["a"], "b", &[]),
        node("ConvTranspose", &["b", "back"], "c", &[]),
        node("Flatten", &["c"], "d", &[]),
        node("Gemm", &["d", "matrix"], "y", &[("transB", Int(1))]),
    ]);
    let mut weights = weights;
    weights.push(tensor("bias", &[3], &[0.5, -0.25, 0.125]));
    graph(nodes, weights)
}

/// Signed levels with a scale for each output channel, unsigned ones with zero points along
/// another axis, and a matrix with one scale.
fn in_8_bits() -> ModelProto {
    let axis = |axis| [("axis", Int(axis))];
    let nodes = vec![
        node("DequantizeLinear", &["k8", "ks"], "kernel", &axis(0)),
        node("DequantizeLinear", &["b8", "bs", "bz"], "back", &axis(-3)),
        node("DequantizeLinear", &["m8", "ms", "mz"], "matrix", &[]),
    ];
    let weights = vec![
        stored("k8", DataType::Int8, &[3, 2, 3, 3], levels(54, 1)),
        tensor("ks", &[3], &[0.003, 0.005, 0.007]),
        stored("b8", DataType::Uint8, &[3, 2, 2, 2], levels(24, 2)),
        tensor("bs", &[2], &[0.011, 0.013]),
        stored("bz", DataType::Uint8, &[2], vec![120, 133]),
        stored("m8", DataType::Int8, &[4, 98], levels(392, 3)),
        tensor("ms", &[], &[0.0021]),
        stored("mz", DataType::Int8, &[], vec![0xfb]),
    ];
    network(nodes, weights)
}

/// The same by hand.
fn in_32_bits() -> ModelProto {
    let signed = |level: u8| f32::from(level as i8);
    let kernel: Vec<f32> = levels(54, 1)
        .into_iter()
        .enumerate()
        .map(|(at, level)| signed(level) * [0.003, 0.005, 0.007][at / 18])
        .collect();
    let back: Vec<f32> = levels(24, 2)
        .into_iter()
        .enumerate()
        .map(|(at, level)| {
            let channel = at / 4 % 2;
            (f32::from(level) - [120.0, 133.0][channel]) * [0.011, 0.013][channel]
        })
        .collect();
    let matrix: Vec<f32> =
        levels(392, 3).into_iter().map(|level| (signed(level) + 5.0) * 0.0021).collect();
    let weights = vec![
        tensor("kernel", &[3, 2, 3, 3], &kernel),
        tensor("back", &[3, 2, 2, 2], &back),
        tensor("matrix", &[4, 98], &matrix),
    ];
    network(vec![], weights)
}

#[wasm_bindgen_test(unsupported = test)]
fn weights_in_8_bits_give_the_bits_of_the_numbers_they_stand_for() {
    let x = numbers(72, 5);
    let (shape, found) = run(in_8_bits(), &IMAGE, &x).unwrap();
    let (_, expected) = run(in_32_bits(), &IMAGE, &x).unwrap();
    assert_eq!(shape, [1, 4]);
    assert!(expected.iter().all(|v| v.abs() > 1e-3), "{expected:?}");
    assert_eq!(found, expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn weights_in_8_bits_run_on_the_same_kernels() {
    let counts = [in_8_bits(), in_32_bits()].map(|proto| {
        let mut model = typed(proto, &[TensorSpec::f32("x", &IMAGE)], &["y"]);
        Kernels.transform(&mut model).unwrap();
        count(&model)
    });
    assert_eq!(counts[0], counts[1]);
}

#[wasm_bindgen_test(unsupported = test)]
fn scales_do_not_count_as_parameters() {
    let parameters = |proto: ModelProto| inspect(&proto.encode_to_vec(), None).unwrap().parameters;
    assert_eq!(parameters(in_8_bits()), 54 + 24 + 392 + 3);
    assert_eq!(parameters(in_32_bits()), 54 + 24 + 392 + 3);
}

#[wasm_bindgen_test(unsupported = test)]
fn quantized_activations_are_refused() {
    // Quantized activations: the values to widen are made by the network.
    let nodes = vec![
        node("QuantizeLinear", &["x", "s", "z"], "q", &[]),
        node("DequantizeLinear", &["q", "s", "z"], "y", &[]),
    ];
    let weights = vec![tensor("s", &[], &[0.25]), stored("z", DataType::Int8, &[], vec![0])];
    let error = run(graph(nodes, weights), &[1, 4], &[0.3, -0.3, 0.5, 9.0]).unwrap_err();
    assert!(error.with_causes().contains("there is no deterministic kernel"), "{error}");
}
