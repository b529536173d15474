//! Normalizations and matrix products, and what products and convolutions cost.

use super::{Apply, Call, Output, Rule, broadcast, broadcast_to};

pub(super) fn rule(operator: &str) -> Option<Apply> {
    Some(match operator {
        "BatchNormalization" => batch_norm,
        "InstanceNormalization" => instance_norm,
        "GroupNormalization" => group_norm,
        "LayerNormalization" | "RMSNormalization" => layer_norm,
        "LpNormalization" => |call| {
            if !matches!(call.int("p", 2), 1 | 2) {
                return Err("p must be 1 or 2".into());
            }
            along_axis(call, -1)
        },
        "Softmax" | "LogSoftmax" => |call| along_axis(call, if call.opset < 13 { 1 } else { -1 }),
        "Gemm" => gemm,
        "MatMul" => matmul,
        "Einsum" => einsum,
        _ => return None,
    })
}

fn channels(call: &Call<'_, '_>, least: i64) -> Rule<i64> {
    let x = call.input(0)?;
    if x.rank() < least {
        return Err(format!("an input of shape {:?} has too few axes", x.shape));
    }
    Ok(x.shape[1])
}

fn per_channel(call: &Call<'_, '_>, inputs: std::ops::Range<usize>, channels: i64) -> Rule<()> {
    for at in inputs {
        let shape = &call.input(at)?.shape;
        if *shape != [channels] {
            return Err(format!("input {at} of shape {shape:?} does not fit {channels} channels"));
        }
    }
    Ok(())
}

fn batch_norm(call: &Call<'_, '_>) -> Rule {
    if call.flag("training_mode", false)? || call.node.output.len() > 1 {
        return Err(
            "is in training mode, in which the batch decides: export after model.eval()".into()
        );
    }
    if call.int("spatial", 1) != 1 {
        return Err("spatial = 0 is not supported".into());
    }
    per_channel(call, 1..5, channels(call, 2)?)?;
    same(call)
}

fn instance_norm(call: &Call<'_, '_>) -> Rule {
    per_channel(call, 1..3, channels(call, 3)?)?;
    same(call)
}

fn group_norm(call: &Call<'_, '_>) -> Rule {
    let channels = channels(call, 2)?;
    let groups = call.int("num_groups", 0);
    if groups < 1 || channels % groups != 0 {
        return Err(format!("{channels} channels cannot be in {groups} groups"));
    }
    single_precision(call)?;
    per_channel(call, 1..3, if call.opset < 21 { groups } else { channels })?;
    same(call)
}

fn layer_norm(call: &Call<'_, '_>) -> Rule {
    let x = call.input(0)?;
    let first = call.axis("axis", -1, x.rank())?;
    single_precision(call)?;
    for at in 1..call.inputs.len() {
        if let Some(factor) = call.optional(at) {
            broadcast_to(&factor.shape, &x.shape[first..], &format!("input {at}"))?;
        }
    }
    let mut statistics = x.shape.clone();
    statistics[first..].fill(1);
    let statistics = || Output::of(statistics.clone(), 'f');
    Ok(vec![Output::new(x.shape.clone()), statistics(), statistics()])
}

fn single_precision(call: &Call<'_, '_>) -> Rule<()> {
    match call.int("stash_type", 1) {
        1 => Ok(()),
        other => Err(format!("stash_type = {other} is not supported, only 1 (float32)")),
    }
}

fn same(call: &Call<'_, '_>) -> Rule {
    Ok(vec![Output::new(call.input(0)?.shape.clone())])
}

fn along_axis(call: &Call<'_, '_>, default: i64) -> Rule {
    let x = call.input(0)?;
    let at = call.axis("axis", default, x.rank())?;
    if x.shape[at] < 1 {
        return Err(format!("axis {at} of an input of shape {:?} is empty", x.shape));
    }
    same(call)
}

fn gemm(call: &Call<'_, '_>) -> Rule {
    let shape = |at: usize, name: &str| -> Rule<(i64, i64)> {
        match (call.input(at)?.shape.as_slice(), call.flag(name, false)?) {
            (&[rows, columns], false) | (&[columns, rows], true) => Ok((rows, columns)),
            (other, _) => Err(format!("input {at} of shape {other:?} is not a matrix")),
        }
    };
    let ((rows, depth), (other, columns)) = (shape(0, "transA")?, shape(1, "transB")?);
    if depth != other || depth < 1 {
        return Err(format!(
            "matrices of shapes [{rows}, {depth}] and [{other}, {columns}] cannot be multiplied"
        ));
    }
    if let Some(bias) = call.optional(2) {
        broadcast_to(&bias.shape, &[rows, columns], "input 2")?;
    }
    Ok(vec![Output::new([rows, columns])])
}

