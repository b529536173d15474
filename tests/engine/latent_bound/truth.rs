//! What is estimated against what is known in closed form.

use elbo_room::engine::{Accumulator, LatentBound, LatentBoundResult, VaeElboOptions};
use elbo_room::math::elbo::Estimate;
use elbo_room::math::proposal::ProposalKind;
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    GaussianHierarchy, LEVELS, condition, divergence, gaussian_vae, near, options, run, with,
};

/// Bounds of a VAE and of a hierarchy, whose q misses the posterior by a known divergence, with log
/// p(x) and that divergence.
fn cases() -> [(LatentBoundResult, f64, f64); 2] {
    let vae = gaussian_vae(0.6, 1.3).bound(&LEVELS, &options(20_000, 1)).unwrap();
    let hvae = GaussianHierarchy::hvae([0.5, -0.4]).bound(&LEVELS, &options(20_000, 2)).unwrap();
    [
        (run(vae), condition(0.0, 1.0).2, divergence(0.6, 1.3)),
        (run(hvae), GaussianHierarchy::log_evidence(), 0.5 * (0.5 * 0.5 + 0.4 * 0.4)),
    ]
}

#[wasm_bindgen_test(unsupported = test)]
fn every_bound_equals_its_closed_form() {
    for (found, log_evidence, divergence) in cases() {
        near(found.elbo, log_evidence - divergence);
        near(found.importance[0].bound, log_evidence - divergence);
        near(found.log_likelihood, log_evidence);
        near(found.gap, divergence);
        assert!(found.log_likelihood.standard_error.unwrap() < 0.02);
        assert!(found.reliable && found.estimates.iter().all(|e| e.reliable));
        assert!(found.estimates.iter().all(|e| e.effective_sample_size > 1000.0));
        assert!((found.reconstruction.mean - found.kl.mean - found.elbo.mean).abs() < 1e-9);
        let layers: f64 = found.layers.iter().map(|l| l.kl.mean).sum();
        assert!((layers - found.kl.mean).abs() < 1e-9);
        let bits = -found.elbo.mean / (3.0 * std::f64::consts::LN_2);
        assert!((found.bits_per_dim.mean - bits).abs() < 1e-12);
        for pair in found.importance.windows(2) {
            let noise =
                pair[0].bound.standard_error.unwrap().hypot(pair[1].bound.standard_error.unwrap());
            assert!(pair[1].bound.mean > pair[0].bound.mean - 3.0 * noise, "{pair:?}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_kl_of_a_vae_is_exact_and_that_of_a_hierarchy_is_told_by_layer() {
    let [(vae, ..), (hvae, ..)] = cases();
    let (mean, variance, _) = condition(0.0, 1.0);
    let (mean, variance) = (mean + 0.6 * variance.sqrt(), 1.3 * variance);
    let kl = 0.5 * (mean * mean + variance - variance.ln() - 1.0);
    assert!((vae.kl.mean - kl).abs() < 1e-12);
    assert_eq!((vae.kl.standard_error, vae.kl_per_latent), (Some(0.0), Some(vec![vae.kl.mean])));
    assert_eq!(vae.layers.len(), 1);
    let names: Vec<&str> = hvae.layers.iter().map(|l| &*l.name).collect();
    assert_eq!((names, hvae.kl_per_latent), (vec!["top", "bottom"], None));
    // The top layer's KL does not depend on a draw, so it is exact too.
    let (mean, variance) = GaussianHierarchy::top();
    let mean = mean + 0.5 * variance.sqrt();
    let kl = 0.5 * (mean * mean + variance - variance.ln() - 1.0);
    assert!((hvae.layers[0].kl.mean - kl).abs() < 1e-9);
    near(hvae.layers[1].kl, GaussianHierarchy::bottom_kl([0.5, -0.4]));
    assert!((1e-6..0.02).contains(&hvae.layers[1].kl.standard_error.unwrap()));
}

#[wasm_bindgen_test(unsupported = test)]
fn an_exact_posterior_leaves_no_gap_and_equal_weights() {
    let alone = VaeElboOptions { samples: 200, seed: 4, ..VaeElboOptions::default() };
    let elbo = gaussian_vae(0.0, 1.0).elbo(&LEVELS, &alone).unwrap().terms.elbo;
    near(elbo, condition(0.0, 1.0).2);
    for (bound, log_evidence) in [
        (gaussian_vae(0.0, 1.0).bound(&LEVELS, &options(200, 3)).unwrap(), condition(0.0, 1.0).2),
        (
            GaussianHierarchy::hvae([0.0; 2]).bound(&LEVELS, &options(200, 3)).unwrap(),
            GaussianHierarchy::log_evidence(),
        ),
    ] {
        let found = run(bound);
        let plain = &found.estimates[1];
        assert_eq!((plain.proposal, plain.draws), (ProposalKind::Posterior, 200));
        assert!((plain.effective_sample_size - 200.0).abs() < 1e-3);
        assert!(plain.reliable, "weights that are all alike have no tail: {plain:?}");
        for bound in &found.importance {
            assert!(
                (bound.bound.mean - log_evidence).abs() < 1e-5,
                "{bound:?}, not {log_evidence}"
            );
        }
        near(found.elbo, log_evidence);
    }
}

#[cfg_attr(target_arch = "wasm32", ignore = "takes seconds, and nothing in it is of one target")]
#[wasm_bindgen_test(unsupported = test)]
fn intervals_cover_the_truth() {
    let (vae, hvae) = (gaussian_vae(0.4, 1.2), GaussianHierarchy::hvae([0.3, 0.3]));
    let covers = |e: Estimate, truth: f64| {
        u32::from((e.mean - truth).abs() < 1.96 * e.standard_error.unwrap())
    };
    let mut covered = [0; 7];
    for seed in 0..400 {
        let first = run(vae.bound(&LEVELS, &options(1000, seed)).unwrap());
        let second = run(hvae.bound(&LEVELS, &options(1000, seed)).unwrap());
        covered[6] += covers(second.layers[1].kl, GaussianHierarchy::bottom_kl([0.3, 0.3]));
        let cases = [
            (first, condition(0.0, 1.0).2, divergence(0.4, 1.2)),
            (second, GaussianHierarchy::log_evidence(), 0.3 * 0.3),
        ];
        for (i, (found, log_evidence, divergence)) in cases.into_iter().enumerate() {
            covered[3 * i] += covers(found.elbo, log_evidence - divergence);
            covered[3 * i + 1] += covers(found.log_likelihood, log_evidence);
            covered[3 * i + 2] += covers(found.gap, divergence);
        }
    }
    for count in covered {
        assert!((368..=392).contains(&count), "{covered:?} of 400 intervals cover the truth");
    }
}

/// The ELBO and the curve of L_K are made of q's samples alone, whatever else is drawn.
#[wasm_bindgen_test(unsupported = test)]
fn the_elbo_stays_that_of_q() {
    use ProposalKind::{Defensive, Fitted, Laplace, Posterior};
    let vae = gaussian_vae(0.6, 1.3);
    let hvae = GaussianHierarchy::hvae([0.5, -0.4]);
    let all = |bound: &dyn Fn(ProposalKind) -> Accumulator<LatentBound>| {
        [Posterior, Defensive, Laplace, Fitted].map(|kind| run(bound(kind)))
    };
    for [posterior, defensive, laplace, fitted] in [
        all(&|kind| vae.bound(&LEVELS, &with(kind, 500, 4)).unwrap()),
        all(&|kind| hvae.bound(&LEVELS, &with(kind, 500, 4)).unwrap()),
    ] {
        assert_eq!((posterior.samples, posterior.draws, posterior.estimates.len()), (500, 500, 1));
        assert_eq!((defensive.samples, defensive.draws), (500, 666));
        for other in [&defensive, &laplace, &fitted] {
            assert_eq!(other.elbo, posterior.elbo);
            assert_eq!(other.kl, posterior.kl);
            assert_eq!(other.importance, posterior.importance);
            assert_eq!(
                format!("{:?}", other.estimates[1]),
                format!("{:?}", posterior.estimates[0]),
                "plain q stands beside the proposal"
            );
        }
    }
}

/// A q far too narrow: its weights have no variance, and k̂ says so. With the mixtures they have.
#[wasm_bindgen_test(unsupported = test)]
fn a_proposal_mends_what_plain_q_cannot_see() {
    use ProposalKind::{Defensive, Fitted, Laplace, Posterior};
    let (log_evidence, narrow) = (condition(0.0, 1.0).2, gaussian_vae(1.0, 0.3));
    let found = |kind| run(narrow.bound(&LEVELS, &with(kind, 4000, 6)).unwrap());
    let plain = found(Posterior);
    // p(z|x)/q has 1/k moments with k = 1 - 0.3 where the posterior is 1/0.3 times as wide
    let shape = plain.estimates[0].pareto.as_ref().unwrap().shape;
    assert!((0.5..1.0).contains(&shape) && !plain.reliable, "{shape}");
    let [laplace, fitted] = [Laplace, Fitted].map(found);
    for mended in [&laplace, &fitted] {
        assert!(mended.reliable && mended.estimates[0].pareto.as_ref().unwrap().shape < 0.3);
        assert!(mended.log_likelihood.standard_error.unwrap() < 0.02);
        near(mended.log_likelihood, log_evidence);
        near(mended.gap, divergence(1.0, 0.3));
    }
    let defensive = found(Defensive);
    let shapes = [&plain, &defensive].map(|r| r.estimates[0].pareto.as_ref().unwrap().shape);
    assert!(shapes[1] < shapes[0] - 0.1, "{shapes:?}");
    let errors = [&plain, &defensive, &laplace].map(|r| r.log_likelihood.standard_error.unwrap());
    assert!(errors[2] < errors[1] && errors[1] < errors[0], "{errors:?}");
}

/// For a linear network and Gaussian noise the mode and the curvature are those of the posterior:
/// with the proposal's own draws alone the weights would be those of a Gaussian 1.3 times as wide.
#[cfg_attr(target_arch = "wasm32", ignore = "takes seconds, and nothing in it is of one target")]
#[wasm_bindgen_test(unsupported = test)]
fn intervals_cover_the_truth_with_every_proposal() {
    let narrow = gaussian_vae(0.4, 0.8);
    let truth = (condition(0.0, 1.0).2, divergence(0.4, 0.8));
    for kind in [ProposalKind::Defensive, ProposalKind::Laplace, ProposalKind::Fitted] {
        let mut covered = [0; 2];
        for seed in 0..400 {
            let found = run(narrow.bound(&LEVELS, &with(kind, 300, seed)).unwrap());
            for (count, (estimate, truth)) in
                covered.iter_mut().zip([(found.log_likelihood, truth.0), (found.gap, truth.1)])
            {
                let error = estimate.standard_error.unwrap();
                *count += u32::from((estimate.mean - truth).abs() < 1.96 * error);
            }
        }
        for count in covered {
            assert!((366..=393).contains(&count), "{covered:?} of 400 with {kind:?}");
        }
    }
}
