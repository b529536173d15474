use crate::math::common::assert_close;
use elbo_room::math::importance::{effective_sample_size, gap, log_likelihood, stratified};
use elbo_room::math::laplace::{Sensitivity, laplace};
use elbo_room::math::linear::{Factor, triangular_times};
use elbo_room::math::moments::Moments;
use elbo_room::math::numeric::log_sum_exp;
use elbo_room::math::proposal::{PILOT_DRAWS, Proposal, ProposalKind, Slot, log_mixture};
use elbo_room::math::rng::{Purpose, standard_normal};
use elbo_room::math::{bernoulli, discretized_logistic};
use ndarray::{Array1, Array2, array, aview1};
use wasm_bindgen_test::wasm_bindgen_test;

fn matrix() -> Array2<f64> {
    array![[4.0, 1.2, -0.6], [1.2, 2.5, 0.3], [-0.6, 0.3, 1.1]]
}

#[wasm_bindgen_test(unsupported = test)]
fn a_factor_solves_and_inverts() {
    let a = matrix();
    let factor = Factor::cholesky(a.view()).unwrap();
    let v = array![0.3, -1.0, 2.0];
    let solved = factor.solve(v.view());
    for (found, expected) in a.dot(&solved).iter().zip(&v) {
        assert_close(*found, *expected, 1e-13, "A A⁻¹ v");
    }
    assert_close(factor.inverse_square(v.view()), v.dot(&solved), 1e-13, "vᵀ A⁻¹ v");
    for (at, found) in a.dot(&factor.inverse()).indexed_iter() {
        assert_close(*found, f64::from(u8::from(at.0 == at.1)), 1e-13, "A A⁻¹");
    }
    // |A| by hand
    let determinant: f64 =
        4.0 * (2.5 * 1.1 - 0.09) - 1.2 * (1.2 * 1.1 + 0.18) - 0.6 * (0.36 + 0.6 * 2.5);
    assert_close(factor.log_det(), 0.5 * determinant.ln(), 1e-13, "log |L|");
    for bad in [array![[1.0, 2.0], [2.0, 1.0]], array![[f64::NAN, 0.0], [0.0, 1.0]]] {
        assert_eq!(Factor::cholesky(bad.view()), None);
    }
}

fn proposals() -> [Proposal; 4] {
    let factor = Factor::cholesky(matrix().view()).unwrap();
    let mean = array![-0.4, 0.3, 0.1];
    [
        Proposal::posterior(),
        Proposal::defensive(3),
        Proposal::laplace(array![0.5, -0.2, 1.0], factor.clone()),
        Proposal::fitted(Moments { mean, factor }),
    ]
}

#[wasm_bindgen_test(unsupported = test)]
fn draws_are_dealt_in_turn_and_q_keeps_its_own() {
    for proposal in proposals() {
        let mut numbers = vec![0; proposal.components()];
        for index in 0..500 {
            let Slot { component, number } = proposal.slot(index);
            assert_eq!(number, numbers[component], "{:?} {index}", proposal.kind());
            assert_eq!(proposal.counts(index), numbers);
            numbers[component] += 1;
            if component == 0 {
                let q = standard_normal(7, Purpose::Latent, [number as u64, 0], 5);
                assert_eq!(proposal.noise(7, index, 5), q);
                assert_eq!(proposal.draws(number + 1), index + 1, "ends with q's last");
            }
        }
        let of_q = numbers[0] as f64 / 500.0;
        let expected = match proposal.kind() {
            ProposalKind::Posterior => 1.0,
            ProposalKind::Defensive => 0.75,
            ProposalKind::Laplace | ProposalKind::Fitted => 0.5,
        };
        assert_close(of_q, expected, 2e-3, "q's share");
    }
    assert_eq!(Proposal::defensive(3).draws(0), 0);
}

