//! Mutated files beside onnxruntime: tests/mutations has the mutations, the stored answers and the
//! whole run.

#[path = "../../../../../tests/mutations/mutate.rs"]
mod mutate;

use prost::Message;
use tract_onnx::pb::ModelProto;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fuzzing::CASES;

const FILES: [&[u8]; 4] = [
    include_bytes!("../../../../../tests/fixtures/onnx/transposed-decoder-jit11.onnx"),
    include_bytes!("../../../../../tests/fixtures/onnx/upsample-decoder-dynamo21.onnx"),
    include_bytes!("../../../../../tests/fixtures/onnx/patch-encoder-dynamo20.onnx"),
    include_bytes!("../../../../../tests/fixtures/onnx/unet-jit15.onnx"),
];

/// onnxruntime's answer for each mutation: a projection of its outputs, NaN where it refuses the
/// file, infinity where an output is not finite.
const ANSWERS: &[u8] = include_bytes!("../../../../../tests/mutations/answers.f32");

/// What the two say of the files.
#[derive(Debug, Default)]
struct Counts {
    files: usize,
    both_take: usize,
    refused_here: usize,
    refused_there: usize,
}

#[wasm_bindgen_test(unsupported = test)]
fn a_mutated_file_is_refused_or_gives_what_onnxruntime_gives() {
    let answers: Vec<f32> =
        ANSWERS.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
    let each = answers.len() / CASES.len();
    assert_eq!(each, 2500);
    let mut counts = Counts::default();
    let mut differences = Vec::new();
    for ((case, file), answers) in CASES.iter().zip(FILES).zip(answers.chunks_exact(each)) {
        let model = ModelProto::decode(file).unwrap();
        for (seed, &answer) in answers.iter().enumerate() {
            counts.files += 1;
            let bytes = mutate::mutate(&model, seed as u64);
            match case.run(&bytes) {
                Ok(values) if values.iter().any(|value| !value.is_finite()) => {}
                Ok(_) if answer.is_nan() => counts.refused_there += 1,
                Ok(_) if answer.is_infinite() => {
                    differences.push(format!("{} {seed}: finite here alone", case.file));
                }
                Ok(values) => {
                    counts.both_take += 1;
                    let (found, scale) = projection(&values);
                    if (found - f64::from(answer)).abs() > 1e-3 * scale {
                        differences.push(format!("{} {seed}: {found}, not {answer}", case.file));
                    }
                }
                Err(error) => {
                    // In WebAssembly a panic of tract would have ended the instance.
                    if error.with_causes().contains("tract stopped") {
                        differences.push(format!("{} {seed}: {}", case.file, error.with_causes()));
                    }
                    counts.refused_here += usize::from(answer.is_finite());
                }
            }
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(counts.refused_here * 100 <= counts.files, "{counts:?}");
    assert!(counts.refused_there * 100 <= counts.files, "{counts:?}");
    // The mutations do not only make files that anybody refuses.
    assert!(counts.both_take * 20 > counts.files, "{counts:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn unsupported_operators_on_constants_are_refused() {
    // Convolutions, transposed convolutions and products whose inputs are all weights.
    for (case, seed) in
        [(0, 22), (0, 709), (1, 2460), (1, 15742), (2, 14901), (3, 14901), (3, 17418)]
    {
        let model = ModelProto::decode(FILES[case]).unwrap();
        let error = CASES[case].run(&mutate::mutate(&model, seed)).unwrap_err();
        assert!(error.with_causes().contains("constant"), "{case} {seed}: {error}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn nodes_that_onnxruntime_refuses_are_refused() {
    for (case, seed, why) in [
        // in parts of the graph that no output needs
        (1, 8661, "has neither scales nor sizes"),
        (2, 10327, "this domain has no operator of that name"),
        (2, 16684, "input 1 is float64, which this operator does not take"),
        // inputs and outputs without a name, of which there may be any number
        (1, 18509, "output 2 has no name"),
        (2, 21117, "input 3 has no name"),
        (3, 3221, "input 2 has no name"),
        (1, 13889, "has both num_outputs and lengths"),
    ] {
        let model = ModelProto::decode(FILES[case]).unwrap();
        let error = CASES[case].run(&mutate::mutate(&model, seed)).unwrap_err();
        assert!(error.with_causes().contains(why), "{case} {seed}: {error}");
    }
}

/// One number for all values, and its scale; tests/mutations/reference.py has the same.
fn projection(values: &[f32]) -> (f64, f64) {
    let weights = (0..values.len()).map(|at| ((37 * at) % 101) as f64 / 50.0 - 1.0);
    values.iter().zip(weights).fold((0.0, 1.0), |(sum, scale), (&value, weight)| {
        let term = f64::from(value) * weight;
        (sum + term, scale + term.abs())
    })
}
