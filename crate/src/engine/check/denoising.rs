//! Checks of a diffusion model: whether its network predicts the noise, and whether another reading
//! of its time and output fits better.

use std::cell::RefCell;
use std::collections::HashMap;

use ndarray::{Array1, ArrayView1};
use serde_json::{Value, json};

use super::probes::probe_images;
use super::{CheckOptions, GalleryName, ModelCheck, WarningCode};
use crate::engine::{Ddpm, Method, SamplerOptions};
use crate::error::Result;
use crate::image::levels::{levels_to_signed, signed_to_levels};
use crate::math::numeric::sigmoid;
use crate::math::rng::{Purpose, standard_normal};
use crate::math::schedule::ScheduleKind;
use crate::model::changes::Changes;
use crate::model::load::Files;
use crate::model::manifest::{
    BetaSchedule, Contract, DdpmContract, ModelEntry, NullClass, TimeForm,
};
use crate::model::phrase::{Code, Phrase};
use crate::model::propose::CHAINS;
use crate::model::{OnnxNoisePredictor, load};

/// Number of drawings that are noised.
const DRAWINGS: usize = 1;
/// The log SNRs of the noised drawings.
const LEVELS: [f64; 3] = [3.0, 0.5, -1.5];
/// Another reading is better by a wide margin if its error is below this share of the present
/// one's.
const CLEARLY: f64 = 0.7;

/// Noised drawings, the inputs of the checks.
struct Probe {
    x0: Array1<f64>,
    x_t: Array1<f64>,
    log_snr: f64,
}

fn probes(entry: &ModelEntry, seed: u64) -> Result<Vec<Probe>> {
    let levels = probe_images(entry.image, DRAWINGS)?;
    let mut all = Vec::new();
    for (i, image) in levels.chunks_exact(entry.image.dimensions()).enumerate() {
        let x0 = levels_to_signed(image);
        for (j, log_snr) in LEVELS.into_iter().enumerate() {
            let address = [i as u64, j as u64];
            let noise = standard_normal(seed, Purpose::ForwardNoise, address, x0.len());
            let (alpha, sigma) = (sigmoid(log_snr).sqrt(), sigmoid(-log_snr).sqrt());
            let x_t = alpha * &x0 + sigma * &noise;
            all.push(Probe { x0: x0.clone(), x_t, log_snr });
        }
    }
    Ok(all)
}

/// Mean square error of the clean image over that of the best linear guess, averaged over probes: 1
/// for a network that knows no more than that pixels vary.
fn error(predicted: &[Array1<f64>], probes: &[Probe]) -> f64 {
    let each = predicted.iter().zip(probes).map(|(found, probe)| {
        let linear = linear_guess(probe);
        square(found.view(), probe.x0.view()) / square(linear.view(), probe.x0.view())
    });
    each.sum::<f64>() / probes.len() as f64
}

/// E[x_0 | x_t] of independent Gaussian pixels with the image's mean and variance.
fn linear_guess(probe: &Probe) -> Array1<f64> {
    let mean = probe.x0.mean().unwrap_or(0.0);
    let variance = probe.x0.var(0.0);
    let (alpha, noise) = (sigmoid(probe.log_snr).sqrt(), sigmoid(-probe.log_snr));
    let gain = alpha * variance / (alpha * alpha * variance + noise);
    probe.x_t.mapv(|x| mean + gain * (x - alpha * mean))
}

