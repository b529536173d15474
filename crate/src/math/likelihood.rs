//! What a latent-variable model explains: binary images or 8-bit ones.

use super::bernoulli;
use ndarray::Array1;
use serde::{Deserialize, Serialize};

/// The data that a likelihood is a probability of. Bounds of different tasks must never be
/// compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Task {
    /// Binary images, drawn from the 8-bit ones by dynamic binarization.
    #[serde(rename = "binarized")]
    Binarized,
    /// The 8-bit images themselves.
    #[serde(rename = "8-bit")]
    EightBit,
}

impl Task {
    /// The image that is scored: of an 8-bit image its binarization with the seed (Burda et al.
    /// 2015, section 5), one 0 or 1 per pixel, or the levels themselves.
    pub fn observe(self, levels: &[u8], seed: u64) -> Vec<u8> {
        match self {
            Task::Binarized => {
                let means: Vec<f64> = levels.iter().map(|&l| f64::from(l) / 255.0).collect();
                bernoulli::sample(&means, seed, [0, 0])
            }
            Task::EightBit => levels.to_vec(),
        }
    }

    /// The scored image as an encoder sees it, in [0, 1].
    pub fn encoder_input(self, x: &[u8]) -> Array1<f32> {
        let top = match self {
            Task::Binarized => 1.0,
            Task::EightBit => 255.0,
        };
        x.iter().map(|&v| f32::from(v) / top).collect()
    }
}
