//! What the latents are drawn from to estimate log p(x): mixtures around the posterior q(z|x).
//!
//! Everything is in terms of the standardized noise e of z = μ + σ e, whose density under q is N(0,
//! I); so one proposal serves a VAE and every layer of a hierarchy, whose μ and σ depend on the
//! layers above. A proposal moves the first `block` entries of e and leaves the others to q.
//!
//! Draws are dealt to the components in a fixed order, and a weight has the density of the mixture
//! of all draws in its denominator (the balance heuristic of Veach & Guibas 1995, deterministic
//! mixture sampling in Owen & Zhou 2000): the mean weight is unbiased for p(x) after any number of
//! draws, and no weight exceeds that of plain q by more than q's share.

use super::linear::{Factor, triangular_times};
use super::moments::Moments;
use super::numeric::log_sum_exp;
use super::rng::{Purpose, standard_normal};
use ndarray::{Array1, ArrayView1, Axis};

/// What log p(x) is estimated with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProposalKind {
    /// q(z|x) alone, as in Burda et al. 2015.
    Posterior,
    /// ¾ q and ¼ a copy of it with twice the variance (a defensive mixture, Hesterberg 1995). In a
    /// hierarchical model the copy is wider in the top layer only.
    Defensive,
    /// ½ q, ⅓ a Gaussian fitted to the posterior's mode and curvature, with 1.3 times its
    /// covariance, and ⅙ the same with twice. Where a model does not tell its curvature, and for
    /// a hierarchical one, [`ProposalKind::Defensive`] in its place.
    Laplace,
    /// ½ q and ½ a Student t distribution with 8 degrees of freedom, whose centre and scale are the
    /// weighted mean and 1.3 times the covariance of [`PILOT_DRAWS`] draws of a wider mixture
    /// around that of [`ProposalKind::Laplace`] (moment matching). It sees what curvature at the
    /// mode does not: skew, and a second mode. Where there is no such mode,
    /// [`ProposalKind::Defensive`].
    Fitted,
}

/// Draws that [`ProposalKind::Fitted`] is fitted to.
pub const PILOT_DRAWS: usize = 1600;

/// The first entries of e around a mean, with the spread L of a factor: Gaussian, or a Student t.
#[derive(Clone, Debug)]
struct Component {
    mean: Array1<f64>,
    /// None for the identity.
    factor: Option<Factor>,
    /// What the squared spread is multiplied with.
    variance: f64,
    /// Of a Student t distribution.
    degrees: Option<usize>,
}

impl Component {
    /// log of its density over that of N(0, I).
    fn log_ratio(&self, head: ArrayView1<'_, f64>) -> f64 {
        let centred = &head - &self.mean;
        let (distance, log_det) = match &self.factor {
            Some(factor) => (factor.inverse_square(centred.view()), factor.log_det()),
            None => (centred.dot(&centred), 0.0),
        };
        let dimensions = head.len() as f64;
        let distance = distance / self.variance;
        let log_kernel = match self.degrees {
            None => -0.5 * distance,
            Some(degrees) => {
                let degrees = degrees as f64;
                let all = 0.5 * (degrees + dimensions);
                libm::lgamma(all)
                    - libm::lgamma(0.5 * degrees)
                    - 0.5 * dimensions * libm::log(0.5 * degrees)
                    - all * libm::log1p(distance / degrees)
            }
        };
        0.5 * head.dot(&head) + log_kernel - 0.5 * dimensions * libm::log(self.variance) - log_det
    }
}

/// A mixture whose first component is q, N(0, I).
#[derive(Clone, Debug)]
pub struct Proposal {
    kind: ProposalKind,
    block: usize,
    others: Vec<Component>,
    /// What the draws of q and those of the others are for.
    purposes: [Purpose; 2],
    /// The component of each draw, over and over again; 0 is q.
    order: &'static [usize],
}

/// Where a draw belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The component it is drawn from; 0 is q.
    pub component: usize,
    /// Its number among the draws of that component.
    pub number: usize,
}

