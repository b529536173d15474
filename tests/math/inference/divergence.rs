use super::{members, over_the_plane, targets};
use crate::math::common::assert_close;
use elbo_room::math::inference::exact::{exact, forward_kl};
use elbo_room::math::inference::forward::forward_fit;
use elbo_room::math::inference::gradient::{GradientEstimator, estimate};
use elbo_room::math::inference::target::{GAUSSIAN_CORRELATION, GAUSSIAN_STD, Target, TargetKind};
use elbo_room::math::inference::variational::{Family, Gaussian, Mixture};
use elbo_room::math::rng::{Purpose, standard_normal};
use wasm_bindgen_test::wasm_bindgen_test;

fn one(component: Gaussian) -> Mixture {
    Mixture { weights: vec![1.0], components: vec![component] }
}

/// KL(q || p) of mean-field Gaussians with the same or the inverse precisions as a Gaussian p with
/// correlation ρ.
fn lost_by_independence() -> f64 {
    -0.5 * (1.0 - GAUSSIAN_CORRELATION * GAUSSIAN_CORRELATION).ln()
}

#[wasm_bindgen_test(unsupported = test)]
fn log_z_minus_the_bound_is_the_divergence() {
    for (kind, target) in targets() {
        let log_z = target.log_z();
        for (family, q) in members() {
            let kl = over_the_plane(kind, |z| {
                let log_q = q.log_density(z);
                if log_q < -500.0 {
                    0.0
                } else {
                    log_q.exp() * (log_q - target.log_density(z) + log_z)
                }
            });
            let gap = log_z - exact(&target, family, &q).elbo;
            assert!((gap - kl).abs() < 1e-3, "{kind:?}, {q:?}: {gap} is not {kl}");
            assert!(gap > 0.0);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_stratified_bound_is_that_of_quadrature() {
    const DRAWS: usize = 20_000;
    for (kind, target) in targets() {
        for (family, q) in members() {
            let noise =
                |k| standard_normal(9, Purpose::Variational, [0, k as u64], 2 * DRAWS).to_vec();
            let noise: Vec<_> = (0..q.components.len()).map(noise).collect();
            let drawn =
                estimate(GradientEstimator::Reparameterized, &target, family, &q, &noise).elbo;
            let error = drawn.standard_error.unwrap();
            let elbo = exact(&target, family, &q).elbo;
            assert!(
                (drawn.mean - elbo).abs() < 4.5 * error,
                "{kind:?}, {q:?}: {drawn:?} is not {elbo}"
            );
            assert!(error < 0.05 * elbo.abs().max(10.0), "too coarse to see an error: {drawn:?}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_mean_field_optimum_of_the_correlated_gaussian_has_its_closed_form() {
    // σ_i² = 1 / Λ_ii (Bishop 2006, eq. 10.12 ff.): too narrow by √(1 - ρ²).
    let target = Target::new(TargetKind::CorrelatedGaussian);
    let narrow = (1.0 - GAUSSIAN_CORRELATION * GAUSSIAN_CORRELATION).sqrt();
    let q = one(Gaussian::diagonal([0.0, 0.0], GAUSSIAN_STD.map(|s| s * narrow)));
    let found = exact(&target, Family::MeanField, &q);
    assert!(found.gradient.iter().flatten().all(|g| g.abs() < 1e-6), "{:?}", found.gradient);
    assert_close(target.log_z() - found.elbo, lost_by_independence(), 1e-6, "gap");
    // and any other is worse
    for (_, other) in members().iter().take(2) {
        assert!(exact(&target, Family::MeanField, other).elbo < found.elbo);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_family_that_holds_the_target_closes_the_gap() {
    let target = Target::new(TargetKind::CorrelatedGaussian);
    let [s1, s2] = GAUSSIAN_STD;
    let p = one(Gaussian::with_covariance(
        [0.0, 0.0],
        [s1 * s1, GAUSSIAN_CORRELATION * s1 * s2, s2 * s2],
    ));
    let found = exact(&target, Family::FullCovariance, &p);
    assert_close(found.elbo, target.log_z(), 1e-12, "bound");
    assert!(found.gradient.iter().flatten().all(|g| g.abs() < 1e-6), "{:?}", found.gradient);
    let nodes = target.nodes();
    assert_close(forward_kl(&target, &nodes, target.log_z(), &p), 0.0, 1e-12, "KL(p || q)");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_other_divergence_takes_the_moments() {
    let target = Target::new(TargetKind::CorrelatedGaussian);
    let nodes = target.nodes();
    let full = forward_fit(&nodes, Family::FullCovariance, 1);
    assert_close(forward_kl(&target, &nodes, target.log_z(), &full), 0.0, 1e-9, "full covariance");
    let independent = forward_fit(&nodes, Family::MeanField, 1);
    let [std_1, _, std_2] = independent.components[0].cholesky;
    assert_close(std_1, GAUSSIAN_STD[0], 1e-6, "first standard deviation");
    assert_close(std_2, GAUSSIAN_STD[1], 1e-6, "second");
    let divergence = forward_kl(&target, &nodes, target.log_z(), &independent);
    assert_close(divergence, lost_by_independence(), 1e-6, "KL(p || q)");
}

#[wasm_bindgen_test(unsupported = test)]
fn mixtures_find_the_components_that_there_are() {
    for (kind, components) in [(TargetKind::TwoGaussians, 2), (TargetKind::FiveGaussians, 5)] {
        let target = Target::new(kind);
        let nodes = target.nodes();
        let q = forward_fit(&nodes, Family::Mixture, components);
        let divergence = forward_kl(&target, &nodes, target.log_z(), &q);
        assert!(divergence.abs() < 1e-3, "{kind:?}: {divergence}, {q:?}");
        assert_close(q.weights.iter().sum(), 1.0, 1e-9, "weights");
    }
}

/// KL(p || q) by a sum over the plane, and no neighbour in the family is better.
#[wasm_bindgen_test(unsupported = test)]
fn forward_fits_are_minima() {
    for (kind, target) in targets() {
        let (nodes, log_z) = (target.nodes(), target.log_z());
        for (family, components) in
            [(Family::MeanField, 1), (Family::FullCovariance, 1), (Family::Mixture, 3)]
        {
            let q = forward_fit(&nodes, family, components);
            assert_eq!(q.components.len(), components);
            let divergence = forward_kl(&target, &nodes, log_z, &q);
            if kind != TargetKind::Funnel {
                let kl = over_the_plane(kind, |z| {
                    let log_p = target.log_density(z) - log_z;
                    log_p.exp() * (log_p - q.log_density(z).max(-1e6))
                });
                assert_close(divergence, kl, 1e-4, &format!("{kind:?}, {family:?}"));
            }
            for k in 0..components {
                for i in (0..6).filter(|&i| family.free()[i]) {
                    for by in [-0.05, 0.05] {
                        let mut parameters = q.parameters();
                        parameters[k][i] += by;
                        let other = forward_kl(
                            &target,
                            &nodes,
                            log_z,
                            &Mixture::from_parameters(&parameters),
                        );
                        assert!(
                            other > divergence - 1e-6,
                            "{kind:?}, {family:?}: {other} is below {divergence}"
                        );
                    }
                }
            }
        }
    }
}

/// What the lab is there to show: one divergence seeks a mode, the other covers the mass.
#[wasm_bindgen_test(unsupported = test)]
fn the_bound_prefers_a_mode_and_the_other_divergence_the_mass() {
    let target = Target::new(TargetKind::TwoGaussians);
    let nodes = target.nodes();
    let mode = one(Gaussian::diagonal([-1.7, -1.0], [0.8, 0.8]));
    let cover = forward_fit(&nodes, Family::MeanField, 1);
    let (log_z, elbo) = (target.log_z(), |q: &Mixture| exact(&target, Family::MeanField, q).elbo);
    assert!(elbo(&mode) > elbo(&cover) + 0.1);
    assert!(
        forward_kl(&target, &nodes, log_z, &cover)
            < forward_kl(&target, &nodes, log_z, &mode) - 1.0
    );
    // A mode with share w of the mass, well apart from the rest, costs -log w.
    assert_close(log_z - elbo(&mode), -(0.6_f64.ln()), 0.02, "gap at the mode");
}
