//! What a file is that was given for an ONNX file.

/// The beginnings of files that are taken for ONNX files, and what to say of them.
const KNOWN: [(&[u8], &str); 10] = [
    (
        b"version https://git-lfs",
        "is a Git LFS pointer, not the model: fetch the file itself with `git lfs pull`, or \
         download it from its page",
    ),
    (
        b"PK\x03\x04",
        "is a zip archive or a PyTorch checkpoint, not an ONNX file: export the model with \
         torch.onnx.export",
    ),
    (
        b"\x80\x02",
        "is a Python pickle, such as a PyTorch checkpoint, not an ONNX file: export the model with \
         torch.onnx.export",
    ),
    (b"\x80\x03", "is a Python pickle, not an ONNX file: export the model with torch.onnx.export"),
    (b"\x80\x04", "is a Python pickle, not an ONNX file: export the model with torch.onnx.export"),
    (b"\x89HDF", "is an HDF5 file (Keras), not an ONNX file: convert the model with tf2onnx"),
    (b"GGUF", "is a GGUF file, not an ONNX file"),
    (b"\x1f\x8b", "is compressed with gzip: unpack it first"),
    (b"ORTM", "is in onnxruntime's own format (.ort): give the .onnx file that it was made from"),
    (b"\x89PNG", "is a picture, not a model"),
];

/// Says what a file is that cannot be an ONNX file; the message goes on after the file's name.
pub(super) fn recognize(bytes: &[u8]) -> Option<&'static str> {
    if bytes.is_empty() {
        return Some("is empty");
    }
    if bytes.iter().all(|&byte| byte == 0) {
        return Some("holds only zeros: the download was cut off or the disk is damaged");
    }
    if let Some((_, what)) = KNOWN.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(what);
    }
    // flatbuffers have their mark after the first offset.
    if bytes.get(4..8) == Some(b"TFL3") {
        return Some("is a TensorFlow Lite file, not an ONNX file: convert it with tf2onnx");
    }
    if bytes.get(4..8) == Some(b"ORTM") {
        return Some(KNOWN[8].1);
    }
    // A safetensors file is the length of a JSON text, then that text.
    if bytes.get(8..10) == Some(b"{\"") && bytes[4..8] == [0; 4] {
        return Some(
            "is a safetensors file, which has weights but no network: export the model with \
             torch.onnx.export",
        );
    }
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    match bytes[start..] {
        [b'<', ..] => Some(
            "is a web page, not a model: the server sent something else, such as a page of errors",
        ),
        [b'{' | b'[', ..] => Some("is a JSON text, not an ONNX file"),
        _ => None,
    }
}
