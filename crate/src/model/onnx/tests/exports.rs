//! What PyTorch exports, beside onnxruntime: tests/fixtures/onnx/make.py writes the files.

use std::io::Read;

use flate2::read::GzDecoder;
use prost::Message;
use tract_onnx::pb::ModelProto;
use tract_onnx::pb::tensor_proto::DataType;
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
        compare(answer, bytes, answer["external"].as_str().map(|_| EXTERNAL));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn exports_of_our_own_networks_give_what_onnxruntime_gives() {
    let mut files = Vec::new();
    let packed: &[u8] = include_bytes!("../../../../../tests/fixtures/onnx/own.gz");
    GzDecoder::new(packed).read_to_end(&mut files).unwrap();
    let answers: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../../../../tests/fixtures/onnx/own.json")).unwrap();
    assert_eq!(answers.len(), 10);
    let mut rest = &files[..];
    for answer in &answers {
        let (file, after) = rest.split_at(answer["length"].as_u64().unwrap() as usize);
        compare(answer, &weighted(file), None);
        rest = after;
    }
    assert!(rest.is_empty());
}

/// The file with the weights that it lacks: of their place in it and the shape, as make.py does.
fn weighted(file: &[u8]) -> Vec<u8> {
    let mut model = ModelProto::decode(file).unwrap();
    let mut places = 0_u32..;
    for tensor in &mut model.graph.as_mut().unwrap().initializer {
        let count = tensor.dims.iter().product::<i64>() as usize;
        if tensor.data_type == DataType::Float as i32
            && count > 0
            && tensor.raw_data.is_empty()
            && tensor.float_data.is_empty()
        {
            let from = tensor.dims[1..].iter().product::<i64>() as f32;
            let mut scale = 1.0_f32;
            while scale * scale * from > 2.0 {
                scale /= 2.0;
            }
            let hash = |at: u32| (at.wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0;
            let values = places.by_ref().take(count);
            tensor.raw_data = values.flat_map(|at| (scale * hash(at)).to_le_bytes()).collect();
        }
    }
    model.encode_to_vec()
}

/// Runs a file on the inputs of an answer, and compares.
fn compare(answer: &serde_json::Value, bytes: &[u8], external: Option<&[u8]>) {
    let file = answer["file"].as_str().unwrap();
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
    let network = Network::load(file, bytes, external, &inputs, &names).unwrap();
    let found = network.run(&values).unwrap();
    for ((expected, found), spec) in expected.iter().zip(&found).zip(network.outputs()) {
        assert_eq!(spec.shape, lengths(&expected["shape"]), "{file}");
        let (rms, step) = (expected["rms"].as_f64().unwrap(), expected["step"].as_u64().unwrap());
        let found: Vec<f64> = found.iter().copied().map(f64::from).collect();
        let of_square = found.iter().map(|v| v * v).sum::<f64>() / found.len() as f64;
        assert!((of_square.sqrt() - rms).abs() <= 1e-5 * rms, "{file}: {of_square}");
        for (at, value) in expected["values"].as_array().unwrap().iter().enumerate() {
            let (found, value) = (found[at * step as usize], value.as_f64().unwrap());
            assert!((found - value).abs() <= 1e-4 * rms, "{file}: {found}, not {value}");
        }
    }
}

fn lengths(value: &serde_json::Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|d| d.as_u64().unwrap() as usize).collect()
}
