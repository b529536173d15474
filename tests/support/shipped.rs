//! The shipped models, compiled into the tests so that they are at hand in WebAssembly too.

pub const MANIFEST: &str = include_str!("../../models/manifest.json");

/// The bytes of the shipped file at `path`.
pub fn file(path: &str) -> &'static [u8] {
    match path {
        "mnist-vae-encoder.onnx" => include_bytes!("../../models/mnist-vae-encoder.onnx"),
        "mnist-vae-decoder.onnx" => include_bytes!("../../models/mnist-vae-decoder.onnx"),
        "mnist-vae-2d-encoder.onnx" => include_bytes!("../../models/mnist-vae-2d-encoder.onnx"),
        "mnist-vae-2d-decoder.onnx" => include_bytes!("../../models/mnist-vae-2d-decoder.onnx"),
        "mnist-vae-2d-density.json" => include_bytes!("../../models/mnist-vae-2d-density.json"),
        "mnist-vae-8bit-encoder.onnx" => include_bytes!("../../models/mnist-vae-8bit-encoder.onnx"),
        "mnist-vae-8bit-decoder.onnx" => include_bytes!("../../models/mnist-vae-8bit-decoder.onnx"),
        "mnist-hvae-8bit-encoder.onnx" => {
            include_bytes!("../../models/mnist-hvae-8bit-encoder.onnx")
        }
        "mnist-hvae-8bit-decoder.onnx" => {
            include_bytes!("../../models/mnist-hvae-8bit-decoder.onnx")
        }
        "mnist-hvae-encoder.onnx" => include_bytes!("../../models/mnist-hvae-encoder.onnx"),
        "mnist-hvae-decoder.onnx" => include_bytes!("../../models/mnist-hvae-decoder.onnx"),
        "mnist-ddpm.onnx" => include_bytes!("../../models/mnist-ddpm.onnx"),
        "fashion-vae-encoder.onnx" => include_bytes!("../../models/fashion-vae-encoder.onnx"),
        "fashion-vae-decoder.onnx" => include_bytes!("../../models/fashion-vae-decoder.onnx"),
        "fashion-vae-2d-encoder.onnx" => include_bytes!("../../models/fashion-vae-2d-encoder.onnx"),
        "fashion-vae-2d-decoder.onnx" => include_bytes!("../../models/fashion-vae-2d-decoder.onnx"),
        "fashion-vae-2d-density.json" => include_bytes!("../../models/fashion-vae-2d-density.json"),
        "fashion-vae-8bit-encoder.onnx" => {
            include_bytes!("../../models/fashion-vae-8bit-encoder.onnx")
        }
        "fashion-vae-8bit-decoder.onnx" => {
            include_bytes!("../../models/fashion-vae-8bit-decoder.onnx")
        }
        "fashion-ddpm.onnx" => include_bytes!("../../models/fashion-ddpm.onnx"),
        _ => panic!("{path} is not shipped"),
    }
}
