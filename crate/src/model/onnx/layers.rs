//! The operators that the kernels compute.

use std::sync::Arc;

use tract_core::internal::*;

use super::build::{Builder, ORDER, Value};
use super::elementary::{Function, Pair};
use super::graph::Node;
use super::operators::{combine, map, scalar, target};
use super::ops::{Convolution, GroupNorm, Linear, MatMul, Method, Rearrange, Upsample};
use crate::kernels::convolution::{Direct, Weights, Window};
use crate::kernels::panels::Panels;
use crate::kernels::winograd::Winograd;

/// From this many channels on, at both ends, the transforms of Winograd's method cost less than
/// they save.
const CHANNELS_FOR_WINOGRAD: usize = 16;

fn window(node: &Node, kernel: [usize; 2], size: [usize; 2]) -> TractResult<Window> {
    let pair = |name: &str| -> TractResult<[usize; 2]> {
        let Some(values) = node.ints(name) else { return Ok([1; 2]) };
        let &[a, b] = values else { bail!("`{name}` is {values:?}, and must have two values") };
        Ok([a.try_into()?, b.try_into()?])
    };
    let (strides, dilations) = (pair("strides")?, pair("dilations")?);
    ensure!(
        strides.into_iter().chain(dilations).all(|step| step > 0),
        "strides and dilations must be positive"
    );
    let [before, after] = match node.text("auto_pad").as_deref() {
        None | Some("" | "NOTSET") => match node.ints("pads") {
            None => [[0; 2]; 2],
            Some(&[top, left, bottom, right]) => {
                [[top.try_into()?, left.try_into()?], [bottom.try_into()?, right.try_into()?]]
            }
            Some(pads) => bail!("`pads` is {pads:?}, and must have four values"),
        },
        Some("VALID") => [[0; 2]; 2],
        Some(same @ ("SAME_UPPER" | "SAME_LOWER")) => {
            let total: [usize; 2] = std::array::from_fn(|axis| {
                let reach = dilations[axis] * (kernel[axis] - 1) + 1;
                let outputs = size[axis].div_ceil(strides[axis]);
                ((outputs - 1) * strides[axis] + reach).saturating_sub(size[axis])
            });
            let (less, more) = (total.map(|n| n / 2), total.map(|n| n.div_ceil(2)));
            if same == "SAME_UPPER" { [less, more] } else { [more, less] }
        }
        Some(other) => bail!("`auto_pad` is {other:?}, which is not known here"),
    };
    let groups = node.int("group").unwrap_or(1).try_into()?;
    Ok(Window { kernel, strides, dilations, before, after, groups })
}

/// Conv of images, with what was fused to it.
pub fn convolution(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let x = builder.input(node, 0)?;
    let weights = builder.input(node, 1)?;
    let &[images, channels, height, width] = x.shape() else {
        bail!("its input has the shape {:?}, and must be [N, C, H, W]", x.shape());
    };
    let &[outputs, inputs, rows, columns] = weights.shape() else {
        bail!("its kernel has the shape {:?}, and must have four axes", weights.shape());
    };
    let (size, kernel) = ([height, width], [rows, columns]);
    ensure!(rows > 0 && columns > 0, "its kernel has no values");
    let window = window(node, kernel, size)?;
    let groups = window.groups;
    ensure!(
        groups > 0 && channels == inputs * groups && outputs % groups == 0,
        "a kernel of shape {:?} in {groups} groups does not fit {channels} channels",
        weights.shape(),
    );
    let values = weights.constant::<f32>()?;
    let weights = Weights { values: &values, outputs, inputs, kernel };
    let bias = match builder.optional(node, 2)? {
        Some(bias) => bias.constant::<f32>()?,
        None => vec![0.0; outputs],
    };
    ensure!(bias.len() == outputs, "it has {} biases for {outputs} outputs", bias.len());
    let [down, right] = window.output(size).context("its kernel is larger than the image")?;
    let simple =
        kernel == [3, 3] && window.strides == [1, 1] && window.dilations == [1, 1] && groups == 1;
    let method = if simple
        && inputs.min(outputs) >= CHANNELS_FOR_WINOGRAD
        && Winograd::takes(inputs, outputs)
    {
        Method::Winograd(Winograd::new(size, window.before, [down, right], weights, bias))
    } else {
        Method::Direct(
            Direct::new(window, size, weights, bias)
                .context("its kernel is larger than the image")?,
        )
    };
    let residual = node.residual.as_deref().map(|name| builder.named(name)).transpose()?;
    // Only a value of the same shape can be added while the output is written.
    let (fused, after) = match residual {
        Some(value) if value.shape() == [images, outputs, down, right] => (Some(value), None),
        other => (None, other),
    };
    let mut inputs = vec![builder.image(&x)?];
    if let Some(value) = fused {
        inputs.push(builder.image(&value)?);
    }
    let op = Convolution {
        method: Arc::new(method),
        silu: node.silu && after.is_none(),
        shape: tvec!(images, down, right, outputs),
    };
    let mut made = builder.wire(op, &inputs, true)?;
    if let Some(value) = after {
        made = combine(builder, Pair::Add, &made, &value)?;
        if node.silu {
            made = map(builder, &made, Function::Silu)?;
        }
    }
    Ok(made)
}

