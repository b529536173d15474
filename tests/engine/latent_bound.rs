//! The bounds of latent-variable models whose log p(x) is known: linear networks and Gaussian
//! noise.

use std::f64::consts::PI;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use elbo_room::engine::{
    Accumulator, Hvae, LatentBound, LatentBoundOptions, LatentBoundResult, ReconstructOptions, Vae,
    VaeElboOptions,
};
use elbo_room::math::elbo::Estimate;
use elbo_room::math::laplace::Sensitivity;
use elbo_room::math::likelihood::Task;
use elbo_room::math::proposal::ProposalKind;
use elbo_room::model::manifest::LatentLayer;
use elbo_room::model::{Decoder, DiagonalGaussian, Encoder, Hierarchy, PixelLikelihood, TopDown};
use elbo_room::{ErrorKind, Result};
use ndarray::{Array1, Array2, ArrayView1, array};
use wasm_bindgen_test::wasm_bindgen_test;

use super::analytic::{FixedPosterior, Linear, image, vae};

/// x = `SLOPE` z + `OFFSET` + `NOISE` ε for every pixel, in units of the 8-bit range.
const SLOPE: f64 = 0.3;
const OFFSET: f64 = 0.4;
const NOISE: f64 = 0.2;
const LEVELS: [u8; 3] = [200, 120, 170];

fn pixels(levels: &[u8]) -> Vec<f64> {
    levels.iter().map(|&l| f64::from(l) / 255.0).collect()
}

fn log_normal(x: f64, mean: f64, variance: f64) -> f64 {
    -0.5 * ((x - mean).powi(2) / variance + (2.0 * PI * variance).ln())
}

/// Pixels with a Gaussian density around one mean.
struct GaussianPixels(f64);

impl PixelLikelihood for GaussianPixels {
    fn log_likelihood(&self, x: &[u8]) -> f64 {
        pixels(x).iter().map(|&x| log_normal(x, self.0, NOISE * NOISE)).sum()
    }

    fn means(&self) -> Array1<f32> {
        Array1::from_elem(LEVELS.len(), self.0 as f32)
    }

    fn sensitivity(&self, x: &[u8]) -> Option<Sensitivity> {
        let precision = 1.0 / (NOISE * NOISE);
        Some(Sensitivity {
            log_likelihood: self.log_likelihood(x),
            parameters: array![self.0],
            score: array![pixels(x).iter().map(|x| (x - self.0) * precision).sum()],
            information: array![x.len() as f64 * precision],
        })
    }
}

struct GaussianDecoder;

impl Decoder for GaussianDecoder {
    fn decode(&self, z: ArrayView1<'_, f32>) -> Result<Box<dyn PixelLikelihood>> {
        Ok(Box::new(GaussianPixels(SLOPE * f64::from(z[0]) + OFFSET)))
    }
}

/// The exact posterior of z ~ N(mean, variance) after seeing the pixels, and log p(x), by the
/// conjugate update pixel by pixel.
fn condition(mut mean: f64, mut variance: f64) -> (f64, f64, f64) {
    let mut log_evidence = 0.0;
    for x in pixels(&LEVELS) {
        let predicted = SLOPE * SLOPE * variance + NOISE * NOISE;
        log_evidence += log_normal(x, SLOPE * mean + OFFSET, predicted);
        let gain = SLOPE * variance / predicted;
        mean += gain * (x - SLOPE * mean - OFFSET);
        variance *= 1.0 - gain * SLOPE;
    }
    (mean, variance, log_evidence)
}

/// A VAE whose q is the exact posterior moved by `shift` of its standard deviations, with `stretch`
/// times its variance.
fn gaussian_vae(shift: f64, stretch: f64) -> Vae {
    let (mean, variance, _) = condition(0.0, 1.0);
    let q = DiagonalGaussian {
        mean: array![mean + shift * variance.sqrt()],
        log_var: array![(stretch * variance).ln()],
    };
    Vae::new(Box::new(FixedPosterior(q)), Arc::new(GaussianDecoder), image(1, 3), Task::EightBit, 1)
}

