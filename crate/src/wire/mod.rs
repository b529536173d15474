//! Options and results of JavaScript calls that have no type of the same form in another layer.

#![cfg_attr(
    not(target_arch = "wasm32"),
    expect(dead_code, reason = "compiled there for the declarations of types alone")
)]

use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::data::Reading;
use crate::engine::{Density, PlaneField, PlaneParticles};
use crate::image::drawing::DEFAULT_BRUSH;
use crate::image::pixels;
use crate::math::inference::Point;
use crate::math::{pca, roc};
use crate::model::manifest::ImageShape;

fn one() -> f64 {
    1.0
}

/// Rows and columns of one image in pixels, and how many images stand in a row.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct Layout {
    pub height: usize,
    pub width: usize,
    pub columns: Option<usize>,
    /// 1 for grey (if absent), 3 for red, green and blue, side by side for each pixel.
    pub channels: Option<usize>,
}

/// How a drawing becomes a digit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct RenderDigitOptions {
    /// Width of the brush in pixels of the result, 0.5 to 8; 2.6, which gives the strokes of MNIST,
    /// if absent.
    pub brush: f64,
}

impl Default for RenderDigitOptions {
    fn default() -> Self {
        Self { brush: DEFAULT_BRUSH }
    }
}

/// How a picture is read.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct DigitFromPixelsOptions {
    /// Looks for no digit, and takes the whole picture between black bars; false if absent.
    pub whole: bool,
}

/// A rectangle of a picture, in its pixels.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Region {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

impl From<pixels::Region> for Region {
    fn from(pixels::Region { x, y, width, height }: pixels::Region) -> Self {
        Self { x, y, width, height }
    }
}

/// What a picture shows.
#[derive(Serialize, Default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct DigitReading {
    /// The digit as MNIST has its own, 28x28 levels row by row; null where not one digit stands
    /// out.
    #[cfg_attr(test, ts(type = "Uint8Array | null"))]
    pub levels: Option<ByteBuf>,
    /// For a picture of 28x28 pixels, its own levels, inverted if its ink is dark.
    #[cfg_attr(test, ts(type = "Uint8Array | null"))]
    pub kept: Option<ByteBuf>,
    /// Why there is no digit: there are several, or nothing looks like strokes of a pen.
    #[cfg_attr(test, ts(type = "\"several\" | \"shapeless\" | null"))]
    pub problem: Option<&'static str>,
    /// Where the digit is, or what may be meant, in the order of reading.
    pub regions: Vec<Region>,
}

/// The properties in which an image of 28x28 levels is, or is not, like MNIST's digits.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct DigitStanding {
    pub is_standard: bool,
    /// The most frequent level outside the ink.
    pub ground: u8,
    /// The greatest level.
    pub peak: u8,
    /// Whether the ground is black and the ink white.
    pub has_range: bool,
    /// Whether there are two levels only.
    pub two_levels: bool,
    /// How far the ink's centre of mass lies to the right of and below pixel (14, 14).
    pub offset: [f64; 2],
    pub is_centred: bool,
    /// The longer side of the ink in pixels.
    pub longest: usize,
    pub has_size: bool,
    /// The image made as MNIST's are; the same levels where it is like them already.
    #[cfg_attr(test, ts(type = "Uint8Array"))]
    pub centred: ByteBuf,
}

/// A file of a data set: images, or labels alone.
#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) enum DataFile {
    Images {
        shape: ImageShape,
        count: usize,
        /// 8-bit levels, image after image.
        #[cfg_attr(test, ts(type = "Uint8Array"))]
        levels: ByteBuf,
        /// One for each image, where the file has a column of them.
        labels: Option<Vec<String>>,
        /// The range in which the values were read: levels 0 to 255, 0 and 1, `[0, 1]` or `[-1,
        /// 1]`.
        #[cfg_attr(test, ts(inline))]
        reading: Reading,
    },
    Labels {
        labels: Vec<String>,
        #[cfg_attr(test, ts(type = "null"))]
        levels: (),
    },
}