/// Group normalization as `fuse` found it.
pub fn group_norm(
    builder: &mut Builder,
    node: &Node,
    groups: usize,
    epsilon: f32,
    shape: &[i64],
) -> TractResult<Value> {
    let x = builder.input(node, 0)?;
    let shape = target(x.shape(), shape, true)?;
    let x = builder.reshape(&x, &shape)?;
    let image = builder.image(&x)?;
    let channels = shape[1];
    let (scale, shift) = (builder.input(node, 1)?, builder.input(node, 2)?);
    let per_channel = |value: &Value| {
        let mut lengths = [1; 4];
        let rank = value.shape().len();
        rank <= 4 && {
            lengths[4 - rank..].copy_from_slice(value.shape());
            lengths == [1, channels, 1, 1]
        }
    };
    let op = |silu| GroupNorm {
        groups,
        epsilon,
        silu,
        shape: ORDER.iter().map(|&axis| shape[axis]).collect(),
    };
    if per_channel(&scale) && per_channel(&shift) {
        let inputs = [image, builder.plain(&scale)?, builder.plain(&shift)?];
        return builder.wire(op(node.silu), &inputs, true);
    }
    let one = builder.constant(Tensor::from_shape(&[channels], &vec![1f32; channels])?)?;
    let zero = builder.constant(Tensor::from_shape(&[channels], &vec![0f32; channels])?)?;
    let mut made = builder.wire(op(false), &[image, one, zero], true)?;
    made = combine(builder, Pair::Mul, &made, &scale)?;
    made = combine(builder, Pair::Add, &made, &shift)?;
    if node.silu { map(builder, &made, Function::Silu) } else { Ok(made) }
}

/// Multiplies by a constant matrix `[depth, columns]`, given value by value.
fn linear(
    builder: &mut Builder,
    x: &Value,
    [depth, columns]: [usize; 2],
    weight: impl Fn(usize, usize) -> f32,
    bias: Vec<f32>,
    silu: bool,
) -> TractResult<Value> {
    let mut shape: TVec<usize> = x.shape().into();
    let last = shape.last_mut().context("a scalar has no columns")?;
    ensure!(
        *last == depth,
        "a value of shape {:?} cannot be multiplied by [{depth}, {columns}]",
        x.shape()
    );
    *last = columns;
    let weights = Arc::new(Panels::new(depth, columns, weight));
    let input = builder.plain(x)?;
    builder.wire(Linear { weights, bias: Arc::new(bias), silu, shape }, &[input], false)
}

/// Gemm, alpha · A · B + beta · C.
pub fn gemm(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let (mut a, b) = (builder.input(node, 0)?, builder.input(node, 1)?);
    let c = builder.optional(node, 2)?;
    let (alpha, beta) = (node.float("alpha").unwrap_or(1.0), node.float("beta").unwrap_or(1.0));
    let turned = |name: &str| node.int(name).unwrap_or(0) != 0;
    if turned("transA") {
        a = swap_last_two(builder, &a)?;
    }
    let &[rows, columns] = b.shape() else {
        bail!("its second input has the shape {:?}, and must have two axes", b.shape())
    };
    let [depth, outputs] = if turned("transB") { [columns, rows] } else { [rows, columns] };
    let bias = match &c {
        Some(Value::Constant(c)) if c.shape() == [outputs] || c.shape() == [1, outputs] => true,
        Some(_) => false,
        None => true,
    };
    if bias && matches!(b, Value::Constant(_)) {
        let weights = b.constant::<f32>()?;
        let bias = match &c {
            Some(c) => c.constant::<f32>()?.into_iter().map(|v| beta * v).collect(),
            None => Vec::new(),
        };
        let weight = |k: usize, n: usize| {
            alpha * if turned("transB") { weights[n * depth + k] } else { weights[k * outputs + n] }
        };
        return linear(builder, &a, [depth, outputs], weight, bias, node.silu);
    }
    let b = if turned("transB") { swap_last_two(builder, &b)? } else { b };
    let mut made = product(builder, &a, &b)?;
    made = combine(builder, Pair::Mul, &made, &scalar(alpha)?)?;
    if let Some(c) = c {
        let c = combine(builder, Pair::Mul, &c, &scalar(beta)?)?;
        made = combine(builder, Pair::Add, &made, &c)?;
    }
    if node.silu { map(builder, &made, Function::Silu) } else { Ok(made) }
}

/// MatMul.
pub fn matmul(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let (a, b) = (builder.input(node, 0)?, builder.input(node, 1)?);
    if let (Value::Constant(_), &[depth, columns]) = (&b, b.shape()) {
        let weights = b.constant::<f32>()?;
        return linear(
            builder,
            &a,
            [depth, columns],
            |k, n| weights[k * columns + n],
            Vec::new(),
            false,
        );
    }
    product(builder, &a, &b)
}

