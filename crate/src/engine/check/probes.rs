//! The crate's example drawings as images of any model's size.

use crate::engine::example_drawings;
use crate::error::Result;
use crate::math::drawing::{DEFAULT_BRUSH, render_digit};
use crate::model::manifest::ImageShape;

/// Side of a rendered drawing in pixels.
const SIDE: usize = 28;

/// Up to `count` example drawings of digits as 8-bit levels of the shape, image after image:
/// resampled if it is another size, the same in every channel.
///
/// # Errors
/// Those of [`render_digit`], which the example drawings do not cause.
pub fn probe_images(image: ImageShape, count: usize) -> Result<Vec<u8>> {
    let mut levels = Vec::new();
    for drawing in example_drawings().into_iter().filter(|d| d.label.is_some()).take(count) {
        let digit = render_digit(&drawing.strokes, DEFAULT_BRUSH)?;
        levels.extend(resampled(&digit, image));
    }
    Ok(levels)
}

/// A square drawing in another size: bilinear between the middles of pixels.
fn resampled(digit: &[u8], image: ImageShape) -> Vec<u8> {
    let ImageShape { channels, height, width } = image;
    let source = |at: usize, length: usize| {
        let place = (at as f64 + 0.5) * SIDE as f64 / length as f64 - 0.5;
        let place = place.clamp(0.0, (SIDE - 1) as f64);
        let below = (place.floor() as usize).min(SIDE - 2);
        (below, place - below as f64)
    };
    let mut levels = Vec::with_capacity(image.dimensions());
    for y in 0..height {
        let (row, down) = source(y, height);
        for x in 0..width {
            let (column, right) = source(x, width);
            let at = |r: usize, c: usize| f64::from(digit[(row + r) * SIDE + column + c]);
            let top = at(0, 0) * (1.0 - right) + at(0, 1) * right;
            let bottom = at(1, 0) * (1.0 - right) + at(1, 1) * right;
            let level = (top * (1.0 - down) + bottom * down).round() as u8;
            levels.extend(std::iter::repeat_n(level, channels));
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_size_is_the_drawing_itself_and_others_keep_its_ink() {
        let own = probe_images(ImageShape { channels: 1, height: 28, width: 28 }, 1).unwrap();
        let drawing = &example_drawings()[0];
        assert_eq!(own, render_digit(&drawing.strokes, DEFAULT_BRUSH).unwrap());
        let mean =
            |levels: &[u8]| levels.iter().map(|&l| f64::from(l)).sum::<f64>() / levels.len() as f64;
        let colour = probe_images(ImageShape { channels: 3, height: 64, width: 56 }, 1).unwrap();
        assert_eq!(colour.len(), 3 * 64 * 56);
        assert!(colour.chunks_exact(3).all(|p| p[0] == p[1] && p[1] == p[2]));
        assert!((mean(&own) - mean(&colour)).abs() < 1.0);
    }
}
