//! The JavaScript interface in Node: real objects out, typed errors for bad input.

mod errors;
mod evaluation;
mod foreign;
mod images;
mod inference;
mod latent;
mod plane;
mod sets;

use crate::support::js::{get, model, number, parse};
use elbo_room::bindings::{Ddpm, Vae, random_seed, version};
use js_sys::{Array, Float32Array, Float64Array, JSON, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

fn vae() -> Vae {
    let (entry, files) = model("mnist-vae");
    Vae::load(entry, files).unwrap()
}

fn ddpm() -> Ddpm {
    let (entry, files) = model("mnist-ddpm");
    Ddpm::load(entry, files).unwrap()
}

/// A drawn bar: ink in a column of the middle.
fn bar() -> Vec<u8> {
    (0..784)
        .map(|i| if (4..24).contains(&(i / 28)) && (13..16).contains(&(i % 28)) { 255 } else { 0 })
        .collect()
}

fn image() -> JsValue {
    Uint8Array::from(&*bar()).into()
}

/// The message of an error, and those of what caused it.
fn with_causes(error: &js_sys::Error) -> String {
    let message = String::from(error.message());
    match get(error, "cause").dyn_into() {
        Ok(cause) => format!("{message}: {}", with_causes(&cause)),
        Err(_) => message,
    }
}

fn refused<T>(result: Result<T, JsValue>, name: &str, mentions: &str) {
    let error: js_sys::Error =
        result.err().unwrap_or_else(|| panic!("{mentions}: taken")).dyn_into().unwrap();
    assert_eq!(String::from(error.name()), name, "{:?}", error.message());
    let message = with_causes(&error);
    assert!(message.contains(mentions), "{message:?} does not mention {mentions:?}");
}

#[wasm_bindgen_test]
fn the_vae_decodes_encodes_and_scores() {
    let vae = vae();
    assert_eq!((vae.latents(), vae.height(), vae.width()), (16, 28, 28));
    let z = vae.sample_prior(1.0).unwrap();
    assert_eq!(z.length(), 16);
    let means = vae.decode(z.into(), None).unwrap().to_vec();
    assert_eq!(means.len(), 784);
    assert!(means.iter().all(|m| (0.0..=1.0).contains(m)));
    let q = vae.encode(Float32Array::from(&*means).into(), None).unwrap();
    for field in ["mean", "logVar"] {
        let values: Float32Array = get(&q, field).dyn_into().unwrap();
        assert_eq!(values.length(), 16);
    }
    let elbo = vae.elbo(image(), parse("{\"samples\": 4, \"seed\": 2}")).unwrap();
    assert_eq!((number(&elbo, "seed"), number(&elbo, "samples")), (2.0, 4.0));
    assert_eq!(get(&elbo, "binarized").dyn_into::<Uint8Array>().unwrap().length(), 784);
    assert_eq!(get(&elbo, "klPerLatent").dyn_into::<Array>().unwrap().length(), 16);
    let total = number(&get(&elbo, "elbo"), "mean");
    let sum = number(&get(&elbo, "reconstruction"), "mean") - number(&elbo, "kl");
    assert!((total - sum).abs() < 1e-9 && total < 0.0);
    assert!(
        (number(&get(&elbo, "bitsPerDim"), "mean") + total / (784.0 * 2_f64.ln())).abs() < 1e-9
    );
    assert!(number(&get(&elbo, "elbo"), "standardError") > 0.0);
    // Without options the seed is drawn and reported.
    assert!(number(&vae.elbo(image(), JsValue::UNDEFINED).unwrap(), "seed") >= 0.0);
}

#[wasm_bindgen_test]
fn a_vae_without_its_encoder_decodes_alike_and_says_what_it_lacks() {
    let (entry, files) = model("mnist-vae");
    let part = js_sys::Object::new();
    Reflect::set(&part, &"decoder".into(), &get(&files, "decoder")).unwrap();
    let (whole, half) = (vae(), Vae::load_decoder(entry.clone(), part.into()).unwrap());
    let z = || JsValue::from(whole.sample_prior(3.0).unwrap());
    assert_eq!(half.decode(z(), None).unwrap().to_vec(), whole.decode(z(), None).unwrap().to_vec());
    refused(
        half.encode(Float32Array::new_with_length(784).into(), None),
        "ModelError",
        "without its encoder",
    );
    refused(half.elbo(image(), JsValue::UNDEFINED), "ModelError", "without its encoder");
    refused(half.bound(image(), JsValue::UNDEFINED), "ModelError", "without its encoder");
    refused(Vae::load_decoder(entry, parse("{}")), "ValueError", "files.decoder");
}

#[wasm_bindgen_test]
fn the_diffusion_model_predicts_clean_image_and_noise() {
    let ddpm = ddpm();
    let (seed, steps) = (1, 1000);
    let options = format!("{{\"t\": 400, \"steps\": {steps}, \"class\": 1, \"seed\": {seed}}}");
    let diffused = ddpm.diffuse(image(), parse(&options)).unwrap();
    let log_snr = number(&diffused, "logSnr");
    let x_t: Vec<f64> = (0..784).map(|i| (f64::from(i) * 0.37).sin()).collect();
    let x_t_js = || JsValue::from(Float64Array::from(&*x_t));
    let prediction = ddpm.predict(x_t_js(), log_snr, Some(1)).unwrap();
    let doubles = |field| get(&prediction, field).dyn_into::<Float64Array>().unwrap().to_vec();
    let (x0, epsilon) = (doubles("x0"), doubles("epsilon"));
    let alpha = (1.0 / (1.0 + (-log_snr).exp())).sqrt();
    let sigma = (1.0 / (1.0 + log_snr.exp())).sqrt();
    for ((x_t, x0), epsilon) in x_t.iter().zip(x0).zip(epsilon) {
        assert!((-1.0..=1.0).contains(&x0));
        assert!((alpha * x0 + sigma * epsilon - x_t).abs() < 1e-9, "x_t is made of the two");
    }
    refused(ddpm.predict(Float64Array::new_with_length(3).into(), 0.0, None), "ShapeError", "784");
    refused(ddpm.predict(x_t_js(), f64::NAN, None), "ValueError", "NaN");
    refused(ddpm.predict(x_t_js(), 0.0, Some(10)), "ValueError", "class is 10");
    refused(
        ddpm.predict(Float32Array::new_with_length(784).into(), 0.0, None),
        "ValueError",
        "Float64Array",
    );
}

#[wasm_bindgen_test]
fn the_sampler_steps_and_keeps_frames() {
    let ddpm = ddpm();
    assert_eq!(ddpm.classes().length(), 10);
    let options = "{\"seed\": 5, \"class\": 3, \"steps\": 3, \"method\": \"ddim\", \"eta\": 0.5, \
        \"guidance\": 1, \"chains\": 2}";
    let mut sampler = ddpm.sampler(parse(options)).unwrap();
    assert_eq!(
        (sampler.seed(), sampler.chains(), sampler.length(), sampler.available()),
        (5.0, 2, 4, 0)
    );
    let first = sampler.step().unwrap();
    assert_eq!((number(&first, "index"), number(&first, "t")), (0.0, 3.0));
    for field in ["x", "predictedX0"] {
        assert_eq!(get(&first, field).dyn_into::<Uint8Array>().unwrap().length(), 2 * 784);
    }
    refused(sampler.frame(1), "ValueError", "frame 1");
    let canvas = || JsValue::from(js_sys::Object::new());
    refused(sampler.paint(canvas(), 1, "x", None), "ValueError", "frame 1");
    refused(sampler.paint(canvas(), 0, "x0", None), "ValueError", "predictedX0");
    refused(sampler.paint(canvas(), 0, "x", Some(1)), "CanvasError", "canvas");
    sampler.step().unwrap();
    sampler.step().unwrap();
    assert!(sampler.done());
    assert_eq!(sampler.available(), 4);
    let last = sampler.frame(3).unwrap();
    assert_eq!((number(&last, "t"), number(&last, "logSnr")), (0.0, f64::INFINITY));

    let handed = || JsValue::from(Array::of1(&last));
    refused(sampler.collect(0, handed()), "ValueError", "share is 0");
    sampler.expect_shares(1);
    assert_eq!((sampler.available(), sampler.collect(0, handed()).unwrap()), (0, 1));
    assert_eq!((sampler.available(), sampler.chains()), (1, 2));
    let x = |frame: &JsValue| get(frame, "x").dyn_into::<Uint8Array>().unwrap().to_vec();
    let joined = x(&sampler.frame(0).unwrap());
    assert_eq!(joined, [x(&first), x(&last)].concat(), "its chains, then those of the share");
}

#[wasm_bindgen_test]
fn a_picture_is_noised_and_denoised() {
    let ddpm = ddpm();
    let options = || parse("{\"seed\": 4, \"class\": 1, \"steps\": 10, \"chains\": 2}");
    let mut sampler = ddpm.denoise(image(), 2.0, options()).unwrap();
    assert_eq!(
        (sampler.seed(), sampler.start(), sampler.length(), sampler.chains()),
        (4.0, 2, 3, 2)
    );
    let first = sampler.step().unwrap();
    assert_eq!((number(&first, "index"), number(&first, "t")), (0.0, 2.0));
    let distances: Array = get(&first, "rmsToOriginal").dyn_into().unwrap();
    assert_eq!(distances.length(), 2);
    assert!(distances.iter().all(|d| d.as_f64().unwrap() > 0.0));
    let diffuse = "{\"t\": 2, \"steps\": 10, \"class\": 1, \"seed\": 4, \"schedule\": \"cosine\"}";
    let diffused = ddpm.diffuse(image(), parse(diffuse)).unwrap();
    let bytes = |of: &JsValue| get(of, "x").dyn_into::<Uint8Array>().unwrap().to_vec();
    assert_eq!(bytes(&first)[..784], bytes(&diffused));
    while !sampler.done() {
        sampler.step().unwrap();
    }
    assert_eq!(number(&sampler.frame(2).unwrap(), "t"), 0.0);
    let from_noise = ddpm.sampler(parse("{\"steps\": 2}")).unwrap().step().unwrap();
    assert!(get(&from_noise, "rmsToOriginal").is_null());
    for (t, mentions) in
        [(0.0, "t is 0"), (11.0, "t is 11"), (-1.0, "whole"), (1.5, "whole"), (f64::NAN, "whole")]
    {
        refused(ddpm.denoise(image(), t, options()), "ValueError", mentions);
    }
    refused(ddpm.denoise(image(), 2.0, parse("{\"t\": 2}")), "ValueError", "t");
    refused(
        ddpm.denoise(Uint8Array::new_with_length(5).into(), 2.0, options()),
        "ShapeError",
        "784",
    );
    refused(ddpm.denoise(Array::new().into(), 2.0, options()), "ValueError", "Uint8Array");
}

#[wasm_bindgen_test]
fn the_diffusion_bound_grows() {
    let mut elbo =
        ddpm().elbo(image(), parse("{\"seed\": 1, \"timesteps\": 2, \"steps\": 10}")).unwrap();
    assert_eq!(elbo.total_evaluations(), 4);
    assert!(elbo.result().unwrap().is_undefined());
    assert!(!elbo.step().unwrap());
    assert!(elbo.step().unwrap());
    let first = elbo.result().unwrap();
    assert!(get(&get(&first, "elbo"), "standardError").is_null());
    assert!(get(&first, "class").is_null());
    while !elbo.done() {
        elbo.step().unwrap();
    }
    let result = elbo.result().unwrap();
    let mean = |field| number(&get(&result, field), "mean");
    let sum = number(&result, "lT") + mean("lDenoising") + mean("l0");
    assert!((mean("elbo") + sum).abs() < 1e-9);
    assert_eq!(get(&result, "done"), JsValue::TRUE);
    let all = ddpm().elbo(image(), parse("{\"timesteps\": \"all\", \"steps\": 5}")).unwrap();
    // four passes over four timesteps, each with two draws of L_0
    assert_eq!(all.total_evaluations(), 4 * (4 + 2));
}

#[wasm_bindgen_test]
fn the_diffusion_bound_has_random_access_and_a_consistency_form() {
    let ddpm = ddpm();
    let start = || {
        ddpm.elbo(
            image(),
            parse("{\"seed\": 1, \"timesteps\": 2, \"steps\": 10, \"consistency\": true}"),
        )
    };
    let (mut stepped, mut recorded) = (start().unwrap(), start().unwrap());
    while !stepped.done() {
        stepped.step().unwrap();
    }
    for index in (0..stepped.total_evaluations()).rev() {
        let values = recorded.evaluate(index).unwrap();
        assert_eq!(
            recorded.record(index, Float64Array::from(&*values).into()).unwrap(),
            index == 0
        );
    }
    assert_eq!(recorded.evaluations(), 4);
    let text = |result: JsValue| String::from(JSON::stringify(&result).unwrap());
    let result = recorded.result().unwrap();
    assert_eq!(text(result.clone()), text(stepped.result().unwrap()));
    let form = get(&result, "consistency");
    let mean = |of: &JsValue, field| number(&get(of, field), "mean");
    let sum = number(&form, "prior") + mean(&form, "lConsistency") + mean(&result, "l0");
    assert!((mean(&form, "elbo") + sum).abs() < 1e-6);
    assert!(number(&form, "matchingSd") > 0.0 && number(&form, "consistencySd") > 0.0);
    let plain = ddpm.elbo(image(), parse("{\"timesteps\": 1, \"steps\": 10}")).unwrap();
    assert_eq!(plain.evaluate(0).unwrap().len(), 1);
    refused(plain.evaluate(2), "ValueError", "index");
    refused(
        recorded.record(0, Float32Array::new_with_length(2).into()),
        "ValueError",
        "Float64Array",
    );
    refused(recorded.record(0, Float64Array::new_with_length(1).into()), "ShapeError", "2 values");
    refused(recorded.record(4, Float64Array::new_with_length(2).into()), "ValueError", "index");
}

#[wasm_bindgen_test]
fn the_class_posterior_sharpens() {
    let ddpm = ddpm();
    let start =
        || ddpm.classify(image(), parse("{\"seed\": 1, \"evaluationsPerClass\": 2}")).unwrap();
    let mut posterior = start();
    assert_eq!(posterior.total_evaluations(), 20);
    assert!(posterior.result().unwrap().is_undefined());
    let helper = start();
    for index in 0..10 {
        let values = helper.evaluate(index).unwrap();
        assert_eq!(
            posterior.record(index, Float64Array::from(&*values).into()).unwrap(),
            index == 9
        );
    }
    let first = posterior.result().unwrap();
    assert!(get(&first, "standardError").is_null());
    while !posterior.done() {
        posterior.step().unwrap();
    }
    let result = posterior.result().unwrap();
    assert_eq!((number(&result, "perClass"), number(&result, "evaluations")), (2.0, 20.0));
    let numbers = |field| -> Vec<f64> {
        let array: Array = get(&result, field).dyn_into().unwrap();
        array.iter().map(|v| v.as_f64().unwrap()).collect()
    };
    let probabilities = numbers("posterior");
    assert_eq!((probabilities.len(), numbers("standardError").len()), (10, 10));
    assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    let predicted = number(&result, "predicted") as usize;
    assert!(probabilities.iter().all(|p| *p <= probabilities[predicted]));
    assert!((0.0..=10_f64.ln()).contains(&number(&result, "entropy")));
    assert!(number(&get(&result, "bounds").dyn_into::<Array>().unwrap().get(3), "mean") < 0.0);
}

#[wasm_bindgen_test]
fn diffuse_predicts_as_the_bound_does() {
    let ddpm = ddpm();
    let shown = ddpm
        .diffuse(image(), parse("{\"t\": 3, \"steps\": 10, \"class\": 1, \"seed\": 4}"))
        .unwrap();
    for field in ["x", "predictedX0"] {
        assert_eq!(get(&shown, field).dyn_into::<Uint8Array>().unwrap().length(), 784);
    }
    assert_eq!((number(&shown, "t"), number(&shown, "seed")), (3.0, 4.0));
    let options = parse("{\"timesteps\": \"all\", \"steps\": 10, \"class\": 1, \"seed\": 4}");
    let bound = ddpm.elbo(image(), options).unwrap();
    assert_eq!(bound.evaluate(1).unwrap(), [number(&shown, "nats")]);
}

#[wasm_bindgen_test]
fn schedules_are_columns() {
    let table = ddpm().schedule("linear".into(), 50).unwrap();
    for column in ["t", "logSnr", "alphaBar"] {
        assert_eq!(get(&table, column).dyn_into::<Array>().unwrap().length(), 50);
    }
}

#[wasm_bindgen_test]
fn seeds_and_version_are_there() {
    let seed = random_seed().unwrap();
    assert!(seed.fract() == 0.0 && (0.0..4_294_967_296.0).contains(&seed));
    assert_ne!((random_seed().unwrap(), random_seed().unwrap()), (seed, seed));
    assert_eq!(version(), env!("CARGO_PKG_VERSION"));
}

#[wasm_bindgen_test]
fn a_seed_is_drawn_where_none_is_given() {
    let ddpm = ddpm();
    let seed = |options: &JsValue| ddpm.sampler(options.clone()).unwrap().seed();
    let given = parse("{\"steps\": 3, \"seed\": null}");
    let drawn = [JsValue::UNDEFINED, JsValue::NULL, parse("{\"steps\": 3}"), given.clone()]
        .map(|options| seed(&options));
    assert!(drawn.iter().all(|s| s.fract() == 0.0 && (0.0..4_294_967_296.0).contains(s)));
    assert!(drawn.iter().any(|s| *s != drawn[0]), "{drawn:?}");
    assert!(get(&given, "seed").is_null(), "what was given is as it was");
    assert_eq!(seed(&parse("{\"steps\": 3, \"seed\": 0}")), 0.0);
}