fn square(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> f64 {
    (&a - &b).mapv(|v| v * v).mean().unwrap_or(f64::NAN)
}

pub(super) fn check_ddpm(
    entry: &ModelEntry,
    contract: &DdpmContract,
    file: Files<'_>,
    options: &CheckOptions,
    found: &mut ModelCheck,
) -> Result<()> {
    let probes = probes(entry, options.seed)?;
    let null = contract.network.condition.as_ref().map(|input| &input.null);
    let needs_class = null == Some(&NullClass::None);
    let class = needs_class.then_some(0);
    let network = load::diffusion_network(entry, contract, file)?;
    let runs = Runs { network: &network, probes: &probes, known: RefCell::default() };
    let run = |entry: &ModelEntry, class: Option<usize>| runs.predict(entry, class);
    let predicted = run(entry, class)?;
    if predicted.iter().any(|x0| x0.iter().any(|v| !v.is_finite())) {
        found.warn(WarningCode::NotFinite, Code::NetworkNotFinite, None);
        return Ok(());
    }
    let levels_of = |images: &dyn Fn(&Probe, usize) -> Vec<u8>| -> Vec<u8> {
        probes.iter().enumerate().flat_map(|(i, probe)| images(probe, i)).collect()
    };
    let noised = levels_of(&|probe, _| signed_to_levels(probe.x_t.view()));
    let denoised = levels_of(&|_, i| signed_to_levels(predicted[i].view()));
    found.show(GalleryName::Noised, noised, probes.len());
    found.show(GalleryName::Denoised, denoised, probes.len());

    let present = error(&predicted, &probes);
    compare(entry, contract, present, &|other| runs.error(other, class), found);
    if let Some(condition) = &contract.network.condition
        && contract.classes.len() > 1
    {
        let other = run(entry, Some(contract.classes.len() - 1))?;
        let same = run(entry, Some(0))?;
        let change = other.iter().zip(&same).map(|(a, b)| square(a.view(), b.view()));
        if change.fold(0.0, f64::max) < 1e-12 {
            found.warn(
                WarningCode::ClassHasNoEffect,
                Phrase::new(
                    Code::ClassWithoutEffect,
                    [("input", condition.name.as_deref().unwrap_or("class").into())],
                ),
                None,
            );
        }
    }
    chain(entry, file, class, options, found)
}

/// The probe, the class, and the bits of the time and of the first pixel.
type Input = (usize, Option<usize>, u64, u64);

/// The network on the probes. Readings of its output share what it gives.
struct Runs<'a> {
    network: &'a OnnxNoisePredictor,
    probes: &'a [Probe],
    known: RefCell<HashMap<Input, Array1<f32>>>,
}

impl Runs<'_> {
    /// The clean images that an entry reads from the probes.
    fn predict(&self, entry: &ModelEntry, class: Option<usize>) -> Result<Vec<Array1<f64>>> {
        let Contract::Ddpm(contract) = &entry.contract else { return Ok(Vec::new()) };
        let network = self.network.read_as(contract)?;
        let convention = network.convention();
        let each = self.probes.iter().enumerate().map(|(i, Probe { x_t, log_snr, .. })| {
            let (x, time) = convention.input(x_t.view(), *log_snr);
            let key = (i, class, time.to_bits(), x[0].to_bits());
            let known = self.known.borrow().get(&key).cloned();
            let output = match known {
                Some(output) => output,
                None => network.output(x_t.view(), *log_snr, class)?,
            };
            let clean = convention.prediction(x_t.view(), *log_snr, output.view()).x0;
            self.known.borrow_mut().insert(key, output);
            Ok(clean)
        });
        each.collect()
    }

    /// The error of a reading; infinite if the output does not have the shape of the reading.
    fn error(&self, entry: &ModelEntry, class: Option<usize>) -> f64 {
        let predicted = self.predict(entry, class);
        predicted.map_or(f64::INFINITY, |found| error(&found, self.probes))
    }
}

/// Compares the present reading of time and output with others.
fn compare(
    entry: &ModelEntry,
    contract: &DdpmContract,
    present: f64,
    error: &dyn Fn(&ModelEntry) -> f64,
    found: &mut ModelCheck,
) {
    let each = readings(contract).into_iter().filter_map(|(reading, fields)| {
        // some combinations of readings are invalid
        let error = error(&entry.changed(&fields).ok()?);
        (error < f64::INFINITY).then_some((error, reading, fields))
    });
    let best = each.min_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((least, reading, fields)) = best
        && least < CLEARLY * present
    {
        found.warn(
            WarningCode::OtherReadingIsBetter,
            Phrase::new(
                Code::BetterReading,
                [
                    ("reading", reading.into()),
                    ("better", format!("{least:.2}").into()),
                    ("present", format!("{present:.2}").into()),
                ],
            ),
            Some(fields),
        );
    } else if present > 1.0 {
        found.warn(
            WarningCode::PoorDenoising,
            Phrase::new(Code::PoorDenoising, [("present", format!("{present:.2}").into())]),
            None,
        );
    }
}

