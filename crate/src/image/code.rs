//! How long an image is in an adaptive code that knows nothing but the image: what a compressor
//! says of its complexity.
//!
//! As in lossless image coding (Weinberger et al. 2000) a pixel is predicted from its neighbours
//! above and to the left, and what is left of it is written as binary decisions. Each of them costs
//! what the Krichevsky-Trofimov estimator (1981) makes of those before it with the same
//! neighbourhood: an arithmetic coder comes within two bits of the sum.

use super::resample::Size;
use crate::math::likelihood::Task;

/// Counts of the zeros and ones that one decision has had.
#[derive(Clone, Copy, Default)]
struct Decision([u32; 2]);

impl Decision {
    /// The nats that `bit` costs, after which it is counted.
    fn cost(&mut self, bit: bool) -> f64 {
        let [zeros, ones] = self.0;
        let probability = (f64::from(self.0[usize::from(bit)]) + 0.5) / f64::from(zeros + ones + 1);
        self.0[usize::from(bit)] += 1;
        -libm::log(probability)
    }
}

/// The length in nats of the image that a model of the task explains, of an 8-bit image and, where
/// it is made black and white, the seed of that ([`Task::observe`]).
///
/// # Panics
/// For fewer levels than the size has.
#[must_use]
pub fn code_length(task: Task, levels: &[u8], size: Size, seed: u64) -> f64 {
    let observed = task.observe(levels, seed);
    match task {
        Task::Binarized => binary_code_length(&observed, size),
        Task::EightBit | Task::Density | Task::Grey => level_code_length(&observed, size),
    }
}

/// The length in nats of an image whose pixels are 0 or 1, row by row: each is coded given the four
/// that come before it, left and above.
///
/// # Panics
/// For fewer bits than the size has.
#[must_use]
pub fn binary_code_length(bits: &[u8], size: Size) -> f64 {
    let mut contexts = [Decision::default(); 16];
    sum_over(bits, size, |bit, [w, n, nw, ne]| {
        contexts[usize::from((w & 1) | (n & 1) << 1 | (nw & 1) << 2 | (ne & 1) << 3)].cost(bit != 0)
    })
}

/// The length in nats of an 8-bit image, row by row, the channels of a pixel side by side and each
/// predicted from its own.
///
/// The difference from the median edge detector's prediction, modulo 256 and folded to 0, 1, …,
/// 255, is written as whether it is 0, then its bit length in unary, then its lower bits as they
/// are.
///
/// # Panics
/// For fewer levels than the size has.
#[must_use]
pub fn level_code_length(levels: &[u8], size: Size) -> f64 {
    let mut contexts = [[Decision::default(); 8]; 4];
    sum_over(levels, size, |level, [w, n, nw, ne]| {
        let folded = fold(level.wrapping_sub(predict(w, n, nw)));
        // how much the neighbourhood changes: not at all, a little, more, much
        let change = w.abs_diff(nw).max(n.abs_diff(nw)).max(n.abs_diff(ne));
        let decisions = &mut contexts[match change {
            0 => 0,
            1..8 => 1,
            8..64 => 2,
            _ => 3,
        }];
        let mut cost = decisions[0].cost(folded != 0);
        if folded != 0 {
            let bits = folded.ilog2() as usize;
            for (longer, decision) in decisions[1..].iter_mut().enumerate().take(bits + 1) {
                cost += decision.cost(longer < bits);
            }
            cost += bits as f64 * std::f64::consts::LN_2;
        }
        cost
    })
}

/// The median edge detector: left or above where there is an edge, else the plane through three.
fn predict(w: u8, n: u8, nw: u8) -> u8 {
    if nw >= w.max(n) {
        w.min(n)
    } else if nw <= w.min(n) {
        w.max(n)
    } else {
        // between the two, so it is a level
        (i16::from(w) + i16::from(n) - i16::from(nw)) as u8
    }
}

/// 0, −1, 1, −2, 2, … as 0, 1, 2, 3, 4, ….
fn fold(difference: u8) -> u8 {
    let signed = difference as i8;
    ((signed << 1) ^ (signed >> 7)) as u8
}

/// The sum over pixels of `cost`, which gets the value and its neighbours left, above, above left
/// and above right; beyond the edge they are 0.
fn sum_over(values: &[u8], size: Size, mut cost: impl FnMut(u8, [u8; 4]) -> f64) -> f64 {
    let Size { channels, height, width } = size;
    debug_assert_eq!(values.len(), channels * height * width);
    let at = |row: Option<usize>, column: Option<usize>, channel: usize| match (row, column) {
        (Some(row), Some(column)) if column < width => {
            values[(row * width + column) * channels + channel]
        }
        _ => 0,
    };
    let mut sum = 0.0;
    for row in 0..height {
        for column in 0..width {
            let (above, left) = (row.checked_sub(1), column.checked_sub(1));
            for channel in 0..channels {
                let neighbours = [
                    at(Some(row), left, channel),
                    at(above, Some(column), channel),
                    at(above, left, channel),
                    at(above, Some(column + 1), channel),
                ];
                sum += cost(at(Some(row), Some(column), channel), neighbours);
            }
        }
    }
    sum
}
