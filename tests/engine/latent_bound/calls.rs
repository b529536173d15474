//! Orders of evaluation, seeds, and what is refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use elbo_room::engine::{Accumulator, LatentBound, ReconstructOptions, Vae, VaeElboOptions};
use elbo_room::math::likelihood::Task;
use elbo_room::model::{DiagonalGaussian, Encoder};
use elbo_room::{ErrorKind, Result};
use ndarray::{Array1, Array2, ArrayView1, array};
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::analytic::{Linear, image, vae};
use super::{
    COUPLING, GaussianDecoder, GaussianHierarchy, LEVELS, OFFSET, SLOPE, SPREAD, gaussian_vae,
    options, pixels, run,
};

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
            .elbo(&levels, &VaeElboOptions { samples: 50, seed, ..VaeElboOptions::default() })
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
            let options = ReconstructOptions { posterior_layers: Some(layers), seed };
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
    let options = ReconstructOptions { posterior_layers: Some(3), seed: 0 };
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
