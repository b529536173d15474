//! Any picture of a digit as a digit of MNIST: what is ink, and where it goes.

use super::drawing::{INK_BOX, SIDE, centred_levels};
use super::resample;
use crate::error::{Error, Result};

/// Most pixels of a picture.
pub const MAX_PIXELS: usize = 1 << 24;

/// Least difference between ink and background, in levels: less is noise.
const LEAST_CONTRAST: f64 = 24.0;

/// A picture as a digit of MNIST, 28x28 levels row by row. `rgba` are the pixels of an `ImageData`,
/// row by row.
///
/// Colours become luminance (ITU-R BT.709), over white where they are transparent, or over black if
/// nothing could be seen on white. The two sides of the threshold of Otsu 1979 are ink and
/// background, which is the one that most of the picture's edge shows; it may be the lighter or the
/// darker one. What differs from the background by less than its own noise is background too. The
/// ink is scaled and centred as in [`render_digit`](super::drawing::render_digit), but its strokes
/// keep their thickness. A picture of 28x28 pixels is a digit already: its levels are kept,
/// inverted if its ink is dark.
///
/// # Errors
/// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if there are not four bytes for every pixel,
/// [`ErrorKind::Value`](crate::ErrorKind::Value) for a picture of more than [`MAX_PIXELS`], or one
/// that shows nothing.
pub fn digit_from_pixels(rgba: &[u8], width: usize, height: usize) -> Result<Vec<u8>> {
    let pixels = width.checked_mul(height).filter(|&pixels| pixels <= MAX_PIXELS).ok_or_else(|| {
        Error::value(format!("the picture has {width}x{height} pixels, the most is {MAX_PIXELS}: scale it down first"))
    })?;
    if rgba.len() != 4 * pixels {
        return Err(Error::shape(format!(
            "the picture has {} bytes, {width}x{height} pixels in RGBA take {}",
            rgba.len(),
            4 * pixels
        )));
    }
    let (grey, ink) = [255.0, 0.0]
        .into_iter()
        .find_map(|ground| {
            let grey = luminance(rgba, ground);
            let ink = Ink::find(&grey, width)?;
            Some((grey, ink))
        })
        .ok_or_else(|| {
            Error::value("nothing is drawn: the picture has the same brightness everywhere")
        })?;
    if (width, height) == (SIDE, SIDE) {
        let dark_ink = ink.full < ink.background;
        return Ok(grey.into_iter().map(|v| if dark_ink { 255 - v } else { v }).collect());
    }
    let amounts: Vec<f64> = (0..=255).map(|level| ink.amount(f64::from(level))).collect();
    Ok(centred_levels(&fit(&grey, width, &amounts)))
}

/// The luminance of each pixel over an opaque ground.
fn luminance(rgba: &[u8], ground: f64) -> Vec<u8> {
    let of = |pixel: &[u8]| {
        let [r, g, b, alpha] = [0, 1, 2, 3].map(|channel| f64::from(pixel[channel]));
        let opaque = resample::luminance(r, g, b);
        (ground + (opaque - ground) * alpha / 255.0).round() as u8
    };
    rgba.chunks_exact(4).map(of).collect()
}

/// Levels that tell ink from background.
struct Ink {
    /// The background's level.
    background: f64,
    /// The level of solid ink.
    full: f64,
    /// What a level may differ from the background and be background still.
    noise: f64,
}

impl Ink {
    /// None if the picture has too little contrast to show anything.
    fn find(grey: &[u8], width: usize) -> Option<Self> {
        let mut counts = [0u64; 256];
        grey.iter().for_each(|&v| counts[usize::from(v)] += 1);
        let threshold = otsu_threshold(&counts)?;
        let is_light = |v: u8| usize::from(v) > threshold;
        let height = grey.len() / width;
        let edge = grey.iter().enumerate().filter(|(at, _)| {
            let (row, column) = (at / width, at % width);
            row == 0 || column == 0 || row + 1 == height || column + 1 == width
        });
        let (light, dark): (Vec<u8>, Vec<u8>) = edge.map(|(_, &v)| v).partition(|&v| is_light(v));
        let (dark_levels, light_levels) = counts.split_at(threshold + 1);
        let dark_median = quantile(dark_levels, 0.5) as f64;
        let light_median = (threshold + 1 + quantile(light_levels, 0.5)) as f64;
        // Solid ink is darker, or lighter, than most of a thin stroke, whose pixels are mixed with
        // background.
        let (background, full, levels) = if light.len() >= dark.len() {
            (light_median, quantile(dark_levels, 0.25) as f64, threshold + 1..256)
        } else {
            (dark_median, (threshold + 1 + quantile(light_levels, 0.75)) as f64, 0..threshold + 1)
        };
        let contrast = (full - background).abs();
        let mut deviations = [0u64; 256];
        levels.for_each(|level| {
            deviations[(level as f64 - background).abs() as usize] += counts[level]
        });
        // six median deviations are four standard deviations of Gaussian noise
        let noise = (6.0 * quantile(&deviations, 0.5) as f64).min(0.5 * contrast);
        (contrast >= LEAST_CONTRAST).then_some(Self { background, full, noise })
    }

