//! The arithmetic of constants: small tensors of integers or reals, in row-major order.

use super::super::value::{Data, MAX_FOLDED};

/// Row-major strides, in elements.
fn strides(shape: &[i64]) -> Vec<i64> {
    let mut strides = vec![1; shape.len()];
    for at in (1..shape.len()).rev() {
        strides[at - 1] = strides[at] * shape[at];
    }
    strides
}

/// Calls a function with the coordinates of each element, in row-major order. `None` if there are
/// too many.
pub(super) fn each(shape: &[i64], mut visit: impl FnMut(&[i64])) -> Option<()> {
    let count = shape.iter().try_fold(1_i64, |product, &dim| product.checked_mul(dim))?;
    if count > MAX_FOLDED {
        return None;
    }
    let mut at = vec![0; shape.len()];
    for _ in 0..count {
        visit(&at);
        for axis in (0..shape.len()).rev() {
            at[axis] += 1;
            if at[axis] < shape[axis] {
                break;
            }
            at[axis] = 0;
        }
    }
    Some(())
}

/// A tensor of shape `shape` whose element at given coordinates is that of `data` (of shape `from`)
/// at the coordinates that a function computes.
pub(super) fn rearrange(
    data: &Data,
    from: &[i64],
    shape: &[i64],
    mut source: impl FnMut(&[i64]) -> Vec<i64>,
) -> Option<Data> {
    let strides = strides(from);
    let mut indices = Vec::new();
    each(shape, |at| {
        let flat: i64 = source(at).iter().zip(&strides).map(|(at, stride)| at * stride).sum();
        indices.push(flat as usize);
    })?;
    data.pick(&indices)
}

/// `data` of shape `from` broadcast to `shape`.
pub(super) fn expand(data: &Data, from: &[i64], shape: &[i64]) -> Option<Data> {
    let skipped = shape.len() - from.len();
    rearrange(data, from, shape, |at| {
        at[skipped..].iter().zip(from).map(|(&at, &dim)| if dim == 1 { 0 } else { at }).collect()
    })
}

/// An operator of one argument; `None` where it has no value or would overflow.
pub(super) fn unary(operator: &str, data: &Data) -> Option<Data> {
    Some(match data {
        Data::Integers(values) => Data::Integers(
            values
                .iter()
                .map(|&v| {
                    Some(match operator {
                        "Abs" => v.checked_abs()?,
                        "Neg" => v.checked_neg()?,
                        "Sign" => v.signum(),
                        "Not" => i64::from(v == 0),
                        _ => return None,
                    })
                })
                .collect::<Option<_>>()?,
        ),
        Data::Reals(values) => Data::Reals(
            values
                .iter()
                .map(|&v| {
                    Some(match operator {
                        "Abs" => v.abs(),
                        "Neg" => -v,
                        "Ceil" => v.ceil(),
                        "Floor" => v.floor(),
                        "Round" => v.round_ties_even(),
                        "Sqrt" => v.sqrt(),
                        "Reciprocal" => 1.0 / v,
                        _ => return None,
                    })
                })
                .collect::<Option<_>>()?,
        ),
    })
}

/// An operator of two arguments of one shape. `single` rounds real results to single precision.
pub(super) fn binary(operator: &str, a: &Data, b: &Data, single: bool) -> Option<Data> {
    Some(match (a, b) {
        (Data::Integers(a), Data::Integers(b)) => Data::Integers(
            a.iter()
                .zip(b.iter())
                .map(|(&a, &b)| {
                    Some(match operator {
                        "Add" | "Sum" => a.checked_add(b)?,
                        "Sub" => a.checked_sub(b)?,
                        "Mul" => a.checked_mul(b)?,
                        "Div" => a.checked_div(b)?,
                        // Python's remainder has the sign of the divisor.
                        "Mod" => {
                            let rest = a.checked_rem(b)?;
                            if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest }
                        }
                        "Pow" => a.checked_pow(u32::try_from(b).ok()?)?,
                        "Max" => a.max(b),
                        "Min" => a.min(b),
                        "Equal" => i64::from(a == b),
                        "Less" => i64::from(a < b),
                        "Greater" => i64::from(a > b),
                        "LessOrEqual" => i64::from(a <= b),
                        "GreaterOrEqual" => i64::from(a >= b),
                        "And" => i64::from(a != 0 && b != 0),
                        "Or" => i64::from(a != 0 || b != 0),
                        "Xor" => i64::from((a != 0) != (b != 0)),
                        _ => return None,
                    })
                })
                .collect::<Option<_>>()?,
        ),
        (Data::Reals(a), Data::Reals(b)) => Data::Reals(
            a.iter()
                .zip(b.iter())
                .map(|(&a, &b)| {
                    let result = match operator {
                        "Add" | "Sum" => a + b,
                        "Sub" => a - b,
                        "Mul" => a * b,
                        "Div" => a / b,
                        "Max" => a.max(b),
                        "Min" => a.min(b),
                        _ => return None,
                    };
                    Some(if single { f64::from(result as f32) } else { result })
                })
                .collect::<Option<_>>()?,
        ),
        _ => return None,
    })
}
