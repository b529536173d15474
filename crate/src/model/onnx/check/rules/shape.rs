//! Operators that move, join, cut or make values without computing with them.

use super::super::value::{self, Data, Value};
use super::{Apply, Call, Output, Rule, add, axes, broadcast, fold, multiply};

pub(super) fn rule(operator: &str) -> Option<Apply> {
    Some(match operator {
        "Reshape" => reshape,
        "Flatten" => flatten,
        "Transpose" => transpose,
        "Squeeze" => squeeze,
        "Unsqueeze" => unsqueeze,
        "Expand" => expand,
        "Tile" => tile,
        "Concat" => concat,
        "Split" => split,
        "Slice" => slice,
        "Pad" => pad,
        "Resize" | "Upsample" => resize,
        "Shape" => shape_of,
        "Size" => |call| {
            let count = call.input(0)?.count();
            Ok(vec![Output::of([], 'l').with(Some(Data::integers([count])))])
        },
        "ConstantOfShape" => constant_of_shape,
        "Range" => range,
        "EyeLike" => eye_like,
        "Trilu" => trilu,
        "DepthToSpace" => depth_to_space,
        "SpaceToDepth" => space_to_depth,
        _ => return None,
    })
}

/// The same elements in another shape.
fn reshaped(input: &Value<'_>, shape: Vec<i64>) -> Rule {
    Ok(vec![Output::new(shape).with(input.data())])
}

fn reshape(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let target = call.constant(1, "lengths")?;
    if call.input(1)?.rank() != 1 {
        return Err("its lengths are not a list".into());
    }
    let keeps_zeros = match call.int("allowzero", 0) {
        0 => false,
        1 => true,
        _ if !target.contains(&0) => true,
        other => return Err(format!("allowzero = {other}, it must be 0 or 1")),
    };
    let mut shape = Vec::new();
    let mut open = None;
    for (at, &length) in target.iter().enumerate() {
        shape.push(match length {
            -1 if open.is_some() || keeps_zeros && target.contains(&0) => {
                return Err(format!("the shape {target:?} leaves two lengths open"));
            }
            -1 => {
                open = Some(at);
                1
            }
            0 if !keeps_zeros => *input
                .shape
                .get(at)
                .ok_or_else(|| format!("{target:?} keeps a length that the input lacks"))?,
            length if length < 0 => return Err(format!("the shape {target:?} is not possible")),
            length => length,
        });
    }
    let refusal = || format!("{:?} cannot be reshaped to {target:?}", input.shape);
    let known = value::count(&shape).map_err(|_| refusal())?;
    if let Some(at) = open {
        if known == 0 || input.count() % known != 0 {
            return Err(refusal());
        }
        shape[at] = input.count() / known;
    }
    if value::count(&shape).map_err(|_| refusal())? != input.count() {
        return Err(refusal());
    }
    reshaped(input, shape)
}

fn flatten(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let (rank, at) = (input.rank(), call.int("axis", 1));
    if at < -rank || at > rank {
        return Err(format!("axis {at} is out of range for a value of {rank} axes"));
    }
    let at = (if at < 0 { at + rank } else { at }) as usize;
    let product = |part: &[i64]| part.iter().product::<i64>();
    reshaped(input, vec![product(&input.shape[..at]), product(&input.shape[at..])])
}

fn transpose(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let rank = input.shape.len();
    let order: Vec<i64> = match call.ints("perm") {
        Some(order) => order.to_vec(),
        None => (0..rank as i64).rev().collect(),
    };
    let mut sorted = order.clone();
    sorted.sort_unstable();
    if !sorted.iter().copied().eq(0..rank as i64) {
        return Err(format!("perm = {order:?} is not an order of {rank} axes"));
    }
    let shape: Vec<i64> = order.iter().map(|&axis| input.shape[axis as usize]).collect();
    let data = input.data().and_then(|data| {
        fold::rearrange(&data, &input.shape, &shape, |at| {
            let mut source = vec![0; rank];
            for (&axis, &at) in order.iter().zip(at) {
                source[axis as usize] = at;
            }
            source
        })
    });
    Ok(vec![Output::new(shape).with(data)])
}

fn squeeze(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let named = match call.list("axes", 1)? {
        Some(list) => axes(&list, input.rank())?,
        None if call.opset < 13 => return Err("without axes it is not supported".into()),
        None => (0..input.shape.len()).filter(|&at| input.shape[at] == 1).collect(),
    };
    if let Some(at) = named.iter().find(|&&at| input.shape[at] != 1) {
        return Err(format!("axis {at} of {:?} does not have length 1", input.shape));
    }
    let kept = input.shape.iter().enumerate().filter(|(at, _)| !named.contains(at));
    reshaped(input, kept.map(|(_, &length)| length).collect())
}

fn unsqueeze(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let list = call.list("axes", 1)?.ok_or("its axes are missing")?;
    let mut named = axes(&list, input.rank() + list.len() as i64)?;
    named.sort_unstable();
    let mut shape = input.shape.clone();
    for at in named {
        shape.insert(at, 1);
    }
    reshaped(input, shape)
}

fn expand(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let target = call.constant(1, "lengths")?;
    if call.input(1)?.rank() != 1 || target.iter().any(|&length| length < 0) {
        return Err(format!("the shape {target:?} is not possible"));
    }
    let shape = broadcast([input.shape.as_slice(), &target])?;
    value::count(&shape)?;
    let data = input.data().and_then(|data| fold::expand(&data, &input.shape, &shape));
    Ok(vec![Output::new(shape).with(data)])
}

