//! The other divergence: the q of a family that minimizes KL(p || q), by quadrature under p.
//!
//! It maximizes E_p[log q], so one Gaussian takes the moments of p, and a mixture is fitted by
//! expectation maximization on the nodes (Bishop 2006, sections 9.2 and 10.7). It covers p's mass
//! where the fit of the ELBO seeks a mode.

use super::Point;
use super::quadrature::{Node, moments};
use super::variational::{Family, Gaussian, Mixture, PointEvaluation};

/// Rounds of expectation maximization after which a fit that still moves is taken as it is.
const MAX_ROUNDS: usize = 300;
/// Rise of E_p[log q] in nats per round below which a fit has converged.
const TOLERANCE: f64 = 1e-7;
/// Smallest standard deviation of a component: that of a node's neighbourhood.
const MIN_STD: f64 = 0.05;

/// The q with so many components (1 but for a mixture) that minimizes KL(p || q); for a mixture a
/// local minimum, found from components spread over p. Deterministic.
#[must_use]
pub fn forward_fit(nodes: &[Node], family: Family, components: usize) -> Mixture {
    let whole = moments(nodes);
    let [var_1, _, var_2] = whole.covariance();
    let std = [var_1.sqrt(), var_2.sqrt()];
    match family {
        Family::FullCovariance => Mixture { weights: vec![1.0], components: vec![whole] },
        Family::MeanField => {
            Mixture { weights: vec![1.0], components: vec![Gaussian::diagonal(whole.mean, std)] }
        }
        Family::Mixture => maximize_expectation(nodes, spread(nodes, whole.mean, std, components)),
    }
}

/// Components of equal weight, each as far as can be from those before it, among the nodes that
/// make up the bulk of p.
fn spread(nodes: &[Node], mean: Point, std: Point, components: usize) -> Mixture {
    let mut bulk: Vec<&Node> = nodes.iter().collect();
    bulk.sort_by(|a, b| b.mass.total_cmp(&a.mass));
    let mut total = 0.0;
    bulk.retain(|node| {
        total += node.mass;
        total < 0.7
    });
    let distance = |z: Point, c: Point| libm::hypot((z[0] - c[0]) / std[0], (z[1] - c[1]) / std[1]);
    let mut centres = Vec::with_capacity(components);
    let mut nearest: Vec<f64> = bulk.iter().map(|node| distance(node.z, mean)).collect();
    for _ in 0..components {
        let farthest = (0..bulk.len()).max_by(|&a, &b| nearest[a].total_cmp(&nearest[b]));
        let centre = farthest.map_or(mean, |at| bulk[at].z);
        if centres.is_empty() {
            // The distance from the mean has only chosen the first centre.
            nearest.fill(f64::INFINITY);
        }
        for (nearest, node) in nearest.iter_mut().zip(&bulk) {
            *nearest = nearest.min(distance(node.z, centre));
        }
        centres.push(centre);
    }
    let share = 1.0 / (components as f64).sqrt();
    Mixture {
        weights: vec![1.0 / components as f64; components],
        components: centres
            .iter()
            .map(|&c| Gaussian::diagonal(c, [share * std[0], share * std[1]]))
            .collect(),
    }
}

fn maximize_expectation(nodes: &[Node], mut q: Mixture) -> Mixture {
    let mut last = f64::NEG_INFINITY;
    for _ in 0..MAX_ROUNDS {
        let mut evaluation = PointEvaluation::of(&q);
        // Mass, and first and second moments about the component's last mean, of each component.
        let mut sums = vec![[0.0; 5]; q.components.len()];
        let mut objective = 0.0;
        for node in nodes {
            q.evaluate(node.z, &mut evaluation);
            objective += node.mass * evaluation.log_density;
            for ((sums, r), g) in
                sums.iter_mut().zip(&evaluation.responsibilities).zip(&q.components)
            {
                let mass = node.mass * r;
                let d = [node.z[0] - g.mean[0], node.z[1] - g.mean[1]];
                for (sum, term) in sums.iter_mut().zip([1.0, d[0], d[1], d[0] * d[0], d[1] * d[1]])
                {
                    *sum += mass * term;
                }
            }
        }
        if objective - last < TOLERANCE {
            break;
        }
        last = objective;
        for ((weight, g), [mass, d1, d2, s1, s2]) in
            q.weights.iter_mut().zip(&mut q.components).zip(sums)
        {
            // A component that no node belongs to stays where it is, with the weight of nothing.
            *weight = mass.max(1e-12);
            if mass > 1e-12 {
                let (d1, d2) = (d1 / mass, d2 / mass);
                let std =
                    |square: f64, d: f64| (square / mass - d * d).max(MIN_STD * MIN_STD).sqrt();
                *g = Gaussian::diagonal(
                    [g.mean[0] + d1, g.mean[1] + d2],
                    [std(s1, d1), std(s2, d2)],
                );
            }
        }
    }
    q
}
