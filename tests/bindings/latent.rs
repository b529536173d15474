//! Bounds of VAEs and hierarchical VAEs.

use elbo_room::bindings::{Hvae, LatentBound, Vae, along_path, to_levels};
use js_sys::{Array, Float32Array, Float64Array, JSON, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{image, refused, vae};
use crate::support::js::{get, model, model_of, number, parse};
use crate::support::tiny;

fn hvae(id: &str) -> Hvae {
    let (entry, files) = model_of(tiny::MANIFEST, tiny::file, id);
    Hvae::load(entry, files).unwrap()
}

/// A 2x2 image of 8-bit levels.
fn small() -> JsValue {
    Uint8Array::from(&[0, 90, 180, 255][..]).into()
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

fn finish(mut bound: LatentBound) -> JsValue {
    while bound.step().unwrap() {}
    assert!(bound.done());
    bound.result().unwrap()
}

fn doubles(values: &[f64]) -> JsValue {
    Float64Array::from(values).into()
}

#[wasm_bindgen_test]
fn the_bound_of_a_vae_has_its_terms() {
    let vae = vae();
    let options = || parse("{\"samples\": 12, \"seed\": 2}");
    let mut bound = vae.bound(image(), options()).unwrap();
    // twelve of q, and as many of the proposal's own but for the last
    assert_eq!((bound.total_evaluations(), bound.evaluations(), bound.done()), (23, 0, false));
    assert!(bound.result().unwrap().is_undefined());
    assert!(bound.step().unwrap());
    let first = bound.result().unwrap();
    assert_eq!((number(&first, "samples"), get(&first, "done")), (1.0, JsValue::FALSE));
    assert!(get(&get(&first, "logLikelihood"), "standardError").is_null());

    let result = finish(bound);
    assert_eq!((number(&result, "seed"), number(&result, "samples")), (2.0, 12.0));
    assert_eq!((get(&result, "done"), get(&result, "task")), (JsValue::TRUE, "binarized".into()));
    let elbo = vae.elbo(image(), options()).unwrap();
    let pixels =
        |result: &JsValue| get(result, "binarized").dyn_into::<Uint8Array>().unwrap().to_vec();
    assert_eq!(pixels(&result), pixels(&elbo), "both score the same binary image");
    assert_eq!(text(&get(&result, "elbo")), text(&get(&elbo, "elbo")), "from the same samples");
    let kl = get(&result, "kl");
    assert_eq!((number(&kl, "mean"), number(&kl, "standardError")), (number(&elbo, "kl"), 0.0));
    assert_eq!(text(&get(&result, "klPerLatent")), text(&get(&elbo, "klPerLatent")));
    let layers: Array = get(&result, "layers").dyn_into().unwrap();
    assert_eq!((layers.length(), get(&layers.get(0), "name")), (1, "z".into()));
    let importance: Array = get(&result, "importance").dyn_into().unwrap();
    let sizes: Vec<f64> = importance.iter().map(|bound| number(&bound, "k")).collect();
    assert_eq!(sizes, [1.0, 2.0, 5.0, 10.0, 12.0]);
    let estimates: Array = get(&result, "estimates").dyn_into().unwrap();
    let kinds: Vec<JsValue> = estimates.iter().map(|e| get(&e, "proposal")).collect();
    assert_eq!(kinds, ["fitted".into(), "posterior".into()] as [JsValue; 2]);
    let [best, plain] = [estimates.get(0), estimates.get(1)];
    assert_eq!((number(&best, "draws"), number(&plain, "draws")), (23.0, 12.0));
    assert_eq!(text(&get(&best, "logLikelihood")), text(&get(&result, "logLikelihood")));
    assert_eq!(text(&get(&importance.get(4), "bound")), text(&get(&plain, "logLikelihood")));
    assert!(get(&plain, "pareto").is_null(), "three weights have no tail");
    let pareto = get(&best, "pareto");
    assert_eq!((number(&pareto, "size"), get(&best, "reliable")), (5.0, JsValue::FALSE));
    let tail: Array = get(&pareto, "tail").dyn_into().unwrap();
    assert_eq!((tail.length(), number(&tail.get(0), "rank")), (5, 1.0));
    assert!(number(&tail.get(0), "observed") > number(&tail.get(4), "observed"));
    let mean = |field: &str| number(&get(&result, field), "mean");
    assert!((mean("gap") - (mean("logLikelihood") - mean("elbo"))).abs() < 1e-9);
    assert!((mean("bitsPerDim") + mean("elbo") / (784.0 * 2_f64.ln())).abs() < 1e-9);
    assert!((1.0..=23.0).contains(&number(&best, "effectiveSampleSize")));
    assert_eq!(get(&result, "reliable"), JsValue::FALSE, "12 samples are too few");
    // Without options the seed is drawn and reported.
    let mut bound = vae.bound(image(), JsValue::UNDEFINED).unwrap();
    bound.step().unwrap();
    assert_eq!(bound.total_evaluations(), 9999);
    assert!(number(&bound.result().unwrap(), "seed") >= 0.0);
}

#[wasm_bindgen_test]
fn workers_share_a_bound() {
    let model = hvae("tiny-hvae");
    let start = || model.bound(small(), parse("{\"samples\": 30, \"seed\": 4}")).unwrap();
    let alone = finish(start());
    let workers = [start(), start()];
    let mut bound = start();
    // Every fourth draw is one of the proposal's wider part.
    let evaluations = bound.total_evaluations();
    assert_eq!(evaluations, 30 + 9);
    for index in (0..evaluations).rev() {
        let values = workers[index % 2].evaluate(index).unwrap();
        assert_eq!(bound.record(index, doubles(&values)).unwrap(), index == 0);
    }
    assert!(bound.done() && !bound.step().unwrap());
    assert_eq!(text(&bound.result().unwrap()), text(&alone));
}

#[wasm_bindgen_test]
fn a_hierarchy_generates_reconstructs_and_scores() {
    let model = hvae("tiny-hvae-8bit");
    assert_eq!((model.latents(), model.height(), model.width()), (6, 2, 2));
    let layers: Array = model.layers().unwrap().dyn_into().unwrap();
    assert_eq!(get(&layers.get(0), "name"), "top");
    assert_eq!(text(&get(&layers.get(1), "shape")), "[1,2,2]");

    let generate =
        |seeds: &str| model.generate(parse(&format!("{{\"seeds\": {seeds}}}"))).unwrap().to_vec();
    let picture = generate("[1, 2]");
    assert!(picture.len() == 4 && picture.iter().all(|m| (0.0..=1.0).contains(m)));
    assert_eq!(picture, generate("[1, 2]"));
    assert!(picture != generate("[1, 3]") && picture != generate("[3, 2]"));

    let reconstruct = |options: &str| model.reconstruct(small(), parse(options)).unwrap().to_vec();
    let whole = reconstruct("{\"seed\": 5}");
    assert_eq!(whole, reconstruct("{\"seed\": 5, \"posteriorLayers\": 2}"));
    assert_ne!(whole, reconstruct("{\"seed\": 5, \"posteriorLayers\": 1}"));
    assert_eq!(model.reconstruct(small(), JsValue::UNDEFINED).unwrap().length(), 4);

    let result = finish(model.bound(small(), parse("{\"samples\": 5, \"seed\": 1}")).unwrap());
    assert_eq!(get(&result, "task"), "8-bit");
    assert!(get(&result, "binarized").is_null() && get(&result, "klPerLatent").is_null());
    let layers: Array = get(&result, "layers").dyn_into().unwrap();
    let sum: f64 = layers.iter().map(|layer| number(&get(&layer, "kl"), "mean")).sum();
    assert!(layers.length() == 2 && (sum - number(&get(&result, "kl"), "mean")).abs() < 1e-9);
    assert!(number(&get(&result, "kl"), "standardError") > 0.0);
}

fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

#[wasm_bindgen_test]
fn two_latents_have_a_map() {
    let (entry, files) = model("mnist-vae-2d");
    let two = Vae::load(entry, files).unwrap();
    let mut plane = two.plane(parse("{\"range\": 2, \"grids\": [1, 2]}")).unwrap();
    assert_eq!((plane.height(), plane.width(), plane.total(), plane.decoded()), (56, 56, 5, 0));
    while !plane.done() {
        plane.step().unwrap();
    }
    assert_eq!(plane.decoded(), 5);
    let corner =
        to_levels(two.decode(floats(&[-1.0, 1.0]), None).unwrap().into()).unwrap().to_vec();
    let levels = plane.levels().to_vec();
    assert!((0..784).all(|i| levels[i / 28 * 56 + i % 28] == corner[i]));
    assert_eq!(two.plane(JsValue::UNDEFINED).unwrap().total(), 25 + 100 + 400);

    let regions: Array = two.class_regions(doubles(&[0.5, 0.9])).unwrap();
    assert_eq!(regions.length(), 10);
    let seven = regions.get(7);
    assert_eq!((get(&seven, "label"), number(&seven, "images")), ("7".into(), 6265.0));
    let peak: Array = get(&seven, "peak").dyn_into().unwrap();
    assert!(peak.length() == 2 && peak.iter().all(|z| z.as_f64().unwrap().abs() < 3.0));
    let contours: Array = get(&seven, "contours").dyn_into().unwrap();
    let lines: Array = contours.get(1).dyn_into().unwrap();
    let line: Float64Array = lines.get(0).dyn_into().unwrap();
    assert!(contours.length() == 2 && line.length() > 8 && line.length().is_multiple_of(2));

    for (options, mentions) in [
        ("{\"range\": 0}", "range"),
        ("{\"grids\": []}", "grids"),
        ("{\"grids\": [3, 4]}", "3"),
        ("{\"size\": 4}", "size"),
    ] {
        refused(two.plane(parse(options)), "ValueError", mentions);
    }
    refused(vae().plane(JsValue::UNDEFINED), "ValueError", "16 latents");
    refused(vae().class_regions(doubles(&[0.5])), "ValueError", "without the density");
    refused(two.class_regions(doubles(&[1.0])), "ValueError", "share");
    refused(two.class_regions(floats(&[0.5])), "ValueError", "Float64Array");
    let (entry, files) = model("mnist-vae-2d");
    let file: Uint8Array = get(&files, "density").dyn_into().unwrap();
    file.set_index(7, file.get_index(7) ^ 1);
    refused(Vae::load(entry, files), "ChecksumError", "SHA-256");
}

#[wasm_bindgen_test]
fn a_path_is_walked_by_its_length() {
    let path = floats(&[0.0, 0.0, 1.0, 0.0, 1.0, 3.0]);
    let points = along_path(path.clone(), 2, doubles(&[0.0, 0.125, 0.5, 1.0])).unwrap().to_vec();
    assert_eq!(points, [0.0, 0.0, 0.5, 0.0, 1.0, 1.0, 1.0, 3.0]);
    refused(along_path(path.clone(), 4, doubles(&[0.5])), "ShapeError", "6 values");
    refused(along_path(path.clone(), 0, doubles(&[0.5])), "ShapeError", "6 values");
    refused(along_path(floats(&[]), 2, doubles(&[0.5])), "ShapeError", "0 values");
    refused(along_path(path.clone(), 2, doubles(&[1.5])), "ValueError", "1.5");
    refused(along_path(path, 2, doubles(&[f64::NAN])), "ValueError", "NaN");
    refused(along_path(floats(&[f32::INFINITY, 0.0]), 2, doubles(&[0.5])), "ValueError", "inf");
}

#[wasm_bindgen_test]
fn bad_values_are_typed_errors() {
    let (vae, hvae) = (vae(), hvae("tiny-hvae"));
    for (options, mentions) in [
        ("{\"samples\": 0}", "samples"),
        ("{\"samples\": 2000000}", "1000000"),
        ("{\"k\": 5}", "k"),
        ("{\"seed\": 0.5}", "options"),
    ] {
        refused(vae.bound(image(), parse(options)), "ValueError", mentions);
        refused(hvae.bound(small(), parse(options)), "ValueError", mentions);
    }
    refused(vae.bound(small(), JsValue::UNDEFINED), "ShapeError", "784");
    refused(hvae.bound(image(), JsValue::UNDEFINED), "ShapeError", "4");
    refused(hvae.bound(Array::new().into(), JsValue::UNDEFINED), "ValueError", "Uint8Array");
    refused(hvae.generate(parse("{\"seeds\": [1]}")), "ShapeError", "2 layers");
    refused(hvae.generate(parse("{\"seeds\": [1, -2]}")), "ValueError", "seed");
    refused(hvae.generate(parse("{\"seed\": 1}")), "ValueError", "seeds");
    refused(hvae.reconstruct(small(), parse("{\"posteriorLayers\": 3}")), "ValueError", "2 layers");
    refused(hvae.reconstruct(small(), parse("{\"layers\": 1}")), "ValueError", "posteriorLayers");

    let mut bound = hvae.bound(small(), parse("{\"samples\": 3}")).unwrap();
    refused(bound.evaluate(3), "ValueError", "0 to 2");
    refused(bound.record(3, doubles(&[0.0; 5])), "ValueError", "0 to 2");
    refused(bound.record(0, doubles(&[0.0; 3])), "ShapeError", "5 values");
    refused(bound.record(0, doubles(&[f64::NAN; 5])), "ValueError", "NaN");
    refused(bound.record(0, Array::new().into()), "ValueError", "Float64Array");

    let (entry, files) = model_of(tiny::MANIFEST, tiny::file, "tiny-hvae");
    refused(Vae::load(entry.clone(), files.clone()), "ManifestError", "not a VAE");
    refused(Hvae::load(entry, parse("{}")), "ValueError", "files.encoder");
    let (entry, _) = model_of(tiny::MANIFEST, tiny::file, "tiny-vae-8bit");
    refused(Hvae::load(entry, files), "ManifestError", "not a hierarchical VAE");
}
