//! Operators that rearrange values or make them, without computing with them.

use super::super::value::{self, Data, Value};
use super::{Apply, Call, Output, Rule, axes, broadcast, fold, multiply};

pub(super) fn rule(operator: &str) -> Option<Apply> {
    Some(match operator {
        "Reshape" => reshape,
        "Flatten" => flatten,
        "Transpose" => transpose,
        "Squeeze" => squeeze,
        "Unsqueeze" => unsqueeze,
        "Expand" => expand,
        "Tile" => tile,
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
            0 if !keeps_zeros => *input.shape.get(at).ok_or_else(|| {
                format!("{target:?} copies a length (0) from an axis that the input lacks")
            })?,
            length if length < 0 => return Err(format!("the shape {target:?} is not possible")),
            length => length,
        });
    }
    let misfit = || format!("{:?} cannot be reshaped to {target:?}", input.shape);
    let known = value::count(&shape).map_err(|_| misfit())?;
    if let Some(at) = open {
        if known == 0 || input.count() % known != 0 {
            return Err(misfit());
        }
        shape[at] = input.count() / known;
    }
    if value::count(&shape).map_err(|_| misfit())? != input.count() {
        return Err(misfit());
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
        None if call.opset < 13 => {
            return Err("is not supported without axes before version 13".into());
        }
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
