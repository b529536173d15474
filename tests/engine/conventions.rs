//! One model in every convention of a diffusion network.
//!
//! For pixels that are independently N(m, s²) the best prediction is known in closed form in any
//! coordinates. A network of each convention is this prediction computed from what it is given, in
//! its own units; read back, all must say the same.

use elbo_room::engine::{Ddpm, DiffusionElboOptions, SamplerOptions};
use elbo_room::math::numeric::sigmoid;
use elbo_room::math::schedule::ScheduleKind;
use elbo_room::model::Convention;
use elbo_room::model::manifest::{BetaSchedule, Contract, ModelEntry};
use ndarray::{Array1, array};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

use super::analytic::GaussianData;

/// Of pixels in [-1, 1].
const DATA: GaussianData = GaussianData { mean: 0.2, std: 0.15 };

fn convention(parameterization: &str, network: Value) -> Convention {
    let log_snr = json!({"min": -12.0, "max": 12.0});
    let mut entry = json!({
        "id": "net", "kind": "ddpm", "image": {"channels": 1, "height": 2, "width": 2},
        "likelihood": "discretized-gaussian", "files": {"network": {"path": "n.onnx"}},
        "parameterization": parameterization, "network": network,
    });
    if network_form(&entry) == "log-snr" {
        entry["logSnr"] = log_snr;
    }
    let entry = ModelEntry::from_json(entry).unwrap();
    let Contract::Ddpm(ddpm) = &entry.contract else { panic!() };
    Convention::new(ddpm).unwrap()
}

fn network_form(entry: &Value) -> String {
    entry["network"]["time"]["form"].as_str().unwrap_or("log-snr").into()
}

/// A network's own view: x = clean x_0 + noise ε, where x_0 has mean `mean` and standard deviation
/// `std` in its units. E[x_0 | x] of a Gaussian.
fn posterior_mean(x: f64, clean: f64, noise: f64, mean: f64, std: f64) -> f64 {
    mean + clean * std * std / (clean * clean * std * std + noise * noise) * (x - clean * mean)
}

