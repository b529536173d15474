//! Paths between latents.

/// The straight line from `a` (s = 0) to `b` (s = 1), exact at both ends. `a` and `b` have the same
/// length.
#[must_use]
pub fn lerp(a: &[f32], b: &[f32], s: f64) -> Vec<f32> {
    combine(a, b, 1.0 - s, s)
}

/// The great circle from `a` (s = 0) to `b` (s = 1) (Shoemake 1985), exact at both ends.
///
/// Points between two latents of typical norm keep a typical norm, while a straight line between
/// them passes near the origin, where the prior's density is highest but has almost no mass.
/// Without a plane to turn in - vectors parallel or opposite, or one of them zero - this is
/// [`lerp`].
#[must_use]
pub fn slerp(a: &[f32], b: &[f32], s: f64) -> Vec<f32> {
    let norms = (dot(a, a) * dot(b, b)).sqrt();
    let cos = dot(a, b) / norms;
    // the NaN comes from a zero vector
    if cos.is_nan() || cos.abs() > 1.0 - 1e-9 {
        return lerp(a, b, s);
    }
    let angle = libm::acos(cos);
    let sin = libm::sin(angle);
    combine(a, b, libm::sin((1.0 - s) * angle) / sin, libm::sin(s * angle) / sin)
}

/// Points of a polyline at the given shares of its length, 0 at its beginning and 1 at its end,
/// both exact: equal steps of the share are equal distances along the way, however densely the
/// polyline is drawn.
///
/// `path` holds one or more points of `dimensions` coordinates each, end to end; so does the
/// result, one point for each share.
///
/// # Panics
/// For no `dimensions`, or a path without a point.
#[must_use]
pub fn along(path: &[f32], dimensions: usize, shares: &[f64]) -> Vec<f32> {
    debug_assert!(dimensions > 0 && !path.is_empty() && path.len().is_multiple_of(dimensions));
    let points: Vec<&[f32]> = path.chunks_exact(dimensions).collect();
    // How far it is to each point.
    let mut lengths = vec![0.0];
    for pair in points.windows(2) {
        let squares =
            pair[0].iter().zip(pair[1]).map(|(&a, &b)| (f64::from(b) - f64::from(a)).powi(2));
        lengths.push(lengths[lengths.len() - 1] + squares.sum::<f64>().sqrt());
    }
    let total = lengths[lengths.len() - 1];
    let at = |&share: &f64| {
        let distance = share * total;
        // The first point that is as far or farther; what comes before it is less far, so the
        // segment has a length.
        match lengths.partition_point(|&length| length < distance) {
            0 => points[0].to_vec(),
            next if next < points.len() => {
                let (from, to) = (lengths[next - 1], lengths[next]);
                lerp(points[next - 1], points[next], (distance - from) / (to - from))
            }
            _ => points[points.len() - 1].to_vec(),
        }
    };
    shares.iter().flat_map(at).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

fn combine(a: &[f32], b: &[f32], weight_a: f64, weight_b: f64) -> Vec<f32> {
    debug_assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(&a, &b)| (weight_a * f64::from(a) + weight_b * f64::from(b)) as f32)
        .collect()
}
