//! Functions of numbers: identities and inequalities that hold for all of their arguments.

use elbo_room::math::gaussian::{kl, kl_standard};
use elbo_room::math::importance::{effective_sample_size, importance_curve, log_likelihood};
use elbo_room::math::numeric::{log_mean_exp, log_sum_exp, softmax};
use elbo_room::math::pca::principal_components;
use elbo_room::math::quantiles::{quantiles, share_below};
use elbo_room::math::rng::{Purpose, standard_normal, uniform};
use elbo_room::math::roc::roc;
use elbo_room::math::schedule::{LogSnrRange, NoiseSchedule, ScheduleKind};
use elbo_room::math::strata::{StratifiedPass, timestep_density};
use ndarray::aview1;
use proptest::prelude::*;

use super::{config, normal};

fn schedules() -> impl Strategy<Value = NoiseSchedule> {
    let kind = prop::sample::select(&ScheduleKind::ALL[..]);
    (kind, 2_usize..1500, -20.0..0.0, 0.1..20.0).prop_map(|(kind, steps, min, max)| {
        NoiseSchedule::new(kind, steps, LogSnrRange { min, max }).unwrap()
    })
}

fn terms() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(-800.0..800.0, 1..30)
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * a.abs().max(b.abs()).max(1.0)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn sums_of_exponentials_shift_with_their_terms(terms in terms(), shift in -1e4..1e4) {
        let shifted: Vec<f64> = terms.iter().map(|term| term + shift).collect();
        let (sum, largest) =
            (log_sum_exp(&terms), terms.iter().copied().fold(f64::NEG_INFINITY, f64::max));
        prop_assert!(close(log_sum_exp(&shifted), sum + shift, 1e-12));
        prop_assert!(largest <= sum && sum <= largest + (terms.len() as f64).ln() + 1e-12);
        prop_assert!(log_mean_exp(&terms) <= largest + 1e-12);
        let shares = softmax(&terms);
        prop_assert!(close(shares.iter().sum(), 1.0, 1e-12));
        for (share, term) in shares.iter().zip(&terms) {
            prop_assert!(close(*share, (term - sum).exp(), 1e-9));
        }
    }

    #[test]
    fn a_divergence_is_positive_and_none_from_itself(
        (mean, log_var) in (1_usize..9, any::<u64>()).prop_map(|(n, seed)| {
            (normal(n, seed), normal(n, !seed))
        }),
    ) {
        let (mean, log_var) = (aview1(&mean), aview1(&log_var));
        prop_assert!(kl_standard(mean, log_var).iter().all(|kl| *kl >= 0.0));
        prop_assert!(kl(mean, log_var, mean, log_var).iter().all(|kl| kl.abs() < 1e-12));
        let (zero, other) = (mean.mapv(|_| 0.0), log_var.mapv(|v| -v));
        prop_assert!(kl(mean, log_var, zero.view(), other.view()).iter().all(|kl| *kl >= 0.0));
        let standard = kl(mean, log_var, zero.view(), zero.view());
        for (a, b) in standard.iter().zip(&kl_standard(mean, log_var)) {
            prop_assert!(close(*a, *b, 1e-12));
        }
    }

    #[test]
    fn a_chain_only_gets_noisier(schedule in schedules()) {
        prop_assert_eq!(schedule.log_snr(0), f64::INFINITY);
        for t in 1..=schedule.steps() {
            prop_assert!(schedule.log_snr(t) < schedule.log_snr(t - 1));
            let (alpha, sigma) = (schedule.alpha(t), schedule.sigma(t));
            prop_assert!(close(alpha * alpha + sigma * sigma, 1.0, 1e-12));
            prop_assert!((0.0..=1.0).contains(&schedule.beta(t)), "β_{} is \
                {}", t, schedule.beta(t));
            prop_assert!(schedule.posterior_variance(t) <= schedule.beta(t) * (1.0 + 1e-9));
        }
    }

    #[test]
    fn a_pass_weighs_its_timesteps_so_that_their_density_adds_up(
        schedule in schedules(), share in 0.0..1.0, seed: u64,
    ) {
        let density = timestep_density(&schedule);
        prop_assume!(!density.is_empty());
        let strata = ((share * density.len() as f64) as usize).clamp(1, density.len());
        let pass = StratifiedPass::draw(&density, 2, strata, seed, [3, 0]).unwrap();
        prop_assert_eq!(pass.timesteps().len(), strata);
        prop_assert!(pass.timesteps().is_sorted());
        prop_assert!(pass.timesteps().iter().all(|t| (2..=schedule.steps()).contains(t)));
        let terms: Vec<f64> = pass.timesteps().iter().map(|t| density[t - 2]).collect();
        prop_assert!(close(pass.estimate(&terms).mean, density.iter().sum(), 1e-9));
    }

    #[test]
    fn quantiles_ascend_within_the_sample(mut values in terms(), n in 1_usize..40) {
        values.sort_by(f64::total_cmp);
        let found = quantiles(&values, n);
        prop_assert_eq!(found.len(), n + 1);
        prop_assert_eq!((found[0], found[n]), (values[0], values[values.len() - 1]));
        prop_assert!(found.is_sorted());
        let shares: Vec<f64> = (0..=n).map(|i| i as f64 / n as f64).collect();
        let below: Vec<f64> = found.iter().map(|q| share_below(&found, &shares, *q)).collect();
        prop_assert!(below.is_sorted() && below.iter().all(|share| (0.0..=1.0).contains(share)));
    }

    #[test]
    fn samples_that_change_places_change_sides(
        a in prop::collection::vec(-9_i8..9, 1..20), b in prop::collection::vec(-9_i8..9, 1..20),
    ) {
        let doubles = |values: &[i8]| values.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
        let (a, b) = (doubles(&a), doubles(&b));
        let (there, back) = (roc(&a, &b).unwrap(), roc(&b, &a).unwrap());
        prop_assert!(close(there.auroc + back.auroc, 1.0, 1e-12));
        prop_assert!(there.points.is_sorted_by(|p, q| p[0] <= q[0] && p[1] <= q[1]));
        let bent = |values: &[f64]| values.iter().map(|v| v * v * v + 4.0).collect::<Vec<_>>();
        prop_assert_eq!(roc(&bent(&a), &bent(&b)).unwrap(), there, "only the order counts");
    }

    #[test]
    fn principal_axes_are_orthonormal_with_falling_variances(
        count in 2_usize..20, dimensions in 1_usize..7, seed: u64,
    ) {
        let points = normal(count * dimensions, seed);
        let found = principal_components(&points, dimensions, dimensions).unwrap();
        prop_assert!(found.variances.is_sorted_by(|a, b| a >= b));
        prop_assert!(close(found.variances.iter().sum(), found.total_variance, 1e-9));
        for (i, a) in found.axes.iter().enumerate() {
            for (j, b) in found.axes.iter().enumerate() {
                let product: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
                let expected = f64::from(u8::from(i == j && a.iter().any(|v| *v != 0.0)));
                prop_assert!(close(product, expected, 1e-9), "{} and {}: {}", i, j, product);
            }
        }
    }

    #[test]
    fn importance_weights_count_by_their_ratios(weights in terms(), shift in -100.0..100.0) {
        let n = weights.len() as f64;
        let size = effective_sample_size(&weights);
        prop_assert!((1.0 - 1e-9..=n * (1.0 + 1e-9)).contains(&size), "{} of {}", size, n);
        let shifted: Vec<f64> = weights.iter().map(|w| w + shift).collect();
        prop_assert!(close(effective_sample_size(&shifted), size, 1e-6));
        let (here, there) = (log_likelihood(&weights), log_likelihood(&shifted));
        prop_assert!(close(here.mean + shift, there.mean, 1e-9));
        let curve = importance_curve(&weights);
        let last = curve.last().unwrap();
        prop_assert_eq!((last.k, last.bound), (weights.len(), here));
        // L_1 is the mean of the logarithms, L_n the logarithm of the mean
        prop_assert!(curve[0].bound.mean <= last.bound.mean + 1e-9);
    }

    #[test]
    fn noise_has_an_address_and_no_length(seed: u64, index: [u64; 2], n in 0_usize..40) {
        let long = standard_normal(seed, Purpose::Latent, index, 40).to_vec();
        prop_assert_eq!(standard_normal(seed, Purpose::Latent, index, n).to_vec(), &long[..n]);
        prop_assert_ne!(standard_normal(seed, Purpose::Prior, index, 40).to_vec(), long);
        let uniform = uniform(seed, Purpose::Image, index, n);
        prop_assert!(uniform.iter().all(|u| (0.0..1.0).contains(u)));
    }
}
