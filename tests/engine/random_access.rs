//! Computations that grow: evaluated anywhere, recorded in any order, the same bits.

use elbo_room::engine::{
    ClassPosteriorOptions, Ddpm, DiffuseOptions, DiffusionElboOptions, LatentBoundOptions,
    SamplerOptions, Timesteps,
};
use elbo_room::image::levels::{levels_to_signed, signed_to_levels};
use elbo_room::math::diffusion::q_sample;
use elbo_room::math::rng::{Purpose, standard_normal, uniform};
use elbo_room::math::schedule::ScheduleKind;
use elbo_room::{ErrorKind, Result};
use wasm_bindgen_test::wasm_bindgen_test;

use super::analytic::{GaussianData, image};
use super::shipped;

const LEVELS: [u8; 6] = [0, 30, 127, 128, 200, 255];

fn ddpm() -> Ddpm {
    GaussianData { mean: 0.1, std: 0.5 }.ddpm(image(2, 3))
}

fn options(timesteps: Timesteps) -> DiffusionElboOptions {
    DiffusionElboOptions { seed: 3, steps: 100, timesteps, consistency: true, ..Default::default() }
}

/// The same as text, with every digit that tells two numbers apart.
fn text(result: &impl serde::Serialize) -> String {
    serde_json::to_string(result).unwrap()
}

/// `0..n` in a random order.
fn shuffled(n: usize, seed: u64) -> Vec<usize> {
    let keys = uniform(seed, Purpose::Timestep, [0, 0], n);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| keys[a].total_cmp(&keys[b]));
    order
}

/// Runs one computation step by step, and then splits it between two workers and records in random
/// orders; each record has to give what the steps gave at the longest prefix.
macro_rules! any_order_gives_the_same {
    ($make:expr) => {{
        let mut stepped = $make;
        let total = stepped.total_evaluations();
        let mut after = vec![text(&stepped.result())];
        let mut changed = Vec::new();
        while !stepped.is_done() {
            changed.push(stepped.step().unwrap());
            after.push(text(&stepped.result()));
        }
        assert_eq!(after.len(), total + 1);
        let workers = [$make, $make];
        for seed in 0..3 {
            let mut owner = $make;
            let mut present = vec![false; total];
            for index in shuffled(total, seed) {
                let values = workers[index % 2].evaluate(index).unwrap();
                let before = owner.evaluations();
                let told = owner.record(index, &values).unwrap();
                present[index] = true;
                let prefix = present.iter().take_while(|p| **p).count();
                assert_eq!(owner.evaluations(), prefix);
                assert_eq!(told, changed[before..prefix].iter().any(|c| *c));
                assert_eq!(text(&owner.result()), after[prefix]);
                // Once more changes nothing.
                assert!(!owner.record(index, &values).unwrap());
            }
            assert!(owner.is_done());
        }
        // Steps go on where records have left a gap.
        let mut mixed = $make;
        for index in (0..total).filter(|index| index % 3 != 0) {
            let values = mixed.evaluate(index).unwrap();
            mixed.record(index, &values).unwrap();
        }
        while !mixed.is_done() {
            mixed.step().unwrap();
        }
        assert_eq!(text(&mixed.result()), after[total]);
        assert_eq!(mixed.evaluate(0).unwrap(), workers[0].evaluate(0).unwrap());
    }};
}

