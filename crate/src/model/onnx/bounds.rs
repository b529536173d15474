//! Whether indices that are known only at run time lie within what they pick from.

use tract_core::internal::*;
use tract_core::ops::array::{
    Gather, GatherElements, GatherNd, OneHot, ScatterElements, ScatterNd,
};

/// Fails where an operator would read or write beyond its table. tract stops there, which ends an
/// instance of WebAssembly; and a class or a timestep that a file does not have is a common
/// mistake.
pub(super) fn check(op: &dyn TypedOp, inputs: &[TValue]) -> TractResult<()> {
    if let Some(op) = op.downcast_ref::<Gather>() {
        along(op.axis, inputs)
    } else if let Some(op) = op.downcast_ref::<GatherElements>() {
        along(op.axis, inputs)
    } else if let Some(op) = op.downcast_ref::<ScatterElements>() {
        along(op.axis, inputs)
    } else if let Some(op) = op.downcast_ref::<OneHot>() {
        each(&inputs[0], |_| op.dim, true)
    } else if let Some(op) = op.downcast_ref::<GatherNd>() {
        coordinates(op.batch_dims, inputs)
    } else if op.is::<ScatterNd>() {
        coordinates(0, inputs)
    } else {
        Ok(())
    }
}

fn along(axis: usize, inputs: &[TValue]) -> TractResult<()> {
    let length = inputs[0].shape()[axis];
    each(&inputs[1], |_| length, true)
}

/// Lists of coordinates, the last axis of the indices; tract counts none of them from the end.
fn coordinates(batch_dims: usize, inputs: &[TValue]) -> TractResult<()> {
    let shape = &inputs[0].shape()[batch_dims..];
    let depth = inputs[1].shape().last().copied().unwrap_or(1).max(1);
    each(&inputs[1], |at| shape[at % depth], false)
}

fn each(indices: &TValue, length: impl Fn(usize) -> usize, from_the_end: bool) -> TractResult<()> {
    let indices = indices.cast_to::<i64>()?;
    let indices = indices.try_as_plain_ram()?;
    for (at, &index) in indices.as_slice::<i64>()?.iter().enumerate() {
        let length = length(at) as i64;
        let least = if from_the_end { -length } else { 0 };
        ensure!(
            (least..length).contains(&index),
            "index {index} is out of range for a length of {length}"
        );
    }
    Ok(())
}
