//! The posterior over classes of Gaussian data, whose bounds are known exactly for each class.

use elbo_room::ErrorKind;
use elbo_room::engine::{
    ClassPosterior, ClassPosteriorOptions, ClassPosteriorResult, ClassWeighting, Ddpm,
};
use elbo_room::image::levels::levels_to_signed;
use elbo_room::math::classes::{entropy, uniform_posterior};
use elbo_room::math::schedule::ScheduleKind;
use wasm_bindgen_test::wasm_bindgen_test;

use super::analytic::{GaussianData, RANGE, image};
use std::sync::Arc;

const DATA: GaussianData = GaussianData { mean: -0.4, std: 0.5 };
const LEVELS: [u8; 6] = [0, 30, 127, 128, 200, 255];

fn options() -> ClassPosteriorOptions {
    ClassPosteriorOptions { seed: 3, ..ClassPosteriorOptions::default() }
}

fn run(options: &ClassPosteriorOptions) -> ClassPosteriorResult {
    let mut posterior = DATA.ddpm(image(2, 3)).classify(&LEVELS, options).unwrap();
    while !posterior.is_done() {
        posterior.step().unwrap();
    }
    assert_eq!(posterior.evaluations(), posterior.total_evaluations());
    posterior.result().unwrap()
}

/// The exact ELBO under each of the three classes.
fn truth(schedule: ScheduleKind, steps: usize) -> Vec<f64> {
    let schedule = DATA.ddpm(image(2, 3)).schedule(schedule, steps).unwrap();
    let cost = |class| {
        let (l_t, l_denoising, l_0) = DATA.of_class(Some(class)).exact_terms(&LEVELS, &schedule);
        -(l_t + l_denoising + l_0)
    };
    (0..3).map(cost).collect()
}

