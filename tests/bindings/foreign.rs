//! A visitor's files: inspected, proposed, checked, changed.

use super::refused;
use crate::support::js::{get, number, parse};
use elbo_room::bindings::{
    Ddpm, Vae, change_entry, check_model, inspect_onnx, parse_manifest, probe_onnx, propose_entry,
};
use js_sys::WebAssembly::Memory;
use js_sys::{Array, ArrayBuffer, Float32Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

const ENCODER: &[u8] = include_bytes!("../fixtures/foreign/encoder-mnist.onnx");
const DECODER: &[u8] = include_bytes!("../fixtures/foreign/decoder-mnist.onnx");
const NETWORK: &[u8] = include_bytes!("../fixtures/foreign/network.onnx");

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &(*name).into(), value).unwrap();
    }
    object.into()
}

fn bytes(file: &[u8]) -> JsValue {
    Uint8Array::from(file).into()
}

fn inspected(files: &[(&str, &[u8])]) -> JsValue {
    let each = files.iter().map(|(name, file)| {
        let info = inspect_onnx(bytes(file), JsValue::UNDEFINED, JsValue::UNDEFINED).unwrap();
        object(&[("name", (*name).into()), ("info", info)])
    });
    each.collect::<Array>().into()
}

#[wasm_bindgen_test]
fn a_vae_is_proposed_checked_and_loaded() {
    let files = [("d.onnx", DECODER), ("e.onnx", ENCODER)];
    let proposal = propose_entry("mine", inspected(&files), JsValue::UNDEFINED).unwrap();
    let entry = get(&proposal, "entry");
    assert_eq!(get(&entry, "kind"), "vae");
    let guesses: Array = get(&proposal, "guesses").unchecked_into();
    assert!(guesses.iter().all(|guess| get(&get(&guess, "reason"), "message").is_string()));
    let first = get(&guesses.get(0), "reason");
    assert_eq!(get(&first, "code"), "decoder-by-shape");
    assert_eq!(get(&get(&first, "values"), "file"), "d.onnx");
    assert_eq!(number(&get(&proposal, "flat"), "length"), 784.0);
    let lying = parse(r#"{"flat": {"image": {"channels": 1, "height": 16, "width": 49}}}"#);
    let other = propose_entry("mine", inspected(&files), lying).unwrap();
    assert_eq!(number(&get(&get(&other, "entry"), "image"), "width"), 49.0);
    let wrong = parse(r#"{"flat": {"image": {"channels": 1, "height": 20, "width": 49}}}"#);
    refused(propose_entry("mine", inspected(&files), wrong), "ValueError", "980 values");
    let files = object(&[("encoder", bytes(ENCODER)), ("decoder", bytes(DECODER))]);

    let found = check_model(entry.clone(), files.clone(), JsValue::UNDEFINED).unwrap();
    let pictures: Array = get(&found, "pictures").unchecked_into();
    let names: Vec<String> =
        pictures.iter().map(|p| get(&p, "name").as_string().unwrap()).collect();
    assert_eq!(names, ["prior", "examples", "reconstructions"]);
    for picture in pictures.iter() {
        let levels: Uint8Array = get(&picture, "levels").dyn_into().unwrap();
        assert_eq!(f64::from(levels.length()), 784.0 * number(&picture, "count"));
    }
    assert_eq!(Array::from(&get(&found, "klPerLatent")).length(), 2);
    refused(
        check_model(entry.clone(), files.clone(), parse("{\"memory\": 10}")),
        "ModelError",
        "memory",
    );

    let vae = Vae::load(entry.clone(), files.clone()).unwrap();
    assert_eq!((vae.channels(), vae.height(), vae.latents()), (1, 28, 2));
    assert!(vae.has_encoder() && vae.has_posterior() && vae.classes().length() == 0);
    assert_eq!(vae.task().unwrap(), "binarized");
    let kl = vae.estimate_kl(Uint8Array::new_with_length(2 * 784).into(), None, None).unwrap();
    assert!(kl.length() == 2 && kl.to_vec().iter().all(|v| *v >= 0.0));
    refused(
        vae.estimate_kl(Uint8Array::new_with_length(7).into(), None, None),
        "ShapeError",
        "784",
    );
    refused(vae.decode(Float32Array::new_with_length(2).into(), Some(1)), "ValueError", "class");

    let changed =
        change_entry(entry.clone(), parse("{\"likelihood\": \"grey-bernoulli\"}")).unwrap();
    assert_eq!(Vae::load(changed, files).unwrap().task().unwrap(), "grey");
    refused(change_entry(entry, parse("{\"latents.count\": 0}")), "ManifestError", "latents.count");
}

#[wasm_bindgen_test]
fn a_diffusion_network_is_proposed_and_says_which_schedules_it_knows() {
    let proposal =
        propose_entry("net", inspected(&[("n.onnx", NETWORK)]), JsValue::UNDEFINED).unwrap();
    let entry = change_entry(
        get(&proposal, "entry"),
        parse("{\"network.time.schedule\": {\"kind\": \"linear\", \"steps\": 50}}"),
    )
    .unwrap();
    let ddpm = Ddpm::load(entry, object(&[("network", bytes(NETWORK))])).unwrap();
    let schedules = Array::from(&ddpm.schedules().unwrap());
    assert_eq!((schedules.length(), schedules.get(0).as_string()), (1, Some("trained".into())));
    assert_eq!((ddpm.trained_steps(), ddpm.channels()), (Some(50), 1));
}

/// Bytes of the instance's memory.
fn memory() -> u32 {
    let memory: Memory = wasm_bindgen::memory().unchecked_into();
    memory.buffer().unchecked_into::<ArrayBuffer>().byte_length()
}

#[wasm_bindgen_test]
fn models_that_are_freed_leave_nothing_behind() {
    let vae = propose_entry(
        "mine",
        inspected(&[("d.onnx", DECODER), ("e.onnx", ENCODER)]),
        JsValue::UNDEFINED,
    );
    let vae = get(&vae.unwrap(), "entry");
    let files = object(&[("encoder", bytes(ENCODER)), ("decoder", bytes(DECODER))]);
    let network = propose_entry("net", inspected(&[("n.onnx", NETWORK)]), JsValue::UNDEFINED);
    let network = get(&network.unwrap(), "entry");
    let load = |count: usize| {
        for _ in 0..count {
            drop(Vae::load(vae.clone(), files.clone()).unwrap());
            drop(Ddpm::load(network.clone(), object(&[("network", bytes(NETWORK))])).unwrap());
        }
    };
    // what the first ones leave free the others use again
    load(10);
    let before = memory();
    load(200);
    assert_eq!(memory(), before);
}

#[wasm_bindgen_test]
fn errors_tell_invalid_files_from_unknown_models() {
    let inspected_at = |file: JsValue, size| inspect_onnx(file, JsValue::UNDEFINED, size);
    refused(inspected_at(bytes(b"<!doctype html>"), JsValue::UNDEFINED), "ModelError", "file");
    refused(inspected_at("text".into(), JsValue::UNDEFINED), "ValueError", "Uint8Array");
    refused(inspected_at(bytes(NETWORK), "wide".into()), "ValueError", "size");
    let proposal =
        propose_entry("mine", inspected(&[("e.onnx", ENCODER)]), JsValue::UNDEFINED).unwrap();
    assert!(get(&proposal, "entry").is_null());
    let missing = get(&Array::from(&get(&proposal, "missing")).get(0), "message");
    let missing = missing.as_string().unwrap();
    assert!(missing.contains("decoder"), "{missing}");
}

#[wasm_bindgen_test]
fn one_bad_entry_leaves_the_others_alone() {
    let manifest = r#"{"format": 2, "models": [
        {"id": "good", "kind": "vae", "image": {"channels": 1, "height": 2, "width": 2},
         "likelihood": "bernoulli", "files": {"decoder": {"path": "d.onnx"}},
         "latents": {"count": 2}},
        {"id": "bad", "kind": "gan"}
    ]}"#;
    let parsed = parse_manifest(manifest).unwrap();
    let models = Array::from(&get(&parsed, "models"));
    assert_eq!((models.length(), get(&models.get(0), "id")), (1, "good".into()));
    let problem = Array::from(&get(&parsed, "problems")).get(0);
    assert_eq!(get(&problem, "id"), "bad");
}

#[wasm_bindgen_test]
fn a_network_is_run_on_a_wave() {
    let network = include_bytes!("../fixtures/foreign/network-flow.onnx");
    let probe = |file| probe_onnx(file, JsValue::UNDEFINED);
    let outputs = probe(bytes(network)).unwrap();
    assert_eq!(outputs.length(), 1);
    let values = outputs.get(0).unchecked_into::<Float32Array>().to_vec();
    // x + t, with t = sin 0
    let wave: Vec<f32> = (0..4).map(|i| (0.37 * f64::from(i)).sin() as f32).collect();
    assert!(values.iter().zip(&wave).all(|(a, b)| (a - b).abs() < 1e-6), "{values:?}");
    refused(probe(bytes(b"PK\x03\x04")), "ModelError", "zip archive");
    refused(probe(JsValue::UNDEFINED), "ValueError", "missing");
    refused(probe_onnx(bytes(network), JsValue::from(1)), "ValueError", "external");
}
