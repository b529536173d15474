//! What the latents are drawn from to estimate log p(x): mixtures around the posterior q(z|x).
//!
//! Everything is told in the standardized noise e of z = μ + σ e, whose density under q is N(0, I);
//! so one proposal serves a VAE and every layer of a hierarchy, whose μ and σ depend on the layers
//! above. A proposal moves the first `block` entries of e and leaves the others to q.
//!
//! Draws are dealt to the components in a fixed order, and a weight has the density of the mixture
//! of all draws in its denominator (the balance heuristic of Veach & Guibas 1995, deterministic
//! mixture sampling in Owen & Zhou 2000): the mean weight is unbiased for p(x) after any number of
//! draws, and no weight exceeds that of plain q by more than q's share.

use super::linear::{Factor, triangular_times};
use super::rng::{Purpose, standard_normal};
use ndarray::{Array1, ArrayView1, Axis};
use serde::{Deserialize, Serialize};

/// What log p(x) is estimated with, beside q.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
}

/// N(mean, variance · L Lᵀ) of the first entries of e.
#[derive(Clone, Debug)]
struct Component {
    mean: Array1<f64>,
    /// None for the identity.
    factor: Option<Factor>,
    variance: f64,
}

/// A mixture whose first component is q, N(0, I).
#[derive(Clone, Debug)]
pub struct Proposal {
    kind: ProposalKind,
    block: usize,
    others: Vec<Component>,
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
    pub const ALL: [Self; 3] = [Self::Posterior, Self::Defensive, Self::Laplace];

    /// Its name in options and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Posterior => "posterior",
            Self::Defensive => "defensive",
            Self::Laplace => "laplace",
        }
    }
}

impl Proposal {
    /// q alone.
    pub fn posterior() -> Self {
        Self { kind: ProposalKind::Posterior, block: 0, others: Vec::new(), order: &[0] }
    }

    /// ¾ q and ¼ N(μ, 2 σ²) in the first `block` entries.
    ///
    /// The mixture's density is at least ¼ of the copy's, so that no weight grows where q has thin
    /// tails. The copy's own density is lower than q's by block · ½ ln 2 nats at the centre and
    /// meets typical draws of q 0.1 nats an entry lower: with the 1,788 latents of a hierarchy its
    /// draws would all be wasted, with the two dozen of its top layer they are not.
    pub fn defensive(block: usize) -> Self {
        let wide = Component { mean: Array1::zeros(block), factor: None, variance: 2.0 };
        Self { kind: ProposalKind::Defensive, block, others: vec![wide], order: &[0, 0, 0, 1] }
    }

    /// Half of q, and copies of N(mean, L Lᵀ) with 1.3 times and twice its covariance. `factor` is
    /// L, in units of e.
    pub fn laplace(mean: Array1<f64>, factor: Factor) -> Self {
        let block = mean.len();
        let copy =
            |variance| Component { mean: mean.clone(), factor: Some(factor.clone()), variance };
        Self {
            kind: ProposalKind::Laplace,
            block,
            others: vec![copy(1.3), copy(2.0)],
            order: &[0, 1, 0, 2, 0, 1],
        }
    }

    /// Which it is.
    pub fn kind(&self) -> ProposalKind {
        self.kind
    }

    /// How many components it has, q among them.
    pub fn components(&self) -> usize {
        1 + self.others.len()
    }

    /// How many draws it takes until there are `samples` of q, of which the last comes last.
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
    pub fn slot(&self, index: usize) -> Slot {
        let (cycle, at) = (index / self.order.len(), index % self.order.len());
        let component = self.order[at];
        let in_cycle =
            |until: usize| self.order[..until].iter().filter(|c| **c == component).count();
        Slot { component, number: cycle * in_cycle(self.order.len()) + in_cycle(at) }
    }

    /// The noise of draw `index`, `latents` entries: of q the very one that the ELBO is made of.
    pub fn noise(&self, seed: u64, index: usize, latents: usize) -> Array1<f64> {
        let Slot { component, number } = self.slot(index);
        let number = number as u64;
        let Some(Component { mean, factor, variance }) =
            component.checked_sub(1).map(|i| &self.others[i])
        else {
            return standard_normal(seed, Purpose::Latent, [number, 0], latents);
        };
        let mut noise =
            standard_normal(seed, Purpose::Proposal, [number, component as u64], latents);
        let (mut head, _) = noise.view_mut().split_at(Axis(0), self.block);
        if let Some(factor) = factor {
            let moved = triangular_times(factor, head.view());
            head.assign(&moved);
        }
        head.zip_mut_with(mean, |e, m| *e = m + variance.sqrt() * *e);
        noise
    }

    /// log of the density of each component but q over that of q, at a noise.
    pub fn log_ratios(&self, noise: ArrayView1<f64>) -> Vec<f64> {
        let (head, _) = noise.split_at(Axis(0), self.block);
        let square = head.dot(&head);
        let ratio = |component: &Component| {
            let centred = &head - &component.mean;
            let (distance, log_det) = match &component.factor {
                Some(factor) => (factor.inverse_square(centred.view()), factor.log_det()),
                None => (centred.dot(&centred), 0.0),
            };
            let dimensions = self.block as f64;
            0.5 * (square
                - distance / component.variance
                - dimensions * libm::log(component.variance))
                - log_det
        };
        self.others.iter().map(ratio).collect()
    }

    /// How many of the first `draws` draws are of each component.
    pub fn counts(&self, draws: usize) -> Vec<usize> {
        let mut counts = vec![0; self.components()];
        (0..draws).for_each(|index| counts[self.order[index % self.order.len()]] += 1);
        counts
    }
}
