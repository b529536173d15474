//! Variational inference as JavaScript sees it.

use super::refused;
use crate::support::js::{get, number, parse};
use elbo_room::bindings::VariationalInference;
use js_sys::{Array, Float64Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

fn new(target: &str, family: &str, options: &str) -> Result<VariationalInference, JsValue> {
    VariationalInference::new(target.into(), family.into(), parse(options))
}

fn components(q: &JsValue) -> Vec<JsValue> {
    get(q, "q").dyn_into::<Array>().unwrap().iter().collect()
}

#[wasm_bindgen_test]
fn a_fit_steps_and_resets() {
    let options = "{\"seed\": 3, \"components\": 2, \"samples\": 4, \"gradient\": \
        \"score-function\", \"optimizer\": \"sgd\", \"learningRate\": 0.01}";
    let mut fit = new("two-gaussians", "mixture", options).unwrap();
    let start = fit.state().unwrap();
    assert_eq!((number(&start, "iteration"), number(&start, "seed")), (0.0, 3.0));
    fit.step(25.0).unwrap();
    let state = fit.state().unwrap();
    assert_eq!(number(&state, "iteration"), 25.0);
    assert_eq!(components(&state).len(), 2);
    let rest = number(&state, "logZ") - number(&state, "elbo") - number(&state, "gap");
    assert!(rest.abs() < 1e-12);
    assert!(number(&get(&state, "elboEstimate"), "standardError") > 0.0);
    assert!(number(&get(&state, "gradientVariance"), "scoreFunction") > 0.0);
    let trace = fit.trace().unwrap();
    for column in [
        "iteration",
        "elbo",
        "elboEstimate",
        "gap",
        "reparameterizedVariance",
        "scoreFunctionVariance",
    ] {
        assert_eq!(get(&trace, column).dyn_into::<Array>().unwrap().length(), 14, "{column}");
    }
    assert_eq!(fit.draws().length(), 5 * 2 * 4);
    fit.reset();
    assert_eq!(number(&fit.state().unwrap(), "elbo"), number(&start, "elbo"));
    assert!(number(&fit.forward().unwrap(), "forwardKl") < 0.01);
    // Without options everything has a default, and the seed is drawn and reported.
    let fit =
        VariationalInference::new("ring".into(), "mean-field".into(), JsValue::UNDEFINED).unwrap();
    assert!(number(&fit.state().unwrap(), "seed") >= 0.0);
}

#[wasm_bindgen_test]
fn densities_and_contours_come_as_numbers() {
    let fit = new("correlated-gaussian", "full-covariance", "{\"seed\": 1}").unwrap();
    let window = fit.window().unwrap();
    assert_eq!(Float64Array::new(&get(&window, "x")).to_vec(), [-4.0, 4.0]);
    let log_density = fit.log_density("target".into(), 41, 21).unwrap().to_vec();
    assert_eq!(log_density.len(), 41 * 21);
    let middle = log_density[10 * 41 + 20];
    assert!(log_density.iter().all(|&value| value <= middle));
    let lines = fit.contours("reverse".into(), 0.8, 101).unwrap();
    assert_eq!(lines.length(), 1);
    assert!(lines.get(0).dyn_into::<Float64Array>().unwrap().length() > 40);
}

#[wasm_bindgen_test]
fn q_and_data_are_set_by_hand() {
    let mut fit = new("logistic-regression", "full-covariance", "{\"seed\": 1}").unwrap();
    fit.set_q(parse("[{\"mean\": [1, -0.5], \"std\": [0.5, 0.25], \"correlation\": -0.5}]"))
        .unwrap();
    let q = components(&fit.state().unwrap()).remove(0);
    assert!((number(&q, "correlation") + 0.5).abs() < 1e-12);
    assert!((Float64Array::new(&get(&q, "std")).to_vec()[1] - 0.25).abs() < 1e-12);
    let before = number(&fit.state().unwrap(), "logZ");
    fit.set_data(parse("[{\"x\": 0, \"label\": 1}]")).unwrap();
    assert_ne!(number(&fit.state().unwrap(), "logZ"), before);
    assert_eq!(fit.data().unwrap().dyn_into::<Array>().unwrap().length(), 1);
}

#[wasm_bindgen_test]
fn bad_values_are_typed_errors() {
    refused(new("square", "mean-field", "{}"), "ValueError", "square");
    refused(new("ring", "gaussian", "{}"), "ValueError", "gaussian");
    for (options, mentions) in [
        ("{\"sample\": 3}", "sample"),
        ("{\"samples\": 0}", "samples"),
        ("{\"learningRate\": 2}", "learningRate"),
        ("{\"optimizer\": \"newton\"}", "newton"),
        ("{\"components\": 2}", "components"),
        ("{\"data\": []}", "data"),
        ("{\"start\": []}", "0 components"),
        ("{\"seed\": -1}", "options"),
    ] {
        refused(new("ring", "mean-field", options), "ValueError", mentions);
    }
    let mut fit = new("ring", "mean-field", "{\"seed\": 1}").unwrap();
    refused(fit.step(0.5), "ValueError", "n is 0.5");
    refused(fit.step(2e6), "ValueError", "2000000");
    refused(fit.set_q(parse("[]")), "ValueError", "0 components");
    refused(
        fit.set_q(parse("[{\"mean\": [0, 0], \"std\": [0, 1]}]")),
        "ValueError",
        "standard deviation",
    );
    refused(fit.set_q(parse("[{\"mean\": [0, 0]}]")), "ValueError", "std");
    refused(fit.set_data(parse("[{\"x\": 0, \"label\": 1}]")), "ValueError", "logistic-regression");
    refused(fit.log_density("p".into(), 5, 5), "ValueError", "`p`");
    refused(fit.log_density("target".into(), 1, 5), "ValueError", "columns");
    refused(fit.contours("target".into(), 1.0, 50), "ValueError", "share");
}
