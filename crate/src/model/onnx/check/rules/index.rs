//! Operators that pick, place, count or reduce elements.

use super::super::value::{self, Data, Value};
use super::{Apply, Call, Output, Rule, axes, fold};

pub(super) fn rule(operator: &str) -> Option<Apply> {
    Some(match operator {
        "Gather" => gather,
        "GatherElements" => gather_elements,
        "GatherND" => gather_nd,
        "ScatterElements" => scatter_elements,
        "ScatterND" => scatter_nd,
        "OneHot" => one_hot,
        "ArgMax" | "ArgMin" => arg,
        "TopK" => top_k,
        "CumSum" => cumulative_sum,
        "NonZero" => non_zero,
        _ if operator.starts_with("Reduce") => reduce,
        _ => return None,
    })
}

/// Fails if constant indices are out of range. Indices known only at run time are checked there.
fn check_range(indices: &Value<'_>, length: i64) -> Rule<()> {
    let Some(values) = indices.integers() else {
        // Nothing can be taken of an empty axis.
        return if length > 0 { Ok(()) } else { Err("takes elements of an empty axis".into()) };
    };
    match values.iter().find(|&&index| index < -length || index >= length) {
        Some(index) => Err(format!("index {index} is out of range for a length of {length}")),
        None => Ok(()),
    }
}

fn gather(call: &Call<'_, '_>) -> Rule {
    let (input, indices) = (call.input(0)?, call.input(1)?);
    let along = call.axis("axis", 0, input.rank())?;
    let length = input.shape[along];
    check_range(indices, length)?;
    let mut shape = input.shape[..along].to_vec();
    shape.extend(&indices.shape);
    shape.extend(&input.shape[along + 1..]);
    value::count(&shape)?;
    let data = input.data().zip(indices.data()).and_then(|(data, at)| {
        let Data::Integers(at) = at else { return None };
        let rank = indices.shape.len();
        fold::rearrange(&data, &input.shape, &shape, |place| {
            let inner = &place[along..along + rank];
            let flat = inner.iter().zip(&indices.shape).fold(0, |flat, (at, dim)| flat * dim + at);
            let index = at[flat as usize];
            let mut source = place[..along].to_vec();
            source.push(if index < 0 { index + length } else { index });
            source.extend(&place[along + rank..]);
            source
        })
    });
    Ok(vec![Output::new(shape).with(data)])
}

fn gather_elements(call: &Call<'_, '_>) -> Rule {
    let (input, indices) = (call.input(0)?, call.input(1)?);
    let along = call.axis("axis", 0, input.rank())?;
    let fits = |axis: usize| axis == along || indices.shape[axis] <= input.shape[axis];
    if indices.rank() != input.rank() || !(0..input.shape.len()).all(fits) {
        return Err(format!(
            "indices of shape {:?} do not fit an input of shape {:?}",
            indices.shape, input.shape
        ));
    }
    check_range(indices, input.shape[along])?;
    Ok(vec![Output::new(indices.shape.clone())])
}

/// Checks lists of coordinates, the last axis of `indices`, into the axes of `shape`.
fn check_coordinates(indices: &Value<'_>, shape: &[i64]) -> Rule<usize> {
    let depth = indices.shape.last().copied().ok_or("its indices have no axis")?;
    if depth < 1 || depth as usize > shape.len() {
        return Err(format!("lists of {depth} coordinates do not fit a shape of {shape:?}"));
    }
    if let Some(values) = indices.integers() {
        for (at, &index) in values.iter().enumerate() {
            let length = shape[at % depth as usize];
            if index < -length || index >= length {
                return Err(format!("index {index} is out of range for a length of {length}"));
            }
        }
    } else if shape[..depth as usize].contains(&0) {
        return Err("takes elements of an empty axis".into());
    }
    Ok(depth as usize)
}

fn gather_nd(call: &Call<'_, '_>) -> Rule {
    let (input, indices) = (call.input(0)?, call.input(1)?);
    let batch = call.int("batch_dims", 0);
    if batch != 0 {
        return Err(format!("batch_dims = {batch} is not supported"));
    }
    let depth = check_coordinates(indices, &input.shape)?;
    let mut shape = indices.shape[..indices.shape.len() - 1].to_vec();
    shape.extend(&input.shape[depth..]);
    Ok(vec![Output::new(shape)])
}

fn scatter_elements(call: &Call<'_, '_>) -> Rule {
    let (input, indices, updates) = (call.input(0)?, call.input(1)?, call.input(2)?);
    let along = call.axis("axis", 0, input.rank())?;
    let fits = |axis: usize| axis == along || indices.shape[axis] <= input.shape[axis];
    if indices.rank() != input.rank()
        || indices.shape != updates.shape
        || !(0..input.shape.len()).all(fits)
    {
        return Err(format!(
            "indices of shape {:?} and updates of shape {:?} do not fit an input of shape {:?}",
            indices.shape, updates.shape, input.shape
        ));
    }
    call.word("reduction", "none", &["none"])?;
    check_range(indices, input.shape[along])?;
    Ok(vec![Output::new(input.shape.clone())])
}

