use crate::math::common::{assert_close, assert_relative, schedule, schedules};
use elbo_room::image::levels::levels_to_signed;
use elbo_room::math::diffusion::q_posterior;
use elbo_room::math::elbo::{
    Estimate, bits_per_dim, l_0, l_0_posterior_variance, l_denoising, l_t_prior,
};
use elbo_room::math::gaussian::{discretized_log_likelihood, kl_standard};
use elbo_room::math::schedule::ScheduleKind;
use ndarray::{Array1, aview1};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn estimates() {
    let known = Estimate::from_samples(&[1.0, 2.0, 3.0, 6.0]);
    assert_eq!(known.mean, 3.0);
    // sample variance 14/3, over 4
    assert_relative(
        known.standard_error.unwrap(),
        (14.0_f64 / 12.0).sqrt(),
        1e-15,
        "standard error",
    );
    assert_eq!(Estimate::from_samples(&[5.0]), Estimate { mean: 5.0, standard_error: None });
    assert_eq!(Estimate::from_samples(&[5.0, 5.0]).standard_error, Some(0.0));
    let converted = known.linear(-2.0, 1.0);
    assert_eq!(converted.mean, -5.0);
    assert_relative(
        converted.standard_error.unwrap(),
        2.0 * (14.0_f64 / 12.0).sqrt(),
        1e-15,
        "an error has no sign",
    );
    assert_eq!(Estimate::from_samples(&[1.0]).linear(2.0, 0.0).standard_error, None);
    assert!(Estimate::from_samples(&[1.0, f64::NAN]).mean.is_nan());
}

#[wasm_bindgen_test(unsupported = test)]
fn bits() {
    assert_relative(bits_per_dim(784.0 * std::f64::consts::LN_2, 784), 1.0, 1e-15, "one bit each");
    assert_close(bits_per_dim(543.4, 784), 1.0, 1e-4, "28 x 28");
}

#[wasm_bindgen_test(unsupported = test)]
fn prior_term_is_the_kl_of_the_last_marginal() {
    let x0 = aview1(&[-1.0, -0.7, 0.0, 0.4, 1.0]);
    for s in schedules() {
        let t = s.steps();
        let mean = x0.mapv(|x| s.alpha(t) * x);
        let log_var = Array1::from_elem(x0.len(), s.variance(t).ln());
        let kl = kl_standard(mean.view(), log_var.view()).sum();
        assert_relative(l_t_prior(x0, &s), kl, 1e-7, &format!("{} T={t}", s.kind()));
    }
    // at λ_T = -6, per pixel: ½ (ᾱ x² - ᾱ - log(1 - ᾱ)); mpmath, 30 digits
    let s = schedule(ScheduleKind::LogSnrLinear, 1000);
    assert_relative(l_t_prior(aview1(&[1.0]), &s), 1.237_842_568_865_224_7e-3, 1e-12, "x = 1");
    assert_relative(l_t_prior(aview1(&[0.0]), &s), 1.530_990_547_837_598_4e-6, 1e-11, "x = 0");
}

#[wasm_bindgen_test(unsupported = test)]
fn denoising_term_is_the_kl_between_posteriors() {
    let (x0, predicted) = (aview1(&[-1.0, 0.3, 0.9]), aview1(&[-0.8, 0.3, -0.1]));
    for s in schedules() {
        let n = s.steps();
        for t in [2, 3, n / 2, n - 1, n].into_iter().filter(|&t| t >= 2 && t <= n) {
            // two Gaussians of one variance: ½ |difference of the means|² / variance
            let x_t = aview1(&[0.1, -2.0, 0.5]);
            let (q, variance) = q_posterior(x0, x_t, &s, t);
            let (p, _) = q_posterior(predicted, x_t, &s, t);
            let kl = 0.5 * (&q - &p).mapv(|d| d * d).sum() / variance;
            let at = format!("{} T={n} t={t}", s.kind());
            let term = l_denoising(x0, predicted, &s, t);
            // the naive form loses the digits that x_t's share of the means takes
            assert_relative(term, kl, 1e-6, &at);
            let snr = |t| s.alpha_bar(t) / s.variance(t);
            assert_relative(term, 0.5 * (snr(t - 1) - snr(t)) * 1.04, 1e-9, &at);
            assert_eq!(l_denoising(x0, x0, &s, t), 0.0);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn reconstruction_term_shows_what_the_last_noise_costs() {
    let levels = [0_u8, 255, 100];
    let x0 = levels_to_signed(&levels);
    for s in schedules() {
        let std = s.beta(1).sqrt();
        let expected = -discretized_log_likelihood(&levels, x0.view(), std);
        assert_relative(l_0(&levels, x0.view(), &s), expected, 1e-12, "variance β_1");
    }
    // A background pixel predicted perfectly: about 0.43 nats at std 0.01, next to nothing at
    // 0.0013.
    let background = |kind| l_0(&[0], aview1(&[-1.0]), &schedule(kind, 1000));
    assert_close(background(ScheduleKind::Linear), 0.426_899_9, 1e-6, "linear");
    assert!(background(ScheduleKind::LogSnrLinear) < 2e-3);
    // With β̃_2 for the variance: by hand from the schedules' definitions.
    for (kind, share, cost) in [
        (ScheduleKind::Linear, 0.545_318_8, 0.353_383_8),
        (ScheduleKind::Cosine, 0.527_792_3, 0.223_672_8),
        (ScheduleKind::LogSnrLinear, 0.019_133_9, 0.0),
    ] {
        let s = schedule(kind, 1000);
        assert_close(s.posterior_variance(2) / s.variance(1), share, 1e-6, "β̃_2");
        let found = l_0_posterior_variance(&[0], aview1(&[-1.0]), &s);
        assert_close(found, cost, 1e-6, "black, predicted perfectly");
        let expected =
            -discretized_log_likelihood(&levels, x0.view(), s.posterior_variance(2).sqrt());
        assert_relative(l_0_posterior_variance(&levels, x0.view(), &s), expected, 1e-12, "L_0");
    }
}
