//! Normalization to mean 0 and variance 1: over groups of channels (Wu & He 2018) of one image
//! whose channels are innermost, and over rows (Ba et al. 2016).

use super::{SEGMENT, activation};

/// The sums of `N` channels over the pixels, in their order: of their values or, if a mean is
/// given, of the squares of what they are from it.
#[inline(always)]
fn sum_block<const N: usize>(
    x: &[f32],
    channels: usize,
    first: usize,
    mean: Option<&[f32]>,
) -> [f32; N] {
    let block = |values: &[f32]| -> [f32; N] { std::array::from_fn(|at| values[first..][..N][at]) };
    let mut sums = [0.0; N];
    match mean.map(block) {
        None => {
            for pixel in x.chunks_exact(channels) {
                let values = block(pixel);
                for lane in 0..N {
                    sums[lane] += values[lane];
                }
            }
        }
        Some(mean) => {
            for pixel in x.chunks_exact(channels) {
                let values = block(pixel);
                for lane in 0..N {
                    let centred = values[lane] - mean[lane];
                    sums[lane] += centred * centred;
                }
            }
        }
    }
    sums
}

/// The sums of all channels: over [`SEGMENT`] pixels each as [`sum_block`] takes them, and of these
/// in double precision.
fn sums_of_channels(x: &[f32], mean: Option<&[f32]>, sums: &mut [f32]) {
    let mut parts = x.chunks((SEGMENT * sums.len()).max(1));
    sums.fill(0.0);
    sums_of_part(parts.next().unwrap_or_default(), mean, sums);
    let mut all: Vec<f64> = sums.iter().map(|&sum| sum.into()).collect();
    for part in parts {
        sums_of_part(part, mean, sums);
        for (all, sum) in all.iter_mut().zip(&*sums) {
            *all += f64::from(*sum);
        }
    }
    for (sum, all) in sums.iter_mut().zip(all) {
        *sum = all as f32;
    }
}

fn sums_of_part(x: &[f32], mean: Option<&[f32]>, sums: &mut [f32]) {
    let channels = sums.len();
    let mut first = 0;
    while first < channels {
        let width = match channels - first {
            16.. => 16,
            4.. => 4,
            _ => 1,
        };
        let sums = &mut sums[first..][..width];
        match width {
            16 => sums.copy_from_slice(&sum_block::<16>(x, channels, first, mean)),
            4 => sums.copy_from_slice(&sum_block::<4>(x, channels, first, mean)),
            _ => sums.copy_from_slice(&sum_block::<1>(x, channels, first, mean)),
        }
        first += width;
    }
}

/// Replaces the sums of the channels by the mean over their group.
fn mean_of_groups(sums: &mut [f32], each: usize, pixels: usize) {
    let count = (pixels * each) as f32;
    for group in sums.chunks_exact_mut(each) {
        let mean = group.iter().sum::<f32>() / count;
        group.fill(mean);
    }
}

/// `out = (x - mean) / sqrt(variance + epsilon) · scale + shift` with mean and variance over the
/// pixels and channels of each group, and then the SiLU if it is asked for; `scale` and `shift`
/// have one value per channel.
///
/// Sums go pixel by pixel within a channel, in parts where there are many, and then channel by
/// channel, always in that order.
pub fn group_norm(
    x: &[f32],
    groups: usize,
    epsilon: f32,
    [scale, shift]: [&[f32]; 2],
    silu: bool,
    out: &mut [f32],
) {
    let channels = scale.len();
    let each = channels / groups;
    let pixels = x.len() / channels;
    let mut mean = vec![0.0; channels];
    sums_of_channels(x, None, &mut mean);
    mean_of_groups(&mut mean, each, pixels);
    let mut factor = vec![0.0; channels];
    sums_of_channels(x, Some(&mean), &mut factor);
    mean_of_groups(&mut factor, each, pixels);
    for (factor, scale) in factor.iter_mut().zip(scale) {
        *factor = scale / (*factor + epsilon).sqrt();
    }
    for (out, pixel) in out.chunks_exact_mut(channels).zip(x.chunks_exact(channels)) {
        for ((((out, value), mean), factor), shift) in
            out.iter_mut().zip(pixel).zip(&mean).zip(&factor).zip(shift)
        {
            *out = (value - mean) * factor + shift;
        }
        if silu {
            activation::silu(out);
        }
    }
}

/// Sums that are taken side by side, so that they need not wait for one another.
const LANES: usize = 8;

fn sum(values: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let parts = values.chunks(SEGMENT * LANES).map(|part| f64::from(sum_of_part(part, &f)));
    parts.sum::<f64>() as f32
}

fn sum_of_part(values: &[f32], f: impl Fn(f32) -> f32) -> f32 {
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