/// KL(q || p(z|x)) of that VAE.
fn divergence(shift: f64, stretch: f64) -> f64 {
    0.5 * (shift * shift + stretch - stretch.ln() - 1.0)
}

const COUPLING: f64 = 0.8;
const SPREAD: f64 = 0.5;

/// z_1 ~ N(0, 1), z_2 | z_1 ~ N(`COUPLING` z_1, `SPREAD`²), pixels from z_2. Posteriors are exact,
/// but moved by `shift` of their standard deviations.
struct GaussianHierarchy {
    shift: [f64; 2],
}

impl GaussianHierarchy {
    fn hvae(shift: [f64; 2]) -> Hvae {
        let layer = |name: &str| LatentLayer { name: name.into(), shape: vec![1], kl: 1.0 };
        Hvae::new(
            Arc::new(Self { shift }),
            image(1, 3),
            Task::EightBit,
            vec![layer("top"), layer("bottom")],
        )
    }

    /// log p(x): z_2 alone is N(0, `COUPLING`² + `SPREAD`²).
    fn log_evidence() -> f64 {
        condition(0.0, COUPLING * COUPLING + SPREAD * SPREAD).2
    }

    /// q(z_1|x): that of z_2, pulled back through z_1 | z_2.
    fn top() -> (f64, f64) {
        let total = COUPLING * COUPLING + SPREAD * SPREAD;
        let (mean, variance, _) = condition(0.0, total);
        let back = COUPLING / total;
        (back * mean, back * back * variance + 1.0 - back * COUPLING)
    }

    /// E_q KL(q(z_2|z_1, x) || p(z_2|z_1)): what q's mean differs by from the prior's is linear in
    /// z_1.
    fn bottom_kl(shift: [f64; 2]) -> f64 {
        let difference = |z: f64| {
            let (mean, variance, _) = condition(COUPLING * z, SPREAD * SPREAD);
            mean + shift[1] * variance.sqrt() - COUPLING * z
        };
        let slope = difference(1.0) - difference(0.0);
        let (mean, variance) = Self::top();
        let mean = mean + shift[0] * variance.sqrt();
        let square = difference(mean).powi(2) + slope * slope * variance;
        let ratio = condition(0.0, SPREAD * SPREAD).1 / (SPREAD * SPREAD);
        0.5 * (square / (SPREAD * SPREAD) + ratio - ratio.ln() - 1.0)
    }
}

impl Hierarchy for GaussianHierarchy {
    fn encode(&self, x: ArrayView1<'_, f32>) -> Result<Vec<Array1<f32>>> {
        Ok(vec![x.to_owned()])
    }

    fn decode(
        &self,
        features: Option<&[Array1<f32>]>,
        eps: ArrayView1<'_, f32>,
        gate: &[f32],
    ) -> Result<TopDown> {
        assert!(features.is_some() || gate.iter().all(|&g| g == 0.0));
        let mut q = DiagonalGaussian { mean: Array1::zeros(2), log_var: Array1::zeros(2) };
        let mut p = q.clone();
        let mut z = 0.0;
        for layer in 0..2 {
            let (mean, variance) = [(0.0, 1.0), (COUPLING * z, SPREAD * SPREAD)][layer];
            let exact = if layer == 0 {
                Self::top()
            } else {
                let (m, v, _) = condition(mean, variance);
                (m, v)
            };
            let posterior = (exact.0 + self.shift[layer] * exact.1.sqrt(), exact.1.ln());
            let gate = f64::from(gate[layer]);
            (p.mean[layer], p.log_var[layer]) = (mean, variance.ln());
            q.mean[layer] = mean + gate * (posterior.0 - mean);
            q.log_var[layer] = variance.ln() + gate * (posterior.1 - variance.ln());
            z = q.mean[layer] + (0.5 * q.log_var[layer]).exp() * f64::from(eps[layer]);
        }
        Ok(TopDown { pixels: Box::new(GaussianPixels(SLOPE * z + OFFSET)), q, p })
    }
}

