//! Variational inference in two dimensions, where everything can be seen and checked by quadrature.
//!
//! A target `p(z) = p̃(z) / Z` is known up to Z. A distribution q of a simple family is fitted to
//! it by ascending ELBO(q) = E_q[log p̃(z) - log q(z)] = log Z - KL(q || p) (Jordan et al. 1999;
//! Blei et al. 2017), with Monte Carlo gradients: reparameterized (Kingma & Welling 2014) or by the
//! score function (Ranganath et al. 2014). Beside it stands the fit that minimizes the other
//! divergence, KL(p || q).
//!
//! All quantities are in nats. Vectors of length two are `[f64; 2]`; z_1 is drawn to the right and
//! z_2 upwards.

pub mod contour;
pub mod exact;
pub mod forward;
pub mod gradient;
pub mod logistic_regression;
pub mod optimizer;
pub mod quadrature;
pub mod target;
pub mod variational;

/// A point, or a vector, of the plane.
pub type Point = [f64; 2];
