//! Variational inference in the plane against finite differences, closed forms, and sums over a
//! fine grid of the plane that share nothing with the crate's quadrature.

mod contour;
mod divergence;
mod gradient;
mod target;

use elbo_room::math::inference::Point;
use elbo_room::math::inference::target::{Target, TargetKind};
use elbo_room::math::inference::variational::{Family, Gaussian, Mixture};

fn targets() -> impl Iterator<Item = (TargetKind, Target)> {
    TargetKind::ALL.into_iter().map(|kind| (kind, Target::new(kind)))
}

/// Two members of each family, not at a target's centre, and with nothing equal to anything.
fn members() -> Vec<(Family, Mixture)> {
    let one = |component| Mixture { weights: vec![1.0], components: vec![component] };
    let mixture = |parts: &[(f64, Point, Point)]| Mixture {
        weights: parts.iter().map(|part| part.0).collect(),
        components: parts.iter().map(|part| Gaussian::diagonal(part.1, part.2)).collect(),
    };
    vec![
        (Family::MeanField, one(Gaussian::diagonal([0.7, -0.4], [0.9, 0.6]))),
        (Family::MeanField, one(Gaussian::diagonal([-1.6, -1.1], [0.3, 1.3]))),
        (Family::FullCovariance, one(Gaussian::with_covariance([0.4, 0.3], [0.8, 0.5, 0.7]))),
        (Family::FullCovariance, one(Gaussian::with_covariance([1.2, -0.8], [1.5, -1.1, 1.2]))),
        (
            Family::Mixture,
            mixture(&[(0.3, [-1.0, 0.5], [0.5, 0.8]), (0.7, [0.9, -0.3], [0.7, 0.4])]),
        ),
        (
            Family::Mixture,
            mixture(&[
                (0.5, [0.1, 0.2], [1.2, 1.0]),
                (0.2, [1.5, 1.1], [0.3, 0.6]),
                (0.3, [-1.7, -0.9], [0.6, 0.5]),
            ]),
        ),
    ]
}

/// ∫ f by the midpoint rule on squares of side 0.05, where the target (but for the wide end of the
/// funnel) and all members have their mass.
fn over_the_plane(kind: TargetKind, f: impl Fn(Point) -> f64) -> f64 {
    const SIDE: f64 = 0.05;
    let ([left, right], [bottom, top]) = match kind {
        TargetKind::Banana => ([-10.0, 10.0], [-32.0, 9.0]),
        _ => ([-12.0, 12.0], [-12.0, 12.0]),
    };
    let middles = |from: f64, to: f64| {
        let count = ((to - from) / SIDE).round() as usize;
        (0..count).map(move |i| from + (i as f64 + 0.5) * SIDE)
    };
    let row = |y: f64| middles(left, right).map(|x| f([x, y])).sum::<f64>();
    middles(bottom, top).map(row).sum::<f64>() * SIDE * SIDE
}
