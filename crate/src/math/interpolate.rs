//! Paths between two latents.

/// The straight line from `a` (s = 0) to `b` (s = 1), exact at both ends. `a` and `b` have the same length.
pub fn lerp(a: &[f32], b: &[f32], s: f64) -> Vec<f32> {
    combine(a, b, 1.0 - s, s)
}

/// The great circle from `a` (s = 0) to `b` (s = 1) (Shoemake 1985), exact at both ends.
///
/// Points between two latents of typical norm keep a typical norm, while a straight line between them passes near
/// the origin, where the prior's density is highest but has almost no mass. Without a plane to turn in - vectors
/// parallel or opposite, or one of them zero - this is [`lerp`].
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

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
}

fn combine(a: &[f32], b: &[f32], weight_a: f64, weight_b: f64) -> Vec<f32> {
    debug_assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(&a, &b)| (weight_a * f64::from(a) + weight_b * f64::from(b)) as f32).collect()
}