/// Readings of the same tensors.
fn readings(contract: &DdpmContract) -> Vec<(Phrase, Changes)> {
    let time = &contract.network.time;
    let steps = time.schedule.as_ref().map_or(1000, BetaSchedule::steps);
    let integer = time.numbers() == crate::model::manifest::Numbers::Integer;
    let numbers = if integer { "integer" } else { "float" };
    let parts = |form: &str, rest: &[(&str, Value)], parameterization: &str| {
        let mut value = json!({"form": form, "numbers": numbers, "unbatched": time.unbatched});
        if let Some(name) = &time.name {
            value["name"] = json!(name);
        }
        if !time.shape.is_empty() {
            value["shape"] = json!(time.shape);
        }
        for (field, v) in rest {
            value[*field] = v.clone();
        }
        let mut changes = Changes::new();
        changes.insert("network.time".into(), value);
        changes.insert("parameterization".into(), json!(parameterization));
        let log_snr = match form {
            "log-snr" => json!(
                contract
                    .log_snr
                    .unwrap_or(crate::math::schedule::LogSnrRange { min: -10.0, max: 10.0 })
            ),
            _ => Value::Null,
        };
        changes.insert("logSnr".into(), log_snr);
        changes
    };
    let mut all = Vec::new();
    for (output, predicted) in
        [("epsilon", Code::PredictsEpsilon), ("x0", Code::PredictsX0), ("v", Code::PredictsV)]
    {
        let chained = |form: Code, chain: Code| {
            let chain = Phrase::new(chain, [("steps", steps.into())]);
            let time = Phrase::new(form, [("chain", chain.into())]);
            Phrase::new(Code::ReadingBoth, [("output", predicted.into()), ("time", time.into())])
        };
        for (chain, kind) in CHAINS {
            let rest = [("schedule", json!({"kind": kind, "steps": steps}))];
            all.push((chained(Code::TimestepOf, chain), parts("timestep", &rest, output)));
            if !integer {
                all.push((chained(Code::FractionOf, chain), parts("fraction", &rest, output)));
            }
        }
        let says = || Phrase::new(Code::ReadingOutput, [("output", predicted.into())]);
        if time.form == TimeForm::LogSnr {
            all.push((says(), parts("log-snr", &[], output)));
        }
        if time.form == TimeForm::Sigma && output != "v" {
            all.push((says(), parts("sigma", &[], output)));
        }
    }
    let told = |time: Code| Phrase::new(Code::ReadingTime, [("time", time.into())]);
    if !integer {
        all.push((told(Code::FlowVelocity), parts("flow", &[], "velocity")));
        let reversed = [("reversed", json!(true))];
        all.push((told(Code::FlowReversedVelocity), parts("flow", &reversed, "velocity")));
        let data = [("sigmaData", json!(time.sigma_data.unwrap_or(0.5)))];
        all.push((told(Code::Edm), parts("sigma", &data, "edm")));
    }
    all
}

/// Checks that a short chain ends at images, not at noise.
fn chain(
    entry: &ModelEntry,
    file: Files<'_>,
    class: Option<usize>,
    options: &CheckOptions,
    found: &mut ModelCheck,
) -> Result<()> {
    let ddpm = Ddpm::load(entry, file)?;
    let schedule = ddpm.schedules().first().copied().unwrap_or(ScheduleKind::Cosine);
    let steps = options.steps.min(ddpm.trained_steps().unwrap_or(usize::MAX));
    let mut sampler = ddpm.sampler(&SamplerOptions {
        seed: options.seed,
        class,
        schedule,
        steps,
        method: Method::Ddim,
        chains: 2,
        ..SamplerOptions::default()
    })?;
    while !sampler.is_done() {
        sampler.step()?;
    }
    let Some(last) = sampler.frames().last() else { return Ok(()) };
    let dimensions = entry.image.dimensions();
    let flat = last.x.chunks_exact(dimensions).all(|image| image.iter().all(|&l| l == image[0]));
    found.show(GalleryName::Samples, last.x.clone(), 2);
    if flat {
        found.warn(WarningCode::FlatSamples, Code::FlatSamples, None);
    }
    Ok(())
}
