//! 8-bit images and the ranges that models see.

use ndarray::{Array1, ArrayView1};

/// Pixel levels 0..=255 to [-1, 1]: x / 127.5 - 1, so that neighbouring levels are 2/255 apart.
#[must_use]
pub fn levels_to_signed(levels: &[u8]) -> Array1<f64> {
    levels.iter().map(|&l| f64::from(l) / 127.5 - 1.0).collect()
}

/// [-1, 1] to the nearest pixel level; what lies outside is clipped, NaN becomes 0.
#[must_use]
pub fn signed_to_levels(x: ArrayView1<'_, f64>) -> Vec<u8> {
    x.iter().map(|&v| nearest_level(127.5 * (v + 1.0))).collect()
}

/// [0, 1] to the nearest pixel level; what lies outside is clipped, NaN becomes 0.
#[must_use]
pub fn unit_to_levels(x: ArrayView1<'_, f64>) -> Vec<u8> {
    x.iter().map(|&v| nearest_level(255.0 * v)).collect()
}

/// Root mean square difference of two images in levels, 0 to 255. They have the same length, at
/// least one pixel.
///
/// # Panics
/// With debug assertions, for images of different lengths or none.
#[must_use]
pub fn rms_difference(a: &[u8], b: &[u8]) -> f64 {
    debug_assert!(a.len() == b.len() && !a.is_empty());
    let squares = a.iter().zip(b).map(|(&a, &b)| u64::from(a.abs_diff(b)).pow(2));
    (squares.sum::<u64>() as f64 / a.len() as f64).sqrt()
}

fn nearest_level(v: f64) -> u8 {
    // a cast from float saturates, which is the clipping
    v.round() as u8
}
