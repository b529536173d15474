//! Drawings as images, light ink on black: as the digits of MNIST, or as they stand on the pad.
//!
//! The digits of MNIST were scaled to fit a box of 20x20 pixels with their aspect ratio kept, which
//! turned their binary strokes into grey levels, and placed in 28x28 pixels by their centre of mass
//! (LeCun et al. 1998, section III.A). A model trained on them finds anything else improbable, be
//! it a thinner stroke or a digit two pixels to the left.

use super::resample::{Size, check};
use crate::error::{Error, Result};

/// Rows and columns of a digit.
pub const SIDE: usize = 28;

/// Rows and columns of the box that the ink is scaled to fit.
pub const INK_BOX: usize = 20;

/// Width of the brush in pixels of the result with which the ten plain example digits have the ink
/// that their classes have in MNIST's training set: 1,013 pixels together, against 1,011 for the
/// classes' means.
pub const DEFAULT_BRUSH: f64 = 2.6;

/// Level of a wholly inked pixel. In most images of MNIST the inside of a stroke is at 253, and
/// only some pixel of it at 255.
const INK_LEVEL: f64 = 253.0;

/// Samples of a pixel's coverage along each side, and along the longer side of an image, where that
/// would be more of them.
const SUPERSAMPLING: usize = 16;
const MOST_SAMPLES: usize = 4096;

/// A drawing whose points lie closer together than this is a dot, the tap of a pen, and is not
/// scaled up.
const DOT: f64 = 0.01;

/// A drawing as a digit of MNIST, 28x28 levels row by row.
///
/// A stroke is a polyline x0, y0, x1, y1, … in the unit square with y pointing down, drawn with a
/// round brush `brush` pixels of the result wide: the drawing is scaled, not the brush, so the same
/// digit drawn large or small, here or there, gives the same image. What spans less than a
/// hundredth of the square is a dot.
///
/// # Errors
/// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a coordinate without its pair,
/// [`ErrorKind::Value`](crate::ErrorKind::Value) if nothing is drawn, for a coordinate that is not
/// finite, or a brush outside 0.5 to 8 pixels.
pub fn render_digit(strokes: &[Vec<f32>], brush: f64) -> Result<Vec<u8>> {
    if !(0.5..=8.0).contains(&brush) {
        return Err(Error::value("brush", brush, "0.5 to 8 pixels wide"));
    }
    let strokes = all_points(strokes)?;
    let Some((low, high)) = bounds(strokes.iter().flatten()) else {
        return Err(nothing_drawn());
    };
    let extent = [high[0] - low[0], high[1] - low[1]];
    let longest = extent[0].max(extent[1]);
    let scale = if longest < DOT { 0.0 } else { (INK_BOX as f64 - brush) / longest };
    // The drawing in the middle; the longer side of its ink begins and ends with a pixel.
    let to_pixels = |p: &[f64; 2]| {
        [0, 1].map(|axis| 0.5 * SIDE as f64 + scale * (p[axis] - low[axis] - 0.5 * extent[axis]))
    };
    let mut mask = Mask::new([SIDE, SIDE]);
    for stroke in &strokes {
        mask.stroke(stroke.iter().map(to_pixels).collect(), 0.5 * brush);
    }
    Ok(centred_levels(&mask.coverage()))
}

/// Width of the brush of [`render_strokes`], in shares of the image's shorter side.
pub const BRUSH_SHARE: f64 = 20.0 / 255.0;

/// A drawing where it stands on the pad, as an image of any size: the unit square becomes the
/// whole image. White ink on black, the same in every channel, by a round brush of [`BRUSH_SHARE`]
/// of the shorter side. Ink beyond the edges is cut off.
///
/// # Errors
/// [`ErrorKind::Shape`](crate::ErrorKind::Shape) for a coordinate without its pair,
/// [`ErrorKind::Value`](crate::ErrorKind::Value) if nothing is drawn, for a coordinate that is not
/// finite, or an invalid image size.
pub fn render_strokes(strokes: &[Vec<f32>], size: Size) -> Result<Vec<u8>> {
    check(size)?;
    let strokes = all_points(strokes)?;
    if strokes.iter().all(Vec::is_empty) {
        return Err(nothing_drawn());
    }
    let Size { channels, height, width } = size;
    let to_pixels = |p: &[f64; 2]| [p[0] * width as f64, p[1] * height as f64];
    let mut mask = Mask::new([width, height]);
    for stroke in &strokes {
        let radius = 0.5 * BRUSH_SHARE * width.min(height) as f64;
        mask.stroke(stroke.iter().map(to_pixels).collect(), radius);
    }
    let level = |coverage: f64| (255.0 * coverage).round() as u8;
    let pixel = |coverage| std::iter::repeat_n(level(coverage), channels);
    Ok(mask.coverage().into_iter().flat_map(pixel).collect())
}

fn nothing_drawn() -> Error {
    Error::request("nothing is drawn", "give at least one stroke with a point")
}

fn all_points(strokes: &[Vec<f32>]) -> Result<Vec<Vec<[f64; 2]>>> {
    strokes.iter().enumerate().map(points).collect()
}

