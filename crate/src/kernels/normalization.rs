//! Group normalization (Wu & He 2018) of one image whose channels are innermost.

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
