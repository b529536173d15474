//! Networks that are known in closed form.

use std::sync::Arc;

use elbo_room::Result;
use elbo_room::engine::{Ddpm, Vae};
use elbo_room::image::levels::levels_to_signed;
use elbo_room::math::gaussian::discretized_log_likelihood;
use elbo_room::math::likelihood::Task;
use elbo_room::math::numeric::sigmoid;
use elbo_room::math::parameterization::Prediction;
use elbo_room::math::schedule::{LogSnrRange, NoiseSchedule};
use elbo_room::model::manifest::ImageShape;
use elbo_room::model::{
    BernoulliPixels, Decoder, DiagonalGaussian, Encoder, NoisePredictor, PixelLikelihood,
};
use ndarray::{Array1, Array2, ArrayView1};

pub const RANGE: LogSnrRange = LogSnrRange { min: -6.0, max: 13.3 };

pub fn image(height: usize, width: usize) -> ImageShape {
    ImageShape { channels: 1, height, width }
}

/// The optimal noise predictor for pixels that are independently `N(mean, std^2)`: the posterior
/// mean of `x_0` is linear in
/// `x_t`. Class `c` shifts the mean by `c / 10`.
#[derive(Clone, Copy)]
pub struct GaussianData {
    pub mean: f64,
    pub std: f64,
}

impl GaussianData {
    /// `(intercept, slope)` of the posterior mean of `x_0` given `x_t`.
    pub fn posterior_mean(&self, log_snr: f64) -> (f64, f64) {
        let (alpha_bar, variance) = (sigmoid(log_snr), sigmoid(-log_snr));
        let slope = alpha_bar.sqrt() * self.std.powi(2) / (alpha_bar * self.std.powi(2) + variance);
        (self.mean * (1.0 - slope * alpha_bar.sqrt()), slope)
    }

    /// The data of class `c`.
    pub fn of_class(&self, class: Option<usize>) -> Self {
        Self { mean: self.mean + class.map_or(0.0, |c| c as f64 / 10.0), ..*self }
    }

    /// `(L_T, sum of L_{t-1}, L_0)` of an image: the prediction's error is linear in the noise, so
    /// expectations are closed or one-dimensional.
    pub fn exact_terms(&self, levels: &[u8], schedule: &NoiseSchedule) -> (f64, f64, f64) {
        let x0 = levels_to_signed(levels);
        let steps = schedule.steps();
        let (alpha_bar, variance) = (schedule.alpha_bar(steps), schedule.variance(steps));
        let l_t =
            x0.iter().map(|x| 0.5 * (alpha_bar * x * x + variance - variance.ln() - 1.0)).sum();
        let snr = |t: usize| schedule.alpha_bar(t) / schedule.variance(t);
        let denoising = (2..=steps)
            .map(|t| 0.5 * (snr(t - 1) - snr(t)) * self.square_error(&x0, schedule.log_snr(t)))
            .sum();
        (l_t, denoising, self.exact_l_0(levels, schedule, schedule.sigma(1)))
    }

    /// L_0 of an image where p(x_0|x_1) has the standard deviation `std`.
    pub fn exact_l_0(&self, levels: &[u8], schedule: &NoiseSchedule, std: f64) -> f64 {
        let (intercept, slope) = self.posterior_mean(schedule.log_snr(1));
        let of_pixel = |(&level, x): (&u8, &f64)| {
            gaussian_mean(schedule.alpha(1) * x, schedule.sigma(1), |x_1| {
                let predicted = Array1::from_elem(1, intercept + slope * x_1);
                -discretized_log_likelihood(&[level], predicted.view(), std)
            })
        };
        levels.iter().zip(&levels_to_signed(levels)).map(of_pixel).sum()
    }

    /// `E|x_0 - x̂_0|²` over the noise of `x_t`.
    pub fn square_error(&self, x0: &Array1<f64>, log_snr: f64) -> f64 {
        let (_, slope) = self.posterior_mean(log_snr);
        let bias = 1.0 - slope * sigmoid(log_snr).sqrt();
        x0.iter()
            .map(|x| (bias * (self.mean - x)).powi(2) + slope * slope * sigmoid(-log_snr))
            .sum()
    }

    pub fn ddpm(self, image: ImageShape) -> Ddpm {
        let classes = (0..3).map(|c| c.to_string()).collect();
        Ddpm::new(Arc::new(self), image, RANGE, classes)
    }
}

impl NoisePredictor for GaussianData {
    fn predict(
        &self,
        x_t: ArrayView1<'_, f64>,
        log_snr: f64,
        class: Option<usize>,
    ) -> Result<Prediction> {
        let (intercept, slope) = self.of_class(class).posterior_mean(log_snr);
        let x0 = x_t.mapv(|v| intercept + slope * v);
        let epsilon = (&x_t - &(sigmoid(log_snr).sqrt() * &x0)) / sigmoid(-log_snr).sqrt();
        Ok(Prediction { x0, epsilon })
    }
}

/// A decoder with logits `weights z + bias` and an encoder with a fixed posterior.
pub struct Linear {
    pub weights: Array2<f64>,
    pub bias: Array1<f64>,
}

impl Decoder for Linear {
    fn decode(&self, z: ArrayView1<'_, f32>) -> Result<Box<dyn PixelLikelihood>> {
        let logits = (self.weights.dot(&z.mapv(f64::from)) + &self.bias).mapv(|v| v as f32);
        Ok(Box::new(BernoulliPixels { logits }))
    }
}

pub struct FixedPosterior(pub DiagonalGaussian);

impl Encoder for FixedPosterior {
    fn encode(&self, _: ArrayView1<'_, f32>) -> Result<DiagonalGaussian> {
        Ok(self.0.clone())
    }
}

pub fn vae(posterior: DiagonalGaussian, decoder: Linear, image: ImageShape) -> Vae {
    let latents = posterior.mean.len();
    Vae::new(
        Box::new(FixedPosterior(posterior)),
        Arc::new(decoder),
        image,
        Task::Binarized,
        latents,
    )
}

/// The mean of `f(z)` under `N(mean, std^2)`, by the trapezoidal rule, which converges
/// exponentially for such integrands.
pub fn gaussian_mean(mean: f64, std: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (points, reach) = (4001, 12.0);
    let step = 2.0 * reach / f64::from(points - 1);
    let sum: f64 = (0..points)
        .map(|i| {
            let u = -reach + f64::from(i) * step;
            (-0.5 * u * u).exp() * f(mean + std * u)
        })
        .sum();
    sum * step / (2.0 * std::f64::consts::PI).sqrt()
}
