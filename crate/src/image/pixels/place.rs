//! Where the ink of a digit goes among 28x28 pixels.

use super::components::Region;
use super::ground::Sides;
use crate::image::drawing::{INK_BOX, SIDE};

/// The strokes of a pen that is finer than this, in pixels of the result, are widened to
/// [`WIDENED`]: MNIST was written with broad pens, and no brush of the drawing pad is so fine.
const FINE: f64 = 1.6;
const WIDENED: f64 = 2.2;

/// The ink of a region scaled to fit a 20x20 box in the middle of 28x28 pixels with its aspect
/// ratio kept: each pixel is the mean of the area that it covers. `stroke` is the strokes' width in
/// pixels of the picture.
pub(super) fn fit(amounts: &[f64], sides: Sides, region: Region, stroke: f64) -> Vec<f64> {
    let step = region.longest() as f64 / INK_BOX as f64;
    if stroke >= FINE * step {
        return shrink(amounts, sides, region);
    }
    // The wider strokes reach farther, and the box holds them too.
    let radius = (0.5 * (WIDENED * step - stroke)).max(0.0);
    let margin = radius.round() as usize;
    let padded = Sides { width: region.width + 2 * margin, height: region.height + 2 * margin };
    let mut wide = vec![0.0; padded.width * padded.height];
    let disc: Vec<(usize, usize)> = (0..=2 * margin)
        .flat_map(|y| (0..=2 * margin).map(move |x| (x, y)))
        .filter(|&(x, y)| {
            let [dx, dy] = [x, y].map(|v| v as f64 - margin as f64);
            dx * dx + dy * dy <= (radius + 0.25) * (radius + 0.25)
        })
        .collect();
    for y in 0..region.height {
        for x in 0..region.width {
            let amount = amounts[(region.y + y) * sides.width + region.x + x];
            if amount > 0.0 {
                for &(dx, dy) in &disc {
                    let at: &mut f64 = &mut wide[(y + dy) * padded.width + x + dx];
                    *at = at.max(amount);
                }
            }
        }
    }
    let whole = Region { x: 0, y: 0, width: padded.width, height: padded.height };
    shrink(&wide, padded, whole)
}

fn shrink(amounts: &[f64], Sides { width, .. }: Sides, region: Region) -> Vec<f64> {
    let step = region.longest() as f64 / INK_BOX as f64;
    let columns = overlaps(region.x, region.width, step);
    let rows = overlaps(region.y, region.height, step);
    let mut fitted = vec![0.0; SIDE * SIDE];
    for (row, overlapping_rows) in rows.iter().enumerate() {
        for &(y, height) in overlapping_rows {
            for (column, overlapping_columns) in columns.iter().enumerate() {
                let line: f64 =
                    overlapping_columns.iter().map(|&(x, w)| w * amounts[y * width + x]).sum();
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
