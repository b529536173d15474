use crate::math::common::{assert_close, assert_relative};
use elbo_room::ErrorKind;
use elbo_room::math::elbo::Estimate;
use elbo_room::math::rng::{Purpose, standard_normal};
use elbo_room::math::schedule::{LogSnrRange, NoiseSchedule, ScheduleKind};
use elbo_room::math::strata::{StratifiedPass, class_timestep_density, timestep_density};
use wasm_bindgen_test::wasm_bindgen_test;

/// A bound like a real one: large at both ends, smooth between.
fn term(t: usize, steps: usize) -> f64 {
    let s = t as f64 / steps as f64;
    3.0 * (-8.0 * s).exp() + 0.5 * s * s + 0.05
}

fn exact(steps: usize) -> f64 {
    (2..=steps).map(|t| term(t, steps)).sum()
}

/// A chain of `steps` steps in which every timestep is as likely.
fn uniform(steps: usize) -> Vec<f64> {
    vec![1.0; steps.saturating_sub(1)]
}

/// One pass, each term with independent noise of standard deviation `noise` · term.
fn run(steps: usize, strata: usize, seed: u64, pass: u64, noise: f64) -> Estimate {
    let draw = StratifiedPass::draw(&uniform(steps), 2, strata, seed, [0, pass]).unwrap();
    let errors = standard_normal(seed, Purpose::ForwardNoise, [0, pass], strata);
    let terms: Vec<f64> = draw
        .timesteps()
        .iter()
        .zip(errors)
        .map(|(&t, e)| term(t, steps) * (1.0 + noise * e))
        .collect();
    draw.estimate(&terms)
}

