//! Reverse chains: their distribution for Gaussian data, their seeds, their frames.

use elbo_room::ErrorKind;
use elbo_room::engine::{ChainGrid, Ddpm, Frame, Method, Sampler, SamplerOptions, SharedFrame};
use elbo_room::math::diffusion::q_posterior;
use elbo_room::math::schedule::ScheduleKind;
use ndarray::Array1;
use wasm_bindgen_test::wasm_bindgen_test;

use super::analytic::{GaussianData, image};

pub const DATA: GaussianData = GaussianData { mean: 0.3, std: 0.4 };

fn options(steps: usize) -> SamplerOptions {
    SamplerOptions { seed: 7, steps, ..SamplerOptions::default() }
}

fn run(ddpm: &Ddpm, options: &SamplerOptions) -> Vec<Array1<f64>> {
    let mut sampler = ddpm.sampler(options).unwrap();
    while !sampler.is_done() {
        sampler.step().unwrap();
    }
    sampler.state().to_vec()
}

/// Mean and variance of the chain's output.
fn exact_moments(ddpm: &Ddpm, options: &SamplerOptions) -> (f64, f64) {
    moments_from(ddpm, options, options.steps, (0.0, 1.0))
}

/// Mean and variance of the output of a chain for [`DATA`] from those at timestep `t`: every step
/// is linear with Gaussian noise, so both follow from a recursion.
pub fn moments_from(
    ddpm: &Ddpm,
    options: &SamplerOptions,
    t: usize,
    start: (f64, f64),
) -> (f64, f64) {
    let schedule = ddpm.schedule(options.schedule, options.steps).unwrap();
    let eta = if options.method == Method::Ddpm { 1.0 } else { options.eta };
    let (mut mean, mut variance) = start;
    for t in (1..=t).rev() {
        let (intercept, slope) = DATA.posterior_mean(schedule.log_snr(t));
        let spread = eta * eta * schedule.posterior_variance(t);
        // x_{t-1} = alpha_{t-1} x0 + direction * epsilon + noise, with x0 = intercept + slope x_t.
        let direction = (schedule.variance(t - 1) - spread).max(0.0).sqrt();
        let x_0_weight = schedule.alpha(t - 1) - direction * schedule.alpha(t) / schedule.sigma(t);
        let gain = x_0_weight * slope + direction / schedule.sigma(t);
        mean = x_0_weight * intercept + gain * mean;
        variance = gain * gain * variance + spread;
    }
    (mean, variance)
}

