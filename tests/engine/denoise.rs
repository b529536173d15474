//! Chains that start part of the way: at given states, and at a picture noised to a chosen
//! timestep.

use elbo_room::ErrorKind;
use elbo_room::engine::{DiffuseOptions, Method, Sampler, SamplerOptions};
use elbo_room::image::levels::{levels_to_signed, rms_difference};
use elbo_room::math::schedule::ScheduleKind;
use ndarray::Array1;
use wasm_bindgen_test::wasm_bindgen_test;

use super::analytic::image;
use super::chain::{DATA, moments_from};

fn options(steps: usize) -> SamplerOptions {
    SamplerOptions { seed: 11, steps, ..SamplerOptions::default() }
}

fn finish(mut sampler: Sampler) -> Sampler {
    while !sampler.is_done() {
        sampler.step().unwrap();
    }
    sampler
}

#[wasm_bindgen_test(unsupported = test)]
fn a_noised_picture_comes_back_with_the_known_mean_and_variance() {
    let side = 40;
    let ddpm = DATA.ddpm(image(side, side));
    let picture = vec![200; side * side];
    let x0 = levels_to_signed(&picture[..1])[0];
    let cases = [
        (Method::Ddpm, 0.0, ScheduleKind::Cosine, 50, 50),
        (Method::Ddpm, 0.0, ScheduleKind::Cosine, 50, 20),
        (Method::Ddpm, 0.0, ScheduleKind::Linear, 100, 30),
        (Method::Ddpm, 0.0, ScheduleKind::LogSnrLinear, 40, 25),
        (Method::Ddim, 0.0, ScheduleKind::Cosine, 50, 30),
        (Method::Ddim, 0.6, ScheduleKind::Linear, 50, 1),
    ];
    for (method, eta, schedule, steps, t) in cases {
        let options = SamplerOptions { method, eta, schedule, chains: 8, ..options(steps) };
        let table = ddpm.schedule(schedule, steps).unwrap();
        let start = (table.alpha(t) * x0, table.variance(t));
        let (exact_mean, exact_variance) = moments_from(&ddpm, &options, t, start);
        let sampler = finish(ddpm.denoise(&picture, t, &options).unwrap());
        let samples: Vec<f64> = sampler.state().iter().flatten().copied().collect();
        let n = samples.len() as f64;
        let mean = samples.iter().sum::<f64>() / n;
        let variance = samples.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        // Four standard errors of the mean and of the variance of a Gaussian sample.
        let mean_error = 4.0 * (exact_variance / n).sqrt();
        let variance_error = 4.0 * exact_variance * (2.0 / n).sqrt();
        assert!(
            (mean - exact_mean).abs() < mean_error,
            "{options:?} from {t}: mean {mean}, exactly {exact_mean}"
        );
        assert!(
            (variance - exact_variance).abs() < variance_error,
            "{options:?} from {t}: variance {variance}, exactly {exact_variance}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn noising_and_denoising_keeps_the_distribution_of_the_data() {
    // What x_t ~ q(x_t) becomes does not depend on where the chain starts: with many steps it is
    // the data again.
    let ddpm = DATA.ddpm(image(2, 2));
    let options = options(1000);
    let schedule = ddpm.schedule(options.schedule, options.steps).unwrap();
    for t in [1, 200, 600, 1000] {
        let variance = schedule.alpha(t).powi(2) * DATA.std.powi(2) + schedule.variance(t);
        let (mean, variance) =
            moments_from(&ddpm, &options, t, (schedule.alpha(t) * DATA.mean, variance));
        assert!(
            (mean - DATA.mean).abs() < 0.02 && (variance.sqrt() - DATA.std).abs() < 0.02,
            "{t}: {mean} {variance}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_less_noise_the_closer_the_sample() {
    let ddpm = DATA.ddpm(image(20, 20));
    let picture: Vec<u8> = (0..400).map(|i| (37 * i % 256) as u8).collect();
    let distances: Vec<f64> = [1, 5, 20, 50]
        .iter()
        .map(|&t| {
            let sampler = finish(ddpm.denoise(&picture, t, &options(50)).unwrap());
            let last = sampler.frames().last().unwrap();
            let distance = last.rms_to_original.as_ref().unwrap()[0];
            assert_eq!(distance, rms_difference(&last.x, &picture));
            distance
        })
        .collect();
    assert!(distances[0] < 10.0 && distances.is_sorted(), "{distances:?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_start_is_the_draw_that_the_bound_counts() {
    let ddpm = DATA.ddpm(image(3, 3));
    let picture: Vec<u8> = (0..9).map(|i| 28 * i).collect();
    let mut sampler =
        ddpm.denoise(&picture, 12, &SamplerOptions { chains: 2, ..options(30) }).unwrap();
    assert_eq!((sampler.start(), sampler.length()), (12, 13));
    let first = sampler.step().unwrap().clone();
    assert_eq!((first.index, first.t, first.rms_to_original.as_ref().unwrap().len()), (0, 12, 2));
    let diffuse =
        DiffuseOptions { t: 12, schedule: ScheduleKind::Cosine, steps: 30, class: None, seed: 11 };
    let diffused = ddpm.diffuse(&picture, &diffuse).unwrap();
    assert_eq!(
        (&first.x[..9], &first.predicted_x0[..9]),
        (&diffused.x[..], &diffused.predicted_x0[..])
    );
    assert_ne!(first.x[..9], first.x[9..], "chains have noise of their own");
    // Alone, a chain is what it is among others.
    let alone = finish(ddpm.denoise(&picture, 12, &options(30)).unwrap());
    let both = finish(sampler);
    assert_eq!(both.frames().len(), 13);
    assert_eq!(alone.state()[0], both.state()[0]);
    let times: Vec<usize> = both.frames().iter().map(|frame| frame.t).collect();
    assert!(times.into_iter().eq((0..=12).rev()));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_chain_resumed_from_its_states_is_the_same() {
    let ddpm = DATA.ddpm(image(4, 4));
    let options = SamplerOptions { chains: 3, ..options(25) };
    let mut whole = ddpm.sampler(&options).unwrap();
    for _ in 0..10 {
        whole.step().unwrap();
    }
    let rest = ddpm.sampler_from(whole.state(), 15, &options).unwrap();
    assert_eq!((rest.start(), rest.length(), rest.chains()), (15, 16, 3));
    let (rest, whole) = (finish(rest), finish(whole));
    assert_eq!(rest.state(), whole.state());
    assert!(
        whole.frames()[10..].iter().zip(rest.frames()).all(|(a, b)| (a.t, &a.x) == (b.t, &b.x))
    );
    assert!(rest.frames().iter().all(|frame| frame.rms_to_original.is_none()));
}

#[wasm_bindgen_test(unsupported = test)]
fn bad_starts_are_refused() {
    let ddpm = DATA.ddpm(image(2, 2));
    let kind = |levels: &[u8], t, options: &SamplerOptions| {
        ddpm.denoise(levels, t, options).err().unwrap().kind()
    };
    assert_eq!(kind(&[0; 5], 3, &options(20)), ErrorKind::Shape);
    assert_eq!(kind(&[0; 4], 0, &options(20)), ErrorKind::Value);
    assert_eq!(kind(&[0; 4], 21, &options(20)), ErrorKind::Value);
    assert_eq!(kind(&[0; 4], 3, &SamplerOptions { chains: 65, ..options(20) }), ErrorKind::Value);
    assert_eq!(
        kind(&[0; 4], 3, &SamplerOptions { class: Some(3), ..options(20) }),
        ErrorKind::Value
    );
    let kind = |x: &[Array1<f64>], t| ddpm.sampler_from(x, t, &options(20)).err().unwrap().kind();
    assert_eq!(kind(&[], 3), ErrorKind::Shape);
    assert_eq!(kind(&[Array1::zeros(4), Array1::zeros(4)], 3), ErrorKind::Shape);
    assert_eq!(kind(&[Array1::zeros(3)], 3), ErrorKind::Shape);
    assert_eq!(kind(&[Array1::from_elem(4, f64::NAN)], 3), ErrorKind::Value);
    assert_eq!(kind(&[Array1::zeros(4)], 0), ErrorKind::Value);
    assert_eq!(kind(&[Array1::zeros(4)], 21), ErrorKind::Value);
}
