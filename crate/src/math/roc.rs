//! How well a score tells two samples apart.

use crate::error::{Error, Result};

/// How well a value tells two samples apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Roc {
    /// The probability that a positive has the higher value, one half for equal ones.
    pub auroc: f64,
    /// By the placements of both samples (DeLong et al. 1988); none where one of them has a single
    /// value.
    pub standard_error: Option<f64>,
    /// Corners from [0, 0] to [1, 1]: the share of negatives, then of positives, at or above a
    /// falling threshold.
    pub points: Vec<[f64; 2]>,
}

/// From the values of two samples, in O(n log n).
///
/// # Errors
/// [`ErrorKind::Value`](crate::ErrorKind::Value) for an empty sample, or a value that is NaN.
pub fn roc(positives: &[f64], negatives: &[f64]) -> Result<Roc> {
    let (m, n) = (positives.len(), negatives.len());
    if m == 0 || n == 0 {
        return Err(Error::request(
            "one of the samples is empty",
            "a comparison needs at least one value on either side",
        ));
    }
    if positives.iter().chain(negatives).any(|value| value.is_nan()) {
        return Err(Error::value("a value to be compared", f64::NAN, "a number"));
    }
    let all: Vec<f64> = positives.iter().chain(negatives).copied().collect();
    let ranks = midranks(&all);
    let placements = |own: &[f64], ranks: &[f64], others: usize| -> Vec<f64> {
        let within = midranks(own);
        ranks.iter().zip(within).map(|(all, own)| (all - own) / others as f64).collect()
    };
    // the share of the other sample that each value is above
    let above = placements(positives, &ranks[..m], n);
    let below = placements(negatives, &ranks[m..], m);
    let auroc = mean(&above);
    let standard_error = (m > 1 && n > 1)
        .then(|| (variance(&above) / m as f64 + variance(&below) / n as f64).sqrt());
    Ok(Roc { auroc, standard_error, points: curve(positives, negatives) })
}

/// Ranks from 1, equal values sharing the mean of theirs.
fn midranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut before = 0;
    for group in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let rank = before as f64 + (group.len() as f64 + 1.0) / 2.0;
        group.iter().for_each(|&at| ranks[at] = rank);
        before += group.len();
    }
    ranks
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn variance(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    squares / (values.len() as f64 - 1.0)
}

/// Points in the middle of a straight line are left out.
fn curve(positives: &[f64], negatives: &[f64]) -> Vec<[f64; 2]> {
    let mut all: Vec<(f64, bool)> = positives.iter().map(|&value| (value, true)).collect();
    all.extend(negatives.iter().map(|&value| (value, false)));
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut corners: Vec<[usize; 2]> = vec![[0, 0]];
    let mut count = [0, 0];
    for group in all.chunk_by(|a, b| a.0 == b.0) {
        let hits = group.iter().filter(|(_, positive)| *positive).count();
        count = [count[0] + group.len() - hits, count[1] + hits];
        if let [.., a, b] = corners[..] {
            let (before, after) = ([b[0] - a[0], b[1] - a[1]], [count[0] - b[0], count[1] - b[1]]);
            if before[0] * after[1] == before[1] * after[0] {
                corners.pop();
            }
        }
        corners.push(count);
    }
    let share = |[negative, positive]: [usize; 2]| {
        [negative as f64 / negatives.len() as f64, positive as f64 / positives.len() as f64]
    };
    corners.into_iter().map(share).collect()
}
