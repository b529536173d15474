//! From what a network puts out to what the chain needs: x̂_0 and ε̂.

use super::numeric::sigmoid;
use ndarray::{Array1, ArrayView1, Zip};

/// What the output F of a noise-prediction network means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameterization {
    /// F = ε̂ (Ho et al. 2020).
    Epsilon,
    /// F = x̂_0.
    X0,
    /// F = v̂, v = α ε - σ x_0 (Salimans & Ho 2022).
    V,
    /// x̂_0 = base - σ F, where the base uses that a pixel is one of 256 levels. With noise of s =
    /// 127.5 σ/α levels: for s above 0.8 it is α x_t, so that F = v̂; below, the posterior mean
    /// under a uniform prior over the seven levels nearest to 127.5 (x_t/α + 1).
    Lattice,
    /// F = ε̂ - x̂_0, the velocity of (1 - t) x_0 + t ε (Lipman et al. 2023).
    Velocity,
    /// x̂_0 = c_skip x + c_out F with the preconditioning of Karras et al. 2022, table 1.
    Edm,
}

/// The factors of the clean image and of the noise in what a network sees. Their ratio is e^(λ/2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coordinates {
    /// Factor of x_0.
    pub clean: f64,
    /// Factor of ε.
    pub noise: f64,
}

impl Coordinates {
    /// α x_0 + σ ε with α² + σ² = 1.
    #[must_use]
    pub fn preserving(log_snr: f64) -> Self {
        let (clean, noise) = alpha_sigma(log_snr);
        Self { clean, noise }
    }

    /// x_0 + σ ε.
    #[must_use]
    pub fn exploding(log_snr: f64) -> Self {
        Self { clean: 1.0, noise: libm::exp(-0.5 * log_snr) }
    }

    /// (1 - t) x_0 + t ε, with t = sigmoid(-λ/2).
    #[must_use]
    pub fn flow(log_snr: f64) -> Self {
        Self { clean: sigmoid(0.5 * log_snr), noise: sigmoid(-0.5 * log_snr) }
    }
}

/// c_in = 1/√(σ² + σ_data²) of Karras et al. 2022, table 1, for σ = e^(-λ/2).
#[must_use]
pub fn edm_input(log_snr: f64, sigma_data: f64) -> f64 {
    1.0 / (libm::exp(-log_snr) + sigma_data * sigma_data).sqrt()
}

/// What the model takes an x_t to be made of; one value per pixel.
#[derive(Clone, Debug)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "NoisePrediction"))]
pub struct Prediction {
    /// The clean image, clipped to [-1, 1].
    #[cfg_attr(test, ts(type = "Float64Array"))]
    pub x0: Array1<f64>,
    /// The noise (x_t - alpha x0) / sigma.
    #[cfg_attr(test, ts(type = "Float64Array"))]
    pub epsilon: Array1<f64>,
}

impl Prediction {
    /// Clips x̂_0 to [-1, 1] and takes ε̂ from it.
    ///
    /// The clip is part of the model p_θ: sampling and bound both see it, or the bound would be
    /// that of another model.
    ///
    /// # Panics
    /// For arrays of different lengths.
    #[must_use]
    pub fn clipped(mut x0: Array1<f64>, x_t: ArrayView1<'_, f64>, log_snr: f64) -> Self {
        let (alpha, sigma) = alpha_sigma(log_snr);
        x0.mapv_inplace(|v| v.clamp(-1.0, 1.0));
        let epsilon = Zip::from(x_t).and(&x0).map_collect(|x_t, x0| (x_t - alpha * x0) / sigma);
        Self { x0, epsilon }
    }
}