/// The linear chain of Ho et al. 2020 in 1000 steps: ᾱ by the product of its definition.
fn alpha_bar(t: usize) -> f64 {
    (0..t).map(|k| 1.0 - (1e-4 + (0.02 - 1e-4) * k as f64 / 999.0)).product()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_chain_of_a_sigmoid_keeps_what_its_formula_says() {
    let chain: BetaSchedule =
        serde_json::from_value(json!({"kind": "sigmoid", "steps": 50})).unwrap();
    let table = chain.table().unwrap();
    let kept = |u: f64| (sigmoid(3.0) - sigmoid(6.0 * u - 3.0)) / (sigmoid(3.0) - sigmoid(-3.0));
    for (k, log_snr) in table.log_snr()[..49].iter().enumerate() {
        let kept = kept((k + 1) as f64 / 50.0);
        assert!((log_snr - (kept / (1.0 - kept)).ln()).abs() < 1e-9, "{k}");
    }
    // nothing would be kept by the last step, of which a thousandth is
    let kept = 0.001 * kept(0.98);
    assert!((table.log_snr()[49] - (kept / (1.0 - kept)).ln()).abs() < 1e-9);
}

/// (clean, noise) of a network from the time that it is told.
type Coordinates = fn(f64) -> (f64, f64);
/// A network's output for x, the mean of x_0 given x, and its coordinates.
type Output = fn(f64, f64, f64, f64) -> f64;

#[wasm_bindgen_test(unsupported = test)]
fn every_convention_says_the_same() {
    let linear = json!({"kind": "linear", "steps": 1000});
    let by_log_snr: Coordinates = |l| (sigmoid(l).sqrt(), sigmoid(-l).sqrt());
    let from_alpha_bar = |a: f64| (a.sqrt(), (1.0 - a).sqrt());
    let _ = from_alpha_bar;
    let by_step: Coordinates = |t| {
        let a = alpha_bar(t.round() as usize + 1);
        (a.sqrt(), (1.0 - a).sqrt())
    };
    let by_share: Coordinates = |s| {
        let a = alpha_bar((1000.0 * s).round() as usize);
        (a.sqrt(), (1.0 - a).sqrt())
    };
    let flow: Coordinates = |t| (1.0 - t, t);
    let reversed: Coordinates = |t| (t, 1.0 - t);
    let sigma: Coordinates = |s| (1.0, s);
    let epsilon: Output = |x, x0, clean, noise| (x - clean * x0) / noise;
    let clean: Output = |_, x0, _, _| x0;
    let v: Output = |x, x0, a, s| (a * x - x0) / s;
    let velocity: Output = |x, x0, clean, noise| (x - clean * x0) / noise - x0;
    let back: Output = |x, x0, clean, noise| x0 - (x - clean * x0) / noise;

    let cases: [(&str, Value, Coordinates, Output); 12] = [
        ("epsilon", json!({}), by_log_snr, epsilon),
        ("x0", json!({}), by_log_snr, clean),
        ("v", json!({}), by_log_snr, v),
        ("epsilon", json!({"dataRange": [0, 1]}), by_log_snr, epsilon),
        ("v", json!({"dataRange": [0, 1]}), by_log_snr, v),
        ("epsilon", json!({"time": {"form": "timestep", "schedule": linear}}), by_step, epsilon),
        (
            "epsilon",
            json!({"dataRange": [-0.5, 0.5], "time": {"form": "timestep", "schedule": linear}}),
            by_step,
            epsilon,
        ),
        ("x0", json!({"time": {"form": "fraction", "schedule": linear}}), by_share, clean),
        ("velocity", json!({"time": {"form": "flow"}}), flow, velocity),
        (
            "velocity",
            json!({"dataRange": [0, 1], "time": {"form": "flow", "reversed": true}}),
            reversed,
            back,
        ),
        ("epsilon", json!({"time": {"form": "flow", "reversed": true}}), reversed, epsilon),
        ("x0", json!({"dataRange": [0, 2], "time": {"form": "sigma"}}), sigma, clean),
    ];
    for (parameterization, network, coordinates, output) in cases {
        let convention = convention(parameterization, network.clone());
        let range = network["dataRange"].as_array();
        let [low, high] = range.map_or([-1.0, 1.0], |r| [0, 1].map(|i| r[i].as_f64().unwrap()));
        let (half, middle) = (0.5 * (high - low), 0.5 * (high + low));
        let (mean, std) = (half * DATA.mean + middle, half * DATA.std);
        let known = convention.trained_log_snr();
        let steps = [1, 17, 400, 999];
        let log_snrs: Vec<f64> = match &known {
            Some(chain) => steps.iter().map(|&t| chain[t - 1]).collect(),
            None => vec![-7.0, -1.0, 0.3, 6.0],
        };
        for log_snr in log_snrs {
            let (alpha, noise) = (sigmoid(log_snr).sqrt(), sigmoid(-log_snr).sqrt());
            let x_t = alpha * array![-0.1, 0.2, 0.25, 0.5] + noise * array![1.0, -0.3, 0.0, 2.0];
            let (x, time) = convention.input(x_t.view(), log_snr);
            let (a, b) = coordinates(time);
            let given: Array1<f32> = x
                .iter()
                .map(|&x| output(x, posterior_mean(x, a, b, mean, std), a, b) as f32)
                .collect();
            let found = convention.prediction(x_t.view(), log_snr, given.view()).x0;
            let (intercept, slope) = DATA.posterior_mean(log_snr);
            for (found, x_t) in found.iter().zip(&x_t) {
                let expected = (intercept + slope * x_t).clamp(-1.0, 1.0);
                // f32 outputs, of which ε and v at much noise lose digits on the way back
                let error = (found - expected).abs();
                assert!(
                    error < 2e-4,
                    "{parameterization} {network}: {found}, not {expected} at log SNR {log_snr}"
                );
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_preconditioning_of_edm_is_that_of_its_table() {
    // D(x; σ) = c_skip x + c_out F(c_in x; ln σ / 4), Karras et al. 2022, table 1
    let (sigma, data) = (0.8_f64, 0.5_f64);
    let convention = convention("edm", json!({"time": {"form": "sigma", "sigmaData": data}}));
    let log_snr = -2.0 * sigma.ln();
    let x_ve = array![0.3, -0.7];
    let x_t = sigmoid(log_snr).sqrt() * &x_ve;
    let (given, time) = convention.input(x_t.view(), log_snr);
    assert!((time - sigma.ln() / 4.0).abs() < 1e-12);
    let norm = (sigma * sigma + data * data).sqrt();
    for (given, x) in given.iter().zip(&x_ve) {
        assert!((given - x / norm).abs() < 1e-12);
    }
    let f = array![0.25_f32, -0.5];
    let found = convention.prediction(x_t.view(), log_snr, f.view()).x0;
    for i in 0..2 {
        let (skip, out) = (data * data / (norm * norm), sigma * data / norm);
        let expected = skip * x_ve[i] + out * f64::from(f[i]);
        assert!((found[i] - expected).abs() < 1e-12);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_real_timestep_lies_between_steps_and_a_whole_one_on_one() {
    let schedule = json!({"kind": "linear", "steps": 1000});
    let with = |numbers: &str, first: u32| {
        let time =
            json!({"form": "timestep", "schedule": schedule, "numbers": numbers, "first": first});
        convention("epsilon", json!({"time": time}))
    };
    let real = with("float", 0);
    let chain = real.trained_log_snr().unwrap();
    let time = |c: &Convention, log_snr: f64| c.input(array![0.0].view(), log_snr).1;
    for t in [0, 1, 500, 999] {
        assert!((time(&real, chain[t]) - t as f64).abs() < 1e-9);
        let (expected, a) = (alpha_bar(t + 1), sigmoid(chain[t]));
        assert!((a - expected).abs() < 1e-12 * expected.max(1e-3));
    }
    let between = 0.25 * chain[500] + 0.75 * chain[501];
    assert!((time(&real, between) - 500.75).abs() < 1e-9);
    assert_eq!(time(&with("integer", 0), between), 501.0);
    assert_eq!(time(&with("integer", 1), between), 502.0);
    assert_eq!((time(&real, 50.0), time(&real, -50.0)), (0.0, 999.0));
}

/// The tiny network of the fixtures: its chain has 50 steps, β linear.
fn network() -> Ddpm {
    let entry = json!({
        "id": "net", "kind": "ddpm", "image": {"channels": 1, "height": 2, "width": 2},
        "likelihood": "discretized-gaussian", "files": {"network": {"path": "network.onnx"}},
        "parameterization": "epsilon", "classes": ["a", "b", "c"],
        "network": {
            "image": {"name": "sample"},
            "time": {
                "name": "timestep", "form": "timestep", "schedule": {"kind": "linear", "steps": 50},
            },
            "condition": {"name": "class_labels"},
            "output": {"name": "out_sample", "learnedVariance": true},
        },
    });
    let entry = ModelEntry::from_json(entry).unwrap();
    let bytes = include_bytes!("../fixtures/foreign/network.onnx");
    Ddpm::load(&entry, |_| Ok(bytes.to_vec())).unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_network_with_whole_timesteps_has_its_own_chain_and_no_other() {
    let ddpm = network();
    assert_eq!((ddpm.schedules(), ddpm.trained_steps()), (vec![ScheduleKind::Trained], Some(50)));
    let refused = ddpm.schedule(ScheduleKind::Cosine, 50).unwrap_err().with_causes();
    assert!(refused.contains("trained"), "{refused}");
    assert!(ddpm.schedule(ScheduleKind::Trained, 51).unwrap_err().with_causes().contains("50"));
    let schedule = ddpm.schedule(ScheduleKind::Trained, 50).unwrap();
    let mut alpha_bar = 1.0;
    for t in 1..=50 {
        alpha_bar *= 1.0 - (1e-4 + (0.02 - 1e-4) * (t - 1) as f64 / 49.0);
        assert!((schedule.alpha_bar(t) - alpha_bar).abs() < 1e-12, "step {t}");
        // the network's own formula at its step: ε̂ = (t/64) x + ((t-1) mod 7)/16 + class/4
        let x = [0.5, -0.25, 1.5, 0.0];
        for (class, index) in [(Some(1), 1.0), (None, 3.0)] {
            let epsilon = ddpm.predict(&x, schedule.log_snr(t), class).unwrap();
            for (x0, x) in epsilon.x0.iter().zip(x) {
                let told = t as f64 / 64.0 * x + ((t - 1) % 7) as f64 / 16.0 + index / 4.0;
                let expected = (x - (1.0 - alpha_bar).sqrt() * told) / alpha_bar.sqrt();
                assert!((x0 - expected.clamp(-1.0, 1.0)).abs() < 1e-6, "step {t}");
            }
        }
    }
    // a shorter chain has steps of the longer one, the first and the last among them
    let short = ddpm.schedule(ScheduleKind::Trained, 8).unwrap();
    for t in 1..=8 {
        assert!((1..=50).any(|s| schedule.log_snr(s) == short.log_snr(t)));
    }
    assert_eq!((short.log_snr(1), short.log_snr(8)), (schedule.log_snr(1), schedule.log_snr(50)));
}

#[wasm_bindgen_test(unsupported = test)]
fn its_chain_can_be_run_and_scored() {
    let ddpm = network();
    let schedule = ScheduleKind::Trained;
    let options = SamplerOptions { seed: 3, schedule, steps: 10, ..SamplerOptions::default() };
    let mut sampler = ddpm.sampler(&options).unwrap();
    while !sampler.is_done() {
        sampler.step().unwrap();
    }
    assert_eq!(sampler.frames().len(), 11);
    let options =
        DiffusionElboOptions { seed: 3, schedule, steps: 50, ..DiffusionElboOptions::default() };
    let mut elbo = ddpm.elbo(&[0, 90, 200, 255], &options).unwrap();
    while !elbo.is_done() {
        elbo.step().unwrap();
    }
    let result = elbo.result().unwrap();
    assert!(result.elbo.mean < 0.0 && result.schedule == ScheduleKind::Trained);
}

#[wasm_bindgen_test(unsupported = test)]
fn colours_lie_side_by_side_in_the_crate_and_plane_by_plane_in_the_network() {
    let entry = json!({
        "id": "net", "kind": "ddpm", "image": {"channels": 3, "height": 2, "width": 2},
        "likelihood": "discretized-gaussian", "files": {"network": {"path": "network-colour.onnx"}},
        "parameterization": "x0", "logSnr": {"min": -0.25, "max": 0.25},
    });
    let entry = ModelEntry::from_json(entry).unwrap();
    let bytes = include_bytes!("../fixtures/foreign/network-colour.onnx");
    let ddpm = Ddpm::load(&entry, |_| Ok(bytes.to_vec())).unwrap();
    assert_eq!(ddpm.schedules(), ScheduleKind::ALL);
    let x: Vec<f64> = (0..12).map(|i| f64::from(i) / 16.0 - 0.375).collect();
    // what the network is told is clamped to its range
    for (log_snr, told) in [(0.125, 0.125), (3.0, 0.25)] {
        let x0 = ddpm.predict(&x, log_snr, None).unwrap().x0;
        for (i, (x0, x)) in x0.iter().zip(&x).enumerate() {
            let expected = x * (i % 3 + 1) as f64 / 4.0 + told;
            assert!((x0 - expected.clamp(-1.0, 1.0)).abs() < 1e-6, "value {i}");
        }
    }
    let error = ddpm.predict(&x, 0.0, Some(0)).unwrap_err().with_causes();
    assert!(error.contains("no classes"), "{error}");
    let mut sampler =
        ddpm.sampler(&SamplerOptions { seed: 1, steps: 3, ..SamplerOptions::default() }).unwrap();
    while !sampler.is_done() {
        sampler.step().unwrap();
    }
    assert!(sampler.frames().iter().all(|frame| frame.x.len() == 12));
    // an image with another number of channels does not fit this model
    let grey = ddpm.elbo(&[0; 4], &DiffusionElboOptions::default()).err().unwrap().with_causes();
    assert!(grey.contains("12"), "{grey}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_group_norm_without_scale_and_shift_is_run() {
    let entry = json!({
        "id": "net", "kind": "ddpm", "image": {"channels": 1, "height": 2, "width": 2},
        "likelihood": "discretized-gaussian", "files": {"network": {"path": "network-norm.onnx"}},
        "parameterization": "x0", "logSnr": {"min": -1, "max": 1},
    });
    let entry = ModelEntry::from_json(entry).unwrap();
    let bytes = include_bytes!("../fixtures/foreign/network-norm.onnx");
    let ddpm = Ddpm::load(&entry, |_| Ok(bytes.to_vec())).unwrap();
    let x0 = ddpm.predict(&[0.5, 0.501, -3.0, -3.002], 0.0, None).unwrap().x0;
    // each pair less its mean, over √(variance + ε)
    for (found, (half, sign)) in
        x0.iter().zip([(5e-4, -1.0), (5e-4, 1.0), (1e-3, 1.0), (1e-3, -1.0)])
    {
        let half: f64 = half;
        let expected = sign * half / (half * half + 1e-5).sqrt();
        assert!((found - expected).abs() < 1e-3, "{found}, not {expected}");
    }
}
