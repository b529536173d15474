//! Networks of other conventions (tests/fixtures/foreign_models.py) against their formulas.

use elbo_room::engine::{LatentBoundOptions, Vae, VaeElboOptions};
use elbo_room::math::likelihood::Task;
use elbo_room::model::manifest::ModelEntry;
use elbo_room::{ErrorKind, Result};
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

pub fn file(path: &str) -> &'static [u8] {
    macro_rules! files {
        ($($name:literal),* $(,)?) => {
            match path {
                $($name => include_bytes!(concat!("../fixtures/foreign/", $name)),)*
                other => panic!("there is no file {other}"),
            }
        };
    }
    files!(
        "encoder-flat.onnx",
        "encoder-leading.onnx",
        "encoder-std.onnx",
        "encoder-sampled.onnx",
        "encoder-code.onnx",
        "encoder-three.onnx",
        "encoder-split.onnx",
        "encoder-noise.onnx",
        "whole.onnx",
        "whole-code.onnx",
        "whole-shape.onnx",
        "encoder-colour.onnx",
        "decoder-sigmoid.onnx",
        "decoder-class.onnx",
        "decoder-class.data",
        "encoder-mnist.onnx",
        "decoder-mnist.onnx",
        "encoder-oblong.onnx",
        "decoder-oblong.onnx",
        "decoder-flat-colour.onnx",
        "decoder-tanh.onnx",
        "decoder-mixture.onnx",
        "decoder-open.onnx",
        "network.onnx",
        "network-flow.onnx",
        "network-table.onnx",
        "network-open.onnx",
    )
}

pub fn load(entry: &ModelEntry) -> Result<Vae> {
    Vae::load(entry, bytes(entry))
}

pub fn bytes(entry: &ModelEntry) -> impl Fn(&str) -> Result<Vec<u8>> {
    |role| Ok(file(&entry.files()[role].path).to_vec())
}

fn vae(rest: Value) -> Vae {
    load(&entry(rest)).unwrap()
}

pub fn entry(rest: Value) -> ModelEntry {
    let mut entry = json!({
        "id": "mine", "kind": "vae", "image": {"channels": 1, "height": 2, "width": 2},
        "likelihood": "bernoulli", "latents": {"count": 2},
    });
    for (field, value) in rest.as_object().unwrap() {
        entry[field] = value.clone();
    }
    ModelEntry::from_json(entry).unwrap()
}

/// x W with the weights of the fixtures' script.
pub fn linear(x: &[f64], columns: usize, salt: i64) -> Vec<f64> {
    let weight = |i: usize, j: usize| {
        ((7 * i as i64 + 3 * j as i64 + 5 * salt).rem_euclid(11) - 5) as f64 / 16.0
    };
    (0..columns).map(|j| x.iter().enumerate().map(|(i, x)| x * weight(i, j)).sum()).collect()
}

pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[track_caller]
pub fn close<A: Copy + Into<f64>, B: Copy + Into<f64>>(found: &[A], expected: &[B]) {
    assert_eq!(found.len(), expected.len());
    for (&found, &expected) in found.iter().zip(expected) {
        let (found, expected) = (found.into(), expected.into());
        assert!((found - expected).abs() < 2e-6, "{found}, not {expected}");
    }
}

pub const X: [f32; 4] = [0.0, 0.25, 0.75, 1.0];

fn sigmoid_decoder() -> Value {
    json!({
        "latent": {"name": "latent", "shape": [2, 1, 1]},
        "output": {"name": "reconstruction", "value": "mean"},
    })
}