    /// The share of ink in a pixel of this level.
    fn amount(&self, level: f64) -> f64 {
        let contrast = self.full - self.background;
        let difference = (level - self.background) * contrast.signum();
        ((difference - self.noise) / (contrast.abs() - self.noise)).clamp(0.0, 1.0)
    }
}

/// The level up to which a pixel belongs to the darker of two classes, such that the classes' means
/// differ most for their sizes (Otsu 1979); none if there is one level only.
fn otsu_threshold(counts: &[u64; 256]) -> Option<usize> {
    let total: f64 = counts.iter().map(|&n| n as f64).sum();
    let sum: f64 = counts.iter().enumerate().map(|(level, &n)| level as f64 * n as f64).sum();
    let (mut below, mut sum_below) = (0.0, 0.0);
    let mut best = None;
    for (level, &n) in counts.iter().enumerate() {
        below += n as f64;
        sum_below += level as f64 * n as f64;
        if below == 0.0 || below == total {
            continue;
        }
        let difference = sum_below / below - (sum - sum_below) / (total - below);
        let between = below * (total - below) * difference * difference;
        if best.is_none_or(|(_, most)| between > most) {
            best = Some((level, between));
        }
    }
    best.map(|(level, _)| level)
}

/// The least index with at least this share of the counts at or below it.
fn quantile(counts: &[u64], share: f64) -> usize {
    let total: u64 = counts.iter().sum();
    let mut below = 0;
    counts
        .iter()
        .position(|n| {
            below += n;
            below as f64 >= share * total as f64
        })
        .unwrap_or(0)
}

/// The ink scaled to fit a 20x20 box in the middle of 28x28 pixels with its aspect ratio kept: each
/// pixel is the mean of the area that it covers. `amounts` has the share of ink at each level.
fn fit(grey: &[u8], width: usize, amounts: &[f64]) -> Vec<f64> {
    let amount = |at: usize| amounts[usize::from(grey[at])];
    // a pixel of half ink is the edge of a stroke, less is noise or blur
    let inked = (0..grey.len()).filter(|&at| amount(at) >= 0.5).map(|at| [at % width, at / width]);
    let (low, high) = inked.fold(([usize::MAX; 2], [0; 2]), |(low, high), [x, y]| {
        ([low[0].min(x), low[1].min(y)], [high[0].max(x + 1), high[1].max(y + 1)])
    });
    let extent = [high[0] - low[0], high[1] - low[1]];
    let step = extent[0].max(extent[1]) as f64 / INK_BOX as f64;
    let [columns, rows] = [0, 1].map(|axis| overlaps(low[axis], extent[axis], step));
    let mut fitted = vec![0.0; SIDE * SIDE];
    for (row, overlapping_rows) in rows.iter().enumerate() {
        for &(y, height) in overlapping_rows {
            for (column, overlapping_columns) in columns.iter().enumerate() {
                let line: f64 =
                    overlapping_columns.iter().map(|&(x, w)| w * amount(y * width + x)).sum();
                fitted[row * SIDE + column] += height * line / (step * step);
            }
        }
    }
    fitted
}

/// For each of 28 pixels, which of the source's pixels `from..from + extent` it covers and how much
/// of each, if the source lies in the middle and a pixel is `step` of its pixels wide.
fn overlaps(from: usize, extent: usize, step: f64) -> Vec<Vec<(usize, f64)>> {
    let start = 0.5 * (extent as f64 - SIDE as f64 * step);
    (0..SIDE)
        .map(|pixel| {
            let (left, right) = (start + pixel as f64 * step, start + (pixel + 1) as f64 * step);
            // casts from float saturate at 0
            let covered = left as usize..(right.max(0.0).ceil() as usize).min(extent);
            covered
                .map(|at| (from + at, (right.min((at + 1) as f64) - left.max(at as f64)).max(0.0)))
                .collect()
        })
        .collect()
}
