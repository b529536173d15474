//! Several states at once: the same bits as each alone.

use tract_core::transform::ModelTransform;
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::lower::Kernels;
use super::super::operator::of_states;
use super::super::states::with_states;
use super::super::{Datum, Network, TensorSpec, Values, profile};
use super::{FILES, contract, graph, node, numbers, tensor};
use tract_core::internal::*;

/// The values of one input in state `state`.
fn given(spec: &TensorSpec, state: usize) -> (Vec<f32>, Vec<i64>) {
    let length: usize = spec.shape.iter().product();
    let integers = (0..length).map(|at| ((state + at) % 10) as i64).collect();
    (numbers(length, state + spec.name.len()), integers)
}

/// The results of these states in one run, state by state.
fn run(network: &Network, inputs: &[TensorSpec], states: &[usize]) -> Vec<Vec<Vec<u32>>> {
    let all: Vec<(Vec<f32>, Vec<i64>)> = inputs
        .iter()
        .map(|spec| {
            let each: Vec<_> = states.iter().map(|&state| given(spec, state)).collect();
            let reals = each.iter().flat_map(|(reals, _)| reals).copied().collect();
            (reals, each.iter().flat_map(|(_, integers)| integers).copied().collect())
        })
        .collect();
    let values: Vec<Values<'_>> = inputs
        .iter()
        .zip(&all)
        .map(|(spec, (reals, integers))| match spec.datum {
            Datum::F32 => Values::F32(reals),
            Datum::I64 => Values::I64(integers),
        })
        .collect();
    let outputs = network.run(&values).unwrap();
    let own = |at: usize| {
        let of_state = |values: &Vec<f32>| {
            let each = values.len() / states.len();
            values[at * each..][..each].iter().map(|value| value.to_bits()).collect()
        };
        outputs.iter().map(of_state).collect()
    };
    (0..states.len()).map(own).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn the_shipped_files_give_every_state_the_same_bits_in_any_company() {
    for (name, bytes) in FILES {
        let (inputs, outputs) = contract(name, bytes);
        let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
        let network = Network::load(name, bytes, None, &inputs, &outputs).unwrap();
        assert_eq!(network.states_at_once(), 8, "{name}");
        let alone: Vec<_> = (0..8).flat_map(|state| run(&network, &inputs, &[state])).collect();
        assert_ne!(alone[0], alone[1], "{name}");
        let companies: [&[usize]; 5] =
            [&[1, 0], &[2, 5, 7], &[7, 3, 1, 6], &[0, 1, 2, 3, 4, 5, 6, 7], &[4, 4, 4, 2, 4]];
        for states in companies {
            let together = run(&network, &inputs, states);
            for (found, &state) in together.iter().zip(states) {
                assert!(*found == alone[state], "{name}: {state} in {states:?}");
            }
        }
    }
}

/// Asserts that a lowered model gives each of three states what it gives it alone.
pub(super) fn assert_states_agree(what: &str, lowered: &TypedModel, inputs: &[TensorSpec]) {
    let plan = with_states(lowered).unwrap().into_runnable().unwrap();
    let run = |states: &[usize]| -> Vec<(usize, Vec<u8>)> {
        let tensors = inputs.iter().enumerate().map(|(at, spec)| {
            let each = spec.shape.iter().product();
            let values: Vec<f32> =
                states.iter().flat_map(|&state| numbers(each, state)).map(f32::abs).collect();
            let tensor = Tensor::from_shape(&of_states(states.len(), &spec.shape), &values);
            let taken = plan.model().input_fact(at).unwrap().datum_type;
            tensor.unwrap().cast_to_dt(taken).unwrap().into_owned().into_tvalue()
        });
        let results = plan.run(tensors.collect()).unwrap();
        let bytes = |value: &TValue| {
            let view = value.try_as_plain_ram().unwrap();
            (value.len(), view.as_bytes().to_vec())
        };
        results.iter().map(bytes).collect()
    };
    let alone: Vec<_> = (0..3).map(|state| run(&[state])).collect();
    for (at, (elements, together)) in run(&[0, 1, 2]).into_iter().enumerate() {
        if elements == alone[0][at].0 {
            // It depends on no input.
            assert!(together == alone[0][at].1, "{what}");
            continue;
        }
        let expected: Vec<u8> = alone.iter().flat_map(|results| &results[at].1).copied().collect();
        assert!(together == expected, "{what}: states depend on their company");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn each_state_keeps_its_own_scale_and_shift() {
    // A normalization whose scale and shift are computed, for a batch of two images in each state.
    let nodes = vec![
        node("ReduceMean", &["x"], "m", &[("axes", super::Ints(&[1, 2, 3]))]),
        node("InstanceNormalization", &["x", "ones", "zeros"], "n", &[]),
        node("Add", &["n", "m"], "s", &[]),
        node("Concat", &["s", "c"], "t", &[("axis", super::Int(0))]),
        node("Mul", &["t", "t"], "y", &[]),
    ];
    let weights = vec![
        tensor("ones", &[4], &[1.0; 4]),
        tensor("zeros", &[4], &[0.0; 4]),
        tensor("c", &[1, 4, 3, 3], &numbers(36, 5)),
    ];
    let mut proto = graph(nodes, weights);
    proto.opset_import[0].version = 13;
    let inputs = [TensorSpec::f32("x", &[2, 4, 3, 3])];
    let mut model = super::typed(proto, &inputs, &["y"]);
    Kernels.transform(&mut model).unwrap();
    assert_states_agree("normalization", &model, &inputs);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_wrong_number_of_states_is_refused() {
    let nodes = vec![node("Add", &["x", "one"], "y", &[])];
    let proto = graph(nodes, vec![tensor("one", &[], &[1.0])]);
    let inputs = [TensorSpec::f32("x", &[1, 3])];
    let network = Network::from_proto("test.onnx", proto, None, &inputs, &["y"]).unwrap();
    for length in [0, 2, 4] {
        let error = network.run(&[Values::F32(&vec![0.0; length])]).unwrap_err();
        assert!(error.with_causes().contains("[1, 3]"), "{error}");
    }
    assert_eq!(network.run(&[Values::F32(&[1.0; 6])]).unwrap(), [vec![2.0; 6]]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_profile_counts_all_operators_of_a_file() {
    let (name, bytes) = FILES[9];
    let mut now = 0.0;
    let mut clock = || {
        now += 1.0;
        now
    };
    let single = profile(name, bytes, 1, 2, &mut clock).unwrap();
    let four = profile(name, bytes, 4, 1, &mut clock).unwrap();
    // A clock that goes on by one at each look: one in each operator.
    let (between, operators) = single.split_last().unwrap();
    let count: usize = operators.iter().map(|entry| entry.count).sum();
    assert_eq!(between.operator, "(between operators)");
    assert_eq!(operators.iter().map(|entry| entry.time).sum::<f64>(), count as f64);
    assert_eq!(between.time, count as f64 + 1.0);
    let winograd = |entries: &[super::super::OperatorTime]| -> (u64, u64) {
        let own = entries.iter().filter(|entry| entry.operator == "WinogradConvolution");
        own.map(|entry| (entry.multiply_adds, entry.bytes))
            .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    };
    // Four of 14 x 14 with 32 channels, four of 7 x 7 with 64, one to 128.
    let products = 9 * (4 * 196 * 32 * 32 + 4 * 49 * 64 * 64 + 49 * 64 * 128);
    assert_eq!(winograd(&single).0, products);
    assert_eq!(winograd(&four).0, 4 * products);
    assert!(winograd(&four).1 < 2 * winograd(&single).1, "weights are read once");
    assert!(profile(name, bytes, 0, 1, || 0.0).is_err());
}
