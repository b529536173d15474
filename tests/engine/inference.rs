//! Fits from start to end: what they reach, that they are reproducible, and what they refuse.

use elbo_room::ErrorKind;
use elbo_room::engine::{
    Component, Density, InferenceOptions, InferenceState, VariationalInference,
};
use elbo_room::math::inference::gradient::GradientEstimator;
use elbo_room::math::inference::logistic_regression::Observation;
use elbo_room::math::inference::optimizer::OptimizerKind;
use elbo_room::math::inference::target::{GAUSSIAN_CORRELATION, GAUSSIAN_STD, TargetKind};
use elbo_room::math::inference::variational::Family;
use wasm_bindgen_test::wasm_bindgen_test;

fn options(seed: u64) -> InferenceOptions {
    InferenceOptions { seed, ..InferenceOptions::default() }
}

fn fit(
    target: TargetKind,
    family: Family,
    options: &InferenceOptions,
    iterations: u64,
) -> InferenceState {
    let mut fit = VariationalInference::new(target, family, options).unwrap();
    fit.step(iterations).unwrap();
    fit.state()
}

#[wasm_bindgen_test(unsupported = test)]
fn ascent_finds_the_mean_field_optimum_of_the_correlated_gaussian() {
    let free = (1.0 - GAUSSIAN_CORRELATION * GAUSSIAN_CORRELATION).sqrt();
    for (gradient, optimizer, samples, learning_rate) in [
        (GradientEstimator::Reparameterized, OptimizerKind::Adam, 10, 0.01),
        (GradientEstimator::Reparameterized, OptimizerKind::Sgd, 10, 0.01),
        (GradientEstimator::ScoreFunction, OptimizerKind::Adam, 100, 0.01),
    ] {
        let options =
            InferenceOptions { gradient, optimizer, samples, learning_rate, ..options(3) };
        let state = fit(TargetKind::CorrelatedGaussian, Family::MeanField, &options, 3000);
        let name = format!("{gradient:?}, {optimizer:?}: {state:?}");
        for (std, target) in state.q[0].std.iter().zip(GAUSSIAN_STD) {
            assert!((std - target * free).abs() < 0.08, "{name}");
        }
        assert!(state.q[0].mean.iter().all(|m| m.abs() < 0.12), "{name}");
        let optimum = -free.ln();
        assert!((0.0..0.05).contains(&(state.gap - optimum)), "{name}");
        assert!((state.elbo + state.gap - state.log_z).abs() < 1e-12, "{name}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_family_climbs_every_target() {
    for target in TargetKind::ALL {
        for family in Family::ALL {
            let mut fit = VariationalInference::new(target, family, &options(1)).unwrap();
            let before = fit.state();
            fit.step(600).unwrap();
            let after = fit.state();
            assert!(!after.diverged && after.iteration == 600, "{target:?}, {family:?}");
            assert!(
                after.gap < 0.6 * before.gap,
                "{target:?}, {family:?}: {} to {}",
                before.gap,
                after.gap
            );
            let forward = fit.forward();
            assert!(
                forward.forward_kl < after.forward_kl + 1e-3,
                "{target:?}, {family:?}: {forward:?}, {after:?}"
            );
            assert!(forward.gap >= -1e-3 && after.gap >= -1e-3);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_seed_reproduces_and_slices_do_not_matter() {
    let options = options(7);
    for family in Family::ALL {
        let new = || VariationalInference::new(TargetKind::Banana, family, &options).unwrap();
        let (mut whole, mut slices) = (new(), new());
        whole.step(130).unwrap();
        for n in [1, 0, 9, 40, 80] {
            slices.step(n).unwrap();
        }
        assert_eq!(whole.state(), slices.state());
        assert_eq!(whole.trace(), slices.trace());
        assert_eq!(whole.draws(), slices.draws());
        slices.reset();
        assert_eq!(slices.state(), new().state());
        slices.step(130).unwrap();
        assert_eq!(whole.state(), slices.state());
        assert_ne!(whole.state(), fit(TargetKind::Banana, family, &self::options(8), 130));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_trace_tells_the_course() {
    let mut fit =
        VariationalInference::new(TargetKind::Ring, Family::MeanField, &options(2)).unwrap();
    let start = fit.state();
    fit.step(2150).unwrap();
    let trace = fit.trace();
    assert_eq!(trace.iteration[..12], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15]);
    assert_eq!(trace.iteration.last(), Some(&2100));
    let columns = [&trace.elbo, &trace.elbo_estimate, &trace.gap, &trace.reparameterized_variance];
    assert!(columns.iter().all(|column| column.len() == trace.iteration.len()));
    assert_eq!((trace.elbo[0], trace.gap[0]), (start.elbo, start.gap));
    assert_eq!(trace.elbo_estimate[0], start.elbo_estimate.mean);
    assert_eq!(trace.score_function_variance[0], start.gradient_variance.score_function);
    // The state is that of the last iteration, recorded or not.
    assert_eq!(fit.state().iteration, 2150);
    assert!(fit.state().elbo > start.elbo);
}

#[wasm_bindgen_test(unsupported = test)]
fn more_draws_have_less_variance() {
    let variance = |samples| {
        let options = InferenceOptions { samples, ..options(1) };
        fit(TargetKind::TwoGaussians, Family::FullCovariance, &options, 0).gradient_variance
    };
    let (one, hundred) = (variance(1), variance(100));
    assert!((one.reparameterized / hundred.reparameterized - 100.0).abs() < 1e-9);
    assert!(one.score_function > 2.0 * one.reparameterized, "{one:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn q_set_by_hand_is_a_new_start() {
    let mut fit =
        VariationalInference::new(TargetKind::FiveGaussians, Family::Mixture, &options(5)).unwrap();
    fit.step(50).unwrap();
    let before = fit.state();
    let moved = Component { mean: [1.0, -2.0], std: [0.3, 0.7], ..before.q[1] };
    let mut by_hand = before.q.clone();
    by_hand[1] = moved;
    fit.set_q(&by_hand).unwrap();
    let state = fit.state();
    assert_eq!((state.iteration, fit.trace().iteration.len()), (0, 1));
    for i in 0..2 {
        assert!(
            (state.q[1].mean[i] - moved.mean[i]).abs() < 1e-12
                && (state.q[1].std[i] - moved.std[i]).abs() < 1e-12
        );
        assert!((state.q[0].mean[i] - before.q[0].mean[i]).abs() < 1e-12);
    }
    // The same q as a start of its own gives the same fit.
    let again = InferenceOptions { start: Some(by_hand), ..options(5) };
    let mut other =
        VariationalInference::new(TargetKind::FiveGaussians, Family::Mixture, &again).unwrap();
    fit.step(40).unwrap();
    other.step(40).unwrap();
    assert_eq!(fit.state(), other.state());
    fit.reset();
    assert_eq!(fit.state(), state);
}

#[wasm_bindgen_test(unsupported = test)]
fn data_can_be_dragged() {
    let mut fit = VariationalInference::new(
        TargetKind::LogisticRegression,
        Family::FullCovariance,
        &options(5),
    )
    .unwrap();
    fit.step(300).unwrap();
    let before = fit.state();
    let data: Vec<Observation> = fit.data().iter().map(|o| Observation { x: -o.x, ..*o }).collect();
    fit.set_data(data.clone()).unwrap();
    let mirrored = fit.state();
    // Mirrored inputs have a mirrored posterior with the same evidence; q is where it was, and now
    // wrong.
    assert!((mirrored.log_z - before.log_z).abs() < 1e-6);
    assert_eq!(mirrored.iteration, 0);
    assert!(mirrored.gap > before.gap + 1.0);
    assert!((mirrored.q[0].mean[0] - before.q[0].mean[0]).abs() < 1e-12);
    fit.step(600).unwrap();
    let after = fit.state();
    assert!(after.gap < 0.2 && (after.q[0].mean[0] + before.q[0].mean[0]).abs() < 0.2, "{after:?}");
    let fresh = InferenceOptions { data: Some(data), ..options(5) };
    let fresh =
        VariationalInference::new(TargetKind::LogisticRegression, Family::FullCovariance, &fresh)
            .unwrap();
    assert_eq!(fresh.state().log_z, after.log_z);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_fit_that_diverges_stops_and_says_so() {
    let options = InferenceOptions {
        optimizer: OptimizerKind::Sgd,
        learning_rate: 1.0,
        samples: 1,
        ..options(1)
    };
    let mut fit =
        VariationalInference::new(TargetKind::Funnel, Family::MeanField, &options).unwrap();
    fit.step(5000).unwrap();
    let state = fit.state();
    assert!(state.diverged && state.iteration < 5000, "{state:?}");
    assert!(state.elbo.is_finite() && state.q[0].mean.iter().all(|m| m.is_finite()));
    fit.step(10).unwrap();
    assert_eq!(fit.state(), state);
    fit.reset();
    assert!(!fit.state().diverged);
}

#[wasm_bindgen_test(unsupported = test)]
fn grids_are_normalized_densities() {
    let mut fit =
        VariationalInference::new(TargetKind::TwoGaussians, Family::Mixture, &options(1)).unwrap();
    fit.step(500).unwrap();
    for density in [Density::Target, Density::Reverse, Density::Forward] {
        let grid = fit.grid(density, 161, 201).unwrap();
        let window = fit.window();
        let cell = (window.x[1] - window.x[0]) * (window.y[1] - window.y[0]) / (160.0 * 200.0);
        let mass: f64 = grid.values.iter().map(|value| value.exp() * cell).sum();
        assert!((mass - 1.0).abs() < 0.02, "{density:?}: {mass}");
    }
    for (columns, rows, mentions) in [(1, 5, "columns"), (5, 2001, "rows")] {
        let error = fit.grid(Density::Target, columns, rows).unwrap_err();
        assert!(error.kind() == ErrorKind::Value && error.with_causes().contains(mentions));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn impossible_options_are_refused() {
    let component = Component { weight: 1.0, mean: [0.0, 0.0], std: [1.0, 1.0], correlation: 0.0 };
    let base = || options(1);
    let start = |component| InferenceOptions { start: Some(vec![component]), ..base() };
    let data = vec![Observation { x: 0.0, label: 1 }];
    let (gaussian, mean_field) = (TargetKind::CorrelatedGaussian, Family::MeanField);
    for (target, family, options, mentions) in [
        (gaussian, mean_field, InferenceOptions { samples: 0, ..base() }, "samples is 0"),
        (gaussian, mean_field, InferenceOptions { samples: 101, ..base() }, "samples is 101"),
        (gaussian, mean_field, InferenceOptions { learning_rate: 0.0, ..base() }, "learningRate"),
        (
            gaussian,
            mean_field,
            InferenceOptions { learning_rate: f64::NAN, ..base() },
            "learningRate",
        ),
        (gaussian, mean_field, InferenceOptions { learning_rate: 1.5, ..base() }, "learningRate"),
        (
            gaussian,
            mean_field,
            InferenceOptions { components: Some(2), ..base() },
            "components is 2",
        ),
        (
            gaussian,
            Family::Mixture,
            InferenceOptions { components: Some(0), ..base() },
            "components is 0",
        ),
        (
            gaussian,
            Family::Mixture,
            InferenceOptions { components: Some(9), ..base() },
            "components is 9",
        ),
        (gaussian, mean_field, InferenceOptions { data: Some(data.clone()), ..base() }, "data"),
        (
            TargetKind::LogisticRegression,
            mean_field,
            InferenceOptions { data: Some(vec![]), ..base() },
            "observations is 0",
        ),
        (gaussian, Family::Mixture, start(component), "1 components"),
        (gaussian, mean_field, start(Component { mean: [f64::NAN, 0.0], ..component }), "mean"),
        (gaussian, mean_field, start(Component { mean: [0.0, 51.0], ..component }), "mean"),
        (
            gaussian,
            mean_field,
            start(Component { std: [0.0, 1.0], ..component }),
            "standard deviation",
        ),
        (
            gaussian,
            mean_field,
            start(Component { std: [1.0, f64::INFINITY], ..component }),
            "standard deviation",
        ),
        (gaussian, mean_field, start(Component { weight: 0.0, ..component }), "weight"),
        (gaussian, mean_field, start(Component { correlation: 0.5, ..component }), "correlation"),
        (
            gaussian,
            Family::FullCovariance,
            start(Component { correlation: 1.0, ..component }),
            "correlation",
        ),
    ] {
        let error = VariationalInference::new(target, family, &options)
            .err()
            .unwrap_or_else(|| panic!("{mentions}: taken"));
        assert_eq!(error.kind(), ErrorKind::Value);
        assert!(error.with_causes().contains(mentions), "{error} does not mention {mentions}");
    }
    let mut fit = VariationalInference::new(gaussian, mean_field, &base()).unwrap();
    assert!(fit.set_q(&[component, component]).unwrap_err().with_causes().contains("2 components"));
    assert!(fit.set_q(&[Component { std: [0.0, 1.0], ..component }]).is_err());
    assert!(fit.set_data(data).unwrap_err().with_causes().contains("logistic-regression"));
    assert!(fit.step(1_000_001).unwrap_err().with_causes().contains("1000001"));
    assert_eq!(fit.state().iteration, 0);
}
