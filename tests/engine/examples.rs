//! The drawings that come with the crate, as images and to the shipped VAE.

use elbo_room::engine::VaeElboOptions;
use elbo_room::image::drawing::{DEFAULT_BRUSH, render_digit};
use elbo_room::image::{ExampleDrawing, example_drawings};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use wasm_bindgen_test::wasm_bindgen_test;

use super::shipped::vae;

fn levels(drawing: &ExampleDrawing) -> Vec<u8> {
    render_digit(&drawing.strokes, DEFAULT_BRUSH).unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn examples_cover_all_digits() {
    let drawings = example_drawings();
    let names: BTreeSet<_> = drawings.iter().map(|d| d.name).collect();
    assert_eq!(names.len(), drawings.len(), "a name is used twice");
    let labels: BTreeSet<_> = drawings.iter().filter_map(|d| d.label).collect();
    assert!(labels.into_iter().eq(0..10), "each digit is among them");
    assert!(drawings.iter().filter(|d| d.label.is_none()).count() >= 4);
    for value in drawings.iter().flat_map(|d| d.strokes.iter().flatten()) {
        assert!((0.0..=1.0).contains(value), "{value} is outside the square");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_digits_have_the_ink_of_mnist() {
    // Mean ink of each class of the training set in pixels, sum of the levels by 255, and its
    // standard deviation.
    const MNIST: [(f64, f64); 10] = [
        (135.95, 33.01),
        (59.58, 17.24),
        (116.80, 29.83),
        (110.96, 29.63),
        (95.15, 25.00),
        (100.94, 29.21),
        (107.64, 29.34),
        (89.79, 24.02),
        (117.72, 30.29),
        (96.11, 25.44),
    ];
    for drawing in example_drawings() {
        let Some(label) = drawing.label else { continue };
        let ink = levels(&drawing).iter().map(|&l| f64::from(l)).sum::<f64>() / 255.0;
        let (mean, deviation) = MNIST[usize::from(label)];
        // A foot makes an ordinary 1 of less ordinary ink.
        assert!(
            (ink - mean).abs() < 1.6 * deviation,
            "{}: {ink} pixels of ink, the class has {mean}",
            drawing.name
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_digits_are_digits_to_the_vae_and_the_rest_is_not() {
    let vae = vae();
    let bound = |drawing: &ExampleDrawing| {
        let options = VaeElboOptions { samples: 16, seed: 1, ..VaeElboOptions::default() };
        vae.elbo(&levels(drawing), &options).unwrap().terms.elbo.mean
    };
    let (digits, odd): (Vec<_>, Vec<_>) =
        example_drawings().into_iter().partition(|d| d.label.is_some());
    let worst = digits.iter().map(bound).fold(f64::INFINITY, f64::min);
    // The test set's mean is -86.8 nats.
    assert!(worst > -100.0, "a digit has a bound of {worst} nats");
    for drawing in &odd {
        let bound = bound(drawing);
        assert!(
            bound < worst,
            "{} has a bound of {bound} nats, better than a digit's {worst}",
            drawing.name
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_same_strokes_give_the_same_bits_on_every_machine() {
    let mut hash = Sha256::new();
    example_drawings().iter().for_each(|drawing| hash.update(levels(drawing)));
    let digest: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    // Of a native build; a drawing or a brush that was changed on purpose changes it.
    assert_eq!(digest, "1a369e6e18ce0f9c01bb9bdf8125e03a36545ca24d374e940caa0c3cca8a17c5");
}