fn product(builder: &mut Builder, a: &Value, b: &Value) -> TractResult<Value> {
    let (left, right) = (a.shape(), b.shape());
    let (&[ref batch @ .., rows, depth], &[ref others @ .., inner, columns]) = (left, right) else {
        bail!("values of shapes {left:?} and {right:?} are no matrices");
    };
    ensure!(depth == inner, "values of shapes {left:?} and {right:?} cannot be multiplied");
    ensure!(
        batch == others,
        "values of shapes {left:?} and {right:?} must have the same axes but the last two"
    );
    let mut shape: TVec<usize> = batch.into();
    shape.extend([rows, columns]);
    let inputs = [builder.plain(a)?, builder.plain(b)?];
    builder.wire(MatMul { depth, shape }, &inputs, false)
}

fn swap_last_two(builder: &mut Builder, value: &Value) -> TractResult<Value> {
    let rank = value.shape().len();
    ensure!(rank >= 2, "a value of shape {:?} is no matrix", value.shape());
    let mut permutation: Vec<usize> = (0..rank).collect();
    permutation.swap(rank - 2, rank - 1);
    permute(builder, value, &permutation)
}

/// Transpose.
pub fn transpose(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let value = builder.input(node, 0)?;
    let rank = value.shape().len();
    let permutation: Vec<usize> = match node.ints("perm") {
        Some(axes) => axes.iter().map(|&axis| axis as usize).collect(),
        None => (0..rank).rev().collect(),
    };
    permute(builder, &value, &permutation)
}

fn permute(builder: &mut Builder, value: &Value, permutation: &[usize]) -> TractResult<Value> {
    let from = value.shape();
    let mut sorted = permutation.to_vec();
    sorted.sort_unstable();
    ensure!(
        sorted.into_iter().eq(0..from.len()),
        "{permutation:?} is no order of the axes of {from:?}"
    );
    let shape = permutation.iter().map(|&axis| from[axis]).collect();
    let op = Rearrange { split: from.into(), permutation: permutation.into(), shape };
    let input = builder.plain(value)?;
    builder.wire(op, &[input], false)
}

/// Reshape, Transpose, Reshape as `fuse` found them: on an image whose channels are innermost in
/// one move, where each reshape only splits axes or only merges neighbours.
pub fn rearrange(
    builder: &mut Builder,
    node: &Node,
    split: &[i64],
    permutation: &[usize],
    merged: &[i64],
) -> TractResult<Value> {
    let x = builder.input(node, 0)?;
    let split = target(x.shape(), split, true)?;
    let middle: TVec<usize> =
        permutation.iter().map(|&axis| split.get(axis).copied().unwrap_or(0)).collect();
    let merged = target(&middle, merged, true)?;
    let groups = (parts(x.shape(), &split), parts(&merged, &middle));
    let (4, 4, (Some(taken), Some(given))) = (x.shape().len(), merged.len(), groups) else {
        let x = builder.reshape(&x, &split)?;
        let x = permute(builder, &x, permutation)?;
        return builder.reshape(&x, &merged);
    };
    // The split axes as they lie in memory, and where each of the file's stands among them.
    let memory: Vec<usize> = ORDER.iter().flat_map(|&axis| taken[axis].clone()).collect();
    let place =
        |axis: usize| memory.iter().position(|&at| at == axis).context("an axis is not there");
    let wanted =
        ORDER.iter().flat_map(|&axis| given[axis].clone()).map(|at| place(permutation[at]));
    let op = Rearrange {
        split: memory.iter().map(|&axis| split[axis]).collect(),
        permutation: wanted.collect::<TractResult<_>>()?,
        shape: ORDER.iter().map(|&axis| merged[axis]).collect(),
    };
    let input = builder.image(&x)?;
    builder.wire(op, &[input], true)
}

/// For each length of `whole`, the stretch of `pieces` whose product it is; `None` where a piece
/// goes over a border.
fn parts(whole: &[usize], pieces: &[usize]) -> Option<Vec<std::ops::Range<usize>>> {
    let mut at = 0;
    let mut ranges = Vec::new();
    for &length in whole {
        let (start, mut product) = (at, 1);
        while product < length {
            product *= pieces.get(at)?;
            at += 1;
        }
        if product != length {
            return None;
        }
        ranges.push(start..at);
    }
    // Pieces of length 1 may be left over.
    ranges.last_mut()?.end = pieces.len();
    Some(ranges)
}

/// Repeated pixels as `fuse` found them.
pub fn upsample(
    builder: &mut Builder,
    node: &Node,
    factors: [usize; 2],
    merged: &[i64],
) -> TractResult<Value> {
    let x = builder.input(node, 0)?;
    let small =
        [merged[0], merged[1], merged[2] / factors[0] as i64, merged[3] / factors[1] as i64];
    let shape = target(x.shape(), &small, true)?;
    let x = builder.reshape(&x, &shape)?;
    let input = builder.image(&x)?;
    let op = Upsample {
        factors,
        shape: tvec!(shape[0], shape[2] * factors[0], shape[3] * factors[1], shape[1]),
    };
    builder.wire(op, &[input], true)
}