fn tile(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let repeats = call.constant(1, "repeats")?;
    if repeats.len() != input.shape.len() || repeats.iter().any(|&times| times < 0) {
        return Err(format!("repeats {repeats:?} do not fit {:?}", input.shape));
    }
    let mut shape = Vec::new();
    for (&length, &times) in input.shape.iter().zip(repeats.iter()) {
        shape.push(multiply(length, times)?);
    }
    value::count(&shape)?;
    let data = input.data().and_then(|data| {
        fold::rearrange(&data, &input.shape, &shape, |at| {
            at.iter().zip(&input.shape).map(|(at, length)| at % length).collect()
        })
    });
    Ok(vec![Output::new(shape).with(data)])
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

fn shape_of(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let clamp = |at: i64| {
        let at = if at < 0 { at.saturating_add(input.rank()) } else { at };
        at.clamp(0, input.rank()) as usize
    };
    let (start, end) = (clamp(call.int("start", 0)), clamp(call.int("end", i64::MAX)));
    let part = &input.shape[start..end.max(start)];
    Ok(vec![Output::of([part.len() as i64], 'l').with(Some(Data::integers(part)))])
}

fn constant_of_shape(call: &Call<'_, '_>) -> Rule {
    let shape = call.constant(0, "lengths")?;
    if call.input(0)?.rank() != 1 {
        return Err("its lengths are not a list".into());
    }
    let count = value::count(&shape)?;
    let tensor = call.attribute("value").and_then(|attribute| attribute.t.as_ref());
    let fill = tensor.map(Value::from_tensor).transpose()?;
    let element = fill.as_ref().map_or('f', |fill| fill.element);
    if fill.as_ref().is_some_and(|fill| fill.count() != 1 || fill.rank() > 1) {
        return Err("its value is not a scalar".into());
    }
    let fill = fill.map_or(Some(Data::Reals([0.0].into())), |fill| fill.data());
    let data = fill.filter(|_| count <= value::MAX_FOLDED);
    let data = data.and_then(|fill| fold::expand(&fill, &[], &shape));
    Ok(vec![Output::of(shape.to_vec(), element).with(data)])
}

fn range(call: &Call<'_, '_>) -> Rule {
    let bounds = (0..3)
        .map(|at| match call.input(at)?.data() {
            Some(Data::Integers(v)) if v.len() == 1 => Ok((v[0] as f64, Some(v[0]))),
            Some(Data::Reals(v)) if v.len() == 1 => Ok((v[0], None)),
            _ => Err("its bounds are not constant: export with fixed shapes".to_string()),
        })
        .collect::<Rule<Vec<_>>>()?;
    let [(start, first), (limit, _), (step, by)] = bounds[..] else {
        return Err("takes three bounds".into());
    };
    let length = ((limit - start) / step).ceil().max(0.0);
    if step == 0.0 || !length.is_finite() {
        return Err(format!("a range from {start} to {limit} by {step} is not possible"));
    }
    let length = length as i64;
    value::count(&[length])?;
    let data = first.zip(by).filter(|_| length <= value::MAX_FOLDED).map(|(first, by)| {
        Data::Integers((0..length).map(|at| first.wrapping_add(at.wrapping_mul(by))).collect())
    });
    Ok(vec![Output::new([length]).with(data)])
}

fn eye_like(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    if input.rank() != 2 {
        return Err(format!("an input of shape {:?} is not a matrix", input.shape));
    }
    if call.int("k", 0).unsigned_abs() > 1 << 20 {
        return Err("k is out of range".into());
    }
    let element = value::element(call.int("dtype", 0)).unwrap_or(input.element);
    Ok(vec![Output::of(input.shape.clone(), element)])
}

fn trilu(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    if input.rank() < 2 {
        return Err(format!("an input of shape {:?} is not a matrix", input.shape));
    }
    if call.optional(1).is_some() {
        let diagonal = call.constant(1, "diagonal")?;
        if diagonal.len() != 1 || diagonal[0].unsigned_abs() > 1 << 20 {
            return Err(format!("a diagonal {diagonal:?} is not possible"));
        }
    }
    call.flag("upper", true)?;
    Ok(vec![Output::new(input.shape.clone())])
}

fn blocks(call: &Call<'_, '_>) -> Rule<([i64; 4], i64)> {
    let input = call.input(0)?;
    let shape: [i64; 4] = input
        .shape
        .as_slice()
        .try_into()
        .map_err(|_| format!("an input of shape {:?} does not have four axes", input.shape))?;
    match call.int("blocksize", 0) {
        size @ 1..=65536 => Ok((shape, size)),
        size => Err(format!("blocksize = {size} is not possible")),
    }
}

fn depth_to_space(call: &Call<'_, '_>) -> Rule {
    let ([n, c, h, w], size) = blocks(call)?;
    call.word("mode", "DCR", &["DCR", "CRD"])?;
    if c % (size * size) != 0 {
        return Err(format!("{c} channels cannot be spread over blocks of {size} x {size}"));
    }
    Ok(vec![Output::new([n, c / size / size, multiply(h, size)?, multiply(w, size)?])])
}

fn space_to_depth(call: &Call<'_, '_>) -> Rule {
    let ([n, c, h, w], size) = blocks(call)?;
    if h % size != 0 || w % size != 0 {
        return Err(format!("{h} x {w} cannot be cut into blocks of {size} x {size}"));
    }
    Ok(vec![Output::new([n, multiply(multiply(c, size)?, size)?, h / size, w / size])])
}
