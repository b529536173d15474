//! ONNX's operators, each wired into the model.

use tract_core::internal::*;

use super::build::{Builder, INNERMOST, ORDER, Value};
use super::elementary::{Cast, Combine, Concat, Function, Gather, Map, Pair, Slice, Softmax, Sum};
use super::graph::{Node, Operator, cast_type};
use super::layers;

/// The operators that [`wire`] knows.
pub const KNOWN: &str = "Abs, Add, Cast, Clip, Concat, Constant, Conv, Cos, Div, Exp, Flatten, Gather, Gemm, Identity, LeakyRelu, Log, \
    MatMul, Max, Min, Mul, Neg, Pow, ReduceMean, ReduceSum, Reciprocal, Relu, Reshape, Shape, Sigmoid, Sin, Slice, Softmax, \
    Split, Sqrt, Squeeze, Sub, Tanh, Transpose and Unsqueeze";

/// Who knows more.
const HINT: &str = "the crate's feature `full-onnx` has tract-onnx read what asks for more";

/// Adds one node to the model and gives what it makes.
pub fn wire(builder: &mut Builder, node: &Node) -> TractResult<Vec<Value>> {
    let name = match &node.operator {
        Operator::Onnx(name) => name.as_str(),
        Operator::Silu => return one(function(builder, node, Function::Silu)),
        Operator::GroupNorm { groups, epsilon, shape } => {
            return one(layers::group_norm(builder, node, *groups, *epsilon, shape));
        }
        Operator::Rearrange { split, permutation, merged } => {
            return one(layers::rearrange(builder, node, split, permutation, merged));
        }
        Operator::Upsample { factors, merged } => {
            return one(layers::upsample(builder, node, *factors, merged));
        }
    };
    match name {
        "Conv" => one(layers::convolution(builder, node)),
        "Gemm" => one(layers::gemm(builder, node)),
        "MatMul" => one(layers::matmul(builder, node)),
        "Add" => one(binary(builder, node, Pair::Add)),
        "Sub" => one(binary(builder, node, Pair::Sub)),
        "Mul" => one(binary(builder, node, Pair::Mul)),
        "Div" => one(binary(builder, node, Pair::Div)),
        "Pow" => one(binary(builder, node, Pair::Pow)),
        "Min" => one(binary(builder, node, Pair::Min)),
        "Max" => one(binary(builder, node, Pair::Max)),
        "Sigmoid" => one(function(builder, node, Function::Sigmoid)),
        "Abs" => one(function(builder, node, Function::Abs)),
        "Neg" => one(function(builder, node, Function::Neg)),
        "Exp" => one(function(builder, node, Function::Exp)),
        "Log" => one(function(builder, node, Function::Log)),
        "Sqrt" => one(function(builder, node, Function::Sqrt)),
        "Reciprocal" => one(function(builder, node, Function::Reciprocal)),
        "Sin" => one(function(builder, node, Function::Sin)),
        "Cos" => one(function(builder, node, Function::Cos)),
        "Tanh" => one(function(builder, node, Function::Tanh)),
        "Relu" => one(function(builder, node, Function::Relu)),
        "LeakyRelu" => {
            let slope = node.float("alpha").unwrap_or(0.01);
            one(function(builder, node, Function::LeakyRelu(slope)))
        }
        "Clip" => one(clip(builder, node)),
        "Cast" => one(change_type(builder, node)),
        "Identity" => one(builder.input(node, 0)),
        "Shape" => one(shape_of(builder, node)),
        "Reshape" => one(reshape(builder, node)),
        "Flatten" => one(flatten(builder, node)),
        "Squeeze" => one(squeeze(builder, node)),
        "Unsqueeze" => one(unsqueeze(builder, node)),
        "Transpose" => one(layers::transpose(builder, node)),
        "Concat" => one(concat(builder, node)),
        "Split" => split(builder, node),
        "Slice" => one(slice(builder, node)),
        "Gather" => one(gather(builder, node)),
        "ReduceMean" => one(reduce(builder, node, true)),
        "ReduceSum" => one(reduce(builder, node, false)),
        "Softmax" => one(softmax(builder, node)),
        unknown => bail!("there is no operator {unknown:?} here; there are {KNOWN}; {HINT}"),
    }
}

fn one(made: TractResult<Value>) -> TractResult<Vec<Value>> {
    made.map(|value| vec![value])
}

