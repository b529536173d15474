//! The bound of a VAE over analytic networks.

use elbo_room::ErrorKind;
use elbo_room::engine::{
    Interpolation, LatentBoundOptions, Vae, VaeElboOptions, interpolate, to_levels,
};
use elbo_room::math::elbo::{Estimate, bits_per_dim};
use elbo_room::math::proposal::ProposalKind;
use elbo_room::model::DiagonalGaussian;
use ndarray::{Array1, Array2, array};
use wasm_bindgen_test::wasm_bindgen_test;

use super::analytic::{Linear, gaussian_mean, image, vae};

const MEAN: [f64; 2] = [0.7, -0.2];
const LOG_VAR: [f64; 2] = [-1.0, 0.3];
/// Fully black and white, so that binarization changes nothing.
const LEVELS: [u8; 4] = [0, 255, 255, 0];

fn model(weights: Array2<f64>) -> Vae {
    let posterior = DiagonalGaussian {
        mean: Array1::from(MEAN.to_vec()),
        log_var: Array1::from(LOG_VAR.to_vec()),
    };
    vae(posterior, Linear { weights, bias: array![0.1, -0.3, 0.5, 0.0] }, image(2, 2))
}

/// Each pixel depends on one latent only, so that its expected log-likelihood is a one-dimensional
/// integral.
fn one_latent_per_pixel() -> Array2<f64> {
    array![[1.5, 0.0], [0.0, -2.0], [0.5, 0.0], [0.0, 0.8]]
}