/// The digit with its ink, given as the coverage of 28x28 pixels in [0, 1] and not all 0, moved by
/// whole pixels until its centre of mass is nearest to pixel (14, 14), where MNIST has it, and
/// never beyond the edge of the 20x20 box in the middle of the image. The levels are those of
/// MNIST, the darkest ink at 253.
pub(super) fn centred_levels(coverage: &[f64]) -> Vec<u8> {
    let total: f64 = coverage.iter().sum();
    let darkest = coverage.iter().fold(0.0, |a: f64, &b| a.max(b));
    let shift = [0, 1].map(|axis| {
        let position = |at: usize| if axis == 0 { at % SIDE } else { at / SIDE };
        let mass: f64 = coverage.iter().enumerate().map(|(at, c)| c * position(at) as f64).sum();
        let margin = ((SIDE - INK_BOX) / 2) as f64;
        (0.5 * SIDE as f64 - mass / total).round().clamp(-margin, margin) as isize
    });
    let mut levels = vec![0; SIDE * SIDE];
    for (at, c) in coverage.iter().enumerate().filter(|(_, c)| **c > 0.0) {
        let x = (at % SIDE).checked_add_signed(shift[0]).filter(|&x| x < SIDE);
        let y = (at / SIDE).checked_add_signed(shift[1]).filter(|&y| y < SIDE);
        if let (Some(x), Some(y)) = (x, y) {
            levels[y * SIDE + x] = (INK_LEVEL * c / darkest).round() as u8;
        }
    }
    levels
}

fn points((number, stroke): (usize, &Vec<f32>)) -> Result<Vec<[f64; 2]>> {
    if !stroke.len().is_multiple_of(2) {
        return Err(Error::shape(
            format_args!("stroke {number}"),
            format_args!("{} values", stroke.len()),
            "pairs of x and y",
        ));
    }
    if let Some(bad) = stroke.iter().find(|v| !v.is_finite()) {
        return Err(Error::value(format_args!("a coordinate of stroke {number}"), bad, "finite"));
    }
    Ok(stroke.chunks_exact(2).map(|p| [f64::from(p[0]), f64::from(p[1])]).collect())
}

/// The least and greatest coordinates; none without points.
fn bounds<'a>(mut points: impl Iterator<Item = &'a [f64; 2]>) -> Option<([f64; 2], [f64; 2])> {
    let first = *points.next()?;
    Some(points.fold((first, first), |(low, high), p| {
        ([low[0].min(p[0]), low[1].min(p[1])], [high[0].max(p[0]), high[1].max(p[1])])
    }))
}

/// What is inked of an image's pixels, sampled on a finer grid.
struct Mask {
    /// Samples of a pixel along each side.
    fineness: usize,
    /// Columns and rows in samples.
    samples: [usize; 2],
    inked: Vec<bool>,
}

impl Mask {
    /// An empty image of that many columns and rows of pixels.
    fn new(pixels: [usize; 2]) -> Self {
        let longest = pixels[0].max(pixels[1]);
        let fineness = SUPERSAMPLING.min(MOST_SAMPLES / longest).max(1);
        let samples = pixels.map(|length| length * fineness);
        Self { fineness, samples, inked: vec![false; samples[0] * samples[1]] }
    }

    /// Inks a polyline, or a dot.
    fn stroke(&mut self, path: Vec<[f64; 2]>, radius: f64) {
        match path.as_slice() {
            [dot] => self.capsule(*dot, *dot, radius),
            path => path.windows(2).for_each(|ends| self.capsule(ends[0], ends[1], radius)),
        }
    }

    /// Inks all samples within `radius` of the segment from `a` to `b`, in pixels.
    fn capsule(&mut self, a: [f64; 2], b: [f64; 2], radius: f64) {
        let fineness = self.fineness as f64;
        let position = |sample: usize| (sample as f64 + 0.5) / fineness;
        let range = |axis: usize| {
            let (low, high) = (a[axis].min(b[axis]) - radius, a[axis].max(b[axis]) + radius);
            // a cast from float saturates at 0
            (low * fineness) as usize..((high * fineness) as usize + 1).min(self.samples[axis])
        };
        let along = [b[0] - a[0], b[1] - a[1]];
        let square_length = along[0] * along[0] + along[1] * along[1];
        for row in range(1) {
            for column in range(0) {
                let from = [position(column) - a[0], position(row) - a[1]];
                let projection = from[0] * along[0] + from[1] * along[1];
                // of the segment's length, 0 for a dot, which has none
                let nearest = if square_length > 0.0 {
                    (projection / square_length).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                let offset = [from[0] - nearest * along[0], from[1] - nearest * along[1]];
                if offset[0] * offset[0] + offset[1] * offset[1] <= radius * radius {
                    self.inked[row * self.samples[0] + column] = true;
                }
            }
        }
    }

    /// The inked share of each pixel.
    fn coverage(&self) -> Vec<f64> {
        let fineness = self.fineness;
        let [columns, rows] = self.samples.map(|length| length / fineness);
        let mut counts = vec![0_u32; columns * rows];
        for (at, _) in self.inked.iter().enumerate().filter(|(_, inked)| **inked) {
            let row = at / self.samples[0] / fineness;
            let column = at % self.samples[0] / fineness;
            counts[row * columns + column] += 1;
        }
        let samples = (fineness * fineness) as f64;
        counts.into_iter().map(|count| f64::from(count) / samples).collect()
    }
}
