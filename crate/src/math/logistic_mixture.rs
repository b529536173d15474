//! Mixtures of discretized logistics, the likelihood of PixelCNN++ (Salimans et al. 2017) and of
//! the deep hierarchical VAEs.

use super::discretized_logistic::log_mass;
use super::numeric::log_sum_exp;

/// The distribution of one pixel in units where levels span [-1, 1].
///
/// In colour the mean of green depends on red, and that of blue on red and green, each by a
/// coefficient tanh(c) of the component.
#[derive(Clone, Copy, Debug)]
pub struct Pixel<'a> {
    logits: &'a [f32],
    /// For each channel the means, log scales and coefficients of all components.
    rest: &'a [f32],
    channels: usize,
}

impl<'a> Pixel<'a> {
    /// `parameters` are `components` logits, then for each channel the means, the log scales and,
    /// with three channels, the coefficients: the order of the PixelCNN++ program.
    ///
    /// # Panics
    /// For fewer parameters than components; where others are missing, what reads them panics.
    #[must_use]
    pub fn new(parameters: &'a [f32], components: usize, channels: usize) -> Self {
        let (logits, rest) = parameters.split_at(components);
        Self { logits, rest, channels }
    }

    /// Parameter `which` (0 mean, 1 log scale, 2 coefficient) of a channel and a component.
    fn parameter(&self, channel: usize, which: usize, component: usize) -> f64 {
        let k = self.logits.len();
        let kinds = if self.channels == 1 { 2 } else { 3 };
        f64::from(self.rest[(kinds * channel + which) * k + component])
    }

    /// The factors of red in green, of red in blue and of green in blue.
    fn coefficients(&self, component: usize) -> [f64; 3] {
        [0, 1, 2].map(|c| libm::tanh(self.parameter(c, 2, component)))
    }

    fn log_weights(&self) -> impl Iterator<Item = f64> {
        let logits: Vec<f64> = self.logits.iter().map(|&l| f64::from(l)).collect();
        let total = log_sum_exp(&logits);
        logits.into_iter().map(move |l| l - total)
    }

    /// log P of the levels of the pixel's channels in nats.
    #[must_use]
    pub fn log_likelihood(&self, levels: &[u8]) -> f64 {
        let x: Vec<f64> = levels.iter().map(|&l| f64::from(l) / 127.5 - 1.0).collect();
        let terms = self.log_weights().enumerate().map(|(k, log_weight)| {
            let mut shift = [0.0; 3];
            if self.channels == 3 {
                let [red_green, red_blue, green_blue] = self.coefficients(k);
                shift = [0.0, red_green * x[0], red_blue * x[0] + green_blue * x[1]];
            }
            let masses = levels.iter().enumerate().map(|(c, &level)| {
                log_mass(level, self.parameter(c, 0, k) + shift[c], self.parameter(c, 1, k))
            });
            log_weight + masses.sum::<f64>()
        });
        log_sum_exp(&terms.collect::<Vec<_>>())
    }

    /// The mean of each channel: that of the logistics, which does not account for where their
    /// tails are cut.
    #[must_use]
    pub fn mean(&self) -> Vec<f64> {
        let mut mean = vec![0.0; self.channels];
        for (k, log_weight) in self.log_weights().enumerate() {
            let weight = libm::exp(log_weight);
            let mut of = [0.0; 3];
            for (c, of) in of.iter_mut().enumerate().take(self.channels) {
                *of = self.parameter(c, 0, k);
            }
            if self.channels == 3 {
                let [red_green, red_blue, green_blue] = self.coefficients(k);
                of[1] += red_green * of[0];
                of[2] += red_blue * of[0] + green_blue * of[1];
            }
            mean.iter_mut().zip(of).for_each(|(sum, value)| *sum += weight * value);
        }
        mean
    }
}