impl ProposalKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Posterior, Self::Defensive, Self::Laplace, Self::Fitted];

    /// Its name in options and results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Posterior => "posterior",
            Self::Defensive => "defensive",
            Self::Laplace => "laplace",
            Self::Fitted => "fitted",
        }
    }
}

impl Proposal {
    /// q alone.
    #[must_use]
    pub fn posterior() -> Self {
        Self::of(ProposalKind::Posterior, 0, Vec::new(), &[0])
    }

    /// ¾ q and ¼ N(μ, 2 σ²) in the first `block` entries.
    ///
    /// The mixture's density is at least ¼ of the copy's, so that no weight grows where q has thin
    /// tails. The copy's own density is lower than q's by block · ½ ln 2 nats at the centre and
    /// meets typical draws of q 0.1 nats an entry lower: with the 1,788 latents of a hierarchy its
    /// draws would all be wasted, with the two dozen of its top layer they are not.
    #[must_use]
    pub fn defensive(block: usize) -> Self {
        let wide =
            Component { mean: Array1::zeros(block), factor: None, variance: 2.0, degrees: None };
        Self::of(ProposalKind::Defensive, block, vec![wide], &[0, 0, 0, 1])
    }

    /// Half of q, and copies of N(mean, L Lᵀ) with 1.3 times and twice its covariance. `factor` is
    /// L, in units of e.
    #[must_use]
    pub fn laplace(mean: Array1<f64>, factor: Factor) -> Self {
        let around = around(mean, factor);
        let others = vec![around(1.3, None), around(2.0, None)];
        Self::of(ProposalKind::Laplace, others[0].mean.len(), others, &[0, 1, 0, 2, 0, 1])
    }

    /// Half of q, and a Student t distribution with 8 degrees of freedom around moments in units of
    /// e, 1.3 times as wide in variance.
    #[must_use]
    pub fn fitted(Moments { mean, factor }: Moments) -> Self {
        let t = around(mean, factor)(1.3, Some(8));
        Self::of(ProposalKind::Fitted, t.mean.len(), vec![t], &[0, 1])
    }

    /// The moments that [`Proposal::fitted`] takes, from [`PILOT_DRAWS`] draws around a mode and
    /// the Cholesky factor of the covariance there. `log_weight` gives log p(x, z) - log q(z|x) at
    /// the noises of draws, in nats.
    ///
    /// The draws are a function of the mode, of nothing else: no seed has a part in them. None if
    /// the weights are not finite.
    ///
    /// # Errors
    /// Those of `log_weight`.
    pub fn pilot<E>(
        mode: Array1<f64>,
        factor: Factor,
        log_weight: impl FnOnce(&[Array1<f64>]) -> Result<Vec<f64>, E>,
    ) -> Result<Option<Moments>, E> {
        let around = around(mode.clone(), factor.clone());
        let others = vec![around(1.3, None), around(1.5, Some(4))];
        let pilot = Self {
            purposes: [Purpose::Pilot; 2],
            ..Self::of(ProposalKind::Fitted, mode.len(), others, &[0, 1, 2, 1])
        };
        let noises: Vec<Array1<f64>> =
            (0..PILOT_DRAWS).map(|index| pilot.noise(0, index, mode.len())).collect();
        let log_shares = pilot.log_shares(PILOT_DRAWS);
        let log_weights: Vec<f64> = log_weight(&noises)?
            .into_iter()
            .zip(&noises)
            .map(|(weight, e)| weight - log_mixture(&log_shares, &pilot.log_ratios(e.view())))
            .collect();
        Ok(Moments::matched(&noises, &log_weights, &Moments { mean: mode, factor }))
    }

    fn of(
        kind: ProposalKind,
        block: usize,
        others: Vec<Component>,
        order: &'static [usize],
    ) -> Self {
        Self { kind, block, others, purposes: [Purpose::Latent, Purpose::Proposal], order }
    }

    /// Which it is.
    #[must_use]
    pub fn kind(&self) -> ProposalKind {
        self.kind
    }

    /// How many components it has, q among them.
    #[must_use]
    pub fn components(&self) -> usize {
        1 + self.others.len()
    }

