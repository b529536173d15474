//! Where a value lies in a distribution that is known from a sample.

/// The quantiles 0, 1/n, …, 1 of a sample, n + 1 values. `sorted` ascends and is not empty.
///
/// Quantile p of N values is at position (N - 1) p among them, between two by a straight line
/// (Hyndman & Fan 1996, type 7).
///
/// # Panics
/// For no value, or `n` = 0.
#[must_use]
pub fn quantiles(sorted: &[f64], n: usize) -> Vec<f64> {
    debug_assert!(!sorted.is_empty() && n > 0);
    let last = sorted.len() - 1;
    (0..=n)
        .map(|i| {
            // in integers, so that a quantile that is one of the values is that value
            let (below, part) = (last * i / n, (last * i % n) as f64 / n as f64);
            let (a, b) = (sorted[below], sorted[(below + 1).min(last)]);
            a + part * (b - a)
        })
        .collect()
}

/// The share of the distribution below `value`, from points of its quantile function: `values`
/// ascend, and the share
/// `shares[i]` lies below `values[i]`. Between two points it is a straight line, 0 below the first
/// and 1 above the last; of points of one value it is the last one's.
///
/// # Panics
/// For fewer shares than values.
#[must_use]
pub fn share_below(values: &[f64], shares: &[f64], value: f64) -> f64 {
    debug_assert_eq!(values.len(), shares.len());
    match values.partition_point(|v| *v <= value) {
        0 => 0.0,
        after if after == values.len() => 1.0,
        after => {
            let (a, b) = (values[after - 1], values[after]);
            shares[after - 1] + (value - a) / (b - a) * (shares[after] - shares[after - 1])
        }
    }
}

/// Counts of values in bins of equal width.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Histogram {
    /// One edge more than counts, ascending.
    pub edges: Vec<f64>,
    /// The lower edge of a bin is part of it.
    pub counts: Vec<u64>,
}

impl Histogram {
    /// All values, which are finite, in as few bins of width 1, 2 or 5 times a power of ten as are
    /// no fewer than `bins`.
    pub fn new(values: &[f64], bins: usize) -> Self {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let widest = ((high - low) / bins as f64).max(1e-3);
        let power = libm::pow(10.0, libm::floor(libm::log10(widest)));
        let width = [5.0, 2.0, 1.0]
            .map(|factor| factor * power)
            .into_iter()
            .find(|w| *w <= widest)
            .unwrap_or(power);
        // decimal fractions are rounded once, not added up
        let multiple = |n: f64| if width < 1.0 { n / libm::round(1.0 / width) } else { n * width };
        let first = libm::floor(low / width);
        let count = (libm::floor(high / width) - first) as usize + 1;
        // one edge more, should the division have rounded the highest value down
        let mut edges: Vec<f64> =
            (0..=count + 1).map(|edge| multiple(first + edge as f64)).collect();
        let mut counts = vec![0; count + 1];
        for value in values {
            counts[edges.partition_point(|edge| edge <= value).saturating_sub(1)] += 1;
        }
        if counts[count] == 0 {
            edges.pop();
            counts.pop();
        }
        Self { edges, counts }
    }
}