/// An axis counted from the front.
fn axis(axis: i64, rank: usize) -> TractResult<usize> {
    let from_front = if axis < 0 { axis + rank as i64 } else { axis };
    ensure!((0..rank as i64).contains(&from_front), "there is no axis {axis} in {rank}");
    Ok(from_front as usize)
}

fn axes(axes: &[i64], rank: usize) -> TractResult<TVec<usize>> {
    let mut axes = axes.iter().map(|&a| axis(a, rank)).collect::<TractResult<TVec<_>>>()?;
    axes.sort_unstable();
    Ok(axes)
}

/// Outlet and layout of a value as it is.
fn as_is(builder: &mut Builder, value: &Value) -> TractResult<(OutletId, bool)> {
    match value {
        Value::Wire(wire) => Ok((wire.outlet, wire.channels_last)),
        Value::Constant(_) => Ok((builder.plain(value)?, false)),
    }
}

/// The lengths of a value's axes as they lie in memory.
fn lying(value: &Value) -> TVec<usize> {
    let shape = value.shape();
    if value.channels_last() {
        ORDER.iter().map(|&axis| shape[axis]).collect()
    } else {
        shape.into()
    }
}

fn function(builder: &mut Builder, node: &Node, function: Function) -> TractResult<Value> {
    let value = builder.input(node, 0)?;
    ensure!(builder.datum_type(&value)? == f32::datum_type(), "it takes f32 only");
    map(builder, &value, function)
}

/// A function of each value.
pub fn map(builder: &mut Builder, value: &Value, function: Function) -> TractResult<Value> {
    let (x, channels_last) = as_is(builder, value)?;
    builder.wire(Map { function, shape: lying(value) }, &[x], channels_last)
}

fn binary(builder: &mut Builder, node: &Node, pair: Pair) -> TractResult<Value> {
    ensure!(node.inputs.len() == 2, "it has {} inputs, and must have two", node.inputs.len());
    let (a, b) = (builder.input(node, 0)?, builder.input(node, 1)?);
    combine(builder, pair, &a, &b)
}

/// A function of two values, of which one may be repeated along axes of length 1.
pub fn combine(builder: &mut Builder, pair: Pair, a: &Value, b: &Value) -> TractResult<Value> {
    let types = [builder.datum_type(a)?, builder.datum_type(b)?];
    ensure!(types[0] == types[1], "its inputs are {types:?}, and must be of one type");
    let rank = a.shape().len().max(b.shape().len());
    let channels_last = (a.channels_last() || b.channels_last()) && rank == 4;
    let mut shapes = [tvec!(1; rank), tvec!(1; rank)];
    let mut inputs = Vec::new();
    for (shape, value) in shapes.iter_mut().zip([a, b]) {
        shape[rank - value.shape().len()..].copy_from_slice(value.shape());
        inputs.push(if channels_last {
            builder.image(value)?
        } else {
            let value = builder.reshape(value, shape)?;
            builder.plain(&value)?
        });
    }
    let mut shape: TVec<usize> = tvec!();
    for (&a, &b) in shapes[0].iter().zip(&shapes[1]) {
        ensure!(
            a == b || a == 1 || b == 1,
            "values of shapes {:?} and {:?} do not fit",
            shapes[0],
            shapes[1]
        );
        shape.push(if a == 1 { b } else { a });
    }
    if channels_last {
        shape = ORDER.iter().map(|&axis| shape[axis]).collect();
    }
    builder.wire(Combine { pair, shape }, &inputs, channels_last)
}

fn clip(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let mut value = builder.input(node, 0)?;
    if let Some(least) = builder.optional(node, 1)? {
        value = combine(builder, Pair::Max, &value, &least)?;
    }
    if let Some(most) = builder.optional(node, 2)? {
        value = combine(builder, Pair::Min, &value, &most)?;
    }
    Ok(value)
}

fn change_type(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let (value, to) = (builder.input(node, 0)?, cast_type(node)?);
    if builder.datum_type(&value)? == to {
        return Ok(value);
    }
    let (x, channels_last) = as_is(builder, &value)?;
    builder.wire(Cast { to, shape: lying(&value) }, &[x], channels_last)
}

fn shape_of(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    ensure!(
        node.int("start").is_none() && node.int("end").is_none(),
        "a part of a shape is not known here"
    );
    let shape: Vec<i64> = builder.input(node, 0)?.shape().iter().map(|&d| d as i64).collect();
    Ok(Value::Constant(Tensor::from_shape(&[shape.len()], &shape)?.into_arc_tensor()))
}

