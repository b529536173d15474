//! Bad values, models and files are errors with a name.

use super::{ddpm, image, refused, vae};
use crate::support::js::{get, model, parse};
use crate::support::shipped;
use elbo_room::bindings::{Ddpm, Vae, interpolate, parse_manifest, to_levels};
use js_sys::{Array, Float32Array, JSON, Object, Reflect, Uint8Array};
use sha2::{Digest, Sha256};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn bad_values_are_typed_errors() {
    let (vae, ddpm) = (vae(), ddpm());
    let floats = |values: &[f32]| JsValue::from(Float32Array::from(values));
    refused(vae.decode(floats(&[0.0; 15]), None), "ShapeError", "15");
    refused(vae.decode(floats(&[f32::NAN; 16]), None), "ValueError", "NaN");
    refused(vae.decode(Array::new().into(), None), "ValueError", "Float32Array");
    refused(vae.encode(floats(&[2.0; 784]), None), "ValueError", "[0, 1]");
    refused(vae.encode(floats(&[0.5; 10]), None), "ShapeError", "784");
    refused(vae.elbo(floats(&[0.0; 784]), JsValue::UNDEFINED), "ValueError", "Uint8Array");
    refused(
        vae.elbo(Uint8Array::new_with_length(5).into(), JsValue::UNDEFINED),
        "ShapeError",
        "784",
    );
    refused(vae.elbo(image(), parse("{\"samples\": 0}")), "ValueError", "samples");
    refused(vae.elbo(image(), parse("{\"sample\": 3}")), "ValueError", "sample");
    for (options, mentions) in [
        ("{\"samples\": 3, \"seed\": -1}", "options.seed is"),
        ("{\"samples\": 1.5}", "options.samples is"),
        ("{\"seed\": -1}", "`-1.0`, it must be a whole number from 0 on"),
    ] {
        refused(vae.elbo(image(), parse(options)), "ValueError", mentions);
    }
    refused(vae.sample_prior(0.5), "ValueError", "seed");
    for (options, mentions) in [
        ("{\"class\": 10}", "class is 10"),
        ("{\"class\": \"three\"}", "options"),
        ("{\"steps\": 1}", "steps"),
        ("{\"steps\": 5000}", "steps"),
        ("{\"schedule\": \"quadratic\"}", "quadratic"),
        ("{\"method\": \"euler\"}", "euler"),
        ("{\"eta\": 2}", "eta"),
        ("{\"guidance\": 3}", "guidance"),
        ("{\"chains\": 1000}", "chains"),
    ] {
        refused(ddpm.sampler(parse(options)), "ValueError", mentions);
    }
    for (options, mentions) in [
        ("{\"timesteps\": \"some\"}", "all"),
        ("{\"timesteps\": 0}", "timesteps"),
        ("{\"class\": 11}", "class"),
    ] {
        refused(ddpm.elbo(image(), parse(options)), "ValueError", mentions);
    }
    for (options, mentions) in [
        ("{\"evaluationsPerClass\": 0}", "evaluationsPerClass"),
        ("{\"class\": 3}", "class"),
        ("{\"weighting\": \"even\"}", "even"),
        ("{\"steps\": 1}", "steps"),
    ] {
        refused(ddpm.classify(image(), parse(options)), "ValueError", mentions);
    }
    refused(ddpm.classify(floats(&[0.0; 784]), JsValue::UNDEFINED), "ValueError", "Uint8Array");
    for (options, mentions) in
        [("{}", "t is 0"), ("{\"t\": 1001}", "1001"), ("{\"t\": 2, \"timesteps\": 3}", "timesteps")]
    {
        refused(ddpm.diffuse(image(), parse(options)), "ValueError", mentions);
    }
    refused(ddpm.schedule("linear".into(), 1), "ValueError", "steps");
    refused(
        interpolate(floats(&[0.0]), floats(&[0.0, 1.0]), 0.5, "linear".into()),
        "ShapeError",
        "2",
    );
    refused(
        interpolate(floats(&[0.0]), floats(&[0.0]), 0.5, "cubic".into()),
        "ValueError",
        "cubic",
    );
    refused(to_levels(floats(&[f32::NAN])), "ValueError", "NaN");
}

