//! Normalization to mean 0 and variance 1: over groups of channels (Wu & He 2018) of one image whose
//! channels are innermost, and over rows (Ba et al. 2016).

/// `out = (x - mean) / sqrt(variance + epsilon) · scale + shift` with mean and variance over the
/// pixels and channels of each group;
/// `scale` and `shift` have one value per channel.
///
/// Sums go pixel by pixel within a channel and then channel by channel, always in that order.
pub fn group_norm(
    x: &[f32],
    groups: usize,
    epsilon: f32,
    scale: &[f32],
    shift: &[f32],
    out: &mut [f32],
) {
    let channels = scale.len();
    let each = channels / groups;
    let pixels = x.len() / channels;
    let mean_of = |sums: &[f32]| -> Vec<f32> {
        let count = (pixels * each) as f32;
        sums.chunks_exact(each)
            .flat_map(|group| vec![group.iter().sum::<f32>() / count; each])
            .collect()
    };
    let mut sums = vec![0.0; channels];
    for pixel in x.chunks_exact(channels) {
        for (sum, value) in sums.iter_mut().zip(pixel) {
            *sum += value;
        }
    }
    let mean = mean_of(&sums);
    sums.fill(0.0);
    for pixel in x.chunks_exact(channels) {
        for ((sum, value), mean) in sums.iter_mut().zip(pixel).zip(&mean) {
            let centred = value - mean;
            *sum += centred * centred;
        }
    }
    let variance = mean_of(&sums);
    let factor: Vec<f32> =
        scale.iter().zip(&variance).map(|(scale, v)| scale / (v + epsilon).sqrt()).collect();
    for (out, pixel) in out.chunks_exact_mut(channels).zip(x.chunks_exact(channels)) {
        for ((((out, value), mean), factor), shift) in
            out.iter_mut().zip(pixel).zip(&mean).zip(&factor).zip(shift)
        {
            *out = (value - mean) * factor + shift;
        }
    }
}

/// Sums that are taken side by side, so that they need not wait for one another.
const LANES: usize = 8;

fn sum(values: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let (chunks, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for chunk in chunks {
        for (sum, value) in sums.iter_mut().zip(chunk) {
            *sum += f(*value);
        }
    }
    sums.iter().copied().chain(rest.iter().map(|value| f(*value))).fold(0.0, |a, b| a + b)
}

/// `out = (x - mean) / sqrt(variance + epsilon) · scale + shift` with mean and variance over each
/// row of x; `scale` and `shift` have one value per column, or none where there are none.
pub fn layer_norm(
    x: &[f32],
    columns: usize,
    epsilon: f32,
    scale: &[f32],
    shift: &[f32],
    out: &mut [f32],
) {
    for (x, out) in x.chunks_exact(columns).zip(out.chunks_exact_mut(columns)) {
        let mean = sum(x, |value| value) / columns as f32;
        let variance = sum(x, |value| (value - mean) * (value - mean)) / columns as f32;
        let factor = 1.0 / (variance + epsilon).sqrt();
        for (out, value) in out.iter_mut().zip(x) {
            *out = (value - mean) * factor;
        }
        for (out, scale) in out.iter_mut().zip(scale) {
            *out *= scale;
        }
        for (out, shift) in out.iter_mut().zip(shift) {
            *out += shift;
        }
    }
}