/// The shape that Reshape makes of `from`: 0 keeps a length, -1 takes what is left.
pub fn target(from: &[usize], target: &[i64], keep: bool) -> TractResult<TVec<usize>> {
    let total: usize = from.iter().product();
    let mut shape: TVec<usize> = tvec!();
    for (at, &length) in target.iter().enumerate() {
        shape.push(match length {
            0 if keep => *from.get(at).context("a length is to be kept that there is not")?,
            -1 => 1,
            length => length.try_into()?,
        });
    }
    if let Some(at) = target.iter().position(|&length| length == -1) {
        let others: usize = shape.iter().product();
        shape[at] = total.checked_div(others).unwrap_or(0);
    }
    ensure!(
        shape.iter().product::<usize>() == total,
        "a value of shape {from:?} cannot be reshaped to {target:?}"
    );
    Ok(shape)
}

fn reshape(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let value = builder.input(node, 0)?;
    let to = builder.input(node, 1)?.constant::<i64>()?;
    let shape = target(value.shape(), &to, node.int("allowzero").unwrap_or(0) == 0)?;
    builder.reshape(&value, &shape)
}

fn flatten(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let value = builder.input(node, 0)?;
    let rank = value.shape().len();
    let at = node.int("axis").unwrap_or(1);
    let at = if at == rank as i64 { rank } else { axis(at, rank)? };
    let (front, back) = value.shape().split_at(at);
    let shape = [front.iter().product(), back.iter().product()];
    builder.reshape(&value, &shape)
}

fn squeeze(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let value = builder.input(node, 0)?;
    let which = match builder.optional(node, 1)? {
        Some(which) => axes(&which.constant::<i64>()?, value.shape().len())?,
        None => (0..value.shape().len()).filter(|&axis| value.shape()[axis] == 1).collect(),
    };
    let kept = value.shape().iter().enumerate().filter(|(axis, _)| !which.contains(axis));
    let shape: Vec<usize> = kept.map(|(_, &length)| length).collect();
    builder.reshape(&value, &shape)
}

fn unsqueeze(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let value = builder.input(node, 0)?;
    let which = builder.input(node, 1)?.constant::<i64>()?;
    let mut shape = value.shape().to_vec();
    for at in axes(&which, shape.len() + which.len())? {
        shape.insert(at, 1);
    }
    builder.reshape(&value, &shape)
}

fn concat(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let values = (0..node.inputs.len())
        .map(|at| builder.input(node, at))
        .collect::<TractResult<Vec<_>>>()?;
    let rank = values.first().context("it has no inputs")?.shape().len();
    let along = axis(node.int("axis").context("it has no attribute `axis`")?, rank)?;
    let channels_last = values.iter().any(Value::channels_last);
    let mut inputs = Vec::new();
    for value in &values {
        inputs.push(if channels_last { builder.image(value)? } else { builder.plain(value)? });
    }
    let mut shape = lying(
        values.iter().find(|value| value.channels_last() == channels_last).unwrap_or(&values[0]),
    );
    let along_memory = if channels_last { INNERMOST[along] } else { along };
    shape[along_memory] = 0;
    for value in &values {
        let mut others = value.shape().to_vec();
        ensure!(
            others.len() == rank,
            "values of {rank} and {} axes cannot be joined",
            others.len()
        );
        shape[along_memory] += others[along];
        others[along] = values[0].shape()[along];
        ensure!(
            others == values[0].shape(),
            "values of shapes {others:?} and {:?} do not fit",
            values[0].shape()
        );
    }
    builder.wire(Concat { axis: along_memory, shape }, &inputs, channels_last)
}

/// The values from `start` to `end` along an axis.
fn part(
    builder: &mut Builder,
    value: &Value,
    along: usize,
    [start, end]: [usize; 2],
) -> TractResult<Value> {
    let (x, channels_last) = as_is(builder, value)?;
    let axis = if channels_last { INNERMOST[along] } else { along };
    let mut shape = lying(value);
    shape[axis] = end - start;
    builder.wire(Slice { axis, start, shape }, &[x], channels_last)
}

