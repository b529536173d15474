//! What PyTorch exports, beside onnxruntime: tests/fixtures/onnx/make.py writes the files.

use wasm_bindgen_test::wasm_bindgen_test;

use super::super::{Datum, Network, TensorSpec, Values};

macro_rules! exported {
    ($($name:literal),*) => {
        [$((
            $name,
            include_bytes!(concat!("../../../../../tests/fixtures/onnx/", $name)).as_slice()
        )),*]
    };
}

const EXPORTS: [(&str, &[u8]); 22] = exported![
    "batch2-decoder-dynamo18.onnx",
    "batch4-decoder-jit17.onnx",
    "batchnorm-decoder-dynamo18.onnx",
    "batchnorm-decoder-jit13.onnx",
    "channels-last-decoder-jit14.onnx",
    "conditional-decoder-jit15.onnx",
    "conv-encoder-jit12.onnx",
    "dit-dynamo22.onnx",
    "external-decoder-dynamo18.onnx",
    "int8-decoder-jit13.onnx",
    "int8-encoder-dynamo20.onnx",
    "mlp-decoder-dynamo18.onnx",
    "mlp-encoder-jit9.onnx",
    "onehot-decoder-dynamo18.onnx",
    "patch-encoder-dynamo20.onnx",
    "patch-encoder-jit17.onnx",
    "pixelshuffle-decoder-dynamo20.onnx",
    "transposed-decoder-dynamo18.onnx",
    "transposed-decoder-jit11.onnx",
    "unet-dynamo18.onnx",
    "unet-jit15.onnx",
    "upsample-decoder-dynamo21.onnx"
];
const EXTERNAL: &[u8] =
    include_bytes!("../../../../../tests/fixtures/onnx/external-decoder-dynamo18.onnx.data");

#[wasm_bindgen_test(unsupported = test)]
fn exports_of_both_exporters_give_what_onnxruntime_gives() {
    let answers: serde_json::Value =
        serde_json::from_str(include_str!("../../../../../tests/fixtures/onnx/answers.json"))
            .unwrap();
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), EXPORTS.len());
    for answer in answers {
        let name = answer["file"].as_str().unwrap();
        let (_, bytes) = EXPORTS.iter().find(|(file, _)| *file == name).unwrap();
        let external = answer["external"].as_str().map(|_| EXTERNAL);
        let (mut inputs, mut reals, mut integers) = (vec![], vec![], vec![]);
        for (seed, input) in answer["inputs"].as_array().unwrap().iter().enumerate() {
            let shape = lengths(&input["shape"]);
            let count: usize = shape.iter().product();
            let name = input["name"].as_str().unwrap();
            // As make.py does.
            let real = |at: usize| ((37 * at + 11 * seed) % 101) as f32 / 50.0 - 1.0;
            let integer = |at: usize| {
                (7 * at + 5 * seed) as u64 % input["largest"].as_u64().map_or(1, |most| most + 1)
            };
            reals.push((0..count).map(real).collect::<Vec<f32>>());
            integers.push((0..count).map(|at| integer(at) as i64).collect::<Vec<i64>>());
            inputs.push(match input["kind"].as_str() {
                Some("f32") => TensorSpec::f32(name, &shape),
                _ => TensorSpec::i64(name, &shape),
            });
        }
        let values: Vec<Values<'_>> = (inputs.iter().zip(&reals).zip(&integers))
            .map(|((spec, reals), integers)| match spec.datum {
                Datum::F32 => Values::F32(reals),
                Datum::I64 => Values::I64(integers),
            })
            .collect();
        let expected = answer["outputs"].as_array().unwrap();
        let names: Vec<&str> = expected.iter().map(|o| o["name"].as_str().unwrap()).collect();
        let network = Network::load(name, bytes, external, &inputs, &names).unwrap();
        let found = network.run(&values).unwrap();
        for ((expected, found), spec) in expected.iter().zip(&found).zip(network.outputs()) {
            assert_eq!(spec.shape, lengths(&expected["shape"]), "{name}");
            let (rms, step) =
                (expected["rms"].as_f64().unwrap(), expected["step"].as_u64().unwrap());
            let found: Vec<f64> = found.iter().copied().map(f64::from).collect();
            let of_square = found.iter().map(|v| v * v).sum::<f64>() / found.len() as f64;
            assert!((of_square.sqrt() - rms).abs() <= 1e-5 * rms, "{name}: {of_square}");
            for (at, value) in expected["values"].as_array().unwrap().iter().enumerate() {
                let (found, value) = (found[at * step as usize], value.as_f64().unwrap());
                assert!((found - value).abs() <= 1e-4 * rms, "{name}: {found}, not {value}");
            }
        }
    }
}

fn lengths(value: &serde_json::Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|d| d.as_u64().unwrap() as usize).collect()
}