#[wasm_bindgen_test(unsupported = test)]
fn the_terms_equal_their_integrals() {
    let weights = one_latent_per_pixel();
    let found = model(weights.clone())
        .elbo(&LEVELS, &VaeElboOptions { samples: 20_000, seed: 1, ..VaeElboOptions::default() })
        .unwrap();
    let binarized = found.binarized.unwrap();
    assert_eq!(binarized, [0, 1, 1, 0]);
    let bias = [0.1, -0.3, 0.5, 0.0];
    let reconstruction: f64 = (0..4)
        .map(|pixel| {
            let latent = pixel % 2;
            gaussian_mean(MEAN[latent], (0.5 * LOG_VAR[latent]).exp(), |z| {
                let logit = weights[[pixel, latent]] * z + bias[pixel];
                f64::from(binarized[pixel]) * logit - (1.0 + logit.exp()).ln()
            })
        })
        .sum();
    let kl: f64 =
        (0..2).map(|l| 0.5 * (MEAN[l].powi(2) + LOG_VAR[l].exp() - LOG_VAR[l] - 1.0)).sum();
    let error = found.terms.reconstruction.standard_error.unwrap();
    assert!((found.terms.reconstruction.mean - reconstruction).abs() < 4.0 * error);
    assert!(error < 0.02, "{error}");
    assert!((found.terms.kl - kl).abs() < 1e-12);
    assert!((found.terms.kl_per_latent.iter().sum::<f64>() - kl).abs() < 1e-12);
    assert!((found.terms.elbo.mean - (found.terms.reconstruction.mean - kl)).abs() < 1e-12);
    let bits = -found.terms.elbo.mean / (4.0 * std::f64::consts::LN_2);
    assert!((found.terms.bits_per_dim.mean - bits).abs() < 1e-12);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_posterior_equal_to_the_prior_and_a_decoder_of_coin_flips_cost_ln_2_a_pixel() {
    let prior = DiagonalGaussian { mean: Array1::zeros(2), log_var: Array1::zeros(2) };
    let coin = Linear { weights: Array2::zeros((4, 2)), bias: Array1::zeros(4) };
    let found =
        vae(prior, coin, image(2, 2)).elbo(&LEVELS, &VaeElboOptions::default()).unwrap().terms;
    assert_eq!(found.kl, 0.0);
    assert!((found.bits_per_dim.mean - 1.0).abs() < 1e-12);
    assert!(found.elbo.standard_error.unwrap() < 1e-12);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_seed_reproduces_binarization_and_samples() {
    let model = model(one_latent_per_pixel());
    let grey = [128; 4];
    let options = |seed| VaeElboOptions { samples: 8, seed, ..VaeElboOptions::default() };
    let first = model.elbo(&grey, &options(5)).unwrap();
    let again = model.elbo(&grey, &options(5)).unwrap();
    assert_eq!(
        (first.seed, &first.binarized, first.terms.elbo),
        (5, &again.binarized, again.terms.elbo)
    );
    let binarized: std::collections::BTreeSet<_> =
        (0..40).map(|seed| model.elbo(&grey, &options(seed)).unwrap().binarized).collect();
    assert!(binarized.len() > 8, "{} of the 16 binary images were drawn", binarized.len());
    assert_eq!(model.sample_prior(9), model.sample_prior(9));
    assert_ne!(model.sample_prior(9), model.sample_prior(10));
}

#[wasm_bindgen_test(unsupported = test)]
fn decode_gives_means_image_after_image() {
    let model = model(one_latent_per_pixel());
    let both = model.decode(&[0.0, 0.0, 1.0, -1.0]).unwrap();
    assert_eq!(both.len(), 8);
    let sigmoid = |l: f64| (1.0 / (1.0 + (-l).exp())) as f32;
    for (found, logit) in both.iter().zip([0.1, -0.3, 0.5, 0.0, 1.6, 1.7, 1.0, -0.8]) {
        assert!((found - sigmoid(logit)).abs() < 1e-6, "{found} {logit}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn bad_input_is_refused() {
    let model = model(one_latent_per_pixel());
    assert_eq!(model.decode(&[0.0; 3]).unwrap_err().kind(), ErrorKind::Shape);
    assert_eq!(model.decode(&[]).unwrap_err().kind(), ErrorKind::Shape);
    assert_eq!(model.encode(&[0.0, 0.5, f32::NAN, 1.0]).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(model.encode(&[0.0, 0.5, 1.5, 1.0]).unwrap_err().kind(), ErrorKind::Value);
    let kind = |levels: &[u8], samples| {
        model
            .elbo(levels, &VaeElboOptions { samples, ..VaeElboOptions::default() })
            .unwrap_err()
            .kind()
    };
    assert_eq!(kind(&[0; 5], 1), ErrorKind::Shape);
    assert_eq!(kind(&LEVELS, 0), ErrorKind::Value);
    assert_eq!(kind(&LEVELS, usize::MAX), ErrorKind::Value);
    assert_eq!(to_levels(&[0.5, f32::NAN]).unwrap_err().kind(), ErrorKind::Value);
    assert_eq!(to_levels(&[0.0, 0.5, 1.0]).unwrap(), [0, 128, 255]);
}

#[wasm_bindgen_test(unsupported = test)]
fn interpolation_meets_both_ends_and_refuses_what_lies_outside() {
    let (a, b) = ([1.0, 0.0], [0.0, 2.0]);
    for path in [Interpolation::Linear, Interpolation::Spherical] {
        assert_eq!(interpolate(&a, &b, 0.0, path).unwrap(), a);
        assert_eq!(interpolate(&a, &b, 1.0, path).unwrap(), b);
        for (a, b, position, kind) in [
            (&a[..1], &b[..], 0.5, ErrorKind::Shape),
            (&a[..], &b[..], 1.1, ErrorKind::Value),
            (&a[..], &b[..], f64::NAN, ErrorKind::Value),
            (&[f32::NAN, 0.0][..], &b[..], 0.5, ErrorKind::Value),
        ] {
            assert_eq!(interpolate(a, b, position, path).unwrap_err().kind(), kind);
        }
    }
    assert_eq!(interpolate(&a, &b, 0.5, Interpolation::Linear).unwrap(), [0.5, 1.0]);
}

/// From draws that another route gives one by one.
#[wasm_bindgen_test(unsupported = test)]
fn the_terms_are_those_of_the_draws() {
    let model = model(one_latent_per_pixel());
    let options = VaeElboOptions { samples: 70, seed: 3, ..VaeElboOptions::default() };
    let found = model.elbo(&LEVELS, &options).unwrap();
    let proposal = ProposalKind::Posterior;
    let bound = LatentBoundOptions { samples: 70, seed: 3, proposal, ..Default::default() };
    let bound = model.bound(&LEVELS, &bound).unwrap();
    let log_likelihoods: Vec<f64> = (0..70).map(|i| bound.evaluate(i).unwrap()[0]).collect();
    let terms = &found.terms;
    assert_eq!(terms.reconstruction, Estimate::from_samples(&log_likelihoods));
    assert_eq!(terms.kl, terms.kl_per_latent.iter().sum::<f64>());
    assert_eq!(terms.elbo, terms.reconstruction.linear(1.0, -terms.kl));
    assert_eq!(terms.bits_per_dim, terms.elbo.linear(bits_per_dim(-1.0, 4), 0.0));
    let one = VaeElboOptions { samples: 1, ..options };
    let json = serde_json::to_value(model.elbo(&LEVELS, &one).unwrap()).unwrap();
    assert_eq!(json["klPerLatent"][0], terms.kl_per_latent[0]);
    assert!(json["elbo"]["standardError"].is_null() && json["bitsPerDim"]["mean"].is_number());
}
