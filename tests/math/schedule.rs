use crate::math::common::{RANGE, assert_close, assert_relative, schedule, schedules};
use elbo_room::ErrorKind;
use elbo_room::math::schedule::{LogSnrRange, NoiseSchedule, ScheduleKind};
use serde::Deserialize;
use wasm_bindgen_test::wasm_bindgen_test;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    t: usize,
    log_snr: f64,
    alpha_bar: f64,
    sigma: f64,
    beta: f64,
    posterior_variance: f64,
    weight_x0: f64,
    weight_xt: f64,
}

#[derive(Deserialize)]
struct Chain {
    kind: ScheduleKind,
    steps: usize,
    rows: Vec<Row>,
}

/// tests/fixtures/schedules.py
fn goldens() -> Vec<Chain> {
    serde_json::from_str(include_str!("../fixtures/schedules.json")).unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn tables_equal_the_definitions() {
    let chains = goldens();
    assert_eq!(chains.len(), 18);
    for chain in chains {
        let s = schedule(chain.kind, chain.steps);
        assert_eq!((s.kind(), s.steps()), (chain.kind, chain.steps));
        for row in chain.rows {
            let at = format!("{} T={} t={}", chain.kind, chain.steps, row.t);
            // no step may lose digits by cancellation, however small the value
            let (weight_x0, weight_xt) = s.posterior_mean_coefficients(row.t);
            assert_close(s.log_snr(row.t), row.log_snr, 1e-13, &format!("log SNR, {at}"));
            assert_relative(s.alpha_bar(row.t), row.alpha_bar, 1e-11, &format!("alpha bar, {at}"));
            assert_relative(s.alpha(row.t), row.alpha_bar.sqrt(), 1e-11, &format!("alpha, {at}"));
            assert_relative(s.sigma(row.t), row.sigma, 1e-11, &format!("sigma, {at}"));
            assert_relative(s.beta(row.t), row.beta, 1e-11, &format!("beta, {at}"));
            let variance = s.posterior_variance(row.t);
            assert_relative(
                variance,
                row.posterior_variance,
                1e-11,
                &format!("posterior variance, {at}"),
            );
            assert_relative(weight_x0, row.weight_x0, 1e-11, &format!("weight of x_0, {at}"));
            assert_relative(weight_xt, row.weight_xt, 1e-11, &format!("weight of x_t, {at}"));
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn published_end_points() {
    let linear = schedule(ScheduleKind::Linear, 1000);
    assert_relative(linear.beta(1), 1e-4, 1e-12, "first beta of Ho et al.");
    assert_relative(linear.beta(1000), 0.02, 1e-12, "last beta of Ho et al.");
    let cosine = schedule(ScheduleKind::Cosine, 1000);
    assert_relative(cosine.beta(1000), 0.999, 1e-12, "the cosine schedule's limit");
    for steps in [20, 1000, 5000] {
        let s = schedule(ScheduleKind::LogSnrLinear, steps);
        assert_eq!((s.log_snr(1), s.log_snr(steps)), (RANGE.max, RANGE.min));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_table_is_a_chain() {
    let longest = ScheduleKind::ALL.map(|kind| schedule(kind, 100_000));
    for s in schedules().chain(longest) {
        let at = |t| format!("{} T={} t={t}", s.kind(), s.steps());
        assert_eq!((s.log_snr(0), s.alpha_bar(0), s.sigma(0)), (f64::INFINITY, 1.0, 0.0));
        assert_eq!(s.posterior_variance(1), 0.0);
        assert_eq!(s.posterior_mean_coefficients(1), (1.0, 0.0));
        for t in 1..=s.steps() {
            let beta = s.beta(t);
            assert!(0.0 < beta && beta < 1.0, "{} beta {beta}", at(t));
            assert!(s.log_snr(t) < s.log_snr(t - 1), "{} log SNR does not fall", at(t));
            assert_close(s.alpha(t) * s.alpha(t) + s.variance(t), 1.0, 1e-15, &at(t));
            if t > 1 {
                let variance = s.posterior_variance(t);
                assert!(
                    0.0 < variance && variance < beta,
                    "{} posterior variance {variance}",
                    at(t)
                );
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn short_chains_are_strided_from_the_chain_of_1000() {
    for kind in ScheduleKind::ALL {
        let base = schedule(kind, 1000);
        for steps in [2, 7, 20, 100, 500, 999] {
            let s = schedule(kind, steps);
            let timesteps: Vec<usize> = (1..=steps)
                .map(|t| {
                    (1..=1000)
                        .find(|&b| base.log_snr(b) == s.log_snr(t))
                        .expect("not a timestep of the base")
                })
                .collect();
            assert_eq!((timesteps[0], timesteps[steps - 1]), (1, 1000));
            let gaps: Vec<usize> = timesteps.windows(2).map(|w| w[1] - w[0]).collect();
            let (least, most) = (gaps.iter().min().unwrap(), gaps.iter().max().unwrap());
            assert!(most - least <= 1, "{kind} in {steps} steps is uneven: gaps {least} to {most}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn impossible_chains_are_refused() {
    for steps in [0, 1, 100_001, usize::MAX] {
        let error = NoiseSchedule::new(ScheduleKind::Linear, steps, RANGE).unwrap_err();
        assert_eq!((error.kind(), error.kind().name()), (ErrorKind::Value, "ValueError"));
        assert!(error.with_causes().contains(&steps.to_string()), "{error}");
    }
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    for (min, max) in [
        (1.0, 1.0),
        (2.0, 1.0),
        (nan, 1.0),
        (0.0, nan),
        (-inf, 1.0),
        (0.0, inf),
        (-101.0, 0.0),
        (0.0, 101.0),
    ] {
        for kind in ScheduleKind::ALL {
            let error = NoiseSchedule::new(kind, 10, LogSnrRange { min, max }).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Value, "{min} to {max}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn names_are_those_of_manifest_and_url() {
    for (kind, name) in ScheduleKind::ALL.into_iter().zip(["linear", "cosine", "log-snr-linear"]) {
        assert_eq!(kind.to_string(), name);
        assert_eq!(name.parse::<ScheduleKind>().unwrap(), kind);
        assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{name}\""));
    }
    for name in ["", "Linear", "quadratic"] {
        let error = name.parse::<ScheduleKind>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value);
        assert!(error.with_causes().contains("log-snr-linear"), "{error}");
    }
}