/// The receiver operating characteristic of a score for two samples.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Roc {
    /// The probability that a positive has the higher value, one half for equal ones.
    pub auroc: f64,
    /// The standard error by the placements of both samples (DeLong et al. 1988); null if one of
    /// them has a single value.
    pub standard_error: Option<f64>,
    /// Corners from [0, 0] to [1, 1]: the share of negatives, then of positives, at or above a
    /// falling threshold.
    pub points: Vec<[f64; 2]>,
}

impl From<roc::Roc> for Roc {
    fn from(roc::Roc { auroc, standard_error, points }: roc::Roc) -> Self {
        Self { auroc, standard_error, points }
    }
}

/// Orthonormal axes through the mean of points, each with the largest variance that is left.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct PrincipalComponents {
    /// The mean of the points.
    pub mean: Vec<f64>,
    /// Unit vectors whose entry of the largest absolute value is positive; all zeros beyond the
    /// rank of the points.
    pub axes: Vec<Vec<f64>>,
    /// The variance along each axis, with n - 1 in the denominator.
    pub variances: Vec<f64>,
    /// The total variance of all dimensions.
    pub total_variance: f64,
    /// Coordinates along the axes, point after point, relative to the mean.
    pub scores: Vec<f64>,
}

impl From<pca::PrincipalComponents> for PrincipalComponents {
    fn from(found: pca::PrincipalComponents) -> Self {
        let pca::PrincipalComponents { mean, axes, variances, total_variance, scores } = found;
        Self { mean, axes, variances, total_variance, scores }
    }
}

/// A model's scores of an image: its ELBO, the KL of a VAE, the terms of a diffusion model.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "StrangerEvidence", optional_fields))]
pub(crate) struct Evidence {
    pub elbo: f64,
    pub kl: Option<f64>,
    #[cfg_attr(
        test,
        ts(optional, type = "readonly { t: number; logSnr: number; nats: number }[]")
    )]
    pub per_timestep: Option<Vec<Term>>,
}

/// A term of the bound of a diffusion model.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Term {
    pub t: usize,
    pub log_snr: f64,
    pub nats: f64,
}

/// The noise of a draw from the prior of a hierarchical VAE.
#[derive(Default, Deserialize)]
#[serde(default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct GenerateOptions {
    /// One seed per layer, the top one first: integers from 0 to 2^53 - 1.
    pub seeds: Vec<f64>,
}

/// How the plane is painted; colours are written #rrggbb.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct InferencePlane {
    /// Pixels along each side, 16 to 4096.
    pub size: u32,
    /// Pixels per CSS pixel, which thickens lines and dots; 1 if absent.
    #[serde(default = "one")]
    pub pixel_ratio: f64,
    /// Which q to draw, as contours around 50, 80 and 95 % of its mass.
    pub q: Density,
    /// Whether to draw the samples of the next step, and arrows for their gradients by the mean.
    #[serde(default)]
    pub draws: bool,
    pub background: String,
    /// Colour of the target.
    pub target: String,
    /// Colour of q.
    pub accent: String,
    /// Colour of the samples.
    pub ink: String,
}

/// How the plane of a diffusion, the square from -4.5 to 4.5, is painted; colours are written
/// #rrggbb.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
pub(crate) struct DiffusionPlane {
    /// Pixels along each side, 16 to 4096.
    pub size: u32,
    /// Pixels per CSS pixel, which thickens lines and dots; 1 if absent.
    #[serde(default = "one")]
    pub pixel_ratio: f64,
    /// 0 to T.
    pub t: usize,
    /// Nothing is drawn of samplers that have not reached t.
    pub particles: Option<PlaneParticles>,
    pub field: Option<PlaneField>,
    /// The particle whose path is drawn, with its x̂_0 as a ring.
    pub path: Option<usize>,
    /// The x_0 whose kernels at t are drawn, with one and two standard deviations.
    pub point: Option<Point>,
    pub background: String,
    /// Colour of the density.
    pub density: String,
    /// Colour of particles and of what the model says.
    pub accent: String,
    /// Colour of arrows, and of what is true.
    pub ink: String,
}
