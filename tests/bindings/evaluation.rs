//! Scores of the test set.

use elbo_room::bindings::Evaluation;
use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;

use super::refused;
use crate::support::js::{get, number};

#[wasm_bindgen_test]
fn an_evaluation_tells_scores_and_percentiles() {
    let quantiles: Vec<f64> = (0..=100).map(|percent| f64::from(percent) - 200.0).collect();
    let json = format!(
        r#"{{"format": 1, "models": [{{
            "id": "a", "files": {{"network": "00"}}, "dataset": "MNIST test", "task": "8-bit",
            "command": "evaluate", "seed": 0,
            "scores": [{{"metric": "bits-per-dim", "unit": "bits/dim", "value": 1.1,
            "standardError": 0.1, "images": 2, "samples": 16}}],
            "bounds": {{"images": 2, "lowest": [-200], "quantiles": {quantiles:?},
            "histogram": {{"edges": [-200, -150, -100], "counts": [1, 1]}}}}}}]}}"#
    );
    let evaluation = Evaluation::parse(&json).unwrap();
    assert_eq!(evaluation.percentile("a", -170.0).unwrap(), 30.0);
    let models: Array = evaluation.models().unwrap().unchecked_into();
    assert_eq!(models.length(), 1);
    let scores: Array = get(&models.get(0), "scores").unchecked_into();
    assert_eq!(number(&scores.get(0), "standardError"), 0.1);
    refused(evaluation.percentile("b", 0.0), "ValueError", "not been evaluated");
    refused(Evaluation::parse("[]"), "ManifestError", "evaluation");
}

#[wasm_bindgen_test]
fn an_image_is_placed_between_two_sets() {
    let quantiles = |from: f64| (0..=50).map(|i| from + f64::from(i)).collect::<Vec<f64>>();
    let percents: Vec<f64> = (0..=100).map(f64::from).collect();
    let bounds = format!(
        r#""bounds": {{"images": 2, "lowest": [0], "quantiles": {percents:?},
            "histogram": {{"edges": [0, 50, 101], "counts": [1, 1]}}}}"#
    );
    let entry = |dataset: &str, more: &str| {
        format!(
            r#"{{"id": "a", "files": {{}}, "dataset": "{dataset}", "task": "8-bit", "command": "",
                "seed": 0, "scores": [], {bounds}{more}}}"#
        )
    };
    let detector = |name: &str, from: f64| {
        let (own, other) = (quantiles(from), quantiles(from + 25.0));
        format!(r#"{{"detector": "{name}", "auroc": 0.125, "own": {own:?}, "other": {other:?}}}"#)
    };
    let detectors =
        [detector("likelihood", 0.0), detector("kl", -50.0), detector("middle-timesteps", -50.0)];
    let strangers = format!(
        r#", "own": false,
            "strangers": {{"own": "A", "images": [2, 2], "typical": 25, "detectors": [{}]}}"#,
        detectors.join(", ")
    );
    let json =
        format!(r#"{{"format": 1, "models": [{}, {}]}}"#, entry("A", ""), entry("B", &strangers));
    let evaluation = Evaluation::parse(&json).unwrap();
    let place = |dataset: &str, image: &[u8], evidence: &str| {
        let image = js_sys::Uint8Array::from(image);
        let shape = js_sys::JSON::parse(r#"{"channels": 1, "height": 1, "width": 2}"#).unwrap();
        let evidence = js_sys::JSON::parse(evidence).unwrap();
        evaluation.place("a", dataset, image.into(), shape, 0.0, evidence)
    };
    let evidence = r#"{"elbo": 30, "perTimestep": [
        {"t": 2, "logSnr": 3, "nats": 10}, {"t": 3, "logSnr": -3, "nats": 20}]}"#;
    let places: Array = place("B", &[0, 9], evidence).unwrap().unchecked_into();
    assert_eq!(places.length(), 2, "a KL is not given");
    let found = |at: u32, key: &str| number(&places.get(at), key);
    assert_eq!([found(0, "score"), found(0, "own"), found(0, "other")], [30.0, 60.0, 10.0]);
    assert_eq!([found(1, "score"), found(1, "own"), found(1, "other")], [-15.0, 70.0, 20.0]);
    refused(place("C", &[0, 9], evidence), "ValueError", "strangers of");
    refused(place("B", &[0], evidence), "ShapeError", "1 levels");
    refused(place("B", &[0, 9], r#"{"elbo": 1, "kll": 2}"#), "ValueError", "kll");
}