fn split(builder: &mut Builder, node: &Node) -> TractResult<Vec<Value>> {
    let value = builder.input(node, 0)?;
    let along = axis(node.int("axis").unwrap_or(0), value.shape().len())?;
    let total = value.shape()[along];
    let lengths = match builder.optional(node, 1)? {
        Some(lengths) => lengths
            .constant::<i64>()?
            .into_iter()
            .map(usize::try_from)
            .collect::<Result<Vec<_>, _>>()?,
        None => {
            let each = total.div_ceil(node.outputs.len());
            (0..node.outputs.len()).map(|at| each.min(total.saturating_sub(at * each))).collect()
        }
    };
    ensure!(
        lengths.iter().sum::<usize>() == total,
        "{total} values cannot be split into {lengths:?}"
    );
    let mut start = 0;
    let mut parts = Vec::new();
    for length in lengths {
        parts.push(part(builder, &value, along, [start, start + length])?);
        start += length;
    }
    Ok(parts)
}

fn slice(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let mut value = builder.input(node, 0)?;
    let rank = value.shape().len();
    let (starts, ends) =
        (builder.input(node, 1)?.constant::<i64>()?, builder.input(node, 2)?.constant::<i64>()?);
    let which = match builder.optional(node, 3)? {
        Some(which) => which.constant::<i64>()?,
        None => (0..starts.len() as i64).collect(),
    };
    if let Some(steps) = builder.optional(node, 4)? {
        ensure!(
            steps.constant::<i64>()?.iter().all(|&step| step == 1),
            "only a step of 1 is known here"
        );
    }
    for ((&start, &end), &along) in starts.iter().zip(&ends).zip(&which) {
        let along = axis(along, rank)?;
        let length = value.shape()[along] as i64;
        let place = |at: i64| {
            (if at < 0 { at.saturating_add(length) } else { at }).clamp(0, length) as usize
        };
        value = part(builder, &value, along, [place(start), place(end).max(place(start))])?;
    }
    Ok(value)
}

fn gather(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let (value, indices) = (builder.input(node, 0)?, builder.input(node, 1)?);
    let along = axis(node.int("axis").unwrap_or(0), value.shape().len())?;
    ensure!(builder.datum_type(&indices)? == i64::datum_type(), "its indices must be integers");
    let mut shape: TVec<usize> = value.shape()[..along].into();
    shape.extend_from_slice(indices.shape());
    shape.extend_from_slice(&value.shape()[along + 1..]);
    let inputs = [builder.plain(&value)?, builder.plain(&indices)?];
    builder.wire(Gather { axis: along, shape }, &inputs, false)
}

fn reduce(builder: &mut Builder, node: &Node, mean: bool) -> TractResult<Value> {
    let value = builder.input(node, 0)?;
    let rank = value.shape().len();
    let which = match builder.optional(node, 1)? {
        Some(which) => Some(which.constant::<i64>()?),
        None => node.ints("axes").map(<[i64]>::to_vec),
    };
    let which = match which {
        Some(which) if !which.is_empty() => axes(&which, rank)?,
        _ if node.int("noop_with_empty_axes").unwrap_or(0) != 0 => return Ok(value),
        _ => (0..rank).collect(),
    };
    let count: usize = which.iter().map(|&axis| value.shape()[axis]).product();
    let x = builder.plain(&value)?;
    let mut shape: TVec<usize> = value.shape().into();
    for &axis in &which {
        shape[axis] = 1;
    }
    let mut made = builder.wire(Sum { shape }, &[x], false)?;
    if mean {
        made = combine(builder, Pair::Div, &made, &scalar(count as f32)?)?;
    }
    if node.int("keepdims").unwrap_or(1) != 0 {
        return Ok(made);
    }
    let kept = made.shape().iter().enumerate().filter(|(axis, _)| !which.contains(axis));
    let shape: Vec<usize> = kept.map(|(_, &length)| length).collect();
    builder.reshape(&made, &shape)
}

fn softmax(builder: &mut Builder, node: &Node) -> TractResult<Value> {
    let value = builder.input(node, 0)?;
    let along = axis(node.int("axis").unwrap_or(-1), value.shape().len())?;
    let x = builder.plain(&value)?;
    builder.wire(Softmax { axis: along, shape: value.shape().into() }, &[x], false)
}

/// A constant of one value.
pub fn scalar(value: f32) -> TractResult<Value> {
    Ok(Value::Constant(Tensor::from_shape(&[], &[value])?.into_arc_tensor()))
}
