//! What the axes of a product of two values are for: tract's EinSum.

use tract_core::internal::*;
use tract_core::ops::einsum::EinSum;

/// The axes of a product of a and b by what they are for, each with its places in a, b and the
/// result.
#[derive(Clone, Debug, Default)]
pub(super) struct Roles {
    /// In all three.
    pub batch: Vec<[usize; 3]>,
    /// In a and the result.
    pub rows: Vec<[usize; 2]>,
    /// In b and the result.
    pub columns: Vec<[usize; 2]>,
    /// In a and b, summed over.
    pub depth: Vec<[usize; 2]>,
    /// Axes of length 1 in a or b that stand for a longer one of the other, or for nothing.
    pub unused: [Vec<usize>; 2],
    shapes: [TVec<usize>; 2],
}

impl Roles {
    pub(super) fn of(op: &EinSum, shapes: &[TVec<usize>; 2]) -> TractResult<Self> {
        let mut roles = Self { shapes: shapes.clone(), ..Self::default() };
        for axis in op.axes.iter_all_axes() {
            let place = |places: &TVec<usize>| match places.as_slice() {
                [] => Ok(None),
                [place] => Ok(Some(*place)),
                _ => bail!("an axis occurs twice in one operand"),
            };
            let (a, b) = (place(&axis.inputs[0])?, place(&axis.inputs[1])?);
            let result = place(&axis.outputs[0])?;
            let length = |input: usize, place: usize| shapes[input][place];
            match (a, b, result) {
                (Some(a), Some(b), _) if length(0, a) == 1 && length(1, b) != 1 => {
                    let result = result.context("a sum over a repeated axis")?;
                    roles.unused[0].push(a);
                    roles.columns.push([b, result]);
                }
                (Some(a), Some(b), _) if length(1, b) == 1 && length(0, a) != 1 => {
                    let result = result.context("a sum over a repeated axis")?;
                    roles.unused[1].push(b);
                    roles.rows.push([a, result]);
                }
                (Some(a), Some(b), Some(result)) => roles.batch.push([a, b, result]),
                (Some(a), Some(b), None) => roles.depth.push([a, b]),
                (Some(a), None, Some(result)) => roles.rows.push([a, result]),
                (None, Some(b), Some(result)) => roles.columns.push([b, result]),
                (Some(a), None, None) if length(0, a) == 1 => roles.unused[0].push(a),
                (None, Some(b), None) if length(1, b) == 1 => roles.unused[1].push(b),
                _ => bail!("an axis of a product occurs in one operand only"),
            }
        }
        let rows_of = |[_, result]: &[usize; 2]| *result;
        roles.rows.sort_unstable_by_key(rows_of);
        roles.columns.sort_unstable_by_key(rows_of);
        roles.batch.sort_unstable_by_key(|[.., result]| *result);
        Ok(roles)
    }

    /// Whether this is a product with one matrix, whose columns are the last axis of the result.
    pub(super) fn is_linear(&self) -> bool {
        let rank = self.batch.len() + self.rows.len() + self.columns.len();
        self.batch.iter().all(|[_, b, _]| self.shapes[1][*b] == 1)
            && matches!(self.columns.as_slice(), [[_, result]] if *result + 1 == rank)
    }

    pub(super) fn lengths(&self, input: usize, places: impl Iterator<Item = usize>) -> TVec<usize> {
        places.map(|place| self.shapes[input][place]).collect()
    }
}
