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
        r#"{{"format": 1, "models": [{{"id": "a", "files": {{"network": "00"}}, "dataset": "MNIST test", "task": "8-bit",
            "command": "evaluate", "seed": 0, "scores": [{{"metric": "bits-per-dim", "unit": "bits/dim", "value": 1.1,
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
