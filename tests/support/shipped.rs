//! The shipped models, compiled into the tests so that they are at hand in WebAssembly too.

pub const MANIFEST: &str = include_str!("../../models/manifest.json");

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../models/", $name)).as_slice())),*]
    };
}

const FILES: &[(&str, &[u8])] = files![
    "fashion-ddpm.onnx",
    "fashion-hvae-8bit-decoder.onnx",
    "fashion-hvae-8bit-encoder.onnx",
    "fashion-hvae-decoder.onnx",
    "fashion-hvae-encoder.onnx",
    "fashion-vae-2d-decoder.onnx",
    "fashion-vae-2d-density.json",
    "fashion-vae-2d-encoder.onnx",
    "fashion-vae-8bit-decoder.onnx",
    "fashion-vae-8bit-encoder.onnx",
    "fashion-vae-decoder.onnx",
    "fashion-vae-encoder.onnx",
    "mnist-ddpm.onnx",
    "mnist-hvae-8bit-decoder.onnx",
    "mnist-hvae-8bit-encoder.onnx",
    "mnist-hvae-decoder.onnx",
    "mnist-hvae-encoder.onnx",
    "mnist-vae-2d-decoder.onnx",
    "mnist-vae-2d-density.json",
    "mnist-vae-2d-encoder.onnx",
    "mnist-vae-8bit-decoder.onnx",
    "mnist-vae-8bit-encoder.onnx",
    "mnist-vae-decoder.onnx",
    "mnist-vae-encoder.onnx",
];

/// The bytes of the shipped file at `path`.
pub fn file(path: &str) -> &'static [u8] {
    let found = FILES.iter().find(|(name, _)| *name == path);
    found.unwrap_or_else(|| panic!("{path} is not shipped")).1
}
