//! Format 1 of the manifest, which had one convention and no adapters, as format 2.

use serde_json::{Map, Value, json};

/// An entry of format 1 in format 2. What format 1 did not know is made a key that format 2 refuses
/// as well, so that nothing is dropped without a word.
pub(super) fn convert(mut entry: Value) -> Value {
    let Some(fields) = entry.as_object_mut() else { return entry };
    let diffusion = fields.get("kind").and_then(Value::as_str) == Some("ddpm");
    for adapter in ["encoder", "decoder", "network", "condition"] {
        refuse(fields, adapter);
    }
    if let Some(range) = fields.get("dataRange") {
        let implied = if diffusion { json!([-1.0, 1.0]) } else { json!([0.0, 1.0]) };
        if numbers(range) == numbers(&implied) {
            fields.remove("dataRange");
        }
    }
    if diffusion {
        fields.insert("network".into(), json!({"condition": {}}));
    }
    entry
}

/// Renames a key that format 1 does not have.
fn refuse(fields: &mut Map<String, Value>, key: &str) {
    if let Some(value) = fields.remove(key) {
        fields.insert(format!("{key} (of format 2)"), value);
    }
}

fn numbers(value: &Value) -> Option<Vec<f64>> {
    value.as_array()?.iter().map(Value::as_f64).collect()
}
