//! What the length of a chain and its schedule do to the bound, for Gaussian data.

use elbo_room::engine::{DiffusionElboOptions, Timesteps};
use elbo_room::image::levels::levels_to_signed;
use elbo_room::math::schedule::{NoiseSchedule, ScheduleKind};
use wasm_bindgen_test::wasm_bindgen_test;

use super::analytic::{GaussianData, RANGE, image};

const DATA: GaussianData = GaussianData { mean: 0.1, std: 0.5 };
const LEVELS: [u8; 6] = [0, 30, 127, 128, 200, 255];

fn schedule(kind: ScheduleKind, steps: usize) -> NoiseSchedule {
    NoiseSchedule::new(kind, steps, RANGE).unwrap()
}

fn cost(kind: ScheduleKind, steps: usize) -> f64 {
    let (l_t, denoising, l_0) = DATA.exact_terms(&LEVELS, &schedule(kind, steps));
    l_t + denoising + l_0
}

/// `L_{t-1}` and what infinitely many steps between the same two noise levels would cost, ½ ∫
/// SNR(λ) E|x_0 - x̂_0|² dλ (Kingma et al. 2021, eq. 18), by Simpson's rule.
fn step_and_limit(schedule: &NoiseSchedule, t: usize) -> (f64, f64) {
    let x0 = levels_to_signed(&LEVELS);
    let rate = |log_snr: f64| 0.5 * log_snr.exp() * DATA.square_error(&x0, log_snr);
    let (low, width) = (schedule.log_snr(t), -schedule.log_snr_change(t));
    let intervals = 2 * (8.0 * width).ceil() as usize;
    let at = |k: usize| rate(low + width * k as f64 / intervals as f64);
    let inner: f64 = (1..intervals).map(|k| at(k) * if k % 2 == 1 { 4.0 } else { 2.0 }).sum();
    let limit = (at(0) + inner + at(intervals)) * width / (3 * intervals) as f64;
    (rate(low) * width.exp_m1(), limit)
}

#[wasm_bindgen_test(unsupported = test)]
fn the_bound_tightens_with_every_doubling_of_the_steps() {
    for kind in ScheduleKind::ALL {
        // Chains of up to 1000 steps have the ends of that of 1000.
        let costs: Vec<f64> =
            [2, 4, 8, 16, 32, 64, 125, 250, 500, 1000].map(|steps| cost(kind, steps)).to_vec();
        assert!(costs.windows(2).all(|pair| pair[1] < pair[0]), "{kind}: {costs:?}");
        // The estimates tell the same.
        let ddpm = DATA.ddpm(image(2, 3));
        let found = [10, 100, 1000].map(|steps| {
            let timesteps = Timesteps::All;
            let options = DiffusionElboOptions {
                schedule: kind,
                steps,
                timesteps,
                seed: 1,
                ..Default::default()
            };
            let mut elbo = ddpm.elbo(&LEVELS, &options).unwrap();
            while !elbo.is_done() {
                elbo.step().unwrap();
            }
            elbo.result().unwrap().elbo.mean
        });
        assert!(found[0] < found[1] && found[1] < found[2], "{kind}: {found:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_long_chain_with_evenly_spread_log_snr_costs_what_its_ends_say() {
    let gap = |steps: usize| {
        let schedule = schedule(ScheduleKind::LogSnrLinear, steps);
        let terms = (2..=steps).map(|t| step_and_limit(&schedule, t));
        terms.fold((0.0, 0.0), |(gap, limit), (step, exact)| (gap + step - exact, limit + exact))
    };
    let (_, limit) = gap(1000);
    for steps in [100, 1000, 10_000] {
        let (excess, same_limit) = gap(steps);
        assert!((same_limit - limit).abs() < 1e-3 * limit, "the limit depends on the ends alone");
        // To first order the excess of a step is half the width times the cost it spans.
        let width = (RANGE.max - RANGE.min) / (steps - 1) as f64;
        assert!(
            excess > 0.0 && (excess / limit) < 0.6 * width,
            "{steps} steps cost {excess} more than {limit}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn below_the_first_steps_the_path_between_two_noise_levels_does_not_matter() {
    // At t = 2, 3, ... of the linear and the cosine schedule the noise about doubles however long
    // the chain is, so those steps keep an excess as long as the data have detail there. Everywhere
    // else it falls with the number of steps.
    for kind in ScheduleKind::ALL {
        let excess = |steps: usize| -> f64 {
            let schedule = schedule(kind, steps);
            let inner = (2..=steps)
                .filter(|&t| schedule.log_snr(t - 1) < 4.0 && schedule.log_snr(t) > -6.0);
            inner.map(|t| step_and_limit(&schedule, t)).map(|(step, limit)| step - limit).sum()
        };
        let found = [100, 1000, 10_000].map(excess);
        assert!(found[2] > 0.0, "{kind}: {found:?}");
        assert!(found[1] < 0.15 * found[0] && found[2] < 0.15 * found[1], "{kind}: {found:?}");
        if kind != ScheduleKind::LogSnrLinear {
            for steps in [1000, 10_000] {
                let (first, limit) = step_and_limit(&schedule(kind, steps), 2);
                assert!(first > 1.15 * limit, "{kind}, {steps} steps: {first} and {limit}");
            }
        }
    }
}
