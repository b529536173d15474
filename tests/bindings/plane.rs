//! Diffusion in the plane as JavaScript sees it.

use super::refused;
use crate::support::js::{get, number, parse};
use elbo_room::bindings::{PlaneDiffusion, PlaneNetwork};
use js_sys::{Array, Float64Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

fn new(options: &str) -> PlaneDiffusion {
    PlaneDiffusion::new(parse(options)).unwrap()
}

fn length(of: &JsValue, key: &str) -> u32 {
    get(of, key).dyn_into::<Array>().unwrap().length()
}

#[wasm_bindgen_test]
fn particles_go_their_ways() {
    let mut diffusion =
        new("{\"data\": \"moons\", \"schedule\": \"linear\", \"steps\": 20, \"eta\": 0.5, \
            \"particles\": 7, \"seed\": 2}");
    assert_eq!(
        (diffusion.seed(), diffusion.reached(), diffusion.log_snr().length()),
        (2.0, 20, 20)
    );
    refused(diffusion.particles("flow".into(), 0), "ValueError", "advance");
    diffusion.advance(5.0).unwrap();
    assert_eq!(diffusion.reached(), 15);
    diffusion.advance(1e9).unwrap();
    assert_eq!(diffusion.reached(), 0);
    for of in ["forward", "ancestral", "ddim", "flow"] {
        assert_eq!(diffusion.particles(of.into(), 0).unwrap().length(), 14);
        let path = diffusion.path(of.into(), 3, 10).unwrap();
        assert_eq!((length(&path, "t"), length(&path, "x"), length(&path, "x0")), (11, 11, 11));
    }
    assert_eq!(diffusion.log_density(3, 9).unwrap().length(), 81);
    assert_eq!(diffusion.field("score".into(), 3, 4).unwrap().length(), 64);
    let kernels = diffusion.kernels(0.5, -0.5, 4).unwrap();
    assert!(number(&kernels, "kl") >= 0.0 && number(&kernels, "t") == 4.0);
    for field in ["xT", "predictedX0"] {
        assert_eq!(length(&kernels, field), 2);
    }
    for field in ["posterior", "model", "data"] {
        assert!(number(&get(&kernels, field), "correlation").abs() < 1.0);
    }
    let scores = diffusion.scores().unwrap();
    for field in ["ancestral", "ddim", "flow", "logP"] {
        assert!(number(&scores, field).is_finite());
    }
    assert_eq!(number(&get(&scores, "loss"), "mean"), 0.0);
}

#[wasm_bindgen_test]
fn a_point_tells_the_truth_the_bound_and_the_gap() {
    let diffusion = new(
        "{\"data\": \"two-gaussians\", \"steps\": 10, \"particles\": 2, \"seed\": 1, \"model\": \
            \"gaussian\"}",
    );
    let mut point = diffusion.point(0.1, 0.3).unwrap();
    let first = point.result().unwrap();
    assert!(get(&first, "bound").is_null() && get(&first, "flowLogP").is_null());
    assert_eq!(number(&first, "progress"), 0.0);
    while !point.done() {
        point.step();
    }
    let result = point.result().unwrap();
    let (bound, gap) = (get(&result, "bound"), get(&result, "gap"));
    let sum =
        number(&bound, "prior") + number(&bound, "denoising") + number(&bound, "reconstruction");
    assert!((sum + number(&bound, "elbo")).abs() < 1e-12);
    let parts: f64 =
        ["noise", "steps", "data", "model"].map(|part| number(&gap, part)).iter().sum();
    assert!((parts - number(&gap, "total")).abs() < 1e-12);
    assert_eq!(length(&bound, "perTimestep"), 9);
    assert!((number(&result, "flowLogP") - number(&result, "modelLogP")).abs() < 1e-4);
    for form in ["denoising", "consistency"] {
        assert!(number(&get(&result, form), "standardDeviation") > 0.0);
    }
    for column in ["logSnr", "model", "exact", "excess"] {
        assert_eq!(length(&get(&result, "errors"), column), 120);
    }
    assert_eq!(length(&result, "sweep"), 3);
    assert_eq!(number(&result, "progress"), 1.0);
}

#[wasm_bindgen_test]
fn a_network_is_trained_and_used() {
    let mut network = PlaneNetwork::new(parse(
        "{\"data\": \"two-gaussians\", \"weighting\": \"simple\", \"seed\": 5}",
    ))
    .unwrap();
    network.train(200.0).unwrap();
    assert_eq!((network.steps(), network.seed()), (200.0, 5.0));
    let trace = network.trace().unwrap();
    let numbers = |key: &str| Float64Array::new(&get(&trace, key)).to_vec();
    assert_eq!(numbers("step"), [0.0, 200.0]);
    assert!(numbers("elbo")[1] < network.exact_elbo());
    let mut diffusion = new("{\"data\": \"two-gaussians\", \"particles\": 2, \"seed\": 5}");
    diffusion.advance(3.0).unwrap();
    diffusion.use_network(&network);
    assert_eq!(diffusion.reached(), 100);
    let elbo = number(&get(&diffusion.scores().unwrap(), "elbo"), "mean");
    assert!((elbo - numbers("elbo")[1]).abs() < 1e-12);
    refused(network.train(1e7), "ValueError", "1000000");
    refused(network.train(0.5), "ValueError", "whole");
}

#[wasm_bindgen_test]
fn bad_values_are_typed_errors() {
    for (options, mentions) in [
        ("{\"steps\": 1}", "steps"),
        ("{\"data\": \"ring\"}", "ring"),
        ("{\"model\": \"network\"}", "network"),
        ("{\"step\": 10}", "step"),
        ("{\"components\": [{\"mean\": [0, 0], \"std\": [0, 1]}]}", "component 0"),
        ("{\"data\": \"moons\", \"components\": []}", "both"),
    ] {
        refused(PlaneDiffusion::new(parse(options)), "ValueError", mentions);
    }
    refused(PlaneNetwork::new(parse("{\"weighting\": \"even\"}")), "ValueError", "even");
    let diffusion = PlaneDiffusion::new(JsValue::UNDEFINED).unwrap();
    refused(diffusion.point(30.0, 0.0), "ValueError", "30");
    refused(diffusion.kernels(0.0, 0.0, 1), "ValueError", "t is 1");
    refused(diffusion.particles("backward".into(), 3), "ValueError", "backward");
    refused(diffusion.field("score".into(), 0, 3), "ValueError", "t is 0");
}
