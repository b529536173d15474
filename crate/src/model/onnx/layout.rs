//! Where values lie: reshapes and transpositions as one operator that composes, and images whose
//! channels are innermost.
//!
//! A kernel of images gives `[N, H, W, C]`, and the graph means `[N, C, H, W]`. The lowered model
//! keeps the meaning: behind each kernel stands a [`Rearrange`] to the graph's order. Whoever takes
//! the value in memory's order asks for the rearrangement back, and the two compose to nothing; a
//! rearrangement that nobody asks for is not run.

use tract_core::internal::*;

use super::operator::{Kernel, of_states, operator, output};
use crate::kernels::rearrange;

/// The axes of `[N, C, H, W]` in the order `[N, H, W, C]`, and back.
pub(super) const TO_CHANNELS_LAST: [usize; 4] = [0, 2, 3, 1];
pub(super) const TO_CHANNELS_FIRST: [usize; 4] = [0, 3, 1, 2];

/// Splits a value's memory into axes (`split`), takes these in the order `permutation`, and calls
/// the result `shape`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rearrange {
    pub split: TVec<usize>,
    pub permutation: TVec<usize>,
    pub shape: TVec<usize>,
}

impl Rearrange {
    /// The same memory as another shape.
    pub(super) fn reshape(shape: &[usize]) -> Self {
        let length = shape.iter().product();
        Self { split: tvec!(length), permutation: tvec!(0), shape: shape.into() }
    }

    /// The axes of a value of shape `from` in another order.
    pub(super) fn transpose(from: &[usize], permutation: &[usize]) -> Self {
        let shape = permutation.iter().map(|&axis| from[axis]).collect();
        Self { split: from.into(), permutation: permutation.into(), shape }.simplified()
    }

    /// Without axes of length 1, and with axes that stay together as one.
    fn simplified(self) -> Self {
        let Self { split, permutation, shape } = self;
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for axis in permutation.into_iter().filter(|&axis| split[axis] != 1) {
            match runs.last_mut() {
                Some((_, last))
                    if split[*last + 1..axis.max(*last + 1)].iter().all(|&d| d == 1)
                        && *last < axis =>
                {
                    *last = axis;
                }
                _ => runs.push((axis, axis)),
            }
        }
        let mut order: Vec<usize> = (0..runs.len()).collect();
        order.sort_unstable_by_key(|&run| runs[run].0);
        let mut place = vec![0; runs.len()];
        for (at, &run) in order.iter().enumerate() {
            place[run] = at;
        }
        let length = |&run: &usize| split[runs[run].0..=runs[run].1].iter().product();
        let mut merged: TVec<usize> = order.iter().map(length).collect();
        let mut permutation: TVec<usize> = place.into_iter().collect();
        if merged.is_empty() {
            merged.push(split.iter().product());
            permutation.push(0);
        }
        Self { split: merged, permutation, shape }
    }

    /// Whether all values stay in their order, so that only the shape changes.
    pub(super) fn is_identity(&self) -> bool {
        rearrange::is_identity(&self.split, &self.permutation)
    }

    /// This and then `next` as one; `None` where an axis of one cuts through one of the other.
    pub(super) fn then(&self, next: &Self) -> Option<Self> {
        let middle: TVec<usize> = self.permutation.iter().map(|&axis| self.split[axis]).collect();
        if middle.contains(&0) || next.split.contains(&0) {
            return None;
        }
        // The common refinement of the axes between the two, from the innermost outwards: for each
        // part, the axis of either that it belongs to, and its length.
        let mut parts: Vec<(usize, usize, usize)> = Vec::new();
        let mut ours = middle.iter().copied().enumerate().rev().filter(|&(_, d)| d != 1);
        let mut theirs = next.split.iter().copied().enumerate().rev().filter(|&(_, d)| d != 1);
        let (mut a, mut b) = (ours.next(), theirs.next());
        while let (Some((i, left)), Some((j, right))) = (a, b) {
            let part = left.min(right);
            if left % part != 0 || right % part != 0 {
                return None;
            }
            parts.push((i, j, part));
            a = if left == part { ours.next() } else { Some((i, left / part)) };
            b = if right == part { theirs.next() } else { Some((j, right / part)) };
        }
        if a.is_some() || b.is_some() {
            return None;
        }
        parts.reverse();
        // In memory's order the parts stand as our axes do.
        let mut memory: Vec<usize> = (0..parts.len()).collect();
        memory.sort_by_key(|&part| self.permutation[parts[part].0]);
        let mut place = vec![0; parts.len()];
        for (at, &part) in memory.iter().enumerate() {
            place[part] = at;
        }
        let mut permutation: TVec<usize> = tvec!();
        for &axis in &next.permutation {
            permutation.extend((0..parts.len()).filter(|&p| parts[p].1 == axis).map(|p| place[p]));
        }
        let split = memory.iter().map(|&part| parts[part].2).collect();
        Some(Self { split, permutation, shape: next.shape.clone() }.simplified())
    }

