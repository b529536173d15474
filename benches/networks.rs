//! The shipped networks, beside tract with tract-onnx on the same files.

mod peer;

use criterion::{Criterion, criterion_group, criterion_main};
use elbo_room::engine::{Ddpm, Vae};
use elbo_room::model::manifest::{Manifest, ModelEntry};
use elbo_room::{Error, Result};
use peer::{Peer, tensor, wave};
use tract_onnx::prelude::*;

fn bytes(path: &str) -> Vec<u8> {
    std::fs::read(format!("{}/models/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn entry(id: &str) -> ModelEntry {
    let manifest = Manifest::parse(&String::from_utf8(bytes("manifest.json")).unwrap()).unwrap();
    manifest.models.into_iter().find(|model| model.id == id).unwrap()
}

/// The file of a model that plays this part.
fn part<'a>(model: &'a str) -> impl Fn(&str) -> Result<Vec<u8>> + 'a {
    move |role| match role {
        "network" => Ok(bytes(&format!("{model}.onnx"))),
        "encoder" | "decoder" => Ok(bytes(&format!("{model}-{role}.onnx"))),
        other => Err(Error::request(
            format_args!("{model} has no {other}"),
            "give the files of the whole model",
        )),
    }
}

fn peer(path: &str, inputs: &[Tensor]) -> Peer {
    let reader = onnx().with_ignore_output_shapes(true).with_ignore_value_info(true);
    Peer::new(reader.model_for_read(&mut bytes(path).as_slice()).unwrap(), inputs)
}

fn networks(criterion: &mut Criterion) {
    let vae = Vae::load(&entry("mnist-vae"), part("mnist-vae")).unwrap();
    let (z, x) = (wave(vae.latents()), wave(784).iter().map(|v| v.abs()).collect::<Vec<_>>());
    let tract = peer("mnist-vae-decoder.onnx", &[tensor(&[1, vae.latents()])]);
    let mut group = criterion.benchmark_group("VAE decoder");
    group.bench_function("elbo-room", |b| b.iter(|| vae.decode(&z).unwrap()));
    group.bench_function("tract", |b| b.iter(|| tract.run()));
    group.finish();

    let tract = peer("mnist-vae-encoder.onnx", &[tensor(&[1, 1, 28, 28])]);
    let mut group = criterion.benchmark_group("VAE encoder");
    group.bench_function("elbo-room", |b| b.iter(|| vae.encode(&x).unwrap()));
    group.bench_function("tract", |b| b.iter(|| tract.run()));
    group.finish();

    let ddpm = Ddpm::load(&entry("mnist-ddpm"), part("mnist-ddpm")).unwrap();
    let x_t: Vec<f64> = wave(784).into_iter().map(f64::from).collect();
    let tract =
        peer("mnist-ddpm.onnx", &[tensor(&[1, 1, 28, 28]), tensor1(&[0_f32]), tensor1(&[3_i64])]);
    let mut group = criterion.benchmark_group("U-Net");
    group.bench_function("elbo-room", |b| b.iter(|| ddpm.predict(&x_t, 0.0, Some(3)).unwrap()));
    group.bench_function("tract", |b| b.iter(|| tract.run()));
    group.finish();
}

criterion_group!(benches, networks);
criterion_main!(benches);
