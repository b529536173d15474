use super::{LOG_SNRS, POINTS, Reference, assert_close, chain, correlated, two};
use elbo_room::math::numeric::sigmoid;
use elbo_room::math::plane::Point;
use elbo_room::math::plane::mixture::{
    NoisedMixture, blurred, moment_match, reverse_kernel, sample,
};
use elbo_room::math::rng::{Purpose, standard_normal, uniform};
use elbo_room::math::schedule::ScheduleKind;
use wasm_bindgen_test::wasm_bindgen_test;

fn difference(f: impl Fn(Point) -> f64, x: Point, axis: usize, h: f64) -> f64 {
    let moved = |by: f64| {
        let mut x = x;
        x[axis] += by;
        f(x)
    };
    // fourth order
    (8.0 * (moved(h) - moved(-h)) - (moved(2.0 * h) - moved(-2.0 * h))) / (12.0 * h)
}

#[wasm_bindgen_test(unsupported = test)]
fn the_score_is_the_gradient_of_log_p_and_tweedie_gives_the_clean_point() {
    for data in [two(), correlated()] {
        for log_snr in LOG_SNRS {
            let noised = NoisedMixture::new(&data, log_snr);
            let (alpha, variance) = (sigmoid(log_snr).sqrt(), sigmoid(-log_snr));
            for x in POINTS {
                let posterior = noised.posterior(x);
                assert_close(posterior.log_density, noised.log_density(x), 1e-13);
                for axis in 0..2 {
                    let slope = difference(|x| noised.log_density(x), x, axis, 1e-3);
                    assert_close(posterior.score[axis], slope, 1e-6);
                    let tweedie = (x[axis] + variance * posterior.score[axis]) / alpha;
                    assert_close(posterior.x0[axis], tweedie, 1e-9);
                }
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_divergence_is_that_of_the_clean_point() {
    for data in [two(), correlated()] {
        for log_snr in LOG_SNRS {
            let noised = NoisedMixture::new(&data, log_snr);
            for x in POINTS {
                let slopes: f64 = (0..2)
                    .map(|axis| difference(|x| noised.posterior(x).x0[axis], x, axis, 1e-3))
                    .sum();
                assert_close(noised.posterior(x).divergence, slopes, 1e-6);
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_clean_point_is_the_mean_over_the_data() {
    let reference = Reference::read();
    assert_eq!(reference.means.len(), 16);
    for row in &reference.means {
        let log_snr = (row.alpha_bar / (1.0 - row.alpha_bar)).ln();
        let noised = NoisedMixture::new(&reference.mixture(&row.mixture), log_snr);
        let x0 = noised.posterior(row.x_t).x0;
        for (found, mean) in x0.into_iter().zip(row.mean) {
            assert_close(found, mean, 1e-7);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_ends_are_the_data_and_the_standard_normal() {
    let data = correlated();
    for x in POINTS {
        let clean = NoisedMixture::new(&data, f64::INFINITY).posterior(x);
        assert_close(clean.log_density, data.log_density(x), 1e-12);
        assert_close(clean.x0[0], x[0], 1e-12);
        let noise = NoisedMixture::new(&data, f64::NEG_INFINITY).posterior(x);
        let normal = -0.5 * (x[0] * x[0] + x[1] * x[1]) - (2.0 * std::f64::consts::PI).ln();
        assert_close(noise.log_density, normal, 1e-12);
        assert_close(noise.divergence, 0.0, 1e-12);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_reverse_kernel_is_bayes_rule() {
    let data = correlated();
    for kind in ScheduleKind::ALL {
        for steps in [5, 100] {
            let schedule = chain(kind, steps);
            for t in [2, steps / 2 + 1, steps] {
                let [before, after] =
                    [t - 1, t].map(|t| NoisedMixture::new(&data, schedule.log_snr(t)));
                let (kept, beta) = (schedule.alpha(t) / schedule.alpha(t - 1), schedule.beta(t));
                let x_t = [0.4, -0.7];
                let kernel = reverse_kernel(&data, &schedule, t, x_t);
                // points within reach of x_t, where the kernel is not negligible
                for noise in [[0.0, 0.0], [0.6, -0.3], [-1.0, 0.8]] {
                    let x = [0, 1].map(|i| (x_t[i] + beta.sqrt() * noise[i]) / kept);
                    let square = (0..2).map(|i| (x_t[i] - kept * x[i]).powi(2)).sum::<f64>();
                    let forward = -0.5 * square / beta - (2.0 * std::f64::consts::PI * beta).ln();
                    let bayes = before.log_density(x) + forward - after.log_density(x_t);
                    assert_close(kernel.log_density(x), bayes, 1e-7);
                }
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn draws_have_the_moments_of_the_mixture() {
    let data = correlated();
    let n = 40_000;
    let chosen = uniform(3, Purpose::PlaneParticles, [0, 0], n);
    let noise = standard_normal(3, Purpose::PlaneParticles, [1, 0], 2 * n);
    let draws: Vec<Point> =
        (0..n).map(|i| sample(&data, chosen[i], [noise[2 * i], noise[2 * i + 1]])).collect();
    let gaussian = moment_match(&data).components[0];
    let mean = [0, 1].map(|i| draws.iter().map(|x| x[i]).sum::<f64>() / n as f64);
    let moment = |i: usize, j: usize| {
        draws.iter().map(|x| (x[i] - mean[i]) * (x[j] - mean[j])).sum::<f64>() / n as f64
    };
    let covariance = gaussian.covariance();
    for i in 0..2 {
        // five standard errors
        assert_close(mean[i], gaussian.mean[i], 5.0 * (covariance[2 * i] / n as f64).sqrt());
    }
    for (found, expected) in [moment(0, 0), moment(0, 1), moment(1, 1)].iter().zip(covariance) {
        assert_close(*found, expected, 0.06);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn blurring_is_noise_that_shrinks_nothing() {
    let data = two();
    // α x_0 + σ ε is α times the data blurred by σ/α
    let log_snr: f64 = 0.7;
    let (alpha, sigma) = (sigmoid(log_snr).sqrt(), sigmoid(-log_snr).sqrt());
    let blurred = blurred(&data, sigma / alpha);
    let noised = NoisedMixture::new(&data, log_snr);
    for x in POINTS {
        let scaled = [alpha * x[0], alpha * x[1]];
        assert_close(blurred.log_density(x), noised.log_density(scaled) + 2.0 * alpha.ln(), 1e-12);
    }
}