impl Parameterization {
    /// x̂_0 and ε̂ for the network output F at x_t, both of one length. `log_snr` is the chain's
    /// own, also where the network saw it clamped to the range it was trained on. A NaN in the
    /// output stays NaN.
    ///
    /// # Panics
    /// For arrays of different lengths.
    #[must_use]
    pub fn apply(
        self,
        x_t: ArrayView1<'_, f64>,
        log_snr: f64,
        output: ArrayView1<'_, f32>,
    ) -> Prediction {
        debug_assert_eq!(x_t.len(), output.len());
        let (alpha, sigma) = alpha_sigma(log_snr);
        let x0 = Zip::from(x_t).and(output).map_collect(|&x_t, &output| {
            let output = f64::from(output);
            match self {
                Self::Epsilon => (x_t - sigma * output) / alpha,
                Self::X0 => output,
                Self::V => alpha * x_t - sigma * output,
                Self::Lattice => lattice_base(x_t, alpha, sigma) - sigma * output,
                Self::Velocity | Self::Edm => {
                    self.clean(x_t, output, Coordinates { clean: alpha, noise: sigma }, 1.0)
                }
            }
        });
        Prediction::clipped(x0, x_t, log_snr)
    }

    /// x̂_0 of one value x = clean x_0 + noise ε for the output F there. `sigma_data` is for
    /// [`Parameterization::Edm`], whose coordinates have clean = 1.
    #[must_use]
    pub fn clean(self, x: f64, output: f64, coordinates: Coordinates, sigma_data: f64) -> f64 {
        let Coordinates { clean, noise } = coordinates;
        match self {
            Self::Epsilon => (x - noise * output) / clean,
            Self::X0 => output,
            Self::V => clean * x - noise * output,
            Self::Lattice => lattice_base(x, clean, noise) - noise * output,
            // x = a x_0 + b ε and F = ε - x_0
            Self::Velocity => (x - noise * output) / (clean + noise),
            Self::Edm => {
                let (variance, data) = (noise * noise, sigma_data * sigma_data);
                let skip = data / (variance + data);
                let out = noise * sigma_data / (variance + data).sqrt();
                skip * x + out * output
            }
        }
    }
}

/// Classifier-free guidance (Ho & Salimans 2022, eq. 6): x̂_0 = clamp((1 + w) x̂_0(x_t, c) - w
/// x̂_0(x_t)).
///
/// The same extrapolation as theirs of ε̂, as the two are affine in each other at a given x_t.
/// Weight 0 is the conditional prediction. A guided chain samples from no model with a bound.
///
/// # Panics
/// For predictions of different lengths.
#[must_use]
pub fn guide(
    conditional: &Prediction,
    unconditional: &Prediction,
    weight: f64,
    x_t: ArrayView1<'_, f64>,
    log_snr: f64,
) -> Prediction {
    let x0 = Zip::from(&conditional.x0)
        .and(&unconditional.x0)
        .map_collect(|c, u| (1.0 + weight) * c - weight * u);
    Prediction::clipped(x0, x_t, log_snr)
}

fn alpha_sigma(log_snr: f64) -> (f64, f64) {
    (sigmoid(log_snr).sqrt(), sigmoid(-log_snr).sqrt())
}

/// The standard deviation, in pixel levels, above which the lattice of levels says nothing worth
/// using.
const LATTICE_LIMIT: f64 = 0.8;

/// The base of [`Parameterization::Lattice`] for one pixel.
fn lattice_base(x_t: f64, alpha: f64, sigma: f64) -> f64 {
    let s = 127.5 * sigma / alpha;
    if s > LATTICE_LIMIT {
        return alpha * x_t;
    }
    let u = 127.5 * (x_t / alpha + 1.0);
    // halves to even, as the training program rounds
    let centre = u.round_ties_even().clamp(3.0, 252.0);
    let offsets = [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0];
    let exponents = offsets.map(|offset| {
        let z = (u - centre - offset) / s;
        -0.5 * z * z
    });
    let largest = exponents.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let weights = exponents.map(|e| libm::exp(e - largest));
    let total: f64 = weights.iter().sum();
    let mean: f64 = weights.iter().zip(offsets).map(|(w, o)| w * o).sum();
    (centre + mean / total) / 127.5 - 1.0
}