fn run(mut bound: Accumulator<LatentBound>) -> LatentBoundResult {
    while bound.step().unwrap() {}
    bound.result().unwrap()
}

fn options(samples: usize, seed: u64) -> LatentBoundOptions {
    with(ProposalKind::Laplace, samples, seed)
}

fn with(proposal: ProposalKind, samples: usize, seed: u64) -> LatentBoundOptions {
    LatentBoundOptions { samples, proposal, seed: Some(seed), ..LatentBoundOptions::default() }
}

#[track_caller]
fn near(estimate: Estimate, truth: f64) {
    let error = estimate.standard_error.unwrap();
    assert!(
        (estimate.mean - truth).abs() < 4.0 * error + 1e-9,
        "{} ± {error}, not {truth}",
        estimate.mean
    );
}

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

#[wasm_bindgen_test(unsupported = test)]
fn any_order_and_any_split_gives_the_bits_of_one_worker() {
    let model = GaussianHierarchy::hvae([0.3, 0.1]);
    let start = || model.bound(&LEVELS, &options(37, 9)).unwrap();
    let alone = run(start());
    let mut main = start();
    let workers = [start(), start(), start()];
    // 36 samples of q in twelve rounds with one wider draw each, and the last sample
    assert_eq!((main.total_evaluations(), alone.samples, alone.draws), (49, 37, 49));
    let mut values: Vec<_> = (0..49).map(|i| (i, workers[i % 3].evaluate(i).unwrap())).collect();
    values.reverse();
    values.swap(3, 30);
    for (count, (index, value)) in values.iter().enumerate() {
        let changed = main.record(*index, value).unwrap();
        // What lies before the first gap is all that counts.
        assert_eq!(changed, main.evaluations() > 0 && *index == 0 || main.is_done(), "{count}");
    }
    assert!(!main.record(5, &values[0].1).unwrap(), "a sample that is there is passed over");
    let shared = main.result().unwrap();
    assert_eq!(format!("{alone:?}"), format!("{shared:?}"));
}

