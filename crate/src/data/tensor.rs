//! An array from a file, read as images or labels.

use serde::Serialize;

use super::{ImageSet, MAX_IMAGES, MAX_SIDE};
use crate::error::{Error, Result};
use crate::image::resample::Size;

/// Values of an array in row-major order.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Unsigned bytes.
    Bytes(Vec<u8>),
    /// Everything else: exact for integers below 2^24.
    Floats(Vec<f32>),
}

/// An array with its shape; there are as many values as the shape says.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Lengths of the axes.
    pub shape: Vec<usize>,
    /// The values.
    pub values: Values,
}

/// What the values of pixels were taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum Reading {
    /// Levels 0 to 255 as they are.
    Levels,
    /// 0 and 1 for black and white.
    Bits,
    /// [0, 1], to the nearest of 256 levels.
    Unit,
    /// [-1, 1], to the nearest of 256 levels.
    Signed,
}

/// Where the channels of an array of images stand.
#[derive(Clone, Copy)]
enum Layout {
    /// The channels of a pixel side by side, or one channel.
    Interleaved,
    /// One plane of pixels after the other.
    Planar,
}

impl Tensor {
    /// The images of an array of shape `[N, H, W]`, `[N, H, W, C]`, `[N, C, H, W]`, or `[N, D]`
    /// with D a square number of grey pixels or three times one, plane after plane. C is 1 or 3.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for any other shape, for values that are not
    /// finite, and for values in none of the ranges of [`Reading`].
    pub fn images(self) -> Result<ImageSet> {
        let (size, layout) = layout(&self.shape)?;
        let count = self.shape[0];
        let (mut levels, reading) = levels(self.values)?;
        if matches!(layout, Layout::Planar) && size.channels > 1 {
            levels = interleaved(&levels, size);
        }
        Ok(ImageSet { size, count, levels, labels: None, reading })
    }

    /// One label for each value of an array of rank 1, or of a single column.
    ///
    /// # Errors
    /// [`ErrorKind::Value`](crate::ErrorKind::Value) for values that are not integers.
    pub fn labels(self) -> Result<Vec<String>> {
        let named = |(at, value): (usize, f32)| {
            if value.fract() == 0.0 && value.abs() < 16_777_216.0 {
                return Ok((value as i64).to_string());
            }
            Err(Error::value(format_args!("label {at}"), value, "a whole number"))
        };
        match self.values {
            Values::Bytes(bytes) => Ok(bytes.iter().map(u8::to_string).collect()),
            Values::Floats(floats) => floats.into_iter().enumerate().map(named).collect(),
        }
    }
}

fn layout(shape: &[usize]) -> Result<(Size, Layout)> {
    let (size, layout) = match *shape {
        [_, height, width] => (Size { channels: 1, height, width }, Layout::Interleaved),
        [_, height, width, channels @ (1 | 3)] => {
            (Size { channels, height, width }, Layout::Interleaved)
        }
        [_, channels @ (1 | 3), height, width] => {
            (Size { channels, height, width }, Layout::Planar)
        }
        [_, dimensions] => (flat_size(dimensions)?, Layout::Planar),
        _ => {
            return Err(Error::data(
                "the file",
                format_args!("has an array of shape {shape:?}"),
                "expected [N, H, W], [N, H, W, C], [N, C, H, W] or [N, pixels], with C = 1 or 3",
            ));
        }
    };
    check_size(size, shape[0])?;
    Ok((size, layout))
}

/// The size of an image that is given as a row of values.
pub(super) fn flat_size(dimensions: usize) -> Result<Size> {
    let square = |n: usize| {
        let side = n.isqrt();
        (side > 0 && side * side == n).then_some(side)
    };
    if let Some(side) = square(dimensions) {
        return Ok(Size { channels: 1, height: side, width: side });
    }
    let colours = dimensions.is_multiple_of(3).then(|| square(dimensions / 3)).flatten();
    colours.map(|side| Size { channels: 3, height: side, width: side }).ok_or_else(|| {
        Error::data(
            "the file",
            format_args!("has rows of {dimensions} values, which are not square images"),
            "their number must be a square (784 for 28x28), or three times one",
        )
    })
}

pub(super) fn check_size(size: Size, count: usize) -> Result<()> {
    if count == 0 {
        return Err(Error::data("the file", "has no images", "give at least one"));
    }
    if count > MAX_IMAGES {
        return Err(Error::data(
            "the file",
            format_args!("has {count} images"),
            format_args!("{MAX_IMAGES} are possible"),
        ));
    }
    let side = 1..=MAX_SIDE;
    if side.contains(&size.height) && side.contains(&size.width) {
        return Ok(());
    }
    Err(Error::data(
        "the file",
        format_args!("has images of {size}"),
        format_args!("sides must be 1 to {MAX_SIDE}"),
    ))
}

/// 8-bit levels of pixel values, whose range says what they are.
pub(super) fn levels(values: Values) -> Result<(Vec<u8>, Reading)> {
    let floats = match values {
        Values::Bytes(mut bytes) => {
            if bytes.iter().all(|&byte| byte <= 1) && bytes.contains(&1) {
                bytes.iter_mut().for_each(|byte| *byte *= 255);
                return Ok((bytes, Reading::Bits));
            }
            return Ok((bytes, Reading::Levels));
        }
        Values::Floats(floats) => floats,
    };
    let (mut low, mut high) = (f32::INFINITY, f32::NEG_INFINITY);
    for (at, &value) in floats.iter().enumerate() {
        if !value.is_finite() {
            return Err(Error::value(format_args!("value {at}"), value, "a number, as pixels are"));
        }
        (low, high) = (low.min(value), high.max(value));
    }
    let reading = if low >= 0.0 && high <= 1.0 {
        Reading::Unit
    } else if low >= -1.0 && high <= 1.0 {
        Reading::Signed
    } else if low >= 0.0 && high <= 255.0 {
        Reading::Levels
    } else {
        return Err(Error::data(
            "the file",
            format_args!("has values from {low} to {high}"),
            "pixels must lie in 0..255, in [0, 1] or in [-1, 1]",
        ));
    };
    let level = |value: f32| {
        let value = f64::from(value);
        let scaled = match reading {
            Reading::Signed => 127.5 * (value + 1.0),
            Reading::Levels => value,
            Reading::Unit | Reading::Bits => 255.0 * value,
        };
        scaled.round() as u8
    };
    Ok((floats.into_iter().map(level).collect(), reading))
}

/// Images plane after plane, with the channels of a pixel side by side.
pub(super) fn interleaved(planes: &[u8], size: Size) -> Vec<u8> {
    let pixels = size.height * size.width;
    let pixel = |image: usize, pixel: usize, channel: usize| {
        planes[image * size.dimensions() + channel * pixels + pixel]
    };
    let count = planes.len() / size.dimensions();
    let mut levels = Vec::with_capacity(planes.len());
    for image in 0..count {
        for at in 0..pixels {
            levels.extend((0..size.channels).map(|channel| pixel(image, at, channel)));
        }
    }
    levels
}
