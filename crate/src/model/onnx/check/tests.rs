//! The check on files as PyTorch writes them, which pass, and on malformed ones.

use std::collections::HashMap;

use tract_onnx::pb::ModelProto;
use tract_onnx::prelude::Framework;
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::recognize::recognize;
use super::super::{Network, TensorSpec, Values};
use super::{Input, check};

macro_rules! file {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../../../../tests/fixtures/onnx/", $name)).as_slice())
    };
}

const FILES: [(&str, &[u8]); 22] = [
    file!("batch2-decoder-dynamo18.onnx"),
    file!("batch4-decoder-jit17.onnx"),
    file!("batchnorm-decoder-dynamo18.onnx"),
    file!("batchnorm-decoder-jit13.onnx"),
    file!("channels-last-decoder-jit14.onnx"),
    file!("conditional-decoder-jit15.onnx"),
    file!("conv-encoder-jit12.onnx"),
    file!("dit-dynamo22.onnx"),
    file!("external-decoder-dynamo18.onnx"),
    file!("int8-decoder-jit13.onnx"),
    file!("int8-encoder-dynamo20.onnx"),
    file!("mlp-decoder-dynamo18.onnx"),
    file!("mlp-encoder-jit9.onnx"),
    file!("onehot-decoder-dynamo18.onnx"),
    file!("patch-encoder-dynamo20.onnx"),
    file!("patch-encoder-jit17.onnx"),
    file!("pixelshuffle-decoder-dynamo20.onnx"),
    file!("transposed-decoder-dynamo18.onnx"),
    file!("transposed-decoder-jit11.onnx"),
    file!("unet-dynamo18.onnx"),
    file!("unet-jit15.onnx"),
    file!("upsample-decoder-dynamo21.onnx"),
];

fn decode(bytes: &[u8]) -> Result<ModelProto, String> {
    if let Some(what) = recognize(bytes) {
        return Err(what.into());
    }
    let read = tract_onnx::Onnx::default().proto_model_for_read(&mut &*bytes);
    read.map_err(|e| format!("{e:#}"))
}