#[wasm_bindgen_test(unsupported = test)]
fn the_encoder_runs_once_for_an_image() {
    struct Counting(Arc<AtomicUsize>);
    impl Encoder for Counting {
        fn encode(&self, _: ArrayView1<'_, f32>) -> Result<DiagonalGaussian> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(DiagonalGaussian { mean: array![0.1], log_var: array![-1.0] })
        }
    }
    let runs = Arc::new(AtomicUsize::new(0));
    let model = Vae::new(
        Box::new(Counting(runs.clone())),
        Arc::new(GaussianDecoder),
        image(1, 3),
        Task::EightBit,
        1,
    );
    assert_eq!(run(model.bound(&LEVELS, &options(100, 1)).unwrap()).samples, 100);
    assert_eq!(runs.load(Ordering::Relaxed), 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn binary_images_come_with_their_binarization() {
    let latents = 19;
    let q = DiagonalGaussian {
        mean: Array1::from_shape_fn(latents, |i| 0.1 * i as f64 - 0.6),
        log_var: Array1::from_shape_fn(latents, |i| -0.07 * i as f64),
    };
    let weights =
        Array2::from_shape_fn((4, latents), |(pixel, latent)| ((pixel + 3 * latent) as f64).sin());
    let model = vae(q, Linear { weights, bias: Array1::zeros(4) }, image(2, 2));
    let levels = [128, 0, 255, 128];
    for seed in 0..20 {
        let bound = run(model.bound(&levels, &options(50, seed)).unwrap());
        let elbo = model
            .elbo(
                &levels,
                &VaeElboOptions { samples: 50, seed: Some(seed), ..VaeElboOptions::default() },
            )
            .unwrap();
        assert_eq!((bound.task, &bound.binarized), (Task::Binarized, &elbo.binarized));
        // from the same samples, to the last bit
        assert_eq!(
            (bound.elbo, bound.reconstruction),
            (elbo.terms.elbo, elbo.terms.reconstruction)
        );
        assert_eq!(
            (bound.kl.mean, bound.kl_per_latent),
            (elbo.terms.kl, Some(elbo.terms.kl_per_latent))
        );
    }
    assert!(
        run(gaussian_vae(0.0, 1.0).bound(&LEVELS, &options(1, 1)).unwrap()).binarized.is_none()
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn generation_follows_the_seeds_of_the_layers() {
    let model = GaussianHierarchy::hvae([0.0; 2]);
    let picture = model.generate(&[1, 2]).unwrap();
    assert_eq!(picture, model.generate(&[1, 2]).unwrap());
    assert_ne!(picture, model.generate(&[1, 3]).unwrap());
    assert_ne!(picture, model.generate(&[3, 2]).unwrap());
    // Means of generated pixels spread as the prior of z_2 does.
    let n = 4000;
    let z: Vec<f64> =
        (0..n).map(|s| (f64::from(model.generate(&[s, s]).unwrap()[0]) - OFFSET) / SLOPE).collect();
    let mean = z.iter().sum::<f64>() / n as f64;
    let variance = z.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / n as f64;
    let truth = COUPLING * COUPLING + SPREAD * SPREAD;
    assert!(mean.abs() < 4.0 * (truth / n as f64).sqrt(), "{mean}");
    assert!((variance / truth - 1.0).abs() < 4.0 * (2.0 / n as f64).sqrt(), "{variance}");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_fewer_layers_see_the_image_the_worse_it_is_reconstructed() {
    let model = GaussianHierarchy::hvae([0.0; 2]);
    let target = pixels(&LEVELS).iter().sum::<f64>() / 3.0;
    let error = |layers| {
        let square = |seed| {
            let options = ReconstructOptions { posterior_layers: Some(layers), seed: Some(seed) };
            (f64::from(model.reconstruct(&LEVELS, &options).unwrap()[0]) - target).powi(2)
        };
        (0..500).map(square).sum::<f64>() / 500.0
    };
    assert!(error(2) < error(1) && error(1) < error(0), "{} {} {}", error(2), error(1), error(0));
}

#[wasm_bindgen_test(unsupported = test)]
fn bad_input_is_refused() {
    let (vae, hvae) = (gaussian_vae(0.0, 1.0), GaussianHierarchy::hvae([0.0; 2]));
    let kind = |bound: Result<Accumulator<LatentBound>>| bound.err().unwrap().kind();
    assert_eq!(kind(vae.bound(&[0; 2], &options(5, 1))), ErrorKind::Shape);
    assert_eq!(kind(hvae.bound(&[0; 4], &options(5, 1))), ErrorKind::Shape);
    assert_eq!(kind(vae.bound(&LEVELS, &options(0, 1))), ErrorKind::Value);
    assert_eq!(kind(hvae.bound(&LEVELS, &options(usize::MAX, 1))), ErrorKind::Value);
    assert_eq!(hvae.generate(&[1]).unwrap_err().kind(), ErrorKind::Shape);
    let options = ReconstructOptions { posterior_layers: Some(3), seed: None };
    assert_eq!(hvae.reconstruct(&LEVELS, &options).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(
        hvae.reconstruct(&[1], &ReconstructOptions::default()).unwrap_err().kind(),
        ErrorKind::Shape
    );

    let mut bound = hvae.bound(&LEVELS, &self::options(3, 1)).unwrap();
    assert!(bound.result().is_none());
    assert_eq!(bound.evaluate(3).unwrap_err().kind(), ErrorKind::Value);
    let values = bound.evaluate(0).unwrap();
    assert_eq!(bound.record(3, &values).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(bound.record(0, &values[..1]).unwrap_err().kind(), ErrorKind::Shape);
    assert_eq!(bound.record(0, &values[..3]).unwrap_err().kind(), ErrorKind::Shape);
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = bound.record(0, &[bad, 0.0, 0.0, 0.0, 0.0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value, "{bad}");
    }
    assert_eq!(bound.evaluations(), 0);
}