fn scatter_nd(call: &Call<'_, '_>) -> Rule {
    let (input, indices, updates) = (call.input(0)?, call.input(1)?, call.input(2)?);
    call.word("reduction", "none", &["none"])?;
    let depth = check_coordinates(indices, &input.shape)?;
    let mut expected = indices.shape[..indices.shape.len() - 1].to_vec();
    expected.extend(&input.shape[depth..]);
    if updates.shape != expected {
        return Err(format!("updates of shape {:?}, expected {expected:?}", updates.shape));
    }
    Ok(vec![Output::new(input.shape.clone())])
}

fn one_hot(call: &Call<'_, '_>) -> Rule {
    let (indices, values) = (call.input(0)?, call.input(2)?);
    let depth = match call.input(1)?.data() {
        Some(Data::Integers(depth)) if depth.len() == 1 && depth[0] > 0 => depth[0],
        Some(Data::Reals(depth)) if depth.len() == 1 && depth[0] >= 1.0 => depth[0] as i64,
        _ => return Err("its depth must be one positive constant".into()),
    };
    if values.shape != [2] || !values.constant {
        return Err("its values must be two constants".into());
    }
    let at = call.axis("axis", -1, indices.rank() + 1)?;
    let mut shape = indices.shape.clone();
    shape.insert(at, depth);
    Ok(vec![Output::of(shape, values.element)])
}

fn reduced(shape: &[i64], named: &[usize], keeps: bool) -> Vec<i64> {
    let mut result = Vec::new();
    for (at, &length) in shape.iter().enumerate() {
        match (named.contains(&at), keeps) {
            (false, _) => result.push(length),
            (true, true) => result.push(1),
            (true, false) => {}
        }
    }
    result
}

fn reduce(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let keeps = call.flag("keepdims", true)?;
    let list = call.list("axes", 1)?.unwrap_or_default();
    if call.optional(1).is_some_and(|axes| axes.rank() != 1) {
        return Err("its axes are not a list".into());
    }
    let is_identity = call.flag("noop_with_empty_axes", false)?;
    let named = match list.is_empty() {
        true if is_identity => vec![],
        true => (0..input.shape.len()).collect(),
        false => axes(&list, input.rank())?,
    };
    if named.iter().any(|&at| input.shape[at] == 0) {
        return Err(format!("an input of shape {:?} is empty", input.shape));
    }
    let shape = reduced(&input.shape, &named, keeps);
    // Exporters multiply lengths in this way.
    let data = match (call.node.op_type.as_str(), input.data()) {
        ("ReduceProd", Some(Data::Integers(values))) if named.len() == input.shape.len() => values
            .iter()
            .try_fold(1_i64, |product, &v| product.checked_mul(v))
            .map(|product| Data::integers([product])),
        _ => None,
    };
    Ok(vec![Output::new(shape).with(data)])
}

fn arg(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let along = call.axis("axis", 0, input.rank())?;
    if input.shape[along] == 0 {
        return Err(format!("an input of shape {:?} is empty", input.shape));
    }
    call.flag("select_last_index", false)?;
    let shape = reduced(&input.shape, &[along], call.flag("keepdims", true)?);
    Ok(vec![Output::of(shape, 'l')])
}

fn top_k(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let along = call.axis("axis", -1, input.rank())?;
    let wanted = match call.attribute("k") {
        Some(attribute) => attribute.i,
        None => {
            let list = call.constant(1, "number of elements")?;
            if call.input(1)?.shape != [1] {
                return Err("its number of elements is not a list of one".into());
            }
            list[0]
        }
    };
    if !(0..=input.shape[along]).contains(&wanted) {
        return Err(format!("{wanted} of {} elements cannot be taken", input.shape[along]));
    }
    let mut shape = input.shape.clone();
    shape[along] = wanted;
    Ok(vec![Output::new(shape.clone()), Output::of(shape, 'l')])
}

fn cumulative_sum(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let at = call.constant(1, "axis")?;
    if at.len() != 1 {
        return Err("its axis must be one number".into());
    }
    super::axis(at[0], input.rank())?;
    call.flag("exclusive", false)?;
    call.flag("reverse", false)?;
    Ok(vec![Output::new(input.shape.clone())])
}

/// The coordinates of what is not zero; their number must be known.
fn non_zero(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let is_set: Vec<bool> = match input.data() {
        Some(Data::Integers(values)) => values.iter().map(|&v| v != 0).collect(),
        Some(Data::Reals(values)) => values.iter().map(|&v| v != 0.0).collect(),
        None => {
            return Err("gives as many values as its input has that are not zero; shapes must be \
                        fixed"
                .into());
        }
    };
    let mut places: Vec<Vec<i64>> = Vec::new();
    let mut flat = 0;
    fold::each(&input.shape, |at| {
        if is_set[flat] {
            places.push(at.to_vec());
        }
        flat += 1;
    });
    let rank = input.shape.len();
    let values: Vec<i64> =
        (0..rank).flat_map(|axis| places.iter().map(move |place| place[axis])).collect();
    Ok(vec![Output::of([rank as i64, places.len() as i64], 'l').with(Some(Data::integers(values)))])
}