#[wasm_bindgen_test(unsupported = test)]
fn mean_and_spread_are_cut_from_one_output_on_any_axis() {
    let scaled: Vec<f64> = X.iter().map(|&x| 2.0 * f64::from(x) - 1.0).collect();
    let both = linear(&scaled, 4, 1);
    for (path, axis, batch) in [("encoder-flat.onnx", 1, 1), ("encoder-leading.onnx", 0, 3)] {
        for (order, mean, spread) in
            [("mean-first", &both[..2], &both[2..]), ("spread-first", &both[2..], &both[..2])]
        {
            let model = vae(json!({
                "files": {"encoder": {"path": path}, "decoder": {"path": "decoder-sigmoid.onnx"}},
                "encoder": {
                    "batch": batch,
                    "image": {"name": "pixels", "shape": [4], "scale": [2], "shift": [-1]},
                    "posterior": {
                        "spread": "log-std",
                        "split": {"name": "stacked", "axis": axis, "order": order},
                    },
                },
                "decoder": sigmoid_decoder(),
            }));
            let q = model.encode(&X).unwrap();
            close(&q.mean.to_vec(), mean);
            close(&q.log_var.to_vec(), &[2.0 * spread[0], 2.0 * spread[1]]);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_probability_and_the_value_before_its_sigmoid_say_the_same() {
    let code = json!({
        "encoder": {"path": "encoder-code.onnx"}, "decoder": {"path": "decoder-sigmoid.onnx"},
    });
    let encoder = json!({"posterior": {"spread": "none", "meanName": "code"}});
    let of = |output: Value| {
        let latent = json!({"name": "latent", "shape": [2, 1, 1]});
        let decoder = json!({"latent": latent, "output": output});
        vae(json!({"files": code, "encoder": encoder, "decoder": decoder}))
    };
    let z = [0.7_f32, -1.3];
    let expected: Vec<f64> =
        linear(&[f64::from(z[0]), f64::from(z[1])], 4, 1).into_iter().map(sigmoid).collect();
    for output in [
        json!({"name": "reconstruction", "value": "mean"}),
        json!({"name": "before"}),
        json!({"name": "before", "shape": [4]}),
    ] {
        close(&of(output).decode(&z).unwrap().to_vec(), &expected);
    }
    // an autoencoder has a code and a reconstruction, and no bound
    let model = of(json!({"name": "before"}));
    assert!(model.has_encoder() && !model.has_posterior());
    let q = model.encode(&X).unwrap();
    close(&q.mean.to_vec(), &linear(&X.map(f64::from), 2, 2));
    assert!(q.log_var.iter().all(|&v| v == f64::NEG_INFINITY));
    let error = model.elbo(&[0, 1, 2, 3], &VaeElboOptions::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Model);
    assert!(error.with_causes().contains("autoencoder"), "{error}");
    assert!(model.estimate_kl(&[0; 4], None, 1).is_err());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_decoder_alone_decodes_given_a_class_with_weights_from_another_file() {
    let model = vae(json!({
        "files": {
            "decoder": {"path": "decoder-class.onnx"},
            "decoderData": {"path": "decoder-class.data"},
        },
        "classes": ["a", "b", "c"],
        "decoder": {"condition": {"name": "y", "form": "one-hot", "null": "zeros"}},
    }));
    let z = [0.5_f32, 0.25];
    for class in [Some(0), Some(2), None] {
        let mut input = vec![0.5, 0.25, 0.0, 0.0, 0.0];
        if let Some(class) = class {
            input[2 + class] = 1.0;
        }
        let expected: Vec<f64> = linear(&input, 4, 2).into_iter().map(sigmoid).collect();
        close(&model.decode_given(&z, class).unwrap().to_vec(), &expected);
    }
    assert_eq!(model.decode_given(&z, Some(3)).unwrap_err().kind(), ErrorKind::Value);
    let error = model.encode(&X).unwrap_err();
    assert!(error.with_causes().contains("decoder alone"), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_standard_deviation_is_read_and_the_class_goes_to_the_encoder() {
    let model = vae(json!({
        "files": {
            "encoder": {"path": "encoder-std.onnx"}, "decoder": {"path": "decoder-sigmoid.onnx"},
        },
        "classes": ["a", "b", "c"],
        "encoder": {
            "image": {"name": "image"},
            "posterior": {"spread": "std", "meanName": "mu", "spreadName": "sigma"},
            "condition": {"name": "label", "null": "none"},
        },
        "decoder": sigmoid_decoder(),
    }));
    let q = model.encode_given(&X, Some(2)).unwrap();
    let embedded = linear(&[0.0, 0.0, 1.0], 4, 6);
    let input: Vec<f64> = X.iter().zip(embedded).map(|(&x, e)| f64::from(x) + e).collect();
    close(&q.mean.to_vec(), &linear(&input, 2, 2));
    let std = linear(&input, 2, 3);
    close(&q.log_var.to_vec(), &std.iter().map(|s| 2.0 * s).collect::<Vec<_>>());
    assert_eq!(model.encode(&X).unwrap_err().kind(), ErrorKind::Value, "it always needs a class");
}

fn colour(likelihood: &str, output: Value) -> Value {
    let mut output = output;
    output["name"] = json!("picture");
    output["layout"] = json!("nhwc");
    json!({
        "image": {"channels": 3, "height": 2, "width": 2}, "likelihood": likelihood,
        "files": {
            "encoder": {"path": "encoder-colour.onnx"}, "decoder": {"path": "decoder-tanh.onnx"},
        },
        "decoder": {"batch": 2, "output": output},
    })
}

const COLOURS: [u8; 12] = [0, 255, 128, 10, 20, 30, 200, 100, 50, 7, 77, 177];

#[wasm_bindgen_test(unsupported = test)]
fn colours_go_through_either_layout_and_a_fixed_batch() {
    let model = vae(colour("gaussian", json!({"range": [-1, 1], "std": 0.5})));
    let z = [0.9_f32, -0.4];
    let tanh: Vec<f64> =
        linear(&[f64::from(z[0]), f64::from(z[1])], 12, 3).into_iter().map(f64::tanh).collect();
    let means = model.decode(&z).unwrap();
    close(&means.to_vec(), &tanh.iter().map(|m| 0.5 * (m + 1.0)).collect::<Vec<_>>());
    // the encoder sees channels first
    let x: Vec<f32> = COLOURS.iter().map(|&l| f32::from(l) / 255.0).collect();
    let planar: Vec<f64> = (0..12).map(|i| f64::from(COLOURS[i % 4 * 3 + i / 4]) / 255.0).collect();
    close(&model.encode(&x).unwrap().mean.to_vec(), &linear(&planar, 2, 2));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_gaussian_decoder_has_the_density_of_its_formula() {
    let log_density = |x: &[f64], mean: &[f64], std: f64| -> f64 {
        let normal = |(x, m): (&f64, &f64)| {
            -0.5 * ((x - m) / std).powi(2) - std.ln() - 0.5 * std::f64::consts::TAU.ln()
        };
        x.iter().zip(mean).map(normal).sum()
    };
    let signed: Vec<f64> = COLOURS.iter().map(|&l| f64::from(l) / 127.5 - 1.0).collect();
    let tanh = |z: &[f64]| -> Vec<f64> { linear(z, 12, 3).into_iter().map(f64::tanh).collect() };
    let options = |dequantize| LatentBoundOptions {
        samples: 3,
        seed: 5,
        dequantize,
        ..LatentBoundOptions::default()
    };
    for std in [Some(0.05), None] {
        let output = json!({"range": [-1, 1], "std": std.map_or(json!("fitted"), |s| json!(s))});
        let model = vae(colour("gaussian", output));
        assert_eq!(model.task(), Task::Density);
        let x: Vec<f32> = COLOURS.iter().map(|&l| f32::from(l) / 255.0).collect();
        let q = model.encode(&x).unwrap();
        let mut bound = model.bound(&COLOURS, &options(false)).unwrap();
        let values = bound.evaluate(1).unwrap();
        let noise = elbo_room::math::rng::standard_normal(
            5,
            elbo_room::math::rng::Purpose::Latent,
            [1, 0],
            2,
        );
        let z: Vec<f64> =
            (0..2).map(|i| q.mean[i] + (0.5 * q.log_var[i]).exp() * noise[i]).collect();
        // fitted to the decoded mean of q
        let at_mean = tanh(&q.mean.to_vec());
        let square: f64 = signed.iter().zip(&at_mean).map(|(a, b)| (a - b) * (a - b)).sum();
        let fitted = (square / 12.0).sqrt();
        let expected = log_density(&signed, &tanh(&z), std.unwrap_or(fitted));
        assert!((values[0] - expected).abs() < 1e-4 * expected.abs(), "{} {expected}", values[0]);
        while bound.step().unwrap() {}
        let result = bound.result().unwrap();
        let density = result.density.unwrap();
        assert_eq!((density.range, density.dequantized), ([-1.0, 1.0], false));
        match (density.fitted_std, std) {
            (Some(found), None) => assert!((found - fitted).abs() < 1e-6),
            (found, std) => assert!(found.is_none() && std.is_some()),
        }
        let volume = 12.0 * (2.0_f64 / 255.0).ln();
        assert!((density.log_volume - volume).abs() < 1e-12);
        let bits = -(result.elbo.mean + volume) / (12.0 * 2_f64.ln());
        assert!((result.bits_per_dim.mean - bits).abs() < 1e-9);
        assert!(model.bound(&COLOURS, &options(true)).unwrap().evaluate(0).unwrap()[0].is_finite());
        // both ways to the bound agree
        let options = VaeElboOptions { samples: 3, seed: 5, ..VaeElboOptions::default() };
        let elbo = model.elbo(&COLOURS, &options).unwrap();
        assert_eq!(elbo.terms.elbo, result.elbo);
        assert_eq!(elbo.terms.bits_per_dim, result.bits_per_dim);
        assert_eq!(elbo.density, result.density);
    }
    let binary = vae(json!({
        "files": {
            "encoder": {"path": "encoder-flat.onnx"}, "decoder": {"path": "decoder-sigmoid.onnx"},
        },
        "encoder": {
            "image": {"name": "pixels", "shape": [4]},
            "posterior": {"split": {"name": "stacked", "axis": 2}},
        },
        "decoder": sigmoid_decoder(),
    }));
    let error = binary.bound(&[0; 4], &options(true)).err().unwrap();
    assert!(error.with_causes().contains("density"), "{error}");
}

#[wasm_bindgen_test(unsupported = test)]
fn grey_levels_under_bernoulli_are_scored_as_what_they_are() {
    let parts = |likelihood: &str| {
        vae(json!({
            "likelihood": likelihood,
            "files": {
                "encoder": {"path": "encoder-flat.onnx"},
                "decoder": {"path": "decoder-sigmoid.onnx"},
            },
            "encoder": {
                "image": {"name": "pixels", "shape": [4]},
                "posterior": {"spread": "log-var", "split": {"name": "stacked", "axis": 1}},
            },
            "decoder": {
                "latent": {"name": "latent", "shape": [2, 1, 1]}, "output": {"name": "before"},
            },
        }))
    };
    let model = parts("grey-bernoulli");
    assert_eq!(model.task(), Task::Grey);
    let levels = [0, 51, 204, 255];
    let options = LatentBoundOptions { samples: 1, seed: 2, ..LatentBoundOptions::default() };
    let bound = model.bound(&levels, &options).unwrap();
    let x = [0.0, 0.2, 0.8, 1.0];
    let both = linear(&x, 4, 1);
    let noise =
        elbo_room::math::rng::standard_normal(2, elbo_room::math::rng::Purpose::Latent, [0, 0], 2);
    let z: Vec<f64> = (0..2).map(|i| both[i] + (0.5 * both[2 + i]).exp() * noise[i]).collect();
    let p: Vec<f64> = linear(&z, 4, 1).into_iter().map(sigmoid).collect();
    let entropy: f64 =
        x.iter().zip(&p).map(|(x, p): (&f64, &f64)| x * p.ln() + (1.0 - x) * (1.0 - p).ln()).sum();
    assert!((bound.evaluate(0).unwrap()[0] - entropy).abs() < 1e-5);
    // the binarized reading scores one of the binary images instead
    let binary = parts("bernoulli").bound(&levels, &options).unwrap();
    assert!((binary.evaluate(0).unwrap()[0] - entropy).abs() > 1e-3);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_mixture_of_logistics_is_read_by_pixel() {
    let model = vae(json!({
        "likelihood": "logistic-mixture", "files": {"decoder": {"path": "decoder-mixture.onnx"}},
        "decoder": {"output": {"components": 2}},
    }));
    let z = [0.4_f32, 1.1];
    let raw = linear(&[f64::from(z[0]), f64::from(z[1])], 24, 4);
    let expected: Vec<f64> = (0..4)
        .map(|pixel| {
            let value = |which: usize| raw[which * 4 + pixel];
            let weight = sigmoid(value(0) - value(1));
            let mean = weight * value(2) + (1.0 - weight) * value(3);
            0.5 * (mean.clamp(-1.0, 1.0) + 1.0)
        })
        .collect();
    close(&model.decode(&z).unwrap().to_vec(), &expected);
}
