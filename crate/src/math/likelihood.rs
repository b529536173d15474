//! What a latent-variable model explains: binary images, 8-bit ones, or a density of pixels.

use super::bernoulli;
use super::rng::{self, Purpose};
use ndarray::{Array1, ArrayView1, Zip};

/// What a bound is about; bounds of different tasks must not be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Binary images, drawn from the 8-bit ones by dynamic binarization.
    Binarized,
    /// The 8-bit images themselves.
    EightBit,
    /// A density of pixels in the decoder's range: its logarithm may be positive.
    Density,
    /// The cross-entropy with grey levels, which is not a likelihood: a bound in form only.
    Grey,
}

impl Task {
    /// The image that is scored: of an 8-bit image its binarization with the seed (Burda et al.
    /// 2015, section 5), one 0 or 1 per pixel, or the levels themselves.
    #[must_use]
    pub fn observe(self, levels: &[u8], seed: u64) -> Vec<u8> {
        match self {
            Self::Binarized => {
                let means: Vec<f64> = levels.iter().map(|&l| f64::from(l) / 255.0).collect();
                bernoulli::sample(&means, seed, [0, 0])
            }
            Self::EightBit | Self::Density | Self::Grey => levels.to_vec(),
        }
    }

    /// The scored image as an encoder sees it, in [0, 1].
    #[must_use]
    pub fn encoder_input(self, x: &[u8]) -> Array1<f32> {
        let top = match self {
            Self::Binarized => 1.0,
            Self::EightBit | Self::Density | Self::Grey => 255.0,
        };
        x.iter().map(|&v| f32::from(v) / top).collect()
    }
}

/// 8-bit levels in [0, 1]: level / 255.
#[must_use]
pub fn unit_values(levels: &[u8]) -> Array1<f64> {
    levels.iter().map(|&level| f64::from(level) / 255.0).collect()
}

/// 8-bit levels in the range of a decoder: level/255 of it, or with dequantization (level + u)/256,
/// which is uniform in the level's bin for a uniform u in [0, 1).
#[must_use]
pub fn in_range(levels: &[u8], dequantization: Option<&[f64]>, range: [f64; 2]) -> Array1<f64> {
    let [low, high] = range;
    let unit: Array1<f64> = match dequantization {
        None => unit_values(levels),
        Some(noise) => {
            let both = levels.iter().zip(noise);
            both.map(|(&level, u)| (f64::from(level) + u) / 256.0).collect()
        }
    };
    unit.mapv_into(|v| low + (high - low) * v)
}

/// The noise that makes 8-bit levels continuous (Theis et al. 2016): log p(x + u) averaged over u
/// is at most the logarithm of the level's probability, the integral of p over its bin.
#[must_use]
pub fn dequantization(dimensions: usize, seed: u64) -> Vec<f64> {
    rng::uniform(seed, Purpose::Dequantize, [0, 0], dimensions).to_vec()
}

/// The σ of `N(f, σ² I)` that gives the image the highest density: σ² = mean square error (Rybkin
/// et al. 2021, eq. 6). Not below e^-6 of the range, their limit, as an image that is met exactly
/// would have an infinite density.
#[must_use]
pub fn fitted_std(x: ArrayView1<'_, f64>, mean: ArrayView1<'_, f32>, range: [f64; 2]) -> f64 {
    let squares = Zip::from(x).and(mean).fold(0.0, |sum, &x, &mean| {
        let d = x - f64::from(mean);
        sum + d * d
    });
    let least = libm::exp(-6.0) * (range[1] - range[0]);
    (squares / x.len() as f64).sqrt().max(least)
}
