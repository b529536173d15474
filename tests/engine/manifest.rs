//! The manifest's contract: what is accepted, and what each error says.

use elbo_room::ErrorKind;
use elbo_room::math::likelihood::Task;
use elbo_room::model::manifest::{ClassInput, Contract, FORMAT, FileEntry, Manifest, ModelEntry};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::shipped::MANIFEST;
use crate::support::tiny;

fn shipped() -> Value {
    serde_json::from_str(MANIFEST).unwrap()
}

/// Whether `received` has all that was `written`; it may say more of what is implied.
fn holds(received: &Value, written: &Value) -> bool {
    match (received, written) {
        (Value::Object(received), Value::Object(written)) => written
            .iter()
            .all(|(field, value)| received.get(field).is_some_and(|found| holds(found, value))),
        _ => received == written,
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_shipped_manifest_is_read_whole() {
    let manifest = Manifest::parse(MANIFEST).unwrap();
    assert!(manifest.models.iter().any(|m| matches!(m.contract, Contract::Vae { .. })));
    assert!(manifest.models.iter().any(|m| matches!(m.contract, Contract::Ddpm { .. })));
    assert_eq!((manifest.problems, manifest.format), (vec![], FORMAT));
    // What the page receives is what the file says, with the conventions that format 1 implied.
    for (entry, written) in manifest.models.iter().zip(shipped()["models"].as_array().unwrap()) {
        let received = serde_json::to_value(entry).unwrap();
        for (field, value) in written.as_object().unwrap() {
            assert!(holds(&received[field], value), "{field} of {}: {}", entry.id, received[field]);
        }
        if let Contract::Ddpm(ddpm) = &entry.contract {
            let network = &ddpm.network;
            assert_eq!(network.condition, Some(ClassInput::default()));
            assert_eq!(network.data_range, [-1.0, 1.0]);
        }
        // An entry is read again as it is, from either format.
        for value in [&received, written] {
            let again: ModelEntry = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(serde_json::to_value(&again).unwrap(), received);
        }
    }
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
fn errors_name_the_invalid_field() {
    let position = |kind| {
        shipped()["models"].as_array().unwrap().iter().position(|m| m["kind"] == kind).unwrap()
    };
    let (vae, ddpm) = (position("vae"), position("ddpm"));
    let at = |model: usize, field: &str| format!("/models/{model}/{field}");
    let file = shipped()["models"][vae]["files"]["encoder"].clone();
    let cases = [
        (with(&at(vae, "kind"), json!("gan")), "gan"),
        (with(&at(vae, "id"), json!("")), "id"),
        (with(&at(vae, "image/channels"), json!(2)), "channel"),
        (with(&at(vae, "dataRange"), json!([-1, 1])), "dataRange"),
        (with(&at(vae, "likelihood"), json!("laplace")), "laplace"),
        (with(&at(vae, "likelihood"), json!("discretized-gaussian")), "likelihood"),
        (with(&at(vae, "files/encoder/sha256"), json!("abc")), "files.encoder.sha256"),
        (with(&at(vae, "files/decoder/bytes"), json!(0)), "files.decoder.bytes"),
        (with(&at(vae, "files"), json!({})), "decoder"),
        (with(&at(vae, "latents/order/0"), json!(99)), "latents.order"),
        (with(&at(vae, "latents/count"), json!(3)), "latents.klPerLatent"),
        (with(&at(vae, "files/density"), file.clone()), "files.density"),
        (with(&at(ddpm, "logSnr/min"), json!(50)), "logSnr"),
        (with(&at(ddpm, "classes"), json!([])), "classes"),
        (with(&at(ddpm, "parameterization"), json!("score")), "score"),
        (with(&at(ddpm, "id"), shipped()["models"][vae]["id"].clone()), "two models"),
        (with(&at(ddpm, "guidance"), json!(true)), "guidance"),
        (with(&at(vae, "decoder"), json!({"stride": 2})), "stride"),
    ];
    for (json, named) in cases {
        let manifest = Manifest::parse(&json).unwrap();
        let [problem] = &manifest.problems[..] else { panic!("{named}: {:?}", manifest.problems) };
        assert!(problem.message.contains(named), "{:?} does not name {named:?}", problem.message);
        assert_eq!(manifest.models.len(), shipped()["models"].as_array().unwrap().len() - 1);
        assert!(!manifest.models.iter().any(|m| m.id == problem.id) || named == "two models");
    }
    for (json, named) in [
        (with("/format", json!(3)), "format"),
        (with("/models", json!("none")), "sequence"),
        ("{\"format\": 1,".into(), "read"),
        (
            json!({"format": 2, "models": [{"id": "a", "kind": "vae"}, {"kind": "b"}]}).to_string(),
            "\"a\"",
        ),
        ("<!doctype html>".into(), "web page"),
    ] {
        let error = Manifest::parse(&json).expect_err(named);
        assert_eq!(error.kind(), ErrorKind::Manifest);
        assert!(
            error.with_causes().contains(named),
            "{:?} does not name {named:?}",
            error.with_causes()
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn errors_name_the_invalid_field_of_a_hierarchy() {
    let original: Value = serde_json::from_str(tiny::MANIFEST).unwrap();
    let manifest = Manifest::parse(tiny::MANIFEST).unwrap();
    let Contract::Hvae(hvae) = &manifest.models[0].contract else { panic!("it is a hierarchy") };
    assert_eq!(hvae.layers[1].latents(), 4);
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
        let problems = Manifest::parse(&manifest.to_string()).unwrap().problems;
        let [problem] = &problems[..] else { panic!("{problems:?}") };
        assert!(problem.message.contains(named), "{:?} does not name {named:?}", problem.message);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn bytes_are_checked_against_the_known_hash() {
    // The test vector of FIPS 180-2 for "abc".
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let file = FileEntry { path: "abc".into(), bytes: Some(3), sha256: Some(sha256.into()) };
    file.verify(b"abc").unwrap();
    FileEntry::unchecked("abc").verify(b"abd").unwrap();
    for wrong in [&b"abd"[..], b"ab", b""] {
        assert_eq!(file.verify(wrong).unwrap_err().kind(), ErrorKind::Checksum);
    }
}

/// An entry with nothing but what cannot be computed.
fn least() -> Value {
    json!({
        "id": "mine", "kind": "vae", "image": {"channels": 3, "height": 64, "width": 48},
        "likelihood": "bernoulli", "files": {"decoder": {"path": "a/b.onnx"}},
        "latents": {"count": 2},
    })
}

#[wasm_bindgen_test(unsupported = test)]
fn optional_fields_are_filled_in() {
    let entry = ModelEntry::from_json(least()).unwrap();
    let Contract::Vae(vae) = &entry.contract else { panic!() };
    assert_eq!((entry.title.as_str(), entry.scores.len()), ("mine", 0));
    assert!(entry.provenance.is_none() && vae.files.encoder.is_none());
    assert_eq!((&vae.latents.order, vae.latents.kl_per_latent.len()), (&vec![0, 1], 0));
    let mut known = least();
    known["latents"]["klPerLatent"] = json!([0.5, 2.0]);
    let Contract::Vae(vae) = ModelEntry::from_json(known).unwrap().contract else { panic!() };
    assert_eq!(vae.latents.order, [1, 0], "the most informative latent comes first");
}

#[wasm_bindgen_test(unsupported = test)]
fn paths_stay_in_the_folder_of_the_manifest() {
    let with = |path: &str| {
        let mut entry = least();
        entry["files"]["decoder"]["path"] = json!(path);
        ModelEntry::from_json(entry).map_err(|e| e.with_causes())
    };
    for path in ["a.onnx", "a/b c.onnx", "ä/…onnx", "..a", "a..b/c"] {
        with(path).unwrap();
    }
    for path in [
        "",
        "/a",
        "..",
        "../a",
        "a/../../b",
        "a//b",
        "a/./b",
        "a/",
        "https://a.example/b",
        "C:a",
        "a\\b",
        "%2e%2e/a",
        "a?b",
        "a#b",
        "a\nb",
        "//a.example/b",
        " ../a",
        "a/.. ",
        "..\u{a0}",
    ] {
        let message = with(path).expect_err(path);
        assert!(message.contains("files.decoder.path"), "{message}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn errors_name_invalid_adapters() {
    let ddpm = json!({
        "id": "net", "kind": "ddpm", "image": {"channels": 1, "height": 4, "width": 4},
        "likelihood": "discretized-gaussian", "files": {"network": {"path": "n.onnx"}},
        "parameterization": "epsilon",
        "network": {"time": {"form": "timestep", "schedule": {"kind": "linear", "steps": 50}}},
    });
    ModelEntry::from_json(ddpm.clone()).unwrap();
    let vae_cases = [
        ("unknown", json!(1), "unknown"),
        ("decoder.colour", json!(1), "colour"),
        ("decoder.output.shape", json!([100]), "decoder.output.shape"),
        ("decoder.output.range", json!([1, 1]), "decoder.output.range"),
        ("decoder.output.std", json!(0.1), "decoder.output.std"),
        ("decoder.latent.shape", json!([3, 1, 1]), "decoder.latent.shape"),
        ("decoder.batch", json!(0), "decoder.batch"),
        ("encoder.image.scale", json!([1, 2]), "encoder.image.scale"),
        ("encoder.image.scale", json!([0]), "encoder.image.scale"),
        (
            "encoder.posterior",
            json!({"spread": "none", "split": {"name": "a", "axis": 1}}),
            "split",
        ),
        ("classes", json!(["a"]), "condition"),
        ("decoder.condition", json!({}), "classes"),
        ("likelihood", json!("gaussian"), "decoder.output.std"),
        ("likelihood", json!("logistic-mixture"), "components"),
        ("latents.count", json!(0), "latents.count"),
        ("image.width", json!(2000), "image"),
    ];
    let ddpm_cases = [
        ("network.time.schedule", Value::Null, "network.time.schedule"),
        ("network.time.schedule", json!({"kind": "linear", "steps": 1}), "steps"),
        ("network.time.schedule", json!({"kind": "betas", "betas": [0.1, 1.0]}), "beta 2"),
        ("network.time.schedule", json!({"kind": "linear", "steps": 9, "beta": 1}), "beta"),
        ("network.time.form", json!("log-snr"), "logSnr"),
        ("network.time.reversed", json!(true), "reversed"),
        ("network.time.first", json!(2), "first"),
        ("parameterization", json!("velocity"), "velocity"),
        ("parameterization", json!("lattice"), "lattice"),
        ("parameterization", json!("edm"), "edm"),
        ("network.image.scale", json!([2]), "dataRange"),
        ("network.dataRange", json!([1, 0]), "network.dataRange"),
        ("network.condition", json!({"null": "zeros"}), "classes"),
    ];
    for (entry, cases) in [(least(), &vae_cases[..]), (ddpm, &ddpm_cases)] {
        for (field, value, named) in cases {
            let mut changed = entry.clone();
            let changes = [(field.to_string(), value.clone())].into();
            elbo_room::model::changes::apply(&mut changed, &changes).unwrap();
            let error = ModelEntry::from_json(changed).expect_err(field);
            assert!(error.with_causes().contains(named), "{field}: {}", error.with_causes());
        }
    }
}
