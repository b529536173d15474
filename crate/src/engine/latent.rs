//! Latent vectors and pixel means as a page handles them.

use ndarray::Array1;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::levels::unit_to_levels;
use crate::math::interpolate::{along, lerp, slerp};

/// A straight line, or a great circle (Shoemake 1985).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Interpolation {
    /// A straight line.
    Linear,
    /// A great circle (Shoemake 1985), which keeps a typical distance from the origin.
    Spherical,
}

/// The point at `position` (0 at `a`, 1 at `b`) on the path between two latent vectors.
///
/// # Errors
/// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if the vectors differ in length,
/// [`ErrorKind::Value`](crate::ErrorKind::Value) for a position outside `[0, 1]` or a value that is
/// not finite.
pub fn interpolate(a: &[f32], b: &[f32], position: f64, path: Interpolation) -> Result<Vec<f32>> {
    if a.len() != b.len() {
        return Err(Error::shape(
            "b",
            format_args!("{} values", b.len()),
            format_args!("the {} of a, as both must be latents of one model", a.len()),
        ));
    }
    if !(0.0..=1.0).contains(&position) {
        return Err(Error::value("position", position, "0 to 1"));
    }
    if let Some(bad) = a.iter().chain(b).find(|v| !v.is_finite()) {
        return Err(Error::value("a latent", bad, "finite"));
    }
    Ok(match path {
        Interpolation::Linear => lerp(a, b, position),
        Interpolation::Spherical => slerp(a, b, position),
    })
}

/// The points at `positions` (0 at its beginning, 1 at its end, in proportion to the length of the
/// path) on a polyline through latent vectors laid end to end; the points come end to end likewise.
///
/// # Errors
/// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if the length of `path` is 0 or not a multiple of
/// `dimensions`, [`ErrorKind::Value`](crate::ErrorKind::Value) for a position outside `[0, 1]` or a
/// value that is not finite.
pub fn along_path(path: &[f32], dimensions: usize, positions: &[f64]) -> Result<Vec<f32>> {
    if dimensions == 0 || path.is_empty() || !path.len().is_multiple_of(dimensions) {
        return Err(Error::shape(
            "the path",
            format_args!("{} values", path.len()),
            format_args!("one or more points of {dimensions} coordinates each, at least one"),
        ));
    }
    if let Some(bad) = path.iter().find(|v| !v.is_finite()) {
        return Err(Error::value("a coordinate of the path", bad, "finite"));
    }
    if let Some(bad) = positions.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(Error::value("a position", bad, "0 to 1"));
    }
    Ok(along(path, dimensions, positions))
}

/// Pixel means in `[0, 1]` as 8-bit levels.
///
/// # Errors
/// [`ErrorKind::Value`](crate::ErrorKind::Value) for a value that is NaN or outside `[0, 1]`.
pub fn to_levels(means: &[f32]) -> Result<Vec<u8>> {
    if let Some(at) = means.iter().position(|v| !(0.0..=1.0).contains(v)) {
        return Err(Error::value(
            format_args!("value {at}"),
            means[at],
            "in [0, 1], as pixel means are",
        ));
    }
    Ok(unit_to_levels(Array1::from_iter(means.iter().map(|&v| f64::from(v))).view()))
}
