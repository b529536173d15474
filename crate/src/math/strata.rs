//! Σ_{t=2..T} L_{t-1} from fewer than T - 1 evaluations of the network: stratified sampling of timesteps.

use super::elbo::Estimate;
use super::rng::{self, Purpose};
use crate::error::{Error, Result};

/// One timestep from each of m strata, which are contiguous, of nearly equal size, and together 2..=T.
///
/// L_{t-1} is smooth in t, so one draw per stratum varies far less than m draws from everywhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StratifiedPass {
    timesteps: Vec<usize>,
    sizes: Vec<usize>,
}

impl StratifiedPass {
    /// Draws the timesteps, uniform within each of `strata` strata of a chain of `steps` steps. `strata` is 1 to
    /// `steps` - 1, and `steps` - 1 takes every t once. Passes of different `index` are independent.
    pub fn draw(steps: usize, strata: usize, seed: u64, index: [u64; 2]) -> Result<Self> {
        let terms = steps.saturating_sub(1);
        if !(1..=terms).contains(&strata) {
            return Err(Error::value(format!(
                "{strata} timesteps were asked for; a chain of {steps} steps has 1 to {terms} to draw"
            )));
        }
        let draws = rng::uniform(seed, Purpose::Timestep, index, strata);
        // the first `larger` strata have one timestep more than the others
        let (size, larger) = (terms / strata, terms % strata);
        let mut first = 2;
        let mut pass = StratifiedPass { timesteps: Vec::with_capacity(strata), sizes: Vec::with_capacity(strata) };
        for (k, u) in draws.iter().enumerate() {
            let size = size + usize::from(k < larger);
            pass.timesteps.push(first + (u * size as f64) as usize);
            pass.sizes.push(size);
            first += size;
        }
        Ok(pass)
    }

    /// The t to evaluate, ascending.
    pub fn timesteps(&self) -> &[usize] {
        &self.timesteps
    }

    /// The weight of each timestep's term: the size of its stratum.
    pub fn weights(&self) -> &[usize] {
        &self.sizes
    }

    /// From L_{t-1} at each of the timesteps: Σ_k size_k L_{t_k - 1}, unbiased for Σ_{t=2..T} L_{t-1}, with the
    /// standard error by collapsed strata.
    ///
    /// A stratum with one draw has no variance of its own to show, so neighbours are paired and (y_1 - y_2)² stands for
    /// the sum of their variances (Cochran 1977, section 5A.12), three at the end of an odd number. What the means of
    /// neighbours differ by is counted as noise, so the error is on average too large, for t close together by little.
    /// From few strata it is a rough figure: it has about as many degrees of freedom as there are pairs of like size.
    /// With several passes, [`Estimate::from_samples`] of their totals is free of that.
    pub fn estimate(&self, terms: &[f64]) -> Estimate {
        debug_assert_eq!(terms.len(), self.timesteps.len());
        let weighted: Vec<f64> = terms.iter().zip(&self.sizes).map(|(term, &size)| term * size as f64).collect();
        Estimate { mean: weighted.iter().sum(), standard_error: collapsed_variance(&weighted).map(f64::sqrt) }
    }
}

/// The variance of a sum of independent draws, from groups of two (the last of three if need be); none from a single
/// draw.
fn collapsed_variance(draws: &[f64]) -> Option<f64> {
    if draws.len() < 2 {
        return None;
    }
    let tail = if draws.len() % 2 == 1 { 3 } else { 0 };
    let (pairs, triple) = draws.split_at(draws.len() - tail);
    let group_variance = |group: &[f64]| {
        let n = group.len() as f64;
        let mean = group.iter().sum::<f64>() / n;
        let squares: f64 = group.iter().map(|y| (y - mean) * (y - mean)).sum();
        squares * n / (n - 1.0)
    };
    let groups = pairs.chunks(2).chain(triple.chunks(3));
    Some(groups.map(group_variance).sum())
}