    /// How many draws it takes until there are `samples` of q, of which the last comes last.
    #[must_use]
    pub fn draws(&self, samples: usize) -> usize {
        let in_cycle: Vec<usize> =
            (0..self.order.len()).filter(|&at| self.order[at] == 0).collect();
        let (cycles, rest) = (
            samples.saturating_sub(1) / in_cycle.len(),
            samples.saturating_sub(1) % in_cycle.len(),
        );
        if samples == 0 { 0 } else { cycles * self.order.len() + in_cycle[rest] + 1 }
    }

    /// Where draw `index` belongs.
    #[must_use]
    pub fn slot(&self, index: usize) -> Slot {
        let (cycle, at) = (index / self.order.len(), index % self.order.len());
        let component = self.order[at];
        let in_cycle =
            |until: usize| self.order[..until].iter().filter(|c| **c == component).count();
        Slot { component, number: cycle * in_cycle(self.order.len()) + in_cycle(at) }
    }

    /// The noise of draw `index`, `latents` entries: of q the very one that the ELBO is made of.
    #[must_use]
    pub fn noise(&self, seed: u64, index: usize, latents: usize) -> Array1<f64> {
        let Slot { component, number } = self.slot(index);
        let number = number as u64;
        let [of_q, of_others] = self.purposes;
        let Some(Component { mean, factor, variance, degrees }) =
            component.checked_sub(1).map(|i| &self.others[i])
        else {
            return standard_normal(seed, of_q, [number, 0], latents);
        };
        let address = [number, component as u64];
        // The normals whose squares a Student t is divided by come behind the latents.
        let normals =
            standard_normal(seed, of_others, address, latents + degrees.unwrap_or_default());
        let (latent, behind) = normals.view().split_at(Axis(0), latents);
        let squares = behind.dot(&behind);
        let mut noise = latent.to_owned();
        let spread = degrees.map_or(1.0, |degrees| (degrees as f64 / squares).sqrt());
        let (mut head, _) = noise.view_mut().split_at(Axis(0), self.block);
        if let Some(factor) = factor {
            let moved = triangular_times(factor, head.view());
            head.assign(&moved);
        }
        head.zip_mut_with(mean, |e, m| *e = m + variance.sqrt() * spread * *e);
        noise
    }

    /// log of the density of each component but q over that of q, at a noise.
    #[must_use]
    pub fn log_ratios(&self, noise: ArrayView1<'_, f64>) -> Vec<f64> {
        let (head, _) = noise.split_at(Axis(0), self.block);
        self.others.iter().map(|component| component.log_ratio(head)).collect()
    }

    /// The logarithm of the share that each component has of the first `draws` draws, q's first.
    #[must_use]
    pub fn log_shares(&self, draws: usize) -> Vec<f64> {
        let share = |count: &usize| libm::log(*count as f64 / draws as f64);
        self.counts(draws).iter().map(share).collect()
    }

    /// How many of the first `draws` draws are of each component.
    #[must_use]
    pub fn counts(&self, draws: usize) -> Vec<usize> {
        let mut counts = vec![0; self.components()];
        (0..draws).for_each(|index| counts[self.order[index % self.order.len()]] += 1);
        counts
    }
}

/// log of the density of a mixture over that of q, its first component, from the logarithms of the
/// shares of all and the log ratios of the others to q. A component without draws has a log share
/// of -∞.
#[must_use]
pub fn log_mixture(log_shares: &[f64], log_ratios: &[f64]) -> f64 {
    let others = log_shares[1..].iter().zip(log_ratios).map(|(share, ratio)| share + ratio);
    let densities: Vec<f64> = [log_shares[0]].into_iter().chain(others).collect();
    log_sum_exp(&densities)
}

/// Components around one mean with one factor, which differ in width and kind.
fn around(mean: Array1<f64>, factor: Factor) -> impl Fn(f64, Option<usize>) -> Component {
    move |variance, degrees| Component {
        mean: mean.clone(),
        factor: Some(factor.clone()),
        variance,
        degrees,
    }
}
