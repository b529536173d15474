//! Operators that join values, cut them, or change the length of an axis.

use super::super::value::{self, Data, Value};
use super::{Apply, Call, Output, Rule, add, axes, fold};

pub(super) fn rule(operator: &str) -> Option<Apply> {
    Some(match operator {
        "Concat" => concat,
        "Split" => split,
        "Slice" => slice,
        "Pad" => pad,
        "Resize" | "Upsample" => resize,
        _ => return None,
    })
}

fn concat(call: &Call<'_, '_>) -> Rule {
    let first = call.input(0)?;
    let along = call.axis("axis", 0, first.rank())?;
    let mut shape = first.shape.clone();
    // Where each part begins.
    let mut starts = vec![0];
    for at in 1..call.inputs.len() {
        let other = &call.input(at)?.shape;
        let fits = |axis: usize| axis == along || other[axis] == first.shape[axis];
        if other.len() != shape.len() || !(0..shape.len()).all(fits) {
            return Err(format!("{:?} and {other:?} cannot be joined along {along}", first.shape));
        }
        starts.push(shape[along]);
        shape[along] = add(shape[along], other[along])?;
    }
    value::count(&shape)?;
    let parts: Option<Vec<Data>> =
        call.inputs.iter().map(|input| input.as_ref().and_then(Value::data)).collect();
    let data = parts.and_then(|parts| {
        // All parts one after the other, then in the order of the result.
        let mut offsets = Vec::new();
        let mut total = 0;
        for input in call.inputs.iter().flatten() {
            offsets.push(total);
            total += input.count();
        }
        let all = join(&parts)?;
        fold::rearrange(&all, &[total], &shape, |at| {
            let part = starts.iter().rposition(|&start| start <= at[along]).unwrap_or(0);
            let from = call.inputs[part].as_ref().map_or(&[][..], |input| &input.shape);
            let flat = (0..at.len()).fold(0, |flat, axis| {
                flat * from[axis] + at[axis] - if axis == along { starts[part] } else { 0 }
            });
            vec![offsets[part] + flat]
        })
    });
    Ok(vec![Output::new(shape).with(data)])
}

fn join(parts: &[Data]) -> Option<Data> {
    let mut integers = Vec::new();
    let mut reals = Vec::new();
    for part in parts {
        match part {
            Data::Integers(values) => integers.extend_from_slice(values),
            Data::Reals(values) => reals.extend_from_slice(values),
        }
    }
    match (integers.is_empty(), reals.is_empty()) {
        (_, true) => Some(Data::Integers(integers.into())),
        (true, false) => Some(Data::Reals(reals.into())),
        _ => None,
    }
}

fn split(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let along = call.axis("axis", 0, input.rank())?;
    let (length, parts) = (input.shape[along], call.node.output.len() as i64);
    if call.attribute("num_outputs").is_some() && call.node.input.len() > 1 {
        return Err("has both num_outputs and lengths of its outputs".into());
    }
    let lengths = match call.list("split", 1)? {
        Some(lengths) => lengths,
        None => {
            let declared = call.int("num_outputs", parts);
            if declared != parts || call.opset >= 18 && call.attribute("num_outputs").is_none() {
                return Err(format!("num_outputs = {declared}, it has {parts} outputs"));
            }
            let each = length.div_euclid(parts) + i64::from(length % parts != 0);
            if length < parts && call.opset >= 18 || call.opset < 18 && length % parts != 0 {
                return Err(format!("{length} cannot be split into {parts} equal parts"));
            }
            let mut lengths = vec![each; parts as usize];
            lengths[parts as usize - 1] = length - each * (parts - 1);
            lengths
        }
    };
    let sum = lengths.iter().try_fold(0, |sum, &part| add(sum, part))?;
    if lengths.len() as i64 != parts || lengths.iter().any(|&part| part < 0) || sum != length {
        return Err(format!("{length} cannot be split into {parts} outputs of {lengths:?}"));
    }
    let mut start = 0;
    let outputs = lengths.iter().map(|&part| {
        let mut shape = input.shape.clone();
        shape[along] = part;
        let data = input.data().and_then(|data| {
            fold::rearrange(&data, &input.shape, &shape, |at| {
                let mut source = at.to_vec();
                source[along] += start;
                source
            })
        });
        start += part;
        Output::new(shape).with(data)
    });
    Ok(outputs.collect())
}

