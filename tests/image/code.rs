//! Adaptive code lengths against their closed forms.

use elbo_room::image::code::{binary_code_length, level_code_length};
use elbo_room::image::resample::Size;
use elbo_room::math::rng::{Purpose, uniform};
use libm::{exp, lgamma, log};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::math::common::assert_close;

const PI: f64 = std::f64::consts::PI;

/// The Krichevsky-Trofimov code of a sequence with so many zeros and ones, in whatever order:
/// -log B(zeros + 1/2, ones + 1/2) / π.
fn closed_form(zeros: u32, ones: u32) -> f64 {
    let [a, b] = [zeros, ones].map(|n| f64::from(n) + 0.5);
    log(PI) + lgamma(a + b) - lgamma(a) - lgamma(b)
}

fn grey(height: usize, width: usize) -> Size {
    Size { channels: 1, height, width }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_binary_image_costs_the_closed_form_of_the_counts_of_each_neighbourhood() {
    let size = grey(9, 13);
    let noise = uniform(3, Purpose::Prior, [0, 0], 117);
    let bits: Vec<u8> = noise.iter().map(|u| u8::from(*u < 0.3)).collect();
    let at = |row: i32, column: i32| {
        let inside = (0..9).contains(&row) && (0..13).contains(&column);
        if inside { bits[(row * 13 + column) as usize] } else { 0 }
    };
    let mut counts = std::collections::BTreeMap::new();
    for row in 0..9 {
        for column in 0..13 {
            let around =
                [(0, -1), (-1, -1), (-1, 0), (-1, 1)].map(|(r, c)| at(row + r, column + c));
            let count: &mut [u32; 2] = counts.entry(around).or_default();
            count[usize::from(at(row, column))] += 1;
        }
    }
    assert!(counts.len() > 10, "most neighbourhoods occur");
    let expected: f64 = counts.values().map(|[zeros, ones]| closed_form(*zeros, *ones)).sum();
    assert_close(binary_code_length(&bits, size), expected, 1e-12, "random pixels");
}

#[wasm_bindgen_test(unsupported = test)]
fn black_images_cost_the_closed_form_of_one_decision() {
    let size = grey(28, 28);
    let expected = closed_form(784, 0);
    assert_close(binary_code_length(&[0; 784], size), expected, 1e-12, "binary");
    assert_close(level_code_length(&[0; 784], size), expected, 1e-12, "8-bit");
    let colour = Size { channels: 3, ..size };
    let expected = closed_form(3 * 784, 0);
    assert_close(level_code_length(&[0; 3 * 784], colour), expected, 1e-12, "colour");
}

/// A single pixel has no neighbours, so its prediction is 0: a decision of one half for being 0,
/// others for each bit that the folded difference is longer, and the lower bits as they are.
#[wasm_bindgen_test(unsupported = test)]
fn a_single_level_costs_by_how_far_it_is_from_0() {
    for (level, bits) in [(0, 1), (1, 4), (255, 2), (2, 6), (254, 4), (127, 15), (128, 15)] {
        let cost = level_code_length(&[level], grey(1, 1)) / std::f64::consts::LN_2;
        assert_close(cost, f64::from(bits), 1e-12, "bits");
    }
}

/// Kraft's sum: what the code gives to all images of two pixels is a probability distribution.
#[wasm_bindgen_test(unsupported = test)]
fn the_probabilities_of_all_images_add_up_to_one() {
    for size in [grey(1, 2), grey(2, 1)] {
        let all = (0..=u16::MAX).map(|pair| exp(-level_code_length(&pair.to_be_bytes(), size)));
        assert_close(all.sum(), 1.0, 1e-10, "8-bit images");
    }
    let all = (0..1_u16 << 9).map(|image| {
        let bits: Vec<u8> = (0..9).map(|bit| (image >> bit & 1) as u8).collect();
        exp(-binary_code_length(&bits, grey(3, 3)))
    });
    assert_close(all.sum(), 1.0, 1e-12, "binary images");
}

#[wasm_bindgen_test(unsupported = test)]
fn smooth_images_are_shorter_than_noise() {
    let size = grey(28, 28);
    let ramp: Vec<u8> = (0..784).map(|i| (4 * (i % 28) + 3 * (i / 28)) as u8).collect();
    let noise: Vec<u8> =
        uniform(1, Purpose::Prior, [0, 0], 784).iter().map(|u| (256.0 * u) as u8).collect();
    let bits = |image: &[u8]| level_code_length(image, size) / std::f64::consts::LN_2 / 784.0;
    assert!(bits(&ramp) < 3.0, "{} bits a pixel", bits(&ramp));
    assert!((8.0..9.5).contains(&bits(&noise)), "{} bits a pixel", bits(&noise));
}
