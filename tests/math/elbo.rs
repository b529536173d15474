use crate::math::common::{assert_close, assert_relative, schedule, schedules};
use elbo_room::math::diffusion::q_posterior;
use elbo_room::math::elbo::{
    Estimate, VaeElbo, bits_per_dim, l_0, l_0_posterior_variance, l_denoising, l_t_prior,
};
use elbo_room::math::gaussian::{discretized_log_likelihood, kl_standard};
use elbo_room::math::image::levels_to_signed;
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
fn vae_terms_add_up() {
    let elbo = VaeElbo::new(&[-60.0, -62.0], vec![20.0, 5.0, 0.5], 784);
    assert_eq!(elbo.reconstruction, Estimate { mean: -61.0, standard_error: Some(1.0) });
    assert_eq!(elbo.kl, 25.5);
    assert_eq!(elbo.elbo, Estimate { mean: -86.5, standard_error: Some(1.0) });
    assert_relative(elbo.bits_per_dim.mean, bits_per_dim(86.5, 784), 1e-15, "bits/dim");
    assert_relative(
        elbo.bits_per_dim.standard_error.unwrap(),
        bits_per_dim(1.0, 784),
        1e-15,
        "its error",
    );
    let json = serde_json::to_value(VaeElbo::new(&[-60.0], vec![1.0], 784)).unwrap();
    assert_eq!(json["klPerLatent"][0], 1.0);
    assert!(json["elbo"]["standardError"].is_null() && json["bitsPerDim"]["mean"].is_number());
}

/// Linear-Gaussian model z ~ N(0, 1), x | z ~ N(w z, s²) with its exact posterior as q: the bound
/// is log p(x) itself.
#[wasm_bindgen_test(unsupported = test)]
fn vae_bound_is_tight_for_the_exact_posterior() {
    use elbo_room::math::gaussian::log_density;
    use elbo_room::math::rng::{Purpose, standard_normal};
    let (w, s2, x) = (1.7, 0.3, -0.8);
    let variance = 1.0 / (1.0 + w * w / s2);
    let mean = variance * w * x / s2;
    let noise = standard_normal(4, Purpose::Latent, [0, 0], 20_000);
    let log_likelihoods: Vec<f64> = noise
        .iter()
        .map(|e| log_density(x, w * (mean + variance.sqrt() * e), f64::ln(s2)))
        .collect();
    let kl = kl_standard(aview1(&[mean]), aview1(&[variance.ln()]));
    let elbo = VaeElbo::new(&log_likelihoods, kl.to_vec(), 1).elbo;
    let log_p = log_density(x, 0.0, f64::ln(w * w + s2));
    let error = elbo.standard_error.unwrap();
    assert!(error < 0.01 && (elbo.mean - log_p).abs() < 4.0 * error, "{elbo:?} is not {log_p}");
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
