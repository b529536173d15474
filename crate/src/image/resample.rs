//! Images of one size as images of another.

use crate::error::{Error, Result};

/// Channels, rows and columns of an image of 8-bit levels, which lie row by row with the channels
/// of a pixel side by side. There are 1 channel, for grey, or 3, for red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// 1 or 3.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Size {
    /// Number of levels.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.channels * self.height * self.width
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { channels, height, width } = self;
        write!(f, "{height}x{width} pixels with {channels} channels")
    }
}

/// What becomes of an image whose sides are in another proportion than those of the result. Both
/// keep its proportions and its centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// All of it is in the result, between black bars.
    Contain,
    /// It fills the result, and what has no room is cut off.
    Cover,
}

/// Most levels of an image, given or wanted.
const MAX_LEVELS: usize = 3 << 24;

/// The image at another size, by a triangle filter as wide as a pixel of the coarser grid: linear
/// interpolation where the image grows, a weighted mean of all that a pixel covers where it
/// shrinks. A grey image has the same level in all channels of a coloured one; a coloured one
/// becomes its luminance (ITU-R BT.709). An image that has the size already is returned as it is.
///
/// # Errors
/// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if there is not one level for every channel of
/// every pixel, [`ErrorKind::Value`](crate::ErrorKind::Value) for an invalid image size.
pub fn resample(levels: &[u8], from: Size, to: Size, fit: Fit) -> Result<Vec<u8>> {
    for size in [from, to] {
        check(size)?;
    }
    if levels.len() != from.dimensions() {
        return Err(Error::shape(
            "the image",
            format_args!("{} levels", levels.len()),
            format_args!("{} for {from}", from.dimensions()),
        ));
    }
    if from == to {
        return Ok(levels.to_vec());
    }
    let ratio = |wanted: usize, given: usize| wanted as f64 / given as f64;
    let (across, down) = (ratio(to.width, from.width), ratio(to.height, from.height));
    let scale = match fit {
        Fit::Contain => across.min(down),
        Fit::Cover => across.max(down),
    };
    let columns = taps(from.width, to.width, scale);
    let rows = taps(from.height, to.height, scale);
    // first every row of the source to the new width, then the columns
    let channels = from.channels;
    let mut narrowed = vec![0.0; from.height * to.width * channels];
    for y in 0..from.height {
        for (x, weights) in columns.iter().enumerate() {
            for &(column, weight) in weights {
                for c in 0..channels {
                    let level = levels[(y * from.width + column) * channels + c];
                    narrowed[(y * to.width + x) * channels + c] += weight * f64::from(level);
                }
            }
        }
    }
    let mut result = Vec::with_capacity(to.dimensions());
    for weights in &rows {
        for x in 0..to.width {
            let channel = |c: usize| -> f64 {
                let at = |row: usize| narrowed[(row * to.width + x) * channels + c];
                weights.iter().map(|&(row, weight)| weight * at(row)).sum()
            };
            // casts from float saturate
            match (channels, to.channels) {
                (3, 1) => {
                    let [r, g, b] = [0, 1, 2].map(channel);
                    result.push(luminance(r, g, b).round() as u8);
                }
                (1, many) => {
                    result.extend(std::iter::repeat_n(channel(0).round() as u8, many));
                }
                _ => result.extend([0, 1, 2].map(|c| channel(c).round() as u8)),
            }
        }
    }
    Ok(result)
}

/// The pixels of an `ImageData` as an image of the size, over white where they are transparent. It
/// fills the result ([`Fit::Cover`]), and is coloured if the result is.
///
/// # Errors
/// [`ErrorKind::Shape`](crate::ErrorKind::Shape) if there are not four bytes for every pixel,
/// [`ErrorKind::Value`](crate::ErrorKind::Value) for an invalid image size.
pub fn image_from_pixels(rgba: &[u8], width: usize, height: usize, to: Size) -> Result<Vec<u8>> {
    let from = Size { channels: 3, height, width };
    check(from)?;
    if rgba.len() != 4 * width * height {
        return Err(Error::shape(
            "the picture",
            format_args!("{} bytes", rgba.len()),
            format_args!("{} for {width}x{height} pixels in RGBA", 4 * width * height),
        ));
    }
    let over_white = |pixel: &[u8]| {
        let alpha = f64::from(pixel[3]) / 255.0;
        [0, 1, 2].map(|c| (255.0 + (f64::from(pixel[c]) - 255.0) * alpha).round() as u8)
    };
    let levels: Vec<u8> = rgba.chunks_exact(4).flat_map(over_white).collect();
    resample(&levels, from, to, Fit::Cover)
}

/// Luminance of a colour (ITU-R BT.709).
pub(super) fn luminance(r: f64, g: f64, b: f64) -> f64 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// # Errors
/// [`ErrorKind::Value`](crate::ErrorKind::Value) for an invalid image size.
pub(super) fn check(size: Size) -> Result<()> {
    let Size { channels, height, width } = size;
    let count = height.checked_mul(width).and_then(|pixels| pixels.checked_mul(channels));
    if matches!(channels, 1 | 3) && count.is_some_and(|count| (1..=MAX_LEVELS).contains(&count)) {
        return Ok(());
    }
    Err(Error::value(
        "the size of the image",
        size,
        format_args!("1 or 3 channels of at least one pixel, and at most {MAX_LEVELS} levels"),
    ))
}

/// For each of `to` pixels along one axis, the pixels of the source that it is made of and their
/// weights, which sum to one; none where it lies beyond the source. Both axes have the same middle.
fn taps(from: usize, to: usize, scale: f64) -> Vec<Vec<(usize, f64)>> {
    let reach = (1.0 / scale).max(1.0);
    (0..to)
        .map(|pixel| {
            let middle = (pixel as f64 + 0.5 - 0.5 * to as f64) / scale + 0.5 * from as f64;
            if !(0.0..=from as f64).contains(&middle) {
                return Vec::new();
            }
            // casts from float saturate at 0
            let covered =
                (middle - reach).floor() as usize..((middle + reach).ceil() as usize).min(from);
            let weight = |at: usize| (1.0 - (at as f64 + 0.5 - middle).abs() / reach).max(0.0);
            let total: f64 = covered.clone().map(weight).sum();
            covered.map(|at| (at, weight(at) / total)).filter(|&(_, w)| w > 0.0).collect()
        })
        .collect()
}