fn matmul(call: &Call<'_, '_>) -> Rule {
    let (a, b) = (&call.input(0)?.shape, &call.input(1)?.shape);
    let misfit = || format!("values of shapes {a:?} and {b:?} cannot be multiplied");
    let (Some(&depth), Some(_)) = (a.last(), b.last()) else {
        return Err(misfit());
    };
    let (rows, columns) = (a.get(a.len().wrapping_sub(2)), (b.len() > 1).then(|| b[b.len() - 1]));
    if b[b.len().saturating_sub(2)] != depth || depth < 1 {
        return Err(misfit());
    }
    let batch = |shape: &[i64]| shape[..shape.len().saturating_sub(2)].to_vec();
    let mut shape = broadcast([batch(a).as_slice(), &batch(b)]).map_err(|_| misfit())?;
    shape.extend(rows);
    shape.extend(columns);
    Ok(vec![Output::new(shape)])
}

fn einsum(call: &Call<'_, '_>) -> Rule {
    let equation: String = call.string("equation", "")?.split_whitespace().collect();
    let (left, right) = equation
        .split_once("->")
        .ok_or("an equation without -> is not supported: name the output's axes")?;
    let terms: Vec<&str> = left.split(',').collect();
    if terms.len() != call.inputs.len() {
        return Err(format!("{equation:?} does not have a term for each input"));
    }
    let mut lengths = std::collections::HashMap::new();
    for (at, term) in terms.iter().enumerate() {
        let shape = &call.input(at)?.shape;
        if term.chars().any(|axis| !axis.is_ascii_alphabetic()) || term.len() != shape.len() {
            return Err(format!("{term:?} does not fit an input of shape {shape:?}"));
        }
        for (letter, &length) in term.chars().zip(shape) {
            if term.matches(letter).count() > 1 {
                return Err(format!("{term:?} takes a diagonal, which is not supported"));
            }
            if *lengths.entry(letter).or_insert(length) != length || length < 1 {
                return Err(format!("axis {letter:?} of {equation:?} has two lengths"));
            }
        }
    }
    let mut shape = Vec::new();
    for letter in right.chars() {
        if right.matches(letter).count() > 1 {
            return Err(format!("{right:?} names an axis twice"));
        }
        shape.push(
            *lengths.get(&letter).ok_or_else(|| {
                format!("{equation:?} gives an axis {letter:?} that no input has")
            })?,
        );
    }
    Ok(vec![Output::new(shape)])
}

/// Multiply-adds of convolutions and matrix products.
pub(super) fn multiply_adds(call: &Call<'_, '_>, output: &[i64]) -> u64 {
    let product = |shape: &[i64]| shape.iter().fold(1_u64, |p, &d| p.saturating_mul(d as u64));
    let shape = |at: usize| call.optional(at).map_or(&[][..], |input| &input.shape);
    let last = |shape: &[i64]| shape.last().map_or(0, |&length| length as u64);
    match call.node.op_type.as_str() {
        "Conv" if shape(1).len() > 1 => product(output).saturating_mul(product(&shape(1)[1..])),
        "ConvTranspose" if shape(1).len() > 1 => {
            product(shape(0)).saturating_mul(product(&shape(1)[1..]))
        }
        "MatMul" => product(output).saturating_mul(last(shape(0))),
        "Gemm" => {
            let depth = match (shape(0), call.int("transA", 0)) {
                (&[depth, _], 1) | (&[_, depth], _) => depth as u64,
                _ => 0,
            };
            product(output).saturating_mul(depth)
        }
        "Einsum" => call
            .attribute("equation")
            .and_then(|equation| std::str::from_utf8(&equation.s).ok())
            .and_then(|equation| equation.split_once("->"))
            .map_or(0, |(left, _)| {
                let mut seen: Vec<char> = Vec::new();
                let mut total = 1_u64;
                for (at, term) in left.split(',').enumerate() {
                    let letters = term.chars().filter(|c| !c.is_whitespace());
                    for (letter, &length) in letters.zip(shape(at)) {
                        if !seen.contains(&letter) {
                            seen.push(letter);
                            total = total.saturating_mul(length as u64);
                        }
                    }
                }
                total
            }),
        _ => 0,
    }
}
