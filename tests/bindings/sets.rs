//! Data sets: files in, seeds and order of the images, and the numbers of the program `evaluate`.

use elbo_room::bindings::{
    Ddpm, Hvae, Vae, histogram, image_order, image_seed, npy_file, principal_components,
    read_data_file, roc,
};
use elbo_room::image::drawing::{DEFAULT_BRUSH, render_digit};
use elbo_room::image::example_drawings;
use js_sys::{Array, Float64Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use super::refused;
use crate::support::js::{get, model, number, parse};

const EXPECTED: &str = include_str!("../fixtures/sets.jsonl");

fn bytes(data: &[u8]) -> JsValue {
    Uint8Array::from(data).into()
}

fn doubles(data: &[f64]) -> JsValue {
    Float64Array::from(data).into()
}

/// What is known of a bound when all of it is.
macro_rules! finished {
    ($bound:expr) => {{
        let mut bound = $bound.unwrap();
        while !bound.done() {
            bound.advance(64).unwrap();
        }
        bound.result().unwrap()
    }};
}

/// The bound as a worker of the page computes it.
fn bound(id: &str, levels: &[u8], options: &str) -> JsValue {
    let (entry, files) = model(id);
    let (levels, options) = (bytes(levels), parse(options));
    match id {
        "mnist-vae" => finished!(Vae::load(entry, files).unwrap().bound(levels, options)),
        "mnist-hvae" => finished!(Hvae::load(entry, files).unwrap().bound(levels, options)),
        _ => finished!(Ddpm::load(entry, files).unwrap().elbo(levels, options)),
    }
}

/// A score of the program in the result of a bound; None for what the page does not show.
fn value(result: &JsValue, is_diffusion: bool, metric: &str) -> Option<f64> {
    let mean = |object: &JsValue, field: &str| Some(number(&get(object, field), "mean"));
    match metric {
        "bits-per-dim" => mean(result, "bitsPerDim"),
        "log-likelihood" => mean(result, "logLikelihood"),
        "prior" => Some(number(result, "lT")),
        "denoising" => mean(result, "lDenoising"),
        "reconstruction" if is_diffusion => mean(result, "l0"),
        "elbo-consistency" => mean(&get(result, "consistency"), "elbo"),
        "elbo" | "reconstruction" | "kl" | "gap" => mean(result, metric),
        _ => None,
    }
}

#[wasm_bindgen_test]
fn images_have_the_bits_of_the_program() {
    let digits: Vec<Vec<u8>> = example_drawings()
        .into_iter()
        .filter(|drawing| drawing.label.is_some())
        .map(|drawing| render_digit(&drawing.strokes, DEFAULT_BRUSH).unwrap())
        .collect();
    let order = image_order(5.0, digits.len() as f64).unwrap();
    // JavaScript's numbers come back bit for bit.
    let text = |object: &JsValue, key: &str| get(object, key).as_string();
    let records: Vec<JsValue> = EXPECTED.lines().map(parse).collect();
    assert_eq!(records.len(), 20);
    for record in records {
        let image = number(&record, "image");
        assert!(order[..4].contains(&(image as u32)), "image {image} is none of {order:?}");
        let id = text(&record, "model").unwrap();
        let is_diffusion = id == "mnist-ddpm";
        let own = if is_diffusion {
            r#""schedule": "log-snr-linear", "steps": 1000, "timesteps": 16, "consistency": true"#
        } else if get(&record, "part") == "bound" {
            r#""samples": 64, "proposal": "posterior""#
        } else {
            r#""samples": 16, "proposal": "laplace""#
        };
        let seed = image_seed(5.0, image).unwrap();
        let options = format!(r#"{{{own}, "seed": {seed}}}"#);
        let result = bound(&id, &digits[image as usize], &options);
        let terms: Array = get(&record, "terms").unchecked_into();
        let mut compared = 0;
        for term in terms.iter().filter(|term| text(term, "layer").is_none()) {
            let metric = text(&term, "metric").unwrap();
            let Some(found) = value(&result, is_diffusion, &metric) else { continue };
            let expected = number(&term, "value");
            assert_eq!(found.to_bits(), expected.to_bits(), "{id}, image {image}: {metric}");
            compared += 1;
        }
        assert!(compared >= 2, "{id}, image {image}: {compared} scores");
    }
}

#[wasm_bindgen_test]
fn files_become_images_or_labels() {
    let file = [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2][..], &[1, 2, 3, 4]].concat();
    let images = read_data_file(bytes(&file)).unwrap();
    let levels: Uint8Array = get(&images, "levels").dyn_into().unwrap();
    assert_eq!(levels.to_vec(), [1, 2, 3, 4]);
    let shape = get(&images, "shape");
    assert_eq!(["channels", "height", "width"].map(|key| number(&shape, key)), [1.0, 1.0, 2.0]);
    assert_eq!(number(&images, "count"), 2.0);
    assert!(get(&images, "labels").is_null());
    assert_eq!(get(&images, "reading"), "levels");
    let labels = read_data_file(bytes(b"label\ncat\ndog\n")).unwrap();
    assert!(get(&labels, "levels").is_null());
    let names: Array = get(&labels, "labels").unchecked_into();
    assert_eq!((names.length(), names.get(1)), (2, "dog".into()));
    refused(read_data_file(bytes(&file[..18])), "ValueError", "cut short");
    refused(read_data_file(doubles(&[1.0])), "ValueError", "Uint8Array");
}

#[wasm_bindgen_test]
fn comparisons_counts_and_arrays() {
    let found = roc(doubles(&[2.0, 3.0, 3.0]), doubles(&[1.0, 2.0])).unwrap();
    // of six pairs five are won and one is a tie
    assert!((number(&found, "auroc") - 5.5 / 6.0).abs() < 1e-15);
    assert!(number(&found, "standardError") > 0.0);
    let points: Array = get(&found, "points").unchecked_into();
    assert_eq!(Array::from(&points.get(0)).get(1), 0.0);
    refused(roc(doubles(&[]), doubles(&[1.0])), "ValueError", "at least one");
    let counts: Array = get(&histogram(doubles(&[0.1, 0.2, 0.9]), 2).unwrap(), "counts").into();
    assert_eq!(counts.iter().map(|count| count.as_f64().unwrap()).sum::<f64>(), 3.0);
    refused(histogram(doubles(&[f64::INFINITY]), 2), "ValueError", "finite");
    refused(histogram(doubles(&[1.0]), 0), "ValueError", "bins");
    for values in [doubles(&[1.0, 2.0]), bytes(&[1, 2])] {
        let file = npy_file(values).unwrap();
        let labels: Array = get(&read_data_file(file.into()).unwrap(), "labels").unchecked_into();
        assert_eq!((labels.get(0), labels.get(1)), ("1".into(), "2".into()));
    }
    refused(image_order(0.0, 2e6), "ValueError", "10^6");
    refused(image_seed(-1.0, 0.0), "ValueError", "seed");
}

#[wasm_bindgen_test]
fn principal_components_come_as_numbers() {
    // On a line of direction (3, 4), one and two units either side of (1, 2).
    let steps = [-2.0, -1.0, 1.0, 2.0];
    let points: Vec<f64> =
        steps.iter().flat_map(|step| [1.0 + 3.0 * step, 2.0 + 4.0 * step]).collect();
    let found = principal_components(doubles(&points), 2, 1).unwrap();
    let numbers = |value: &JsValue| {
        Array::from(value).iter().map(|number| number.as_f64().unwrap()).collect::<Vec<_>>()
    };
    let close = |found: Vec<f64>, expected: &[f64]| {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
        }
    };
    close(numbers(&get(&found, "mean")), &[1.0, 2.0]);
    close(numbers(&Array::from(&get(&found, "axes")).get(0)), &[0.6, 0.8]);
    close(numbers(&get(&found, "scores")), &[-10.0, -5.0, 5.0, 10.0]);
    close(numbers(&get(&found, "variances")), &[250.0 / 3.0]);
    close(vec![number(&found, "totalVariance")], &[250.0 / 3.0]);
    refused(principal_components(doubles(&points), 3, 1), "ValueError", "3 dimensions");
}