fn slice(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let list = |name: &str, at: usize| -> Rule<Vec<i64>> {
        call.list(name, at)?.ok_or_else(|| format!("its {name} are missing"))
    };
    let (starts, ends) = (list("starts", 1)?, list("ends", 2)?);
    let count = starts.len();
    let named = match call.list("axes", 3)? {
        Some(named) => axes(&named, input.rank())?,
        None => axes(&(0..count as i64).collect::<Vec<_>>(), input.rank())?,
    };
    let steps = call.list("steps", 4)?.unwrap_or_else(|| vec![1; count]);
    if ends.len() != count || named.len() != count || steps.len() != count {
        return Err("its starts, ends, axes and steps are lists of different lengths".into());
    }
    let mut shape = input.shape.clone();
    let mut begins = vec![(0, 1); shape.len()];
    for (at, &axis) in named.iter().enumerate() {
        let (length, step) = (input.shape[axis], steps[at]);
        if step == 0 || step.unsigned_abs() > i32::MAX as u64 {
            return Err(format!("a step of {step} is not possible"));
        }
        let wrap = |place: i64| if place < 0 { place.saturating_add(length) } else { place };
        let (start, end) = (wrap(starts[at]), wrap(ends[at]));
        let (start, end) = if step > 0 {
            (start.clamp(0, length), end.clamp(0, length))
        } else {
            (start.clamp(0, (length - 1).max(0)), end.clamp(-1, length))
        };
        let span = if step > 0 { end - start } else { start - end };
        shape[axis] = if span <= 0 { 0 } else { (span - 1) / step.abs() + 1 };
        begins[axis] = (start, step);
    }
    let data = input.data().and_then(|data| {
        fold::rearrange(&data, &input.shape, &shape, |at| {
            at.iter().zip(&begins).map(|(at, (start, step))| start + at * step).collect()
        })
    });
    Ok(vec![Output::new(shape).with(data)])
}

fn pad(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let mode = call.word("mode", "constant", &["constant", "reflect", "edge"])?;
    let pads = call.list("pads", 1)?.ok_or("its pads are missing")?;
    let named = match call.optional(3) {
        Some(_) => axes(&call.constant(3, "axes")?, input.rank())?,
        None => (0..input.shape.len()).collect(),
    };
    if pads.len() != 2 * named.len() {
        return Err(format!("{} pads do not fit {} axes", pads.len(), named.len()));
    }
    if pads.iter().any(|&pad| pad < 0) {
        return Err("negative pads are not supported: use Slice".into());
    }
    if let Some(fill) = call.optional(2)
        && (fill.count() != 1 || fill.rank() > 1 || !fill.constant)
    {
        return Err("its fill must be one constant".into());
    }
    let mut shape = input.shape.clone();
    for (at, &axis) in named.iter().enumerate() {
        let (before, after) = (pads[at], pads[at + named.len()]);
        if mode == "reflect" && before.max(after) >= shape[axis].max(1)
            || mode == "edge" && before.max(after) > 0 && shape[axis] == 0
        {
            return Err(format!("axis {axis} of {:?} is too short for its pads", input.shape));
        }
        shape[axis] = add(add(shape[axis], before)?, after)?;
    }
    Ok(vec![Output::new(shape)])
}

fn resize(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let modes = [
        "half_pixel",
        "half_pixel_symmetric",
        "pytorch_half_pixel",
        "align_corners",
        "asymmetric",
        "tf_half_pixel_for_nn",
    ];
    call.word("coordinate_transformation_mode", "half_pixel", &modes)?;
    let mode = call.word("mode", "nearest", &["nearest", "linear", "cubic"])?;
    let roundings = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"];
    call.word("nearest_mode", "round_prefer_floor", &roundings)?;
    call.word("keep_aspect_ratio_policy", "stretch", &["stretch"])?;
    if call.int("exclude_outside", 0) != 0 && mode != "cubic" {
        return Err("exclude_outside goes with cubic interpolation only".into());
    }
    if call.int("antialias", 0) != 0 && mode == "nearest" {
        return Err("antialias goes with linear or cubic interpolation only".into());
    }
    let named = match call.ints("axes") {
        Some(list) => axes(list, input.rank())?,
        None => (0..input.shape.len()).collect(),
    };
    let (scales_at, sizes_at) = if call.opset < 11 { (1, 4) } else { (2, 3) };
    let is_given = |at: usize| call.optional(at).is_some_and(|list| list.count() > 0);
    let mut shape = input.shape.clone();
    match (is_given(scales_at), is_given(sizes_at)) {
        (true, false) => {
            let scales = call.input(scales_at)?.reals().ok_or(
                "its scales are computed from the network's inputs; they must be constant: \
                 export with fixed shapes",
            )?;
            if scales.len() != named.len() || !scales.iter().all(|&s| s > 0.0 && s < 1e6) {
                return Err(format!("scales {scales:?} do not fit {:?}", input.shape));
            }
            for (&axis, &scale) in named.iter().zip(scales.iter()) {
                shape[axis] = (shape[axis] as f32 * scale as f32).floor() as i64;
            }
        }
        (false, true) => {
            let sizes = call.constant(sizes_at, "sizes")?;
            if sizes.len() != named.len() {
                return Err(format!("sizes {sizes:?} do not fit {:?}", input.shape));
            }
            for (&axis, &size) in named.iter().zip(sizes.iter()) {
                shape[axis] = size;
            }
        }
        _ => return Err("needs either scales or sizes".into()),
    }
    if shape.iter().chain(&input.shape).any(|&length| length < 1) {
        return Err(format!("{:?} cannot be resized to {shape:?}", input.shape));
    }
    if mode == "cubic"
        && shape[..shape.len().saturating_sub(2)] != input.shape[..shape.len().saturating_sub(2)]
    {
        return Err("cubic interpolation is supported along the last two axes only".into());
    }
    Ok(vec![Output::new(shape)])
}
