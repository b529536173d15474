//! The models that tests/fixtures/tiny_models.py writes.

pub const MANIFEST: &str = include_str!("../fixtures/tiny/manifest.json");

pub fn file(path: &str) -> &'static [u8] {
    match path {
        "hvae-encoder.onnx" => include_bytes!("../fixtures/tiny/hvae-encoder.onnx"),
        "hvae-decoder.onnx" => include_bytes!("../fixtures/tiny/hvae-decoder.onnx"),
        "hvae-decoder-8bit.onnx" => include_bytes!("../fixtures/tiny/hvae-decoder-8bit.onnx"),
        "vae-encoder.onnx" => include_bytes!("../fixtures/tiny/vae-encoder.onnx"),
        "vae-decoder-8bit.onnx" => include_bytes!("../fixtures/tiny/vae-decoder-8bit.onnx"),
        _ => panic!("{path} is not among the tiny models"),
    }
}
