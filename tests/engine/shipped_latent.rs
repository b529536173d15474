//! The shipped latent-variable models through tract against onnxruntime: same noise in, same terms
//! out (models/train/fixtures_latent.py).

use elbo_room::Result;
use elbo_room::math::gaussian::{kl, log_density};
use elbo_room::model::manifest::{
    Contract, FileEntry, LatentLayer, Likelihood, Manifest, ModelEntry,
};
use elbo_room::model::{
    Decoder, DiagonalGaussian, Encoder, Hierarchy, OnnxDecoder, OnnxEncoder, OnnxFile,
    OnnxHierarchy, TopDown,
};
use ndarray::{Array1, ArrayView1};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::shipped::{MANIFEST, file};

#[derive(Deserialize)]
struct Fixture {
    files: BTreeMap<String, String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    model: String,
    levels: Vec<u8>,
    eps: Vec<f32>,
    gate: Vec<f32>,
    /// The Gaussians are kept at every such index.
    stride: usize,
    q_mean: Vec<f64>,
    q_log_var: Vec<f64>,
    p_mean: Vec<f64>,
    p_log_var: Vec<f64>,
    means: Vec<f64>,
    log_likelihood: f64,
    kl: Vec<f64>,
    log_weight: f64,
}

fn fixture() -> Fixture {
    let fixture: Fixture = serde_json::from_str(include_str!("../fixtures/latent.json")).unwrap();
    for (path, sha256) in &fixture.files {
        let digest: String =
            Sha256::digest(file(path)).iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(&digest, sha256, "{path} has changed: run models/train/fixtures_latent.py");
    }
    fixture
}

/// One pass of a model with the noise `eps`, and the number of latents in each part whose KL is
/// told apart.
fn pass(
    entry: &ModelEntry,
    x: ArrayView1<'_, f32>,
    eps: &[f32],
    gate: &[f32],
) -> Result<(TopDown, Vec<usize>)> {
    let (image, likelihood) = (entry.image, entry.likelihood);
    match &entry.contract {
        Contract::Vae(vae) => {
            let n = vae.latents.count;
            let onnx = |entry: &FileEntry| (entry.clone(), file(&entry.path));
            let (e, bytes) = onnx(vae.files.encoder.as_ref().unwrap());
            let encoder = OnnxEncoder::load(OnnxFile::new(&e, bytes), &vae.encoder, image, n, 0)?;
            let (d, bytes) = onnx(&vae.files.decoder);
            let d = OnnxFile::new(&d, bytes);
            let decoder = OnnxDecoder::load(d, &vae.decoder, image, likelihood, n, 0)?;
            let q = encoder.encode(x)?;
            let z: Array1<f32> = (0..n)
                .map(|i| (q.mean[i] + (0.5 * q.log_var[i]).exp() * f64::from(eps[i])) as f32)
                .collect();
            let p = DiagonalGaussian { mean: Array1::zeros(n), log_var: Array1::zeros(n) };
            Ok((TopDown { pixels: decoder.decode(z.view())?, q, p }, vec![1; n]))
        }
        Contract::Hvae(hvae) => {
            let sizes: Vec<usize> = hvae.layers.iter().map(LatentLayer::latents).collect();
            let paths: BTreeMap<&str, String> =
                entry.files().into_iter().map(|(r, f)| (r, f.path.clone())).collect();
            let bytes = |role: &str| Ok(file(&paths[role]).to_vec());
            let network = OnnxHierarchy::load(hvae, bytes, image, likelihood)?;
            let features = network.encode(x)?;
            Ok((network.decode(Some(&features), ArrayView1::from(eps), gate)?, sizes))
        }
        Contract::Ddpm { .. } => panic!("{} has no latents", entry.id),
    }
}

