//! Smooth curves through points.

/// Segments into which a piece of a curve is flattened: too many to see a corner between two.
const SEGMENTS: usize = 12;

/// A smooth curve through two or more points, as a polyline: the Catmull-Rom spline (Catmull & Rom
/// 1974), whose tangent at a point is half the way between its neighbours, in its Bézier form, each
/// piece flattened to straight segments.
///
/// # Panics
/// For no point.
#[must_use]
pub fn smooth_curve(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let last = points.len() - 1;
    // beyond an end the curve would go straight on
    let straight_on =
        |end: [f64; 2], neighbour: [f64; 2]| [0, 1].map(|axis| 2.0 * end[axis] - neighbour[axis]);
    let mut curve = vec![points[0]];
    for i in 0..last {
        let (a, b) = (points[i], points[i + 1]);
        let before = if i > 0 { points[i - 1] } else { straight_on(a, b) };
        let after = if i + 1 < last { points[i + 2] } else { straight_on(b, a) };
        let leaving = [0, 1].map(|axis| a[axis] + (b[axis] - before[axis]) / 6.0);
        let arriving = [0, 1].map(|axis| b[axis] - (after[axis] - a[axis]) / 6.0);
        for segment in 1..=SEGMENTS {
            let s = segment as f64 / SEGMENTS as f64;
            let r = 1.0 - s;
            curve.push([0, 1].map(|axis| {
                r * r * r * a[axis]
                    + 3.0 * r * s * (r * leaving[axis] + s * arriving[axis])
                    + s * s * s * b[axis]
            }));
        }
    }
    curve
}
