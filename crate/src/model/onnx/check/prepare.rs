//! What of a file is read before its graph is checked, and what is dropped from it.

use std::collections::HashMap;

use tract_onnx::pb::{GraphProto, ModelProto, NodeProto};

use super::signature::{OPSETS, Signatures};

/// The newest version of ONNX's file format.
const NEWEST_FORMAT: i64 = 13;

/// The version of ONNX's own operators that a file asks for.
pub(super) fn opset(model: &ModelProto) -> Result<i64, String> {
    if model.ir_version == 0 || model.ir_version > NEWEST_FORMAT {
        return Err(format!(
            "its format (IR version {}) is not supported, only up to {NEWEST_FORMAT}",
            model.ir_version
        ));
    }
    let mut found = None;
    for import in &model.opset_import {
        if is_own_domain(&import.domain) {
            if found.is_some_and(|version| version != import.version) {
                return Err("it names two versions of ONNX's operators".into());
            }
            found = Some(import.version);
        }
    }
    match found {
        Some(version) if OPSETS.contains(&version) => Ok(version),
        Some(version) => Err(format!(
            "it uses version {version} of ONNX's operators; {} to {} are supported: convert it \
             with onnx.version_converter.convert_version(model, 17)",
            OPSETS.start(),
            OPSETS.end()
        )),
        None => Err("it does not name a version of ONNX's operators".into()),
    }
}

pub(super) fn is_own_domain(domain: &str) -> bool {
    matches!(domain, "" | "ai.onnx")
}

/// Drops what onnxruntime passes over and tract misreads.
pub(super) fn normalize(graph: &mut GraphProto, signatures: &Signatures) {
    for node in &mut graph.node {
        normalize_node(node, signatures);
    }
    drop_copies(graph);
}

fn normalize_node(node: &mut NodeProto, signatures: &Signatures) {
    if node.op_type == "Constant" {
        // The first attribute is the value, by its type; the rest does not count.
        node.name.clear();
        node.domain.clear();
        node.input.clear();
        node.attribute.truncate(1);
        if let Some(value) = node.attribute.first_mut().filter(|value| value.t.is_some()) {
            value.name = "value".into();
        }
        return;
    }
    if !is_own_domain(&node.domain) {
        return;
    }
    // Flags of these operators are set by any number but 0.
    if node.op_type == "Gemm" {
        let flags = node.attribute.iter_mut().filter(|a| a.name.starts_with("trans"));
        flags.for_each(|flag| flag.i = i64::from(flag.i != 0));
    }
    let (inputs, outputs) = match signatures.get(&node.op_type) {
        Ok(signature) => signature.most(),
        Err(_) => return,
    };
    // Lengths that are left out are lengths beside their number, which are refused.
    if node.op_type == "Split" && node.attribute.iter().any(|a| a.name == "num_outputs") {
        return;
    }
    for (names, most) in [(&mut node.input, inputs), (&mut node.output, outputs)] {
        // More names than an operator has are refused, empty or not; and an empty one of those of
        // which there may be any number.
        while names.len() <= most && most < usize::MAX && names.last().is_some_and(String::is_empty)
        {
            names.pop();
        }
    }
}

/// Drops constants that are in a file twice.
fn drop_copies(graph: &mut GraphProto) {
    let mut known: HashMap<String, NodeProto> = HashMap::new();
    graph.node.retain(|node| {
        let [output] = node.output.as_slice() else { return true };
        if node.op_type != "Constant" {
            return true;
        }
        if known.get(output).is_some_and(|first| first == node) {
            return false;
        }
        known.insert(output.clone(), node.clone());
        true
    });
}

/// What a message calls a node.
pub(super) fn describe(node: &NodeProto) -> String {
    let output = node.output.first().map_or("", String::as_str);
    let name = if node.name.is_empty() { output } else { &node.name };
    let domain = if is_own_domain(&node.domain) { "" } else { &node.domain };
    let dot = if domain.is_empty() { "" } else { "." };
    format!("node {name:?} ({domain}{dot}{})", node.op_type)
}
