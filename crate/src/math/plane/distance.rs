//! How far samples are from the data.

use super::{Point, square_distance};

/// The squared energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| of two distributions, from
/// independent draws of each (Székely & Rizzo 2013); 0 only if they are the same.
///
/// The estimate is unbiased, so that equal distributions give small values of either sign. At least
/// two draws of each are needed.
///
/// # Panics
/// With debug assertions, for fewer than two draws of either.
#[must_use]
pub fn energy_distance(a: &[Point], b: &[Point]) -> f64 {
    debug_assert!(a.len() > 1 && b.len() > 1);
    let across = sum_of_distances(a, b) / (a.len() * b.len()) as f64;
    let within = |points: &[Point]| {
        let pairs = points.len() as f64 * (points.len() as f64 - 1.0);
        sum_of_distances(points, points) / pairs
    };
    2.0 * across - within(a) - within(b)
}

fn sum_of_distances(a: &[Point], b: &[Point]) -> f64 {
    let from = |x: &Point| b.iter().map(|y| square_distance(*x, *y).sqrt()).sum::<f64>();
    a.iter().map(from).sum()
}
