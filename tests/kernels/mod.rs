//! The kernels against naive references in f64, over tables of shapes.

mod activations;
mod arrays;
mod convolutions;
mod norms;

use elbo_room::math::rng::{Purpose, standard_normal};

fn normal(length: usize, seed: u64) -> Vec<f32> {
    standard_normal(seed, Purpose::Latent, [0, 0], length).iter().map(|&v| v as f32).collect()
}

/// What tiles of one width and of another give, which are the same bits.
#[track_caller]
fn same([of_one, of_another]: [Vec<f32>; 2]) -> Vec<f32> {
    let bits = |values: &[f32]| values.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
    assert!(bits(&of_one) == bits(&of_another), "{of_one:?} and {of_another:?}");
    of_one
}

#[track_caller]
fn close(what: &str, found: &[f32], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let scale = expected.iter().fold(1.0_f64, |a, b| a.max(b.abs()));
    for (at, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let off = (f64::from(found) - expected).abs();
        assert!(off <= tolerance * scale, "{what}: value {at} is {found}, not {expected}");
    }
}
