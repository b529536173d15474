//! Randomness that is addressed, not consumed.
//!
//! Every number belongs to (seed, purpose, index), so it does not matter which worker computes it,
//! when, or in which order: a batch, a shard of an evaluation and a run cut short all see the same
//! noise. Two different addresses are two different ChaCha keys, hence independent streams.

use ndarray::Array1;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use std::f64::consts::TAU;

/// What a stream of random numbers is for. The values are part of what a seed means: never renumber
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// ε of z = μ + σ ε, the latent of an approximate posterior.
    Latent = 1,
    /// z ~ p(z).
    Prior = 2,
    /// Dynamic binarization of an image.
    Binarize = 3,
    /// x_T of a reverse chain.
    InitialNoise = 4,
    /// The noise that one step of a reverse chain adds.
    StepNoise = 5,
    /// ε of q(x_t | x_0).
    ForwardNoise = 6,
    /// The timestep drawn in a stratum.
    Timestep = 7,
    /// ε of z = μ + L ε in variational inference.
    Variational = 8,
    /// ε of q(x_{t-1} | x_t, x_0), and of q(x_{t-2} | x_{t-1}, x_0) after it.
    PosteriorNoise = 9,
    /// The noise of a proposal's own components, beside that of q.
    Proposal = 10,
    /// The draws that a proposal is fitted to.
    Pilot = 11,
    /// Weights, data and noise that a small network in the plane is trained with.
    PlaneTraining = 12,
    /// The particles of a diffusion in the plane.
    PlaneParticles = 13,
    /// u of dequantization, x + u.
    Dequantize = 14,
    /// The seed of one image of a data set.
    Image = 16,
    /// The place of an image in the order in which a data set is taken.
    Order = 17,
}

/// The stream at an address. The 256-bit ChaCha key is `(seed, purpose, index[0], index[1])` as
/// little-endian 64-bit words.
#[must_use]
pub fn stream(seed: u64, purpose: Purpose, index: [u64; 2]) -> ChaCha8Rng {
    let mut key = [0; 32];
    let words = [seed, purpose as u64, index[0], index[1]];
    for (bytes, word) in key.chunks_exact_mut(8).zip(words) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

/// `n` independent draws from U[0, 1): the upper 53 bits of one 64-bit word each.
#[must_use]
pub fn uniform(seed: u64, purpose: Purpose, index: [u64; 2], n: usize) -> Array1<f64> {
    let mut rng = stream(seed, purpose, index);
    (0..n).map(|_| unit(&mut rng)).collect()
}

/// `n` independent draws from N(0, 1) by the Box-Muller transform (Box & Muller 1958).
///
/// Pair k uses words 2k and 2k+1 of the stream, so a prefix does not depend on `n`. A ziggurat
/// would be faster, but the one in `rand_distr` takes exp and log from the platform, and native and
/// WebAssembly would differ in the last bit.
#[must_use]
pub fn standard_normal(seed: u64, purpose: Purpose, index: [u64; 2], n: usize) -> Array1<f64> {
    let mut rng = stream(seed, purpose, index);
    let mut out = Vec::with_capacity(n + 1);
    while out.len() < n {
        // 1 - u lies in (0, 1], so the logarithm is finite
        let radius = (-2.0 * libm::log(1.0 - unit(&mut rng))).sqrt();
        let (sin, cos) = libm::sincos(TAU * unit(&mut rng));
        out.extend([radius * cos, radius * sin]);
    }
    out.truncate(n);
    Array1::from_vec(out)
}

fn unit(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 * (0.5 * f64::EPSILON)
}
