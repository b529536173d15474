//! Draws a grid of samples of a diffusion model, a row for each class, and writes it as a PGM
//! image: to look at, and for
//! `models/train/judge.py` to score.
//!
//!     cargo run --release --example samples -- --steps 1000 --guidance 0.5 --out samples.pgm

// `wasm-pack test` compiles the examples for WebAssembly too, where what they use is missing.
#![cfg_attr(target_arch = "wasm32", no_main)]
#![cfg(not(target_arch = "wasm32"))]

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use elbo_room::engine::{Ddpm, SamplerOptions};
use elbo_room::math::schedule::ScheduleKind;
use elbo_room::model::manifest::Manifest;
use indicatif::{ProgressBar, ProgressIterator};
use ndarray::Array2;

#[derive(Parser)]
struct Arguments {
    /// The manifest; the model's file lies beside it.
    #[arg(long, default_value = "models/manifest.json")]
    manifest: PathBuf,
    #[arg(long, default_value = "mnist-ddpm")]
    model: String,
    #[arg(long, default_value = "cosine")]
    schedule: ScheduleKind,
    #[arg(long, default_value_t = 100)]
    steps: usize,
    /// Weight of classifier-free guidance.
    #[arg(long, default_value_t = 0.0)]
    guidance: f64,
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Samples of each class, side by side.
    #[arg(long, default_value_t = 10)]
    columns: usize,
    #[arg(long)]
    out: PathBuf,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let json = std::fs::read_to_string(&arguments.manifest)
        .with_context(|| format!("cannot read the manifest {}", arguments.manifest.display()))?;
    let manifest = Manifest::parse(&json)?;
    let entry = manifest.models.iter().find(|entry| entry.id == arguments.model);
    let entry =
        entry.with_context(|| format!("the manifest has no model `{}`", arguments.model))?;
    let folder = arguments.manifest.parent().unwrap_or(".".as_ref());
    let files = entry.files();
    let ddpm = Ddpm::load(entry, |role| {
        let path = folder.join(&files[role].path);
        std::fs::read(&path)
            .map_err(|e| elbo_room::Error::file(path.display(), "cannot be read").caused_by(e))
    })?;

    let shape = ddpm.image();
    let (classes, columns) = (ddpm.classes().len(), arguments.columns);
    let mut grid = Array2::<u8>::zeros((classes * shape.height, columns * shape.width));
    let bar = ProgressBar::new((classes * columns) as u64);
    for sample in (0..classes * columns).progress_with(bar) {
        let class = sample / columns;
        let mut sampler = ddpm.sampler(&SamplerOptions {
            seed: arguments.seed,
            class: Some(class),
            schedule: arguments.schedule,
            steps: arguments.steps,
            guidance: arguments.guidance,
            first_chain: u32::try_from(sample)?,
            ..SamplerOptions::default()
        })?;
        while !sampler.is_done() {
            sampler.step()?;
        }
        let levels = &sampler.frames().last().context("the chain is empty")?.x;
        let (top, left) = (class * shape.height, sample % columns * shape.width);
        for (i, &level) in levels.iter().enumerate() {
            grid[[top + i / shape.width, left + i % shape.width]] = level;
        }
    }
    let mut image = format!("P5 {} {} 255\n", grid.ncols(), grid.nrows()).into_bytes();
    image.extend(&grid);
    std::fs::write(&arguments.out, image)
        .with_context(|| format!("cannot write {}", arguments.out.display()))
}
