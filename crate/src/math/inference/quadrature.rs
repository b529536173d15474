//! Expectations without noise: the trapezoid rule in whitened coordinates.
//!
//! For the product of a Gaussian and a function that is analytic near the real plane, the rule on
//! an unbounded grid converges exponentially as its spacing goes to 0 (Trefethen & Weideman 2014),
//! so a few thousand points give what no number of draws would.

use super::Point;
use super::variational::Gaussian;

/// A node of a quadrature rule: a point and its mass.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// The point.
    pub z: Point,
    /// Its mass; the masses of all nodes sum to one.
    pub mass: f64,
}

/// The trapezoid rule for expectations under N(0, I): a square grid of the given spacing, cut off
/// at a radius.
#[must_use]
pub fn normal_nodes(spacing: f64, radius: f64) -> Vec<Node> {
    let reach = (radius / spacing) as i32;
    let axis: Vec<(f64, f64)> = (-reach..=reach)
        .map(|step| {
            let x = spacing * f64::from(step);
            (x, libm::exp(-0.5 * x * x))
        })
        .collect();
    let mut nodes = Vec::with_capacity(axis.len() * axis.len());
    for &(y, v) in &axis {
        let row = axis.iter().filter(|(x, _)| x * x + y * y <= radius * radius);
        nodes.extend(row.map(|&(x, w)| Node { z: [x, y], mass: v * w }));
    }
    normalize(&mut nodes);
    nodes
}

/// Scales the masses so that they sum to one.
pub(super) fn normalize(nodes: &mut [Node]) {
    let total: f64 = nodes.iter().map(|node| node.mass).sum();
    for node in nodes {
        node.mass /= total;
    }
}

/// The Gaussian with the mean and covariance of the nodes.
pub(super) fn moments(nodes: &[Node]) -> Gaussian {
    let mut mean = [0.0; 2];
    for node in nodes {
        mean[0] += node.mass * node.z[0];
        mean[1] += node.mass * node.z[1];
    }
    let mut covariance = [0.0; 3];
    for node in nodes {
        let d = [node.z[0] - mean[0], node.z[1] - mean[1]];
        covariance[0] += node.mass * d[0] * d[0];
        covariance[1] += node.mass * d[0] * d[1];
        covariance[2] += node.mass * d[1] * d[1];
    }
    Gaussian::with_covariance(mean, covariance)
}
