//! The shipped files.

use tract_core::transform::ModelTransform;
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::file;
use super::super::lower::Kernels;
use super::{FILES, assert_close, contract, count, outputs_of, typed};

#[wasm_bindgen_test(unsupported = test)]
fn the_shipped_files_run_on_the_kernels() {
    // Winograd and direct convolutions, group norms, separate SiLUs and sigmoids, moves of values.
    let kernels = ["WinogradConvolution", "DirectConvolution", "GroupNorm", "Silu", "Sigmoid"];
    let expected = [
        ("mnist-ddpm.onnx", [17, 13, 20, 1, 0]),
        ("mnist-hvae-8bit-decoder.onnx", [24, 23, 0, 17, 0]),
        ("mnist-hvae-8bit-encoder.onnx", [10, 5, 0, 4, 0]),
        ("mnist-hvae-decoder.onnx", [26, 27, 0, 19, 0]),
        ("mnist-hvae-encoder.onnx", [10, 5, 0, 4, 0]),
        ("mnist-vae-2d-decoder.onnx", [9, 2, 0, 4, 0]),
        ("mnist-vae-2d-encoder.onnx", [6, 3, 0, 3, 0]),
        ("mnist-vae-8bit-decoder.onnx", [10, 1, 0, 4, 0]),
        ("mnist-vae-8bit-encoder.onnx", [6, 3, 0, 3, 0]),
        ("mnist-vae-decoder.onnx", [9, 2, 0, 4, 0]),
        ("mnist-vae-encoder.onnx", [6, 3, 0, 3, 0]),
    ];
    // Besides constants and inputs, all that tract runs: it copies values.
    let copies = ["Concat", "Const", "Gather", "Slice", "Source"];
    let own = [
        "Add",
        "Cos",
        "Div",
        "Exp",
        "Linear",
        "MatMul",
        "Max",
        "Min",
        "Mul",
        "Rearrange",
        "Sin",
        "Softmax",
        "Sub",
        "Sum",
        "Tanh",
        "Upsample",
        "Neg",
        "Sqrt",
        "Recip",
        "Relu",
        "LeakyRelu",
    ];
    let mut found = Vec::new();
    for (name, bytes) in FILES {
        let (inputs, outputs) = contract(name, bytes);
        let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
        let mut model = typed(file::read(bytes).unwrap(), &inputs, &outputs);
        Kernels.transform(&mut model).unwrap();
        let counts = count(&model);
        for op in counts.keys() {
            let known = [kernels.as_slice(), &copies, &own].concat();
            assert!(known.contains(&op.as_str()), "{name} runs {op}");
        }
        found.push((name, kernels.map(|op| counts.get(op).copied().unwrap_or(0))));
    }
    assert_eq!(found, expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_kernels_give_what_tract_gives() {
    for (name, bytes) in FILES {
        let (inputs, outputs) = contract(name, bytes);
        let outputs: Vec<&str> = outputs.iter().map(String::as_str).collect();
        let reference = typed(file::read(bytes).unwrap(), &inputs, &outputs);
        let mut lowered = reference.clone();
        Kernels.transform(&mut lowered).unwrap();
        let expected = outputs_of(reference, &inputs);
        for (found, expected) in outputs_of(lowered, &inputs).iter().zip(&expected) {
            // Winograd's method rounds otherwise, one layer after the other.
            assert_close(name, found, expected, 1e-3);
        }
    }
}