#[wasm_bindgen_test(unsupported = test)]
fn exported_files_pass() {
    let answers: serde_json::Value =
        serde_json::from_str(include_str!("../../../../../tests/fixtures/onnx/answers.json"))
            .unwrap();
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), FILES.len());
    let dims = |value: &serde_json::Value| -> Vec<usize> {
        value["shape"].as_array().unwrap().iter().map(|d| d.as_u64().unwrap() as usize).collect()
    };
    let mut failures = Vec::new();
    for answer in answers {
        let name = answer["file"].as_str().unwrap();
        if !answer["external"].is_null() {
            continue;
        }
        let (_, bytes) = FILES.iter().find(|(file, _)| *file == name).unwrap();
        let given = answer["inputs"].as_array().unwrap();
        let shapes: Vec<Vec<usize>> = given.iter().map(dims).collect();
        let inputs: Vec<Input<'_>> = given
            .iter()
            .zip(&shapes)
            .map(|(input, shape)| Input {
                name: input["name"].as_str().unwrap(),
                element: if input["kind"] == "f32" { 'f' } else { 'l' },
                shape,
            })
            .collect();
        let outputs = answer["outputs"].as_array().unwrap();
        let names: Vec<&str> = outputs.iter().map(|o| o["name"].as_str().unwrap()).collect();
        let mut model = decode(bytes).unwrap();
        match check(&mut model, &inputs, &names) {
            Err(why) => failures.push(format!("{name} {}", why.problem)),
            Ok(report) => {
                for output in outputs {
                    let found = &report.values[output["name"].as_str().unwrap()];
                    if *found != ('f', dims(output)) {
                        failures.push(format!("{name} {found:?}, expected {output}"));
                    }
                }
                assert!(report.multiply_adds > 100 && report.bytes > 1000, "{name}");
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

macro_rules! malformed {
    ($($name:literal $verdict:literal,)*) => {
        [$((
            $name,
            include_bytes!(concat!("../../../../../tests/fixtures/onnx/malformed/", $name))
                .as_slice(),
            $verdict,
        )),*]
    };
}

#[wasm_bindgen_test(unsupported = test)]
fn malformed_files_are_refused() {
    // What the error names; empty for a file that passes.
    let files: [(&str, &[u8], &str); 91] = malformed! {
        "h19-hang-conv-pads-30000.onnx" "[1, 1, 60000, 60000], which is larger",
        "t01-fuse77-node-without-outputs.onnx" "(Relu): has 0 outputs",
        "t02-graph135-cast-without-inputs.onnx" "(Cast): has 0 inputs",
        "t03-graph137-identity-without-inputs.onnx" "(Identity): has 0 inputs",
        "t04-graph141-constant-without-outputs.onnx" "(Constant): has 0 outputs",
        "t05-fuse88-mul-one-input.onnx" "(Mul): has 1 inputs",
        "t06-fuse89-sigmoid-without-inputs.onnx" "(Sigmoid): has 0 inputs",
        "t07-fuse151-reshape-without-inputs.onnx" "(Reshape): has 0 inputs",
        "t08-fuse152-transpose-without-inputs.onnx" "(Transpose): has 0 inputs",
        "t09-fuse104-div-without-inputs.onnx" "two nodes are called",
        "t10-fuse105-sqrt-without-inputs.onnx" "two nodes are called",
        "t11-fuse107-reducemean-without-inputs.onnx" "two nodes are called",
        "t12-fuse113-sub-one-input.onnx" "two nodes are called",
        "t13-layers309-repeat-by-zero.onnx" "",
        "t14-capacity-overflow-conv-pads-1e9.onnx" "which is larger",
        "t15-panels256-at-decode-dilation-2^31.onnx" "dilations = ",
        "t16-capacity-overflow-at-decode-split-wraps-32-bit.onnx" "cannot be split into 2 outputs",
        "t17-2GB-12s-reshape-wraps-32-bit.onnx" "cannot be reshaped",
        "t18-elementwise71-at-decode-reshape-wraps-32-bit.onnx" "cannot be reshaped",
        "w20-wrong-cast-to-bool-gives-0-not-1.onnx" "",
        "more/00-good.onnx" "",
        "more/01-node-without-outputs.onnx" "(Relu): has 0 outputs",
        "more/02-cast-without-inputs.onnx" "(Cast): has 0 inputs",
        "more/03-identity-without-inputs.onnx" "(Identity): has 0 inputs",
        "more/04-constant-without-outputs.onnx" "(Constant): has 0 outputs",
        "more/05-mul-one-input.onnx" "(Mul): has 1 inputs, it takes 2",
        "more/05b-mul-one-input-no-sigmoid.onnx" "(Mul): has 1 inputs",
        "more/06-broadcast-1-1-1-0-1-1.onnx" "",
        "more/06b-broadcast-1-1-1-1-1-0.onnx" "",
        "more/07-sigmoid-without-inputs-in-silu.onnx" "(Sigmoid): has 0 inputs",
        "more/08-reshape-without-inputs.onnx" "(Reshape): has 0 inputs",
        "more/09-split-without-outputs.onnx" "(Split): has 0 outputs",
        "more/10-gemm-one-input.onnx" "(Gemm): has 1 inputs, it takes 2 to 3",
        "more/11-reshape-overflow-32-bit.onnx" "cannot be reshaped to [65536, 65536, 1, 1]",
        "more/12-initializer-65536x65536-without-data.onnx" "[65536, 65536], which is larger",
        "more/13-initializer-2^34-without-data.onnx" "which is larger",
        "more/14-conv-pads-1e9.onnx" "[1, 1, 2000000000, 2000000000]",
        "more/15-conv-pads-2^31.onnx" "pads = [2147483648",
        "more/16-conv-pads-30000.onnx" "which is larger",
        "more/17-conv-dilation-2^31.onnx" "dilations = ",
        "more/18-conv-stride-2^31.onnx" "strides = ",
        "more/19-conv-negative-pads.onnx" "pads = [-1",
        "more/20-conv-group-0.onnx" "in 0 groups",
        "more/21-conv-kernel-shape-wrong.onnx" "kernel_shape = [5, 5]",
        "more/22-conv-same-upper-stride0.onnx" "strides = [0, 0]",
        "more/23-conv-dilation-2^31+same.onnx" "dilations = ",
        "more/24-conv-no-outputs.onnx" "0 filters",
        "more/25-conv-no-inputs-channels.onnx" "[1, 0, 3, 3]",
        "more/26-gather-out-of-range.onnx" "",
        "more/27-gather-out-of-range-used.onnx" "index 99 is out of range",
        "more/28-gather-negative-out-of-range.onnx" "index -99 is out of range",
        "more/29-slice-lengths-differ.onnx" "(Slice): ",
        "more/30-squeeze-of-length-4.onnx" "does not have length 1",
        "more/31-unsqueeze-axis-twice.onnx" "axis 1 is named twice",
        "more/32-unsqueeze-200-axes.onnx" "202 axes",
        "more/33-reduce-axis-twice.onnx" "axis 1 is named twice",
        "more/34-split-lengths-overflow.onnx" "cannot be split into 2 outputs",
        "more/35-split-fewer-lengths-than-outputs.onnx" "cannot be split into 2 outputs of [4]",
        "more/36-concat-without-inputs.onnx" "(Concat): has 0 inputs, it takes at least 1",
        "more/37-transpose-perm-twice.onnx" "perm = [0, 0]",
        "more/38-unknown-value.onnx" "which nothing makes",
        "more/39-cycle.onnx" "a circle",
        "more/40-name-made-twice.onnx" "makes \"h\" again",
        "more/41-name-made-twice-neg.onnx" "makes \"h\" again",
        "more/42-cast-to-bool-and-back.onnx" "",
        "more/43-cast-to-int32-and-back.onnx" "",
        "more/44-cast-to-f16-and-back.onnx" "",
        "more/45-leakyrelu-alpha-as-int.onnx" "attribute \"alpha\" has the wrong type",
        "more/46-gemm-alpha-nan.onnx" "",
        "more/47-weights-nan.onnx" "not numbers",
        "more/48-weights-inf.onnx" "",
        "more/49-matmul-vectors.onnx" "",
        "more/50-softmax-axis-5.onnx" "axis 5 is out of range",
        "more/51-flatten-axis.onnx" "axis -9 is out of range",
        "more/52-pow-int-exponent.onnx" "",
        "more/53-max-three-inputs.onnx" "",
        "more/54-clip-no-bounds.onnx" "",
        "more/55-second-output.onnx" "",
        "more/56-unused-initializer.onnx" "",
        "more/57-no-outputs.onnx" "",
        "more/58-no-inputs.onnx" "takes \"z\", which nothing makes",
        "more/60-nested-20.onnx" "no value \"logits\"",
        "more/61-empty.onnx" "is empty",
        "more/62-zeros.onnx" "holds only zeros",
        "more/63-html.onnx" "web page",
        "more/64-raw-data-3-bytes-too-long.onnx" "the file has 35",
        "more/65-raw-data-1-byte-short.onnx" "the file has 31",
        "more/66-negative-dims.onnx" "negative length",
        "more/67-rank-30.onnx" "",
        "more/68-integer-division-by-zero.onnx" "divides integers by 0",
        "more/69-z-unused-constant-image.onnx" "all that it takes is constant",
    };
    // What onnxruntime gives for those that it takes: answers.py.
    let answers: HashMap<String, Vec<String>> = serde_json::from_str(include_str!(
        "../../../../../tests/fixtures/onnx/malformed/answers.json"
    ))
    .unwrap();
    let mut failures = Vec::new();
    let mut compared = 0;
    for (name, bytes, expected) in files {
        if expected.is_empty() {
            // Whatever passes may still be refused when it is loaded or run, but gives no other
            // image.
            let inputs = [TensorSpec::f32("z", &[1, 2])];
            let found = Network::load(name, bytes, None, &inputs, &["logits"])
                .and_then(|network| network.run(&[Values::F32(&[0.3, -0.7])]));
            if let (Ok(found), Some(answer)) = (found, answers.get(name)) {
                compared += 1;
                let answer: Vec<f32> = answer.iter().map(|v| v.parse().unwrap()).collect();
                // Half precision is read as single, which is nearer to what was meant.
                let same = |(a, b): (&f32, &f32)| (a - b).abs() <= 1e-3 || a.is_nan() && b.is_nan();
                if found[0].len() != answer.len() || !found[0].iter().zip(&answer).all(same) {
                    failures.push(format!("{name} gives {:?}, not {answer:?}", found[0]));
                }
            }
        }
        let verdict = decode(bytes).and_then(|mut model| {
            let z = Input { name: "z", element: 'f', shape: &[1, 2] };
            check(&mut model, &[z], &["logits"]).map_err(|error| error.problem)
        });
        let is_right = match &verdict {
            Ok(_) => expected.is_empty(),
            Err(why) => !expected.is_empty() && why.contains(expected),
        };
        if !is_right {
            failures.push(format!("{name}: {:?}, expected {expected:?}", verdict.map(|_| ())));
        }
    }
    assert_eq!(compared, 17, "files that both run");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
