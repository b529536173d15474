//! Networks against onnxruntime, and files that are none.

use elbo_room::engine::{
    Accumulator, Ddpm, DiffuseOptions, DiffusionElboOptions, Hvae, LatentBound, LatentBoundOptions,
    Timesteps, Vae,
};
use elbo_room::math::bernoulli;
use elbo_room::math::numeric::sigmoid;
use elbo_room::math::parameterization::Parameterization;
use elbo_room::math::proposal::ProposalKind;
use elbo_room::math::schedule::ScheduleKind;
use elbo_room::model::manifest::{Contract, FileEntry, Manifest, ModelEntry};
use elbo_room::model::{Decoder, Encoder, OnnxDecoder, OnnxEncoder, OnnxNoisePredictor, inspect};
use elbo_room::{Error, ErrorKind};
use ndarray::{Array1, ArrayView1};
use serde_json::Value;
use sha2::{Digest, Sha256};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{close, ddpm, entry, files, fixture, onnx};
use crate::support::shipped::{MANIFEST, file};

fn encoder(entry: &ModelEntry) -> OnnxEncoder {
    let Contract::Vae(vae) = &entry.contract else { panic!() };
    let file = vae.files.encoder.as_ref().unwrap();
    OnnxEncoder::load(onnx(file), &vae.encoder, entry.image, vae.latents.count, 0).unwrap()
}