fn covers(estimate: Estimate, truth: f64) -> bool {
    (estimate.mean - truth).abs() <= 1.96 * estimate.standard_error.unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn each_stratum_has_its_share_of_the_density() {
    for (steps, strata) in
        [(2, 1), (10, 1), (10, 4), (10, 9), (1000, 16), (1000, 998), (1000, 999), (100_000, 7)]
    {
        let density: Vec<f64> = (2..=steps).map(|t| 1.0 + (t % 3) as f64).collect();
        let total: f64 = density.iter().sum();
        let pass = StratifiedPass::draw(&density, 2, strata, 9, [0, 0]).unwrap();
        assert_eq!((pass.timesteps().len(), pass.weights().len()), (strata, strata));
        for (k, (&t, weight)) in pass.timesteps().iter().zip(pass.weights()).enumerate() {
            // t's part of the density overlaps with stratum k
            let below: f64 = density[..t - 2].iter().sum();
            let (from, to) =
                (k as f64 * total / strata as f64, (k + 1) as f64 * total / strata as f64);
            assert!(
                below < to && below + density[t - 2] > from,
                "t = {t} is not in stratum {k} of {strata}"
            );
            assert_relative(weight * strata as f64 * density[t - 2], total, 1e-12, "weight");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_timestep_counts_once_on_average() {
    let density = [1.0, 5.0, 2.0, 0.5, 1.0, 3.0, 0.5, 0.5, 1.0, 1.5];
    let passes = 30_000;
    let mut counts = vec![0.0; density.len() + 2];
    for k in 0..passes {
        let pass = StratifiedPass::draw(&density, 2, 4, 1, [0, k]).unwrap();
        pass.timesteps()
            .iter()
            .zip(pass.weights())
            .for_each(|(&t, w)| counts[t] += w / passes as f64);
    }
    for (t, count) in counts.into_iter().enumerate().skip(2) {
        // Σ w · 1[t drawn] has mean 1: unbiased for any function of t. Its variance is at most its
        // largest weight, 8.
        assert_close(count, 1.0, 4.0 * (8.0 / passes as f64).sqrt(), &format!("t = {t}"));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_density_follows_the_cost_of_standard_normal_pixels() {
    let range = LogSnrRange { min: -6.0, max: 13.3 };
    for kind in ScheduleKind::ALL {
        let schedule = NoiseSchedule::new(kind, 300, range).unwrap();
        let density = timestep_density(&schedule);
        assert_eq!(density.len(), 299);
        assert_relative(density.iter().sum::<f64>(), 299.0, 1e-12, "mean 1");
        // the optimal x̂_0 = α x_t leaves a mean square error of σ²
        let snr = |t: usize| schedule.alpha_bar(t) / schedule.variance(t);
        let cost = |t: usize| 0.5 * (snr(t - 1) - snr(t)) * schedule.variance(t);
        let total: f64 = (2..=300).map(cost).sum();
        for t in 2..=300 {
            assert_relative(density[t - 2], 0.25 + 0.75 * 299.0 * cost(t) / total, 1e-9, "density");
        }
        // for such pixels a pass has no variance but that of the uniform quarter
        let pass = StratifiedPass::draw(&density, 2, 100, 5, [0, 0]).unwrap();
        let terms: Vec<f64> = pass.timesteps().iter().map(|&t| cost(t)).collect();
        assert_relative(pass.estimate(&terms).mean, total, 0.02, "one pass");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_density_for_classes_has_its_parts_on_every_chain() {
    let logistic = |x: f64| 1.0 / (1.0 + (-1.5 - x).exp());
    for (min, max) in [(-6.0, 13.3), (-30.0, 30.0), (20.0, 40.0), (-40.0, -20.0)] {
        for kind in ScheduleKind::ALL {
            for steps in [2, 20, 1000] {
                let schedule = NoiseSchedule::new(kind, steps, LogSnrRange { min, max }).unwrap();
                let density = class_timestep_density(&schedule);
                let name = format!("{kind} T={steps} {min} to {max}");
                assert_eq!(density.len(), steps);
                assert_relative(density.iter().sum::<f64>(), 1.0, 1e-12, &name);
                assert_eq!(density[0], 0.05, "L_0");
                // the uniform quarter of at least a quarter, but for what L_0 takes
                assert!(density.iter().all(|d| *d > 0.06 / steps as f64), "{name}");
                // the share between two timesteps is that of the logistic density and of the cost
                let (from, to) = (steps / 4 + 1, steps / 2 + 1);
                let share: f64 = density[from..to].iter().sum();
                let bell = |t: usize, u: usize| {
                    0.7 * (logistic(schedule.log_snr(t)) - logistic(schedule.log_snr(u)))
                };
                let cost = timestep_density(&schedule);
                let cost_share = cost[from - 1..to - 1].iter().sum::<f64>() / (steps - 1) as f64;
                let expected = bell(from, to) + (0.95 - bell(1, steps)) * cost_share;
                assert_relative(share, expected, 1e-9, &name);
            }
        }
    }
    let first_timestep = StratifiedPass::draw(&[1.0, 1.0, 1.0], 1, 3, 6, [0, 0]).unwrap();
    assert_eq!(first_timestep.timesteps(), [1, 2, 3]);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_estimate_is_unbiased() {
    for (steps, strata) in [(1000, 1), (1000, 7), (50, 16), (1000, 100)] {
        let totals: Vec<f64> = (0..4000).map(|k| run(steps, strata, 2, k, 0.3).mean).collect();
        let estimate = Estimate::from_samples(&totals);
        let error = estimate.standard_error.unwrap();
        assert!(
            (estimate.mean - exact(steps)).abs() < 4.0 * error,
            "{strata} of {steps}: {estimate:?}"
        );
        assert!(error < 0.02 * exact(steps), "too coarse to see a bias: {estimate:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn all_timesteps_make_the_exact_sum() {
    for steps in [2, 3, 50, 1000] {
        let pass = StratifiedPass::draw(&uniform(steps), 2, steps - 1, 3, [0, 0]).unwrap();
        assert_eq!(pass.timesteps(), (2..=steps).collect::<Vec<_>>());
        assert_eq!(pass, StratifiedPass::all(steps));
        assert_relative(run(steps, steps - 1, 3, 0, 0.0).mean, exact(steps), 1e-14, "sum");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn strata_beat_draws_from_everywhere() {
    let spread = |strata: usize, passes: u64| {
        let totals: Vec<f64> = (0..passes).map(|k| run(1000, strata, 4, k, 0.0).mean).collect();
        Estimate::from_samples(&totals).standard_error.unwrap() * (passes as f64).sqrt()
    };
    // one draw from everywhere, were it repeated 16 times
    let plain = spread(1, 2000) / 4.0;
    assert!(spread(16, 500) < 0.25 * plain);
}

#[wasm_bindgen_test(unsupported = test)]
fn intervals_from_several_passes_cover() {
    // 1.96 standard errors of 20 passes are a 93.5 % interval of Student's t with 19 degrees of
    // freedom
    let repetitions = 600;
    let hits = (0..repetitions)
        .filter(|&seed| {
            let totals: Vec<f64> = (0..20).map(|pass| run(200, 12, seed, pass, 0.3).mean).collect();
            covers(Estimate::from_samples(&totals), exact(200))
        })
        .count();
    let share = hits as f64 / repetitions as f64;
    assert!((0.905..=0.965).contains(&share), "covered in {share}");
}

#[wasm_bindgen_test(unsupported = test)]
fn collapsed_strata_are_right_for_smooth_terms_and_conservative_otherwise() {
    // (steps, strata, what the mean squared standard error may be, in units of the true variance)
    let cases = [
        // every t once, noisy terms: neighbours have nearly one mean, so the error is the right one
        (1000, 999, 0.9..=1.15),
        (500, 499, 0.9..=1.15),
        (1000, 200, 0.9..=1.3),
        // few strata: neighbouring means differ, and the error may only be too large
        (1000, 16, 1.1..=5.0),
        (1000, 5, 1.1..=50.0),
        (50, 10, 1.1..=50.0),
    ];
    for (steps, strata, allowed) in cases {
        let runs: Vec<Estimate> = (0..1500).map(|seed| run(steps, strata, seed, 0, 0.3)).collect();
        let true_variance =
            runs.iter().map(|r| (r.mean - exact(steps)) * (r.mean - exact(steps))).sum::<f64>();
        let claimed =
            runs.iter().map(|r| r.standard_error.unwrap() * r.standard_error.unwrap()).sum::<f64>();
        let ratio = claimed / true_variance;
        assert!(
            allowed.contains(&ratio),
            "{strata} of {steps}: claimed variance is {ratio} times the true one"
        );
        if strata >= 200 {
            let hits = runs.iter().filter(|run| covers(**run, exact(steps))).count();
            let share = hits as f64 / runs.len() as f64;
            assert!((0.92..=0.97).contains(&share), "{strata} of {steps} covered in {share}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn collapsed_strata_by_hand() {
    let estimate = |terms: &[f64]| {
        let pass =
            StratifiedPass::draw(&uniform(terms.len() + 1), 2, terms.len(), 0, [0, 0]).unwrap();
        pass.estimate(terms)
    };
    assert_eq!(estimate(&[4.0]), Estimate { mean: 4.0, standard_error: None });
    assert_eq!(estimate(&[4.0, 7.0]), Estimate { mean: 11.0, standard_error: Some(3.0) });
    assert_eq!(estimate(&[1.0, 4.0, 0.0, 4.0]).standard_error, Some(5.0));
    // three together: 3/2 Σ (y - 2)²
    assert_relative(
        estimate(&[1.0, 2.0, 3.0]).standard_error.unwrap(),
        3.0_f64.sqrt(),
        1e-15,
        "three",
    );
    // a pair with difference 1, and three
    assert_relative(
        estimate(&[5.0, 6.0, 1.0, 2.0, 3.0]).standard_error.unwrap(),
        2.0,
        1e-15,
        "five",
    );
    let pass = StratifiedPass::draw(&[2.0, 4.0], 2, 2, 0, [0, 0]).unwrap();
    assert_eq!(pass.weights()[1], 0.75);
    let expected: f64 = pass.weights().iter().zip([3.0, 5.0]).map(|(w, term)| w * term).sum();
    assert_eq!(pass.estimate(&[3.0, 5.0]).mean, expected);
}

#[wasm_bindgen_test(unsupported = test)]
fn impossible_counts_are_refused_and_passes_are_addressed() {
    for (steps, strata) in [(10, 0), (10, 10), (1000, 1000), (2, 2), (1, 1), (0, 0), (0, 1)] {
        let error = StratifiedPass::draw(&uniform(steps), 2, strata, 0, [0, 0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value, "{strata} of {steps}");
    }
    let draw = |seed, index| StratifiedPass::draw(&uniform(1000), 2, 20, seed, index).unwrap();
    assert_eq!(draw(1, [2, 3]), draw(1, [2, 3]));
    for other in [draw(2, [2, 3]), draw(1, [3, 3]), draw(1, [2, 4])] {
        assert_ne!(other, draw(1, [2, 3]));
    }
}