#[wasm_bindgen_test(unsupported = test)]
fn samples_have_the_chains_mean_and_variance() {
    let side = 40;
    let ddpm = DATA.ddpm(image(side, side));
    let cases = [
        (Method::Ddpm, 0.0, 100, ScheduleKind::Cosine),
        (Method::Ddpm, 0.0, 20, ScheduleKind::Linear),
        (Method::Ddpm, 0.0, 50, ScheduleKind::LogSnrLinear),
        (Method::Ddim, 0.0, 50, ScheduleKind::Cosine),
        (Method::Ddim, 0.5, 50, ScheduleKind::Linear),
    ];
    for (method, eta, steps, schedule) in cases {
        let options = SamplerOptions { method, eta, schedule, chains: 8, ..options(steps) };
        let samples: Vec<f64> = run(&ddpm, &options).into_iter().flatten().collect();
        let n = samples.len() as f64;
        let mean = samples.iter().sum::<f64>() / n;
        let variance = samples.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let (exact_mean, exact_variance) = exact_moments(&ddpm, &options);
        // Four standard errors of the mean and of the variance of a Gaussian sample.
        let mean_error = 4.0 * (exact_variance / n).sqrt();
        let variance_error = 4.0 * exact_variance * (2.0 / n).sqrt();
        assert!(
            (mean - exact_mean).abs() < mean_error,
            "{options:?}: mean {mean}, exactly {exact_mean}"
        );
        assert!(
            (variance - exact_variance).abs() < variance_error,
            "{options:?}: variance {variance}, exactly {exact_variance}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_long_chain_reaches_the_data_distribution() {
    let ddpm = DATA.ddpm(image(2, 2));
    for schedule in [ScheduleKind::Cosine, ScheduleKind::LogSnrLinear] {
        let (mean, variance) = exact_moments(&ddpm, &SamplerOptions { schedule, ..options(1000) });
        assert!((mean - DATA.mean).abs() < 0.02, "{schedule:?}: {mean}");
        assert!((variance.sqrt() - DATA.std).abs() < 0.02, "{schedule:?}: {variance}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ddim_with_eta_1_is_ancestral_sampling() {
    let ddpm = DATA.ddpm(image(4, 4));
    let ancestral = run(&ddpm, &options(50));
    let ddim = run(&ddpm, &SamplerOptions { method: Method::Ddim, eta: 1.0, ..options(50) });
    for (a, b) in ancestral[0].iter().zip(&ddim[0]) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn one_ancestral_step_is_the_posterior_given_the_prediction() {
    let ddpm = DATA.ddpm(image(2, 3));
    let schedule = ddpm.schedule(ScheduleKind::Cosine, 20).unwrap();
    let mut sampler = ddpm.sampler(&options(20)).unwrap();
    let x_t = sampler.state()[0].clone();
    let (intercept, slope) = DATA.posterior_mean(schedule.log_snr(20));
    let x0 = x_t.mapv(|v| intercept + slope * v);
    let (mean, variance) = q_posterior(x0.view(), x_t.view(), &schedule, 20);
    sampler.step().unwrap();
    let standardized = (&sampler.state()[0] - &mean) / variance.sqrt();
    // What is left is standard normal noise: bounded, and not all of one sign.
    assert!(standardized.iter().all(|z| z.abs() < 5.0));
    assert!(standardized.iter().any(|z| *z > 0.0) && standardized.iter().any(|z| *z < 0.0));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_seed_fixes_the_chain_and_another_changes_it() {
    let ddpm = DATA.ddpm(image(4, 4));
    assert_eq!(run(&ddpm, &options(20)), run(&ddpm, &options(20)));
    let other = SamplerOptions { seed: 8, ..options(20) };
    assert_ne!(run(&ddpm, &options(20)), run(&ddpm, &other));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_chain_is_the_same_alone_and_among_others() {
    let ddpm = DATA.ddpm(image(4, 4));
    let alone = run(&ddpm, &options(20));
    let grid = run(&ddpm, &SamplerOptions { chains: 16, ..options(20) });
    assert_eq!(alone[0], grid[0]);
    assert_ne!(grid[0], grid[1]);
    let shared: Vec<_> = [(0, 5), (5, 1), (6, 10)]
        .into_iter()
        .flat_map(|(first_chain, chains)| {
            run(&ddpm, &SamplerOptions { chains, first_chain, ..options(20) })
        })
        .collect();
    assert_eq!(shared, grid, "however they are shared out");

    let levels: Vec<u8> = (0..16).map(|pixel| pixel * 17).collect();
    let first = |first_chain, chains| {
        let options = SamplerOptions { chains, first_chain, ..options(20) };
        ddpm.denoise(&levels, 12, &options).unwrap().state().to_vec()
    };
    assert_eq!(
        [first(0, 3), first(3, 1), first(4, 4)].concat(),
        first(0, 8),
        "from a picture likewise"
    );
}

fn shared(frame: &Frame) -> SharedFrame {
    let Frame { x, predicted_x0, rms_to_original, .. } = frame.clone();
    SharedFrame { x, predicted_x0, rms_to_original }
}

#[wasm_bindgen_test(unsupported = test)]
fn frames_of_shares_are_those_of_one_sampler() {
    let ddpm = DATA.ddpm(image(2, 2));
    let share = |first_chain, chains, from_picture| {
        let options = SamplerOptions { chains, first_chain, ..options(6) };
        let mut sampler = match from_picture {
            true => ddpm.denoise(&[0, 90, 180, 255], 4, &options),
            false => ddpm.sampler(&options),
        }
        .unwrap();
        sampler.step().unwrap();
        sampler.step().unwrap();
        sampler
    };
    for from_picture in [false, true] {
        let mut grid = ChainGrid::new(share(0, 2, from_picture));
        grid.expect_shares(2);
        let others = [(2, 1), (3, 3)].map(|(first, chains)| share(first, chains, from_picture));
        let frames = |of: &Sampler| of.frames().iter().map(shared).collect::<Vec<_>>();
        assert_eq!(grid.collect(1, frames(&others[1])).unwrap(), 2);
        assert_eq!((grid.available(), grid.sampler().frames().len()), (0, 2));
        assert_eq!(grid.frame(0).unwrap_err().kind(), ErrorKind::Value);
        assert_eq!(grid.collect(0, frames(&others[0])[..1].to_vec()).unwrap(), 1);
        assert_eq!(grid.available(), 1);
        assert_eq!(grid.collect(0, frames(&others[0])[1..].to_vec()).unwrap(), 2);
        let whole = share(0, 6, from_picture);
        for index in 0..2 {
            let (joined, alone) = (grid.frame(index).unwrap(), whole.frame(index).unwrap());
            assert_eq!(format!("{joined:?}"), format!("{alone:?}"));
        }
        assert_eq!(grid.frame(2).unwrap_err().kind(), ErrorKind::Value);
    }

    let mut grid = ChainGrid::new(share(0, 1, false));
    let frame = shared(&grid.frame(0).unwrap());
    let mut refused = |share, frame| grid.collect(share, vec![frame]).unwrap_err().kind();
    assert_eq!(refused(0, frame.clone()), ErrorKind::Value);
    grid.expect_shares(1);
    let mut refused = |frame| grid.collect(0, vec![frame]).unwrap_err().kind();
    assert_eq!(refused(SharedFrame { x: vec![0; 3], ..frame.clone() }), ErrorKind::Shape);
    assert_eq!(refused(SharedFrame { x: vec![0; 8], ..frame.clone() }), ErrorKind::Shape);
    assert_eq!(
        refused(SharedFrame { rms_to_original: Some(vec![0.0; 2]), ..frame.clone() }),
        ErrorKind::Shape
    );
    assert_eq!(grid.collect(0, vec![frame]).unwrap(), 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn frames_are_kept_and_end_with_the_sample() {
    let ddpm = DATA.ddpm(image(4, 4));
    let mut sampler = ddpm.sampler(&SamplerOptions { chains: 2, ..options(20) }).unwrap();
    assert_eq!(sampler.length(), 21);
    assert_eq!(sampler.frame(0).unwrap_err().kind(), ErrorKind::Value);
    let first = sampler.step().unwrap().clone();
    assert_eq!((first.index, first.t, first.x.len(), first.predicted_x0.len()), (0, 20, 32, 32));
    while !sampler.is_done() {
        sampler.step().unwrap();
    }
    assert_eq!(sampler.frames().len(), 21);
    assert_eq!(sampler.frame(0).unwrap().x, first.x);
    for (index, frame) in sampler.frames().iter().enumerate() {
        assert_eq!((frame.index, frame.t), (index, 20 - index));
    }
    let last = sampler.frame(20).unwrap().clone();
    assert_eq!(last.log_snr, f64::INFINITY);
    assert_eq!(last.x, last.predicted_x0);
    // The sample is the clean image that was predicted at t = 1.
    assert_eq!(last.x, sampler.frame(19).unwrap().predicted_x0);
    let after = sampler.step().unwrap();
    assert_eq!(after.x, last.x);
}

#[wasm_bindgen_test(unsupported = test)]
fn class_and_guidance_change_the_prediction_as_they_should() {
    let ddpm = DATA.ddpm(image(4, 4));
    let first_prediction = |class, guidance| {
        let mut sampler =
            ddpm.sampler(&SamplerOptions { class, guidance, ..options(1000) }).unwrap();
        let frame = sampler.step().unwrap();
        f64::from(frame.predicted_x0[0]) / 127.5 - 1.0
    };
    // At t = T the prediction is the data's mean up to a level: 0.3, 0.3 + 0.2 for class 2, and
    // beyond it with guidance.
    for (class, guidance, expected) in
        [(None, 0.0, 0.3), (Some(2), 0.0, 0.5), (Some(2), 1.0, 0.7), (Some(1), 2.0, 0.6)]
    {
        let found = first_prediction(class, guidance);
        assert!(
            (found - expected).abs() < 0.01,
            "class {class:?}, guidance {guidance}: {found}, not {expected}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn chains_of_every_class_are_those_of_their_classes() {
    let ddpm = DATA.ddpm(image(4, 4));
    let classes = ddpm.classes().len();
    for guidance in [0.0, 1.5] {
        let together = SamplerOptions { every_class: true, chains: 7, guidance, ..options(20) };
        let found = run(&ddpm, &together);
        for (chain, state) in found.iter().enumerate() {
            let class = Some(chain % classes);
            let alone =
                SamplerOptions { class, guidance, first_chain: chain as u32, ..options(20) };
            assert_eq!(run(&ddpm, &alone)[0], *state, "chain {chain}");
        }
        let shared = SamplerOptions { first_chain: 2, chains: 5, ..together };
        assert_eq!(run(&ddpm, &shared), found[2..], "however they are shared out");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn options_out_of_range_are_refused() {
    let ddpm = DATA.ddpm(image(2, 2));
    let cases = [
        SamplerOptions { steps: 1, ..options(20) },
        SamplerOptions { steps: 1001, ..options(20) },
        SamplerOptions { class: Some(3), ..options(20) },
        SamplerOptions { eta: -0.1, ..options(20) },
        SamplerOptions { eta: f64::NAN, ..options(20) },
        SamplerOptions { eta: 0.5, method: Method::Ddpm, ..options(20) },
        SamplerOptions { eta: 1.5, method: Method::Ddim, ..options(20) },
        SamplerOptions { guidance: -1.0, class: Some(0), ..options(20) },
        SamplerOptions { guidance: f64::NAN, class: Some(0), ..options(20) },
        SamplerOptions { guidance: 1.0, class: None, ..options(20) },
        SamplerOptions { every_class: true, class: Some(0), ..options(20) },
        SamplerOptions { chains: 0, ..options(20) },
        SamplerOptions { chains: 65, ..options(20) },
    ];
    for case in cases {
        let error = ddpm.sampler(&case).err().unwrap_or_else(|| panic!("{case:?} was taken"));
        assert_eq!(error.kind(), ErrorKind::Value, "{case:?}");
    }
}
