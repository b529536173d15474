//! `evaluation.json`: what is refused, and where a bound lies among those of the test set.

use elbo_room::ErrorKind;
use elbo_room::evaluation::{
    BoundDistribution, Chain, EvaluatedModel, Evaluation, FORMAT, MeanScore, Metric, MetricUnit,
};
use elbo_room::math::likelihood::Task;
use elbo_room::math::rng::{Purpose, standard_normal};
use elbo_room::math::schedule::ScheduleKind;
use wasm_bindgen_test::wasm_bindgen_test;

fn bounds(images: usize) -> Vec<f64> {
    standard_normal(1, Purpose::Prior, [0, 0], images).mapv(|v| 20.0 * v - 90.0).to_vec()
}

fn evaluation(images: usize) -> Evaluation {
    let score = MeanScore {
        metric: Metric::Importance,
        layer: None,
        k: Some(50),
        unit: MetricUnit::Nats,
        value: -84.5,
        standard_error: Some(0.25),
        images: 10,
        samples: 5000,
    };
    let model = EvaluatedModel {
        id: "a".into(),
        files: [("encoder".into(), "00".into())].into(),
        dataset: "MNIST test".into(),
        own: true,
        task: Task::Binarized,
        command: "cargo run --release --example evaluate".into(),
        seed: 3,
        chain: Some(Chain {
            schedule: ScheduleKind::Cosine,
            steps: 1000,
            timesteps: None,
            given_class: false,
        }),
        scores: vec![score],
        bounds: BoundDistribution::new(&bounds(images)),
        strangers: None,
    };
    Evaluation { format: FORMAT, models: vec![model] }
}

#[wasm_bindgen_test(unsupported = test)]
fn it_survives_the_way_through_json() {
    for images in [1, 2, 50, 1000] {
        let evaluation = evaluation(images);
        let json = serde_json::to_string(&evaluation).unwrap();
        assert_eq!(Evaluation::parse(&json).unwrap(), evaluation, "{images} images");
    }
    let json = serde_json::to_string(&evaluation(10)).unwrap();
    for name in
        ["\"importance\"", "\"k\":50", "\"nats\"", "\"binarized\"", "\"standardError\":0.25"]
    {
        assert!(json.contains(name), "{name} is not in {json}");
    }
    assert!(!json.contains("layer"), "what is absent is left out");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_percentile_is_the_share_of_images_with_a_lower_bound() {
    let (values, evaluation) = (bounds(2000), evaluation(2000));
    let lower = |bound: f64| {
        100.0 * values.iter().filter(|v| **v < bound).count() as f64 / values.len() as f64
    };
    for bound in [-150.0, -130.0, -110.0, -90.0, -71.5, -50.0] {
        let percentile = evaluation.percentile("a", bound).unwrap();
        assert!(
            (percentile - lower(bound)).abs() < 0.3,
            "{percentile} % below {bound}, {} % in truth",
            lower(bound)
        );
    }
    assert_eq!(evaluation.percentile("a", -1000.0).unwrap(), 0.0);
    assert_eq!(evaluation.percentile("a", 0.0).unwrap(), 100.0);
}

#[wasm_bindgen_test(unsupported = test)]
fn among_the_lowest_hundredth_it_counts_single_images() {
    let mut values = bounds(2000);
    let evaluation = evaluation(2000);
    values.sort_by(f64::total_cmp);
    for rank in [1, 3, 10, 18] {
        // half way between two images, to the stored thousandth
        let bound = 0.5 * (values[rank] + values[rank + 1]);
        let percentile = evaluation.percentile("a", bound).unwrap();
        let expected = 100.0 * (rank as f64 + 0.5) / 1999.0;
        assert!((percentile - expected).abs() < 0.01, "{percentile} % instead of {expected} %");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn more_of_a_bound_is_never_a_lower_percentile() {
    for images in [1, 2, 7, 99, 100, 101, 150, 5000] {
        let evaluation = evaluation(images);
        let percentiles =
            (-2000..0).map(|b| evaluation.percentile("a", f64::from(b) / 10.0).unwrap());
        assert!(percentiles.is_sorted(), "{images} images");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn invalid_evaluation_files_are_refused() {
    type Change = fn(&mut serde_json::Value);
    let cases: [(Change, &str); 13] = [
        (|v| v["format"] = 2.into(), "format 2"),
        (|v| v["models"][0]["task"] = "16-bit".into(), "16-bit"),
        (|v| v["models"][0]["scores"][0]["metric"] = "fid".into(), "fid"),
        (|v| v["models"][0]["scores"][0]["sigma"] = 1.into(), "sigma"),
        (|v| v["models"][0]["bounds"]["quantiles"][3] = 5.into(), "quantiles"),
        (
            |v| drop(v["models"][0]["bounds"]["quantiles"].as_array_mut().unwrap().pop()),
            "quantiles",
        ),
        (|v| v["models"][0]["bounds"]["lowest"] = serde_json::json!([]), "lowest"),
        (|v| v["models"][0]["bounds"]["lowest"][0] = 7.into(), "lowest"),
        (|v| v["models"][0]["bounds"]["histogram"]["counts"][0] = 999.into(), "histogram"),
        (|v| v["models"][0]["bounds"]["histogram"]["edges"][0] = 999.into(), "histogram"),
        (|v| v["models"] = serde_json::json!([v["models"][0], v["models"][0]]), "two models"),
        (
            |v| {
                let mut other = v["models"][0].clone();
                other["dataset"] = "B".into();
                v["models"] = serde_json::json!([v["models"][0], other]);
            },
            "on \"MNIST test\" and \"B\"",
        ),
        (
            |v| {
                let none =
                    serde_json::json!([{"detector": "kl", "auroc": 0.5, "own": [1], "other": [1]}]);
                v["models"][0]["strangers"] = serde_json::json!({
                    "own": "A", "images": [1, 1], "typical": 1.0, "detectors": none,
                });
            },
            "51 ascending",
        ),
    ];
    let json = serde_json::to_value(evaluation(300)).unwrap();
    for (change, mentions) in cases {
        let mut json = json.clone();
        change(&mut json);
        let error = Evaluation::parse(&json.to_string()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Manifest);
        assert!(error.with_causes().contains(mentions), "{error} does not mention {mentions:?}");
    }
    assert_eq!(Evaluation::parse("{").unwrap_err().kind(), ErrorKind::Manifest);
    let error = evaluation(10).percentile("b", -90.0).unwrap_err();
    assert!(
        error.kind() == ErrorKind::Value && error.with_causes().contains("there are a"),
        "{error}"
    );
    assert_eq!(evaluation(10).percentile("a", f64::NAN).unwrap_err().kind(), ErrorKind::Value);
}