#[track_caller]
fn close(what: &str, found: f64, expected: f64) {
    assert!(
        (found - expected).abs() <= 1e-4 * expected.abs().max(1.0),
        "{what}: {found}, not {expected}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn every_term_is_what_onnxruntime_gives_for_the_same_noise() {
    let fixture = fixture();
    let models = Manifest::parse(MANIFEST).unwrap().models;
    for entry in models.iter().filter(|m| !matches!(m.contract, Contract::Ddpm { .. })) {
        assert!(
            fixture.cases.iter().any(|case| case.model == entry.id),
            "no case for {}",
            entry.id
        );
    }
    for case in &fixture.cases {
        let entry = models.iter().find(|m| m.id == case.model).unwrap();
        let name = |what: &str| format!("{what} of {} with gates {:?}", case.model, case.gate);
        let x = Array1::from_iter(case.levels.iter().map(|&l| f32::from(l) / 255.0));
        let (pass, sizes) = pass(entry, x.view(), &case.eps, &case.gate).unwrap();

        for (what, found, expected) in [
            ("q_mean", &pass.q.mean, &case.q_mean),
            ("q_log_var", &pass.q.log_var, &case.q_log_var),
            ("p_mean", &pass.p.mean, &case.p_mean),
            ("p_log_var", &pass.p.log_var, &case.p_log_var),
        ] {
            assert_eq!(found.len().div_ceil(case.stride), expected.len());
            found
                .iter()
                .step_by(case.stride)
                .zip(expected)
                .for_each(|(&f, &e)| close(&name(what), f, e));
        }
        let means = pass.pixels.means();
        assert_eq!(means.len(), case.means.len());
        means
            .iter()
            .zip(&case.means)
            .for_each(|(&f, &e)| close(&name("a pixel's mean"), f.into(), e));

        let scored: Vec<u8> = match entry.likelihood {
            Likelihood::Bernoulli => case.levels.iter().map(|l| l / 255).collect(),
            _ => case.levels.clone(),
        };
        let log_likelihood = pass.pixels.log_likelihood(&scored);
        close(&name("log p(x|z)"), log_likelihood, case.log_likelihood);

        let (q, p) = (&pass.q, &pass.p);
        let nats = kl(q.mean.view(), q.log_var.view(), p.mean.view(), p.log_var.view());
        let mut rest = nats.iter();
        let parts: Vec<f64> = sizes.iter().map(|&n| rest.by_ref().take(n).sum()).collect();
        assert_eq!(parts.len(), case.kl.len());
        parts.iter().zip(&case.kl).for_each(|(&f, &e)| close(&name("a KL"), f, e));
        // What is shown of a picture: the errors of its parts add up to less than they could.
        let found = log_likelihood - parts.iter().sum::<f64>();
        let expected = case.log_likelihood - case.kl.iter().sum::<f64>();
        let error = (found - expected).abs() / expected.abs();
        assert!(error <= 1e-5, "{}: {found}, not {expected}: {error:e}", name("the ELBO"));

        let log_ratio: f64 = (0..case.eps.len())
            .map(|i| {
                let z = q.mean[i] + (0.5 * q.log_var[i]).exp() * f64::from(case.eps[i]);
                log_density(z, p.mean[i], p.log_var[i]) - log_density(z, q.mean[i], q.log_var[i])
            })
            .sum();
        close(&name("log w"), log_likelihood + log_ratio, case.log_weight);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn closed_gates_draw_from_the_prior_whatever_the_image() {
    for case in fixture().cases.iter().filter(|case| case.gate.len() > 1) {
        let models = Manifest::parse(MANIFEST).unwrap().models;
        let entry = models.iter().find(|m| m.id == case.model).unwrap();
        let closed = vec![0.0; case.gate.len()];
        let digit = Array1::from_iter(case.levels.iter().map(|&l| f32::from(l) / 255.0));
        let means = |x: ArrayView1<'_, f32>, gate| {
            pass(entry, x, &case.eps, gate).unwrap().0.pixels.means()
        };
        assert_eq!(means(digit.view(), &closed), means(Array1::zeros(784).view(), &closed));
        assert_ne!(means(digit.view(), &case.gate), means(Array1::zeros(784).view(), &case.gate));
    }
}