    fn transposed<T: Datum + Copy>(&self, states: usize, input: &TValue) -> TractResult<Tensor> {
        let x = input.try_as_plain_ram()?;
        let x = x.as_slice::<T>()?;
        let each = self.shape.iter().product::<usize>().max(1);
        output::<T>(states, &self.shape, |out| {
            for (x, out) in x.chunks_exact(each).zip(out.chunks_exact_mut(each)) {
                rearrange::transpose(x, &self.split, &self.permutation, out);
            }
            Ok(())
        })
    }
}

impl Kernel for Rearrange {
    fn run(&self, states: usize, mut inputs: TVec<TValue>) -> TractResult<Tensor> {
        if self.is_identity() {
            return inputs.remove(0).into_tensor().into_shape(&of_states(states, &self.shape));
        }
        match inputs[0].datum_type() {
            DatumType::F32 => self.transposed::<f32>(states, &inputs[0]),
            DatumType::I64 => self.transposed::<i64>(states, &inputs[0]),
            DatumType::Bool => self.transposed::<bool>(states, &inputs[0]),
            other => bail!("values of the type {other:?} cannot be moved"),
        }
    }
}

operator!(Rearrange, |_: &Rearrange| "Rearrange");

#[cfg(test)]
mod tests {
    use super::*;

    fn apply(op: &Rearrange, x: &[i64]) -> Vec<i64> {
        let x = Tensor::from_shape(&[x.len()], x).unwrap().into_tvalue();
        let out = op.run(1, tvec!(x)).unwrap();
        out.try_as_plain_ram().unwrap().as_slice::<i64>().unwrap().to_vec()
    }

    #[test]
    fn composed_rearrangements_give_what_one_after_the_other_gives() {
        let shapes: [&[usize]; 6] =
            [&[2, 3, 4, 6], &[6, 24], &[2, 12, 6], &[4, 6, 6], &[1, 144], &[2, 3, 2, 2, 6]];
        let permutations: [&[usize]; 5] =
            [&[0, 2, 3, 1], &[0, 3, 1, 2], &[3, 2, 1, 0], &[1, 0, 3, 2], &[0, 1, 2, 3]];
        let x: Vec<i64> = (0..144).collect();
        let mut ops: Vec<Rearrange> =
            shapes.iter().map(|shape| Rearrange::reshape(shape)).collect();
        for permutation in permutations {
            ops.push(Rearrange::transpose(&[2, 3, 4, 6], permutation));
            ops.push(Rearrange::transpose(&[2, 2, 6, 6], permutation));
        }
        ops.push(Rearrange::transpose(&[2, 12, 6], &[0, 2, 1]));
        let mut composed = 0;
        for first in &ops {
            for second in &ops {
                let expected = apply(second, &apply(first, &x));
                if let Some(both) = first.then(second) {
                    assert_eq!(apply(&both, &x), expected, "{first:?} {second:?}");
                    assert_eq!(both.shape, second.shape);
                    composed += 1;
                }
            }
        }
        assert!(composed > ops.len() * ops.len() / 2, "{composed}");
    }

    #[test]
    fn inverse_permutations_cancel() {
        let there = Rearrange::transpose(&[1, 8, 5, 7], &TO_CHANNELS_LAST);
        let back = Rearrange::transpose(&[1, 5, 7, 8], &TO_CHANNELS_FIRST);
        assert!(!there.is_identity());
        assert!(there.then(&back).unwrap().is_identity());
    }
}