#[cfg_attr(target_arch = "wasm32", ignore = "takes seconds, and nothing in it is of one target")]
#[wasm_bindgen_test(unsupported = test)]
fn bounds_and_posterior_equal_their_closed_form() {
    for schedule in ScheduleKind::ALL {
        for steps in [2, 20, 1000, 1500] {
            let found = run(&ClassPosteriorOptions {
                schedule,
                steps,
                evaluations_per_class: 8000,
                ..options()
            });
            let bounds = truth(schedule, steps);
            let posterior = uniform_posterior(&bounds);
            let errors = found.standard_error.unwrap();
            for class in 0..3 {
                let name = format!("{schedule} {steps} class {class}");
                let bound = found.bounds[class];
                let error = bound.standard_error.unwrap();
                assert!(
                    (bound.mean - bounds[class]).abs() < 4.5 * error,
                    "{name}: {bound:?}, exactly {}",
                    bounds[class]
                );
                let off = (found.posterior[class] - posterior[class]).abs();
                // In short chains classes are many nats apart, and the error of a tiny probability
                // is one of its logarithm.
                assert!(
                    off < 4.5 * errors[class] + 1e-4,
                    "{name}: {} ± {}",
                    found.posterior[class],
                    errors[class]
                );
                // Shared noise: the posterior is known better than the bounds are.
                assert!(
                    errors[class] < 0.02 && errors[class] < error,
                    "{name}: {} and {error}",
                    errors[class]
                );
            }
            assert!((found.posterior.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!((found.entropy - entropy(&posterior)).abs() < 0.05);
            assert_eq!((found.predicted, found.schedule, found.steps), (2, schedule, steps));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn weighted_bounds_equal_their_closed_form() {
    for kind in ScheduleKind::ALL {
        for steps in [20, 1000] {
            let weighting = ClassWeighting::Sigmoid;
            let schedule = DATA.ddpm(image(2, 3)).schedule(kind, steps).unwrap();
            let options = ClassPosteriorOptions {
                schedule: kind,
                steps,
                evaluations_per_class: 8000,
                weighting,
                ..options()
            };
            let found = run(&options);
            assert_eq!(found.weighting, weighting);
            let bounds = [0, 1, 2].map(|class| {
                let data = DATA.of_class(Some(class));
                let x0 = levels_to_signed(&LEVELS);
                let (l_t, _, l_0) = data.exact_terms(&LEVELS, &schedule);
                let snr = |t: usize| schedule.alpha_bar(t) / schedule.variance(t);
                let term = |t: usize| {
                    0.5 * (snr(t - 1) - snr(t)) * data.square_error(&x0, schedule.log_snr(t))
                };
                let denoising: f64 = (2..=steps).map(|t| schedule.variance(t) * term(t)).sum();
                -(schedule.variance(steps) * l_t + denoising + schedule.variance(1) * l_0)
            });
            let posterior = uniform_posterior(&bounds);
            let errors = found.standard_error.unwrap();
            for class in 0..3 {
                let (bound, name) = (found.bounds[class], format!("{kind} {steps} class {class}"));
                let off = (bound.mean - bounds[class]).abs();
                assert!(
                    off < 4.5 * bound.standard_error.unwrap(),
                    "{name}: {bound:?}, exactly {}",
                    bounds[class]
                );
                let off = (found.posterior[class] - posterior[class]).abs();
                assert!(
                    off < 4.5 * errors[class] + 1e-4,
                    "{name}: {} ± {}",
                    found.posterior[class],
                    errors[class]
                );
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn intervals_of_the_posterior_cover_the_truth() {
    let exact = uniform_posterior(&truth(ScheduleKind::Cosine, 200));
    let mut covered = [0; 3];
    for seed in 0..400 {
        let found = run(&ClassPosteriorOptions {
            steps: 200,
            evaluations_per_class: 100,
            seed,
            ..options()
        });
        let errors = found.standard_error.unwrap();
        for class in 0..3 {
            // 2.262 is the 97.5 % quantile of Student's t with the 9 degrees of freedom of 10
            // passes.
            let inside = (found.posterior[class] - exact[class]).abs() < 2.262 * errors[class];
            covered[class] += usize::from(inside);
        }
    }
    assert!(
        covered.iter().all(|count| (368..=392).contains(count)),
        "{covered:?} of 400 intervals cover the truth"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn classes_share_timesteps_and_noise() {
    let ddpm = GaussianData { mean: 0.0, std: 0.5 }.ddpm(image(2, 3));
    let posterior = ddpm.classify(&LEVELS, &options()).unwrap();
    // 50 evaluations of each of three classes.
    assert_eq!(posterior.total_evaluations(), 150);
    // Classes that predict the same are evaluated to the same bits.
    let blind = Ddpm::new(Arc::new(Blind), image(2, 3), RANGE, vec!["a".into(), "b".into()]);
    let mut posterior = blind.classify(&LEVELS, &options()).unwrap();
    while !posterior.is_done() {
        posterior.step().unwrap();
    }
    let found = posterior.result().unwrap();
    assert_eq!(found.bounds[0], found.bounds[1]);
    assert_eq!(found.posterior, [0.5, 0.5]);
    assert_eq!(found.standard_error, Some(vec![0.0, 0.0]));
    assert!((found.entropy - 2_f64.ln()).abs() < 1e-15);
}

/// A network that does not look at the class.
struct Blind;

impl elbo_room::model::NoisePredictor for Blind {
    fn predict(
        &self,
        x_t: ndarray::ArrayView1<'_, f64>,
        log_snr: f64,
        _: Option<usize>,
    ) -> elbo_room::Result<elbo_room::math::parameterization::Prediction> {
        elbo_room::model::NoisePredictor::predict(&DATA, x_t, log_snr, None)
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn results_come_after_whole_passes() {
    let mut posterior = DATA.ddpm(image(2, 3)).classify(&LEVELS, &options()).unwrap();
    assert!(posterior.result().is_none());
    // 50 evaluations: 10 passes over 5 timesteps, each with three classes.
    for evaluation in 1..=15 {
        assert_eq!(posterior.step().unwrap(), evaluation == 15);
    }
    let first = posterior.result().unwrap();
    assert_eq!((first.passes, first.per_class, first.evaluations, first.done), (1, 5, 15, false));
    assert!(first.standard_error.is_none() && first.bounds[0].standard_error.is_none());
    while !posterior.is_done() {
        posterior.step().unwrap();
    }
    assert!(!posterior.step().unwrap());
    let last = posterior.result().unwrap();
    assert_eq!((last.passes, last.per_class, last.evaluations, last.done), (10, 50, 150, true));
    let total = |n| {
        let options = ClassPosteriorOptions { evaluations_per_class: n, ..options() };
        DATA.ddpm(image(2, 3)).classify(&LEVELS, &options).unwrap().total_evaluations()
    };
    assert_eq!([1, 7, 20, 57].map(total), [3, 21, 60, 180]);
}

#[wasm_bindgen_test(unsupported = test)]
fn bad_input_is_refused() {
    let ddpm = DATA.ddpm(image(2, 3));
    let kind = |levels: &[u8], options| ddpm.classify(levels, &options).err().map(|e| e.kind());
    assert_eq!(kind(&LEVELS[1..], options()), Some(ErrorKind::Shape));
    let too_many = ClassPosterior::MAX_EVALUATIONS_PER_CLASS + 1;
    for case in [
        ClassPosteriorOptions { steps: 1, ..options() },
        ClassPosteriorOptions { evaluations_per_class: 0, ..options() },
        ClassPosteriorOptions { evaluations_per_class: too_many, ..options() },
    ] {
        assert_eq!(kind(&LEVELS, case.clone()), Some(ErrorKind::Value), "{case:?}");
    }
    let classless = Ddpm::new(Arc::new(DATA), image(2, 3), RANGE, Vec::new());
    assert_eq!(
        classless.classify(&LEVELS, &options()).err().map(|e| e.kind()),
        Some(ErrorKind::Value)
    );
}