#[wasm_bindgen_test]
fn errors_have_fields_for_code_and_what_caused_them() {
    let error = |found: Result<JsValue, JsValue>| -> js_sys::Error {
        found.expect_err("it is refused").dyn_into().expect("it is a real Error")
    };
    let text = |object: &JsValue, key: &str| get(object, key).as_string().unwrap_or_default();
    let wrong = error(vae().decode(Float32Array::new_with_length(15).into(), None).map(Into::into));
    assert_eq!(
        String::from(wrong.to_string()),
        "ShapeError: the latent vector has 15 values, expected 16 or a multiple of them"
    );
    assert_eq!(text(&wrong, "what"), "the latent vector");
    assert_eq!(text(&wrong, "found"), "15 values");
    assert_eq!(text(&wrong, "expected"), "16 or a multiple of them");
    assert!(get(&wrong, "cause").is_undefined());
    let unread = error(parse_manifest("{\"format\": 2"));
    assert_eq!(text(&unread, "message"), "the manifest cannot be read");
    let cause: js_sys::Error = get(&unread, "cause").dyn_into().expect("the cause is an Error");
    assert!(text(&cause, "message").starts_with("EOF while parsing"), "{cause:?}");
    let (entry, _) = model("mnist-vae");
    let empty = Object::new();
    for role in ["encoder", "decoder"] {
        Reflect::set(&empty, &role.into(), &Uint8Array::new_with_length(3)).unwrap();
    }
    let damaged = error(Vae::load(entry, empty.into()).map(Into::into));
    assert_eq!(text(&damaged, "file"), "mnist-vae-encoder.onnx");
    assert_eq!(text(&damaged, "found"), "3 bytes");
}

#[wasm_bindgen_test]
fn bad_models_are_typed_errors() {
    refused(parse_manifest("{\"format\": 9, \"models\": []}"), "ManifestError", "format");
    let (entry, files) = model("mnist-vae");
    let (ddpm_entry, ddpm_files) = model("mnist-ddpm");
    refused(Vae::load(ddpm_entry.clone(), files.clone()), "ManifestError", "not a VAE");
    refused(
        Ddpm::load(entry.clone(), ddpm_files.clone()),
        "ManifestError",
        "not a diffusion model",
    );
    refused(Vae::load(parse("{}"), files.clone()), "ManifestError", "id");
    refused(Vae::load(entry.clone(), parse("{}")), "ValueError", "files.encoder");
    // One flipped bit, and a file cut short.
    let bytes: Uint8Array = get(&ddpm_files, "network").unchecked_into();
    let flipped = bytes.slice(0, bytes.length());
    flipped.set_index(1000, flipped.get_index(1000) ^ 1);
    let damaged = |bytes: &Uint8Array| {
        let files = Object::new();
        Reflect::set(&files, &"network".into(), bytes).unwrap();
        JsValue::from(files)
    };
    refused(Ddpm::load(ddpm_entry.clone(), damaged(&flipped)), "ChecksumError", "SHA-256");
    refused(
        Ddpm::load(ddpm_entry.clone(), damaged(&bytes.slice(0, 5000))),
        "ChecksumError",
        "5000",
    );
}

#[wasm_bindgen_test]
fn invalid_and_foreign_onnx_files_are_model_errors() {
    let (entry, _) = model("mnist-ddpm");
    let network = shipped::file("mnist-ddpm.onnx");
    for (bytes, mentions) in [
        (&network[..network.len() / 2], "ONNX"),
        (&b"<!doctype html>"[..], "web page"),
        (shipped::file("mnist-vae-decoder.onnx"), "inputs"),
    ] {
        // A manifest that vouches for the bytes, so that only their content is wrong.
        let entry = JSON::parse(&String::from(JSON::stringify(&entry).unwrap())).unwrap();
        let file = get(&get(&entry, "files"), "network");
        let digest: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        Reflect::set(&file, &"sha256".into(), &digest.into()).unwrap();
        Reflect::set(&file, &"bytes".into(), &(bytes.len() as f64).into()).unwrap();
        let files = Object::new();
        Reflect::set(&files, &"network".into(), &Uint8Array::from(bytes)).unwrap();
        refused(Ddpm::load(entry, files.into()), "ModelError", mentions);
    }
}