/// The mean of p/m over draws of the mixture m is 1 for any density p, and noise behind the block
/// is q's.
#[wasm_bindgen_test(unsupported = test)]
fn weights_have_the_mixture_in_their_denominator() {
    for proposal in proposals() {
        let n = 60_000;
        let shares: Vec<f64> =
            proposal.counts(n).iter().map(|c| (*c as f64 / n as f64).ln()).collect();
        let mut log_weights = Vec::new();
        let mut rest = 0.0;
        for index in 0..n {
            let e = proposal.noise(3, index, 4);
            let mut densities = vec![shares[0]];
            densities.extend(
                proposal.log_ratios(e.view()).iter().zip(&shares[1..]).map(|(r, share)| r + share),
            );
            // p: half as wide as q in the first entry, off its centre
            let log_p = -0.5 * ((e[0] - 0.4) / 0.5).powi(2) - 0.5_f64.ln() + 0.5 * e[0] * e[0];
            log_weights.push(log_p - log_sum_exp(&densities));
            rest += e[3] * e[3];
        }
        let component = |at| proposal.slot(at).component;
        let q = proposal.counts(n)[0];
        let [found, _] = stratified(&log_weights, component, &vec![0.0; q]);
        let error = found.standard_error.unwrap();
        assert!(found.mean.abs() < 4.0 * error && error < 0.01, "{:?}: {found:?}", proposal.kind());
        assert_close(
            rest / n as f64,
            1.0,
            0.03,
            "the entries behind the block are standard normal",
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn one_component_gives_the_plain_estimates() {
    let weights = standard_normal(1, Purpose::Latent, [0, 0], 300).to_vec();
    let terms: Vec<f64> = weights.iter().map(|w| 0.5 * w - 1.0).collect();
    let [likelihood, difference] = stratified(&weights, |_| 0, &terms);
    for (found, expected) in
        [(likelihood, log_likelihood(&weights)), (difference, gap(&weights, &terms))]
    {
        assert_close(found.mean, expected.mean, 1e-14, "mean");
        let errors = (found.standard_error.unwrap(), expected.standard_error.unwrap());
        assert_close(errors.0, errors.1, 1e-12, "error");
    }
    // a component with a single draw shows no spread
    let [few, _] = stratified(&weights, |at| usize::from(at == 17), &terms[1..]);
    assert_eq!(few.standard_error, None);
}

/// A linear network under Gaussian noise: the posterior is Gaussian, and found exactly.
#[wasm_bindgen_test(unsupported = test)]
fn laplace_is_exact_for_a_gaussian_posterior() {
    let weights = Array2::from_shape_fn((6, 3), |(i, j)| ((3 * i + 5 * j) as f64).sin());
    let x = array![0.2, -1.0, 0.7, 0.1, 1.3, -0.4];
    let (mean, std) = (array![0.3, -0.5, 0.1], array![0.4, 0.8, 1.2]);
    let noise = 0.3;
    let found = laplace(mean.view(), std.view(), |z| {
        let eta = weights.dot(&z);
        let residual = &x - &eta;
        Ok::<_, ()>(Some(Sensitivity {
            log_likelihood: -0.5 * residual.dot(&residual) / (noise * noise),
            score: residual / (noise * noise),
            information: Array1::from_elem(6, 1.0 / (noise * noise)),
            parameters: eta,
        }))
    });
    let found = found.unwrap().unwrap();
    // precision I + Wᵀ W / s², mean its inverse times Wᵀ x / s²
    let precision = Array2::eye(3) + weights.t().dot(&weights) / (noise * noise);
    let exact = Factor::cholesky(precision.view()).unwrap();
    let mode = exact.solve((weights.t().dot(&x) / (noise * noise)).view());
    let covariance = exact.inverse();
    for i in 0..3 {
        assert_close(mean[i] + std[i] * found.mode[i], mode[i], 1e-9, "mode");
        for j in 0..3 {
            let unit = |k: usize| {
                let mut e = Array1::zeros(3);
                e[k] = 1.0;
                e
            };
            let row = |k| {
                // row k of L is L applied to units, transposed
                (0..3)
                    .map(|l| triangular_times(&found.factor, unit(l).view())[k])
                    .collect::<Array1<f64>>()
            };
            let found = std[i] * std[j] * row(i).dot(&row(j));
            assert_close(found, covariance[[i, j]], 1e-9, "covariance");
        }
    }
    let none = laplace(mean.view(), std.view(), |_| Ok::<_, ()>(None)).unwrap();
    assert!(none.is_none(), "a likelihood that tells nothing");
    assert!(laplace(mean.view(), std.view(), |_| Err(7)).is_err());
}

fn check_score(what: &str, at: &Sensitivity, value: impl Fn(usize, f64) -> f64) {
    for i in 0..at.score.len() {
        let h = 1e-3;
        let slope = (value(i, h) - value(i, -h)) / (2.0 * h);
        let scale = 1.0 + at.score[i].abs();
        assert!((slope - at.score[i]).abs() < 2e-3 * scale, "{what} {i}: {} {slope}", at.score[i]);
        assert!(at.information[i] >= 0.0);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn scores_are_derivatives() {
    let logits = [-3.0_f32, -0.2, 0.0, 1.5, 40.0];
    let x = [0_u8, 1, 1, 0, 1];
    let moved = |logits: &[f32], i: usize, h: f64| {
        let mut all = logits.to_vec();
        all[i] = (f64::from(all[i]) + h) as f32;
        all
    };
    let at = bernoulli::sensitivity(aview1(&x), aview1(&logits));
    check_score("logit", &at, |i, h| {
        bernoulli::log_likelihood(aview1(&x), aview1(&moved(&logits, i, h)))
    });
    // minus the second derivative of -softplus
    assert_close(at.information[1], 0.2475165727, 1e-8, "p (1 - p)");

    let levels = [0_u8, 255, 128, 130, 0, 3];
    let mean = [-0.9_f32, 0.8, 0.1, 0.0, 0.4, -1.0];
    let log_scale = [-3.0_f32, -2.5, -4.0, -1.0, 0.5, 2.0];
    let at = discretized_logistic::sensitivity(&levels, aview1(&mean), aview1(&log_scale));
    assert_eq!(
        at.log_likelihood,
        discretized_logistic::discretized_log_likelihood(
            &levels,
            aview1(&mean),
            aview1(&log_scale)
        )
    );
    check_score("mean, log scale", &at, |i, h| {
        let (mean, log_scale) = if i < 6 {
            (moved(&mean, i, h), log_scale.to_vec())
        } else {
            (mean.to_vec(), moved(&log_scale, i - 6, h))
        };
        discretized_logistic::discretized_log_likelihood(&levels, aview1(&mean), aview1(&log_scale))
    });
    let far = discretized_logistic::sensitivity(&[128], aview1(&[5e3]), aview1(&[277_353.0]));
    assert!(far.score.iter().chain(&far.information).all(|v| v.is_finite()), "{far:?}");
}

/// Against the density of scipy.stats.multivariate_t(mean, 1.3 * matrix, df=8) over that of N(0,
/// I).
#[wasm_bindgen_test(unsupported = test)]
fn the_density_of_a_student_t_is_scipys() {
    let factor = Factor::cholesky(matrix().view()).unwrap();
    let proposal = Proposal::fitted(Moments { mean: array![-0.4, 0.3, 0.1], factor });
    let cases = [
        ([0.0, 0.0, 0.0], -1.39516983459851),
        ([1.5, -2.0, 0.7], -0.896655759707564),
        ([-6.0, 4.0, 9.0], 53.6933870224034),
    ];
    for (e, expected) in cases {
        assert_close(proposal.log_ratios(aview1(&e))[0], expected, 1e-12, "log ratio");
    }
}

/// Draws of a known Gaussian, weighted towards another: the moments are the other's.
#[wasm_bindgen_test(unsupported = test)]
fn matched_moments_are_those_of_the_weighted_density() {
    let identity = Factor::cholesky(Array2::eye(2).view()).unwrap();
    let others = Moments { mean: array![9.0, 9.0], factor: identity };
    let draws: Vec<Array1<f64>> =
        (0..20_000).map(|i| standard_normal(4, Purpose::Latent, [i, 0], 2) * 1.5).collect();
    // N((0.5, -0.3), [[0.8, 0.3], [0.3, 0.6]]) over the density of the draws
    let (mean, covariance) = (array![0.5, -0.3], array![[0.8, 0.3], [0.3, 0.6]]);
    let target = Factor::cholesky(covariance.view()).unwrap();
    let weight =
        |e: &Array1<f64>| 0.5 * e.dot(e) / 2.25 - 0.5 * target.inverse_square((e - &mean).view());
    let log_weights: Vec<f64> = draws.iter().map(weight).collect();
    let found = Moments::matched(&draws, &log_weights, &others).unwrap();
    for i in 0..2 {
        assert_close(found.mean[i], mean[i], 0.05, "mean");
        for j in 0..2 {
            assert_close(found.factor.product()[[i, j]], covariance[[i, j]], 0.05, "covariance");
        }
    }
    // one draw that has all the weight says next to nothing
    let mut one = vec![-900.0; 50];
    one[7] = 0.0;
    let found = Moments::matched(&draws[..50], &one, &others).unwrap();
    assert_close(found.mean[0], 0.8 * 9.0 + 0.2 * draws[7][0], 1e-9, "mean");
    assert_eq!(Moments::matched(&draws[..50], &[f64::NAN; 50], &others), None);
}

/// A narrow mode beside a wide one, which curvature at the narrow mode says nothing of: a fitted
/// proposal has the larger effective sample size, and the same mean weight.
#[wasm_bindgen_test(unsupported = test)]
fn a_fitted_proposal_sees_what_curvature_at_the_mode_does_not() {
    // log of ½ N(0, 0.04 I) + ½ N((1.6, 1), 0.5 I) over N(0, I)
    let log_weight = |e: &Array1<f64>| {
        let component = |offset: Array1<f64>, variance: f64| {
            (0.5 / variance).ln() - 0.5 * offset.dot(&offset) / variance
        };
        let logs = [component(e.clone(), 0.04), component(e - &array![1.6, 1.0], 0.5)];
        log_sum_exp(&logs) + 0.5 * e.dot(e)
    };
    let mode = array![0.0, 0.0];
    let factor = Factor::cholesky(array![[0.04, 0.0], [0.0, 0.04]].view()).unwrap();
    let moments = Proposal::pilot(mode.clone(), factor.clone(), |noises| {
        Ok::<_, ()>(noises.iter().map(log_weight).collect())
    });
    let fitted = Proposal::fitted(moments.unwrap().unwrap());
    let [laplace, fitted] = [Proposal::laplace(mode, factor), fitted].map(|proposal| {
        let shares = proposal.log_shares(4000);
        let weights: Vec<f64> = (0..4000)
            .map(|index| {
                let e = proposal.noise(2, index, 2);
                log_weight(&e) - log_mixture(&shares, &proposal.log_ratios(e.view()))
            })
            .collect();
        let estimate = log_likelihood(&weights);
        assert!(estimate.mean.abs() < 4.0 * estimate.standard_error.unwrap(), "{estimate:?}");
        effective_sample_size(&weights)
    });
    assert!(fitted > 1.2 * laplace, "{fitted} and {laplace}");
    // what cannot be weighted is refused
    let factor = Factor::cholesky(Array2::eye(2).view()).unwrap();
    let refused = Proposal::pilot(array![0.0, 0.0], factor, |noises| {
        Ok::<_, ()>(vec![f64::NAN; noises.len()])
    });
    assert_eq!(refused, Ok(None));
    assert_eq!(PILOT_DRAWS % 4, 0, "all components have their shares");
}