fn network() -> OnnxNoisePredictor {
    let entry = entry("mnist-ddpm");
    let Contract::Ddpm(ddpm) = &entry.contract else { panic!() };
    OnnxNoisePredictor::load(onnx(&ddpm.files.network), ddpm, entry.image).unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn encoder_and_decoder_give_what_onnxruntime_gives() {
    let (fixture, entry) = (fixture(), entry("mnist-vae"));
    let Contract::Vae(vae) = &entry.contract else { panic!() };
    let encoder = encoder(&entry);
    let (count, likelihood) = (vae.latents.count, entry.likelihood);
    let decoder = onnx(&vae.files.decoder);
    let decoder =
        OnnxDecoder::load(decoder, &vae.decoder, entry.image, likelihood, count, 0).unwrap();
    let cases = fixture.encoder;
    for ((levels, mean), log_var) in cases.levels.iter().zip(&cases.mean).zip(&cases.log_var) {
        let x = Array1::from_iter(levels.iter().map(|&l| f32::from(l) / 255.0));
        let q = encoder.encode(x.view()).unwrap();
        close(&q.mean.to_vec(), mean, 1e-3);
        close(&q.log_var.to_vec(), log_var, 1e-3);
    }
    for (z, logits) in fixture.decoder.z.iter().zip(&fixture.decoder.logits) {
        let pixels = decoder.decode(ArrayView1::from(z)).unwrap();
        let means: Vec<f64> = logits.iter().map(|&l| sigmoid(f64::from(l))).collect();
        close(&pixels.means().to_vec(), &means, 1e-4);
        let ink: Vec<u8> = logits.iter().map(|&l| u8::from(l > 0.0)).collect();
        let expected = bernoulli::log_likelihood(ArrayView1::from(&ink), ArrayView1::from(logits));
        close(&[pixels.log_likelihood(&ink)], &[expected], 1e-4);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_noise_predictor_gives_what_onnxruntime_gives() {
    let network = network();
    for case in fixture().network {
        let class = (case.class < 10).then_some(case.class);
        let output = network.output(ArrayView1::from(&case.x_t), case.log_snr, class).unwrap();
        close(&output.to_vec(), &case.output, 1e-3);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_bound_of_a_chain_is_what_onnxruntime_gives_for_the_same_noise() {
    let (case, ddpm) = (fixture().bound, ddpm());
    let options = DiffusionElboOptions {
        schedule: ScheduleKind::Cosine,
        steps: case.steps,
        timesteps: Timesteps::All,
        class: Some(case.class),
        seed: case.seed,
        ..DiffusionElboOptions::default()
    };
    let DiffusionElboOptions { schedule, steps, class, seed, .. } = options;
    let draw = |t| {
        let at = DiffuseOptions { t, schedule, steps, class, seed };
        ddpm.diffuse(&case.levels, &at).unwrap().nats
    };
    let nats: Vec<f64> = (1..=steps).map(draw).collect();
    close(&nats, &case.terms, 1e-4);
    let mut bound = ddpm.elbo(&case.levels, &options).unwrap();
    while bound.result().is_none() {
        bound.step().unwrap();
    }
    let found = bound.result().unwrap();
    // What is shown of a picture: the errors of its terms add up to less than they could.
    let first = found.l_t + found.per_pass.l_denoising[0] + nats[0];
    close(&[first], &[case.prior + case.terms.iter().sum::<f64>()], 1e-5);
}

/// FNV-1a of the bits of a network's output.
fn bits<'a>(values: impl IntoIterator<Item = &'a f32>) -> u64 {
    let bytes = values.into_iter().flat_map(|v| v.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// Natively, in Node and in a browser: a link shows the same pixels and the same bound to all who
/// follow it. The numbers are of the shipped weights and change with them.
#[wasm_bindgen_test(unsupported = test)]
fn a_network_gives_the_same_bits_on_every_machine() {
    let level = |at: usize| (at * 37 % 101) as f32;
    let network = network();
    let x_t = Array1::from_shape_fn(784, |at| f64::from(level(at)) / 50.0 - 1.0);
    for run in 0..2 {
        let output = network.output(x_t.view(), 1.0, Some(3)).unwrap();
        assert_eq!(bits(&output), 0x45c8_8da5_21cb_d6a4, "run {run}");
    }
    let entry = entry("mnist-vae");
    let q =
        encoder(&entry).encode(Array1::from_shape_fn(784, |at| level(at) / 101.0).view()).unwrap();
    let values: Vec<f32> = q.mean.iter().chain(&q.log_var).map(|&v| v as f32).collect();
    assert_eq!(bits(&values), 0x837a_b0fc_9789_db89);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_lattice_agrees_with_the_training_code() {
    for case in fixture().lattice {
        let x_t = ArrayView1::from(&case.x_t);
        let found = Parameterization::Lattice.apply(x_t, case.log_snr, ArrayView1::from(&case.f));
        close(&found.x0.to_vec(), &case.x0, 1e-6);
        // The noise is the error of x0 scaled up by alpha / sigma.
        close(&found.epsilon.to_vec(), &case.epsilon, 1e-6 * (0.5 * case.log_snr).exp().max(1.0));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn networks_refuse_what_they_cannot_take() {
    let network = network();
    let kind = |x: &[f64], log_snr, class| {
        network.output(ArrayView1::from(x), log_snr, class).unwrap_err().kind()
    };
    assert_eq!(kind(&[0.0; 783], 0.0, None), ErrorKind::Shape);
    assert_eq!(kind(&[f64::NAN; 784], 0.0, None), ErrorKind::Value);
    assert_eq!(kind(&[0.0; 784], f64::NAN, None), ErrorKind::Value);
    assert_eq!(kind(&[0.0; 784], 0.0, Some(10)), ErrorKind::Value);
}

#[wasm_bindgen_test(unsupported = test)]
fn networks_of_another_kind_are_refused() {
    let entry = entry("mnist-ddpm");
    let load = |bytes: &'static [u8]| {
        let mut entry = entry.clone();
        let Contract::Ddpm(ddpm) = &mut entry.contract else { panic!() };
        // A manifest that vouches for the bytes, so that only their content is wrong.
        let digest = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
        let path = ddpm.files.network.path.clone();
        ddpm.files.network =
            FileEntry { path, bytes: Some(bytes.len() as u64), sha256: Some(digest) };
        Ddpm::load(&entry, |_| Ok(bytes.to_vec())).err().unwrap()
    };
    let network = file("mnist-ddpm.onnx");
    for (bytes, mentions) in [
        (&network[..network.len() / 3], "ONNX"),
        (&b"<!doctype html>"[..], "web page"),
        (file("mnist-vae-decoder.onnx"), "inputs"),
    ] {
        let error = load(bytes);
        assert_eq!(error.kind(), ErrorKind::Model, "{error}");
        assert!(error.with_causes().contains(mentions), "{error}");
    }
    let missing = Ddpm::load(&entry, |role| Err(Error::file(role, "is missing"))).err().unwrap();
    assert_eq!(missing.to_string(), "network is missing");
    assert_eq!(Vae::load(&entry, |_| Ok(Vec::new())).err().unwrap().kind(), ErrorKind::Manifest);
}

#[wasm_bindgen_test(unsupported = test)]
fn multiply_adds_are_those_of_independent_counts() {
    let count = |bytes: &[u8]| inspect(bytes, None).unwrap().multiply_adds;
    // tests/fixtures/arithmetic.py counts on the shapes that ONNX's own inference finds.
    let arithmetic: Value =
        serde_json::from_str(include_str!("../../fixtures/arithmetic.json")).unwrap();
    let found = count(include_bytes!("../../fixtures/arithmetic.onnx"));
    assert_eq!(found, arithmetic["multiplyAdds"].as_u64());
    // PyTorch's FlopCounterMode on the module that was exported
    assert_eq!(count(file("mnist-ddpm.onnx")), Some(113_234_240));
    assert_eq!(count(file("mnist-vae-decoder.onnx")), Some(18_544_128));
}

/// The same of whole bounds, whatever the model: two draws or timesteps of one picture.
#[wasm_bindgen_test(unsupported = test)]
fn every_shipped_model_gives_the_same_bound_on_every_machine() {
    let levels: Vec<u8> = (0..784_u32).map(|at| (at * at * 37 % 256) as u8).collect();
    let latent = LatentBoundOptions {
        samples: 2,
        proposal: ProposalKind::Posterior,
        seed: 1,
        ..LatentBoundOptions::default()
    };
    let diffusion = DiffusionElboOptions {
        timesteps: Timesteps::Stratified(2),
        seed: 1,
        ..DiffusionElboOptions::default()
    };
    let manifest = Manifest::parse(MANIFEST).unwrap();
    let bounds = manifest.models.iter().map(|entry| {
        let elbo = match &entry.contract {
            Contract::Vae(_) => {
                latent_elbo(Vae::load(entry, files(entry)).unwrap().bound(&levels, &latent))
            }
            Contract::Hvae(_) => {
                latent_elbo(Hvae::load(entry, files(entry)).unwrap().bound(&levels, &latent))
            }
            Contract::Ddpm(_) => {
                let ddpm = Ddpm::load(entry, files(entry)).unwrap();
                let mut bound = ddpm.elbo(&levels, &diffusion).unwrap();
                while !bound.is_done() {
                    bound.step().unwrap();
                }
                bound.result().unwrap().elbo.mean
            }
        };
        (entry.id.as_str(), elbo)
    });
    let bounds: Vec<(&str, f64)> = bounds.collect();
    let expected = [
        ("mnist-vae", -4272.429840678014),
        ("mnist-hvae", -1905.0750753903683),
        ("mnist-vae-8bit", -16688.687595213738),
        ("mnist-hvae-8bit", -6922.136916777751),
        ("mnist-ddpm", -9360.597781102373),
        ("mnist-vae-2d", -2281.1022081074434),
        ("fashion-ddpm", -4058.8212869833033),
        ("fashion-vae", -573.7176441230947),
        ("fashion-hvae", -567.7698913388341),
        ("fashion-vae-8bit", -4607.96834778545),
        ("fashion-hvae-8bit", -4639.068178945849),
        ("fashion-vae-2d", -673.0205764531341),
    ];
    assert_eq!(bounds, expected);
}

fn latent_elbo(bound: elbo_room::Result<Accumulator<LatentBound>>) -> f64 {
    let mut bound = bound.unwrap();
    while !bound.is_done() {
        bound.step().unwrap();
    }
    bound.result().unwrap().elbo.mean
}
