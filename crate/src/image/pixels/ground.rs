//! What a picture would show without its ink: the ground under it, with its light and shadow.

/// Rows and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sides {
    pub width: usize,
    pub height: usize,
}

/// The ground of a picture whose ink is darker than it: a morphological closing by a square (Serra
/// 1982), which fills whatever is dark and narrower than `2 radius + 1` pixels, and keeps slopes
/// and the edges of large shadows. Beyond the edges there is nothing.
pub(super) fn without_dark(plane: &[f64], sides: Sides, radius: usize) -> Vec<f64> {
    erode(&dilate(plane, sides, radius), sides, radius)
}

/// The same where the ink is the lighter: an opening.
pub(super) fn without_light(plane: &[f64], sides: Sides, radius: usize) -> Vec<f64> {
    dilate(&erode(plane, sides, radius), sides, radius)
}

/// The sum of the differences between neighbours.
pub(super) fn variation(plane: &[f64], Sides { width, .. }: Sides) -> f64 {
    let rows =
        plane.chunks_exact(width).flat_map(|row| row.windows(2)).map(|w| (w[1] - w[0]).abs());
    let columns = plane.iter().zip(plane.iter().skip(width)).map(|(a, b)| (b - a).abs());
    rows.sum::<f64>() + columns.sum::<f64>()
}

/// The mean over the 3x3 pixels around each, as far as there are any.
pub(super) fn smooth(plane: &[f64], Sides { width, height }: Sides) -> Vec<f64> {
    let near = |at: usize, length: usize| at.saturating_sub(1)..(at + 2).min(length);
    (0..plane.len())
        .map(|at| {
            let (columns, rows) = (near(at % width, width), near(at / width, height));
            let count = (columns.len() * rows.len()) as f64;
            let row = |y: usize| columns.clone().map(|x| plane[y * width + x]).sum::<f64>();
            rows.map(row).sum::<f64>() / count
        })
        .collect()
}

/// The greatest value within `radius` rows and columns.
pub(super) fn dilate(plane: &[f64], sides: Sides, radius: usize) -> Vec<f64> {
    extremes(plane, sides, radius, f64::max)
}

fn erode(plane: &[f64], sides: Sides, radius: usize) -> Vec<f64> {
    extremes(plane, sides, radius, f64::min)
}

fn extremes(plane: &[f64], sides: Sides, radius: usize, of: fn(f64, f64) -> f64) -> Vec<f64> {
    let Sides { width, height } = sides;
    let mut result = plane.to_vec();
    let mut line = Vec::new();
    for row in result.chunks_exact_mut(width) {
        line.clear();
        line.extend_from_slice(row);
        row.copy_from_slice(&running(&line, radius, of));
    }
    for x in 0..width {
        line.clear();
        line.extend((0..height).map(|y| result[y * width + x]));
        let column = running(&line, radius, of);
        column.into_iter().enumerate().for_each(|(y, v)| result[y * width + x] = v);
    }
    result
}

/// The extreme of each window of `2 radius + 1` values, in three comparisons a value whatever the
/// radius (van Herk 1992; Gil & Werman 1993).
fn running(line: &[f64], radius: usize, of: fn(f64, f64) -> f64) -> Vec<f64> {
    let window = 2 * radius + 1;
    let count = line.len();
    let mut forward = line.to_vec();
    let mut backward = line.to_vec();
    for at in 1..count {
        if at % window != 0 {
            forward[at] = of(forward[at - 1], line[at]);
        }
    }
    for at in (0..count.saturating_sub(1)).rev() {
        if (at + 1) % window != 0 {
            backward[at] = of(backward[at + 1], line[at]);
        }
    }
    (0..count)
        .map(|at| {
            let (first, last) = (at.saturating_sub(radius), (at + radius).min(count - 1));
            if first / window != last / window {
                of(backward[first], forward[last])
            } else if first % window == 0 {
                forward[last]
            } else {
                // cut by the end of the line, as its block is
                backward[first]
            }
        })
        .collect()
}
