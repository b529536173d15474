//! The crate's example drawings as images of any model's size.

use crate::error::Result;
use crate::image::drawing::{DEFAULT_BRUSH, SIDE, render_digit};
use crate::image::example_drawings;
use crate::image::resample::{Fit, Size, resample};
use crate::model::manifest::ImageShape;

/// Up to `count` example drawings of digits as 8-bit levels of the shape, image after image:
/// resampled if it is another size, the same in every channel.
///
/// # Errors
/// Those of [`render_digit`], which the example drawings do not cause.
pub fn probe_images(image: ImageShape, count: usize) -> Result<Vec<u8>> {
    let mut levels = Vec::new();
    for drawing in example_drawings().into_iter().filter(|d| d.label.is_some()).take(count) {
        let digit = render_digit(&drawing.strokes, DEFAULT_BRUSH)?;
        let own = Size { channels: 1, height: SIDE, width: SIDE };
        levels.extend(resample(&digit, own, image.into(), Fit::Contain)?);
    }
    Ok(levels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_size_is_the_drawing_itself_and_others_keep_its_ink() {
        let own = probe_images(ImageShape { channels: 1, height: 28, width: 28 }, 1).unwrap();
        let drawing = &example_drawings()[0];
        assert_eq!(own, render_digit(&drawing.strokes, DEFAULT_BRUSH).unwrap());
        // the ink of a drawing that is doubled in size, between bars
        let ink = |levels: &[u8]| levels.iter().map(|&l| f64::from(l)).sum::<f64>();
        let colour = probe_images(ImageShape { channels: 3, height: 64, width: 56 }, 1).unwrap();
        assert_eq!(colour.len(), 3 * 64 * 56);
        assert!(colour.chunks_exact(3).all(|p| p[0] == p[1] && p[1] == p[2]));
        assert!((ink(&colour) / (3.0 * 4.0 * ink(&own)) - 1.0).abs() < 0.01);
    }
}
