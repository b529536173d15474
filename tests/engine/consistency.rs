//! The consistency form of a diffusion bound for Gaussian data against the closed form.

use elbo_room::engine::{DiffusionElboOptions, DiffusionElboResult, Timesteps};
use elbo_room::image::levels::levels_to_signed;
use elbo_room::math::consistency::consistency_prior;
use elbo_room::math::schedule::ScheduleKind;
use wasm_bindgen_test::wasm_bindgen_test;

use super::analytic::{GaussianData, image};

const DATA: GaussianData = GaussianData { mean: 0.1, std: 0.5 };
const LEVELS: [u8; 6] = [0, 30, 127, 128, 200, 255];

fn bound(
    schedule: ScheduleKind,
    steps: usize,
    timesteps: Timesteps,
    seed: u64,
) -> DiffusionElboResult {
    let options = DiffusionElboOptions {
        schedule,
        steps,
        timesteps,
        seed,
        consistency: true,
        ..Default::default()
    };
    let mut elbo = DATA.ddpm(image(2, 3)).elbo(&LEVELS, &options).unwrap();
    while !elbo.is_done() {
        elbo.step().unwrap();
    }
    elbo.result().unwrap()
}

fn truth(schedule: ScheduleKind, steps: usize) -> f64 {
    let schedule = DATA.ddpm(image(2, 3)).schedule(schedule, steps).unwrap();
    let (l_t, l_denoising, l_0) = DATA.exact_terms(&LEVELS, &schedule);
    -(l_t + l_denoising + l_0)
}

#[wasm_bindgen_test(unsupported = test)]
fn both_decompositions_equal_the_exact_bound() {
    for schedule in ScheduleKind::ALL {
        for (steps, timesteps) in [
            (2, Timesteps::Stratified(2048)),
            (3, Timesteps::Stratified(2048)),
            (20, Timesteps::Stratified(4096)),
            (100, Timesteps::Stratified(4096)),
            (1000, Timesteps::Stratified(4096)),
            (1000, Timesteps::All),
            (1500, Timesteps::All),
        ] {
            let found = bound(schedule, steps, timesteps, 5);
            let exact = truth(schedule, steps);
            let form = found.consistency.unwrap();
            let name = format!("{schedule} {steps} {timesteps:?}");
            for (what, estimate) in [("matching", found.elbo), ("consistency", form.elbo)] {
                let error = estimate.standard_error.unwrap();
                let message = format!("{name} {what}: {estimate:?}, exactly {exact}");
                assert!((estimate.mean - exact).abs() < 4.0 * error, "{message}");
                // The noise of the consistency form grows with the number of steps, whatever the
                // data.
                assert!(
                    error < 0.25 * exact.abs() || (what == "consistency" && steps >= 1000),
                    "{message}"
                );
            }
            let table = DATA.ddpm(image(2, 3)).schedule(schedule, steps).unwrap();
            assert_eq!(form.prior, consistency_prior(levels_to_signed(&LEVELS).view(), &table));
            let sum = -(form.prior + form.l_consistency.mean + found.l_0.mean);
            assert!((form.elbo.mean - sum).abs() < 1e-9 * sum.abs(), "{name}");
            let bits = -form.elbo.mean / (6.0 * std::f64::consts::LN_2);
            assert!((form.bits_per_dim.mean - bits).abs() < 1e-12 * bits.abs(), "{name}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_reported_deviations_are_those_of_single_evaluations() {
    // With one stratum a pass is one evaluation, so the error of the sum is its deviation over the
    // square root of the passes.
    for schedule in ScheduleKind::ALL {
        let found = bound(schedule, 200, Timesteps::Stratified(15), 2);
        let form = found.consistency.unwrap();
        assert_eq!(found.passes, 15);
        for (deviation, sum) in
            [(form.matching_sd, found.l_denoising), (form.consistency_sd, form.l_consistency)]
        {
            let expected = sum.standard_error.unwrap() * 15_f64.sqrt();
            assert!(
                (deviation.unwrap() / expected - 1.0).abs() < 1e-9,
                "{schedule}: {deviation:?}, not {expected}"
            );
        }
        // Many evaluations: the two χ² of a long chain make the consistency form the noisier one.
        let form = bound(schedule, 1000, Timesteps::Stratified(4096), 3).consistency.unwrap();
        assert!(
            form.consistency_sd.unwrap() > 10.0 * form.matching_sd.unwrap(),
            "{schedule}: {form:?}"
        );
    }
    let single = bound(ScheduleKind::Cosine, 200, Timesteps::Stratified(1), 1).consistency.unwrap();
    assert_eq!((single.matching_sd, single.consistency_sd), (None, None));
}

#[wasm_bindgen_test(unsupported = test)]
fn an_interval_of_the_consistency_form_covers_the_truth() {
    let exact = truth(ScheduleKind::Cosine, 200);
    let covered = (0..400)
        .filter(|&seed| {
            let found = bound(ScheduleKind::Cosine, 200, Timesteps::Stratified(64), seed)
                .consistency
                .unwrap()
                .elbo;
            // 2.131 is the 97.5 % quantile of Student's t with the 15 degrees of freedom of 16
            // passes.
            (found.mean - exact).abs() < 2.131 * found.standard_error.unwrap()
        })
        .count();
    assert!((368..=392).contains(&covered), "{covered} of 400 intervals cover the truth");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_consistency_form_is_computed_only_if_requested() {
    let options = DiffusionElboOptions {
        seed: 1,
        timesteps: Timesteps::Stratified(16),
        ..Default::default()
    };
    let ddpm = DATA.ddpm(image(2, 3));
    let plain = ddpm.elbo(&LEVELS, &options).unwrap();
    let both = ddpm.elbo(&LEVELS, &DiffusionElboOptions { consistency: true, ..options }).unwrap();
    assert_eq!(plain.total_evaluations(), both.total_evaluations());
    // Slot 0 is a timestep, slot 1 a draw of L_0.
    assert_eq!((plain.evaluate(0).unwrap().len(), both.evaluate(0).unwrap().len()), (1, 2));
    assert_eq!(plain.evaluate(0).unwrap()[0], both.evaluate(0).unwrap()[0]);
    assert_eq!(plain.evaluate(1).unwrap(), both.evaluate(1).unwrap());
}
