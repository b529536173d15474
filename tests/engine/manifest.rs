//! The manifest's contract: what is accepted, and what each error says.

use elbo_room::ErrorKind;
use elbo_room::math::likelihood::Task;
use elbo_room::model::manifest::{Contract, FileEntry, Manifest};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::shipped::MANIFEST;
use crate::support::tiny;

fn shipped() -> Value {
    serde_json::from_str(MANIFEST).unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn the_shipped_manifest_is_read_whole() {
    let manifest = Manifest::parse(MANIFEST).unwrap();
    assert!(manifest.models.iter().any(|m| matches!(m.contract, Contract::Vae { .. })));
    assert!(manifest.models.iter().any(|m| matches!(m.contract, Contract::Ddpm { .. })));
    // What the page receives is what the file says.
    assert_eq!(serde_json::to_value(&manifest).unwrap(), shipped());
}

/// Changes or adds one value of the shipped manifest, at a JSON pointer.
fn with(pointer: &str, value: Value) -> String {
    let mut manifest = shipped();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    let parent =
        manifest.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} is not in the manifest"));
    match parent {
        Value::Array(values) => values[field.parse::<usize>().unwrap()] = value,
        object => object[field] = value,
    }
    manifest.to_string()
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_wrong_is_named() {
    let position = |kind| {
        shipped()["models"].as_array().unwrap().iter().position(|m| m["kind"] == kind).unwrap()
    };
    let (vae, ddpm) = (position("vae"), position("ddpm"));
    let at = |model: usize, field: &str| format!("/models/{model}/{field}");
    let file = shipped()["models"][vae]["files"]["encoder"].clone();
    let cases = [
        (with("/format", json!(2)), "format"),
        (with("/models", json!("none")), "sequence"),
        (with(&at(vae, "kind"), json!("gan")), "gan"),
        (with(&at(vae, "id"), json!("")), "id"),
        (with(&at(vae, "image/channels"), json!(3)), "channel"),
        (with(&at(vae, "dataRange"), json!([-1, 1])), "dataRange"),
        (with(&at(vae, "likelihood"), json!("gaussian")), "gaussian"),
        (with(&at(vae, "likelihood"), json!("discretized-gaussian")), "likelihood"),
        (with(&at(vae, "files/encoder/sha256"), json!("abc")), "files.encoder.sha256"),
        (with(&at(vae, "files/decoder/bytes"), json!(0)), "files.decoder.bytes"),
        (with(&at(vae, "files"), json!({})), "encoder"),
        (with(&at(vae, "latents/order/0"), json!(99)), "latents.order"),
        (with(&at(vae, "latents/count"), json!(3)), "latents.klPerLatent"),
        (with(&at(vae, "files/density"), file.clone()), "files.density"),
        (with(&at(ddpm, "logSnr/min"), json!(50)), "logSnr"),
        (with(&at(ddpm, "classes"), json!([])), "classes"),
        (with(&at(ddpm, "parameterization"), json!("score")), "score"),
        (with(&at(ddpm, "id"), shipped()["models"][vae]["id"].clone()), "two models"),
        ("{\"format\": 1,".into(), "read"),
        ("<!doctype html>".into(), "read"),
    ];
    for (json, named) in cases {
        let error = Manifest::parse(&json).expect_err(named);
        assert_eq!(error.kind, ErrorKind::Manifest);
        assert!(error.message.contains(named), "{:?} does not name {named:?}", error.message);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_wrong_with_a_hierarchy_is_named() {
    let original: Value = serde_json::from_str(tiny::MANIFEST).unwrap();
    let manifest = Manifest::parse(tiny::MANIFEST).unwrap();
    assert!(
        matches!(&manifest.models[0].contract, Contract::Hvae { layers, .. } if layers[1].latents() == 4)
    );
    assert_eq!(manifest.models[1].likelihood.task(), Task::EightBit);
    let cases = [
        ("layers", json!([]), "layers"),
        ("layers/0/shape", json!([2, 0]), "layers"),
        ("layers/0/shape", json!([-2]), "-2"),
        ("layers/1/name", original["models"][0]["layers"][0]["name"].clone(), "different names"),
        ("layers/1", json!({"name": "bottom", "shape": [4]}), "kl"),
        ("layers/1", json!({"name": "bottom", "shape": [4], "kl": 1, "size": 4}), "size"),
        ("features", json!([]), "features"),
        ("features/1", json!([0]), "features"),
        ("files/decoder/sha256", json!("ABC"), "files.decoder.sha256"),
        ("files", json!({"encoder": original["models"][0]["files"]["encoder"]}), "decoder"),
        ("dataRange", json!([-1, 1]), "dataRange"),
        ("likelihood", json!("discretized-gaussian"), "likelihood"),
    ];
    for (field, value, named) in cases {
        let mut manifest = original.clone();
        *manifest.pointer_mut(&format!("/models/0/{field}")).unwrap() = value;
        let error = Manifest::parse(&manifest.to_string()).expect_err(named);
        assert_eq!(error.kind, ErrorKind::Manifest);
        assert!(error.message.contains(named), "{:?} does not name {named:?}", error.message);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn bytes_are_checked_against_the_known_hash() {
    // The test vector of FIPS 180-2 for "abc".
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let file = FileEntry { path: "abc".into(), bytes: 3, sha256: sha256.into() };
    file.verify(b"abc").unwrap();
    for wrong in [&b"abd"[..], b"ab", b""] {
        assert_eq!(file.verify(wrong).unwrap_err().kind, ErrorKind::Checksum);
    }
}