#[wasm_bindgen_test(unsupported = test)]
fn a_diffusion_bound_is_the_same_in_any_order() {
    for timesteps in [Timesteps::Stratified(40), Timesteps::All] {
        any_order_gives_the_same!(ddpm().elbo(&LEVELS, &options(timesteps)).unwrap());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_class_posterior_is_the_same_in_any_order() {
    let options =
        ClassPosteriorOptions { seed: 3, evaluations_per_class: 20, ..Default::default() };
    any_order_gives_the_same!(ddpm().classify(&LEVELS, &options).unwrap());
}

#[wasm_bindgen_test(unsupported = test)]
fn evaluations_out_of_range_are_refused() {
    fn kind<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
        result.unwrap_err().kind()
    }
    let mut elbo = ddpm().elbo(&LEVELS, &options(Timesteps::Stratified(16))).unwrap();
    let mut classes = ddpm().classify(&LEVELS, &ClassPosteriorOptions::default()).unwrap();
    let (last, last_class) = (elbo.total_evaluations(), classes.total_evaluations());
    assert_eq!(kind(elbo.evaluate(last)), ErrorKind::Value);
    assert_eq!(kind(classes.evaluate(last_class)), ErrorKind::Value);
    assert_eq!(kind(elbo.record(last, &[1.0])), ErrorKind::Value);
    assert_eq!(kind(classes.record(last_class, &[1.0])), ErrorKind::Value);
    // Two values at a timestep, L_0 in two conventions.
    for (index, values) in [(0, &[1.0][..]), (0, &[1.0, 1.0, 1.0]), (1, &[1.0]), (1, &[])] {
        assert_eq!(kind(elbo.record(index, values)), ErrorKind::Shape, "{index} {values:?}");
    }
    assert_eq!(kind(classes.record(0, &[1.0, 2.0])), ErrorKind::Shape);
    for value in [f64::NAN, f64::INFINITY] {
        assert_eq!(kind(elbo.record(1, &[1.0, value])), ErrorKind::Value);
        assert_eq!(kind(classes.record(1, &[value])), ErrorKind::Value);
    }
    assert_eq!((elbo.evaluations(), classes.evaluations()), (0, 0));
}

#[wasm_bindgen_test(unsupported = test)]
fn diffuse_gives_the_terms_of_the_bound() {
    let ddpm = ddpm();
    for schedule in ScheduleKind::ALL {
        for class in [None, Some(2)] {
            let options = DiffusionElboOptions {
                schedule,
                class,
                consistency: false,
                ..options(Timesteps::All)
            };
            let elbo = ddpm.elbo(&LEVELS, &options).unwrap();
            let first_l_0 = elbo.evaluate(options.steps - 1).unwrap()[0];
            for t in 1..=options.steps {
                let shown =
                    DiffuseOptions { t, schedule, steps: options.steps, class, seed: options.seed };
                let found = ddpm.diffuse(&LEVELS, &shown).unwrap();
                let counted = if t == 1 { first_l_0 } else { elbo.evaluate(t - 2).unwrap()[0] };
                assert_eq!((found.t, found.nats), (t, counted), "{schedule} {class:?}");
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn diffuse_shows_the_noised_image_and_the_prediction() {
    let data = GaussianData { mean: 0.1, std: 0.5 };
    let options =
        DiffuseOptions { t: 40, steps: 100, class: Some(1), seed: 9, ..Default::default() };
    let found = ddpm().diffuse(&LEVELS, &options).unwrap();
    let schedule = ddpm().schedule(options.schedule, 100).unwrap();
    let noise = standard_normal(9, Purpose::ForwardNoise, [0, 40], 6);
    let x_t = q_sample(levels_to_signed(&LEVELS).view(), &schedule, 40, noise.view());
    let (intercept, slope) = data.of_class(Some(1)).posterior_mean(schedule.log_snr(40));
    assert_eq!(found.x, signed_to_levels(x_t.view()));
    assert_eq!(found.predicted_x0, signed_to_levels(x_t.mapv(|x| intercept + slope * x).view()));
    assert_eq!((found.seed, found.log_snr), (9, schedule.log_snr(40)));

    let kind = |levels: &[u8], options| ddpm().diffuse(levels, &options).unwrap_err().kind();
    assert_eq!(kind(&LEVELS[1..], options.clone()), ErrorKind::Shape);
    for bad in [
        DiffuseOptions::default(),
        DiffuseOptions { t: 0, ..options.clone() },
        DiffuseOptions { t: 101, ..options.clone() },
        DiffuseOptions { steps: 1, t: 1, ..options.clone() },
        DiffuseOptions { class: Some(3), ..options.clone() },
    ] {
        assert_eq!(kind(&LEVELS, bad.clone()), ErrorKind::Value, "{bad:?}");
    }
}

/// Evaluates in ranges of many lengths; each value has to be the one that it is alone.
macro_rules! any_range_gives_the_same {
    ($what:expr, $bound:expr) => {{
        let mut bound = $bound;
        let total = bound.total_evaluations();
        let alone: Vec<Vec<f64>> = (0..total).map(|i| bound.evaluate(i).unwrap()).collect();
        for length in [1, 2, 3, 4, 8, total] {
            for from in (0..total).step_by(length) {
                let range = from..total.min(from + length);
                let together = bound.evaluate_range(range.clone()).unwrap();
                assert_eq!(text(&together), text(&&alone[range]), "{} {from} {length}", $what);
            }
        }
        assert!(bound.evaluate_range(1..1).unwrap().is_empty());
        assert!(bound.evaluate_range(0..total + 1).is_err());
        for (index, values) in alone.iter().enumerate() {
            bound.record(index, values).unwrap();
        }
        text(&bound.result())
    }};
}

#[wasm_bindgen_test(unsupported = test)]
fn evaluations_are_the_same_in_any_range() {
    let ddpm = ddpm();
    for timesteps in [Timesteps::Stratified(40), Timesteps::All] {
        let options = DiffusionElboOptions { steps: 12, ..options(timesteps) };
        let make = || ddpm.elbo(&LEVELS, &options).unwrap();
        let recorded = any_range_gives_the_same!("bound", make());
        for count in [1, 3, 8, 1000] {
            let mut bound = make();
            while !bound.is_done() {
                bound.advance(count).unwrap();
            }
            assert_eq!(text(&bound.result()), recorded);
        }
    }
    let options =
        ClassPosteriorOptions { seed: 5, evaluations_per_class: 30, ..Default::default() };
    any_range_gives_the_same!("classes", ddpm.classify(&LEVELS, &options).unwrap());
}

#[wasm_bindgen_test(unsupported = test)]
fn the_shipped_models_give_the_same_bits_in_any_range_and_among_other_chains() {
    let levels: Vec<u8> = (0..784).map(|i| ((i * 37) % 256) as u8).collect();
    let ddpm = shipped::ddpm();
    let options =
        DiffusionElboOptions { timesteps: Timesteps::Stratified(16), ..options(Timesteps::All) };
    any_range_gives_the_same!("bound", ddpm.elbo(&levels, &options).unwrap());
    let options = ClassPosteriorOptions { seed: 5, evaluations_per_class: 2, ..Default::default() };
    any_range_gives_the_same!("classes", ddpm.classify(&levels, &options).unwrap());
    let options = LatentBoundOptions { samples: 10, seed: 2, ..Default::default() };
    let vae = shipped::vae();
    any_range_gives_the_same!("VAE", vae.bound(&levels, &options).unwrap());
    any_range_gives_the_same!("HVAE", shipped::hvae().bound(&levels, &options).unwrap());
    let z: Vec<f32> = vae.sample_prior(1).iter().chain(&vae.sample_prior(2)).copied().collect();
    let (together, half) = (vae.decode(&z).unwrap(), z.len() / 2);
    let alone = [vae.decode(&z[..half]).unwrap(), vae.decode(&z[half..]).unwrap()];
    assert_eq!(together.to_vec(), [alone[0].to_vec(), alone[1].to_vec()].concat());

    for guidance in [0.0, 2.0] {
        let options = SamplerOptions {
            seed: 1,
            class: Some(3),
            steps: 3,
            guidance,
            chains: 9,
            ..Default::default()
        };
        let run = |options: SamplerOptions| {
            let mut sampler = ddpm.sampler(&options).unwrap();
            while !sampler.is_done() {
                sampler.step().unwrap();
            }
            sampler.state().to_vec()
        };
        let together = run(options.clone());
        for chain in [0, 4, 8] {
            let own = SamplerOptions { chains: 1, first_chain: chain, ..options.clone() };
            assert_eq!(run(own)[0], together[chain as usize], "{chain} {guidance}");
        }
    }
}
