//! Colour pictures as planes of one number a pixel, 0 to 255.

use super::super::resample;

/// The luminance of each pixel over an opaque ground.
pub(super) fn luminance(rgba: &[u8], ground: f64) -> Vec<f64> {
    over(rgba, ground).map(|[r, g, b]| resample::luminance(r, g, b)).collect()
}

/// The colours along the line on which they differ most: their first principal component (Pearson
/// 1901), from its least value. A step between grey levels is as large as in the luminance. None
/// if all pixels have one colour.
pub(super) fn principal_colour(rgba: &[u8], ground: f64) -> Option<Vec<f64>> {
    let count = (rgba.len() / 4).max(1) as f64;
    let sum = over(rgba, ground).fold([0.0; 3], |sum, c| [0, 1, 2].map(|i| sum[i] + c[i]));
    let mean = sum.map(|s| s / count);
    let mut covariance = [[0.0; 3]; 3];
    for colour in over(rgba, ground) {
        for i in 0..3 {
            for j in 0..3 {
                covariance[i][j] += (colour[i] - mean[i]) * (colour[j] - mean[j]) / count;
            }
        }
    }
    // power iteration, from the channel that varies most
    let most = (0..3).max_by(|&a, &b| covariance[a][a].total_cmp(&covariance[b][b]))?;
    let mut axis = covariance[most];
    for _ in 0..64 {
        let length = axis.iter().map(|a| a * a).sum::<f64>().sqrt();
        if length < 1e-6 {
            return None;
        }
        let unit = axis.map(|a| a / length);
        axis = [0, 1, 2].map(|i| (0..3).map(|j| covariance[i][j] * unit[j]).sum());
    }
    let length = axis.iter().map(|a| a * a).sum::<f64>().sqrt() * 3_f64.sqrt();
    let along = |c: [f64; 3]| (0..3).map(|i| c[i] * axis[i]).sum::<f64>() / length;
    let values: Vec<f64> = over(rgba, ground).map(along).collect();
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    Some(values.into_iter().map(|v| (v - least).min(255.0)).collect())
}

fn over(rgba: &[u8], ground: f64) -> impl Iterator<Item = [f64; 3]> {
    rgba.chunks_exact(4).map(move |pixel| {
        let alpha = f64::from(pixel[3]) / 255.0;
        [0, 1, 2].map(|c| ground + (f64::from(pixel[c]) - ground) * alpha)
    })
}
