//! Operators that work element by element, casts and constants.

use super::super::value::{self, Data, Element};
use super::{Apply, Call, Output, Rule, broadcast, broadcast_to, fold};

pub(super) fn rule(operator: &str) -> Option<Apply> {
    Some(match operator {
        "Abs" | "Acos" | "Acosh" | "Asin" | "Asinh" | "Atan" | "Atanh" | "Ceil" | "Celu"
        | "Cos" | "Cosh" | "Elu" | "Erf" | "Exp" | "Floor" | "Gelu" | "HardSigmoid"
        | "HardSwish" | "LeakyRelu" | "Log" | "Mish" | "Neg" | "Not" | "Reciprocal" | "Relu"
        | "Round" | "Selu" | "Sigmoid" | "Sign" | "Sin" | "Sinh" | "Softplus" | "Softsign"
        | "Sqrt" | "Tan" | "Tanh" | "ThresholdedRelu" => unary,
        "Add" | "And" | "Or" | "Sub" | "Mul" | "Pow" | "Xor" | "Sum" | "Max" | "Min" | "Mean" => {
            nary
        }
        "Div" | "Mod" => division,
        "Equal" | "Greater" | "GreaterOrEqual" | "Less" | "LessOrEqual" => comparison,
        "IsInf" | "IsNaN" => |call| Ok(vec![Output::new(call.input(0)?.shape.clone())]),
        "Identity" => |call| {
            let input = call.input(0)?;
            Ok(vec![Output::new(input.shape.clone()).with(input.data())])
        },
        "Cast" => cast,
        "CastLike" => |call| convert(call, call.input(1)?.element),
        "Clip" => clip,
        "Swish" => |call| {
            if call.float("alpha", 1.0) != 1.0 {
                return Err("alpha other than 1 is not supported: use Mul and Sigmoid".into());
            }
            unary(call)
        },
        "PRelu" => |call| {
            let x = call.input(0)?;
            broadcast_to(&call.input(1)?.shape, &x.shape, "the slope")?;
            Ok(vec![Output::new(x.shape.clone())])
        },
        "Where" => choose,
        "Dropout" => dropout,
        "Constant" => constant,
        "QuantizeLinear" | "DequantizeLinear" => quantization,
        _ => return None,
    })
}

fn unary(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    let data = input.data().and_then(|data| fold::unary(&call.node.op_type, &data));
    Ok(vec![Output::new(input.shape.clone()).with(data)])
}

/// Operators of two or more arguments that are broadcast onto each other.
fn nary(call: &Call<'_, '_>) -> Rule {
    let operator = call.node.op_type.as_str();
    let first = call.input(0)?;
    let single = first.element == 'f';
    let (mut shape, mut data) = (first.shape.clone(), first.data());
    for at in 1..call.inputs.len() {
        let other = call.input(at)?;
        let common = broadcast([shape.as_slice(), &other.shape])?;
        value::count(&common)?;
        data = data.zip(other.data()).and_then(|(a, b)| {
            let a = fold::expand(&a, &shape, &common)?;
            let b = fold::expand(&b, &other.shape, &common)?;
            fold::binary(operator, &a, &b, single)
        });
        shape = common;
    }
    Ok(vec![Output::new(shape).with(data)])
}

fn comparison(call: &Call<'_, '_>) -> Rule {
    let mut outputs = nary(call)?;
    for output in &mut outputs {
        output.element = Some('?');
        // Comparisons of reals are not followed.
        output.data = output.data.take().filter(|data| matches!(data, Data::Integers(_)));
    }
    Ok(outputs)
}

/// An integer divided by 0 ends a WebAssembly instance.
fn division(call: &Call<'_, '_>) -> Rule {
    let divisor = call.input(1)?;
    if value::is_integer(divisor.element) {
        let is_dividend_known = call.input(0)?.data().is_some();
        match divisor.integers() {
            Some(values) if values.contains(&0) => return Err("divides integers by 0".into()),
            Some(values) if values.contains(&-1) && !is_dividend_known => {
                return Err("divides integers by -1, which may overflow: use Neg".into());
            }
            Some(_) => {}
            None => {
                return Err(
                    "divides integers by a value that is not constant, which may be 0".into()
                );
            }
        }
        if call.int("fmod", 0) != 0 {
            return Err("fmod of integers is not supported".into());
        }
    } else if call.node.op_type == "Mod" && call.int("fmod", 0) != 1 {
        return Err("Mod of reals needs fmod = 1".into());
    }
    nary(call)
}

fn cast(call: &Call<'_, '_>) -> Rule {
    let to = call.int("to", 0);
    let element = value::element(to).ok_or_else(|| {
        format!("casts to {}, which is not supported", value::type_name(to as i32))
    })?;
    convert(call, element)
}

fn convert(call: &Call<'_, '_>, to: Element) -> Rule {
    let input = call.input(0)?;
    let data = input.data().and_then(|data| {
        Some(match (data, value::is_integer(to)) {
            (Data::Integers(v), true) => {
                // Conversions that wrap are not followed.
                let bits = 8 * value::bytes(to) as u32;
                let fits = |&v: &i64| to == 'l' || v >= 0 && (bits >= 63 || v < 1 << (bits - 1));
                if !v.iter().all(fits) {
                    return None;
                }
                Data::Integers(v)
            }
            (Data::Integers(v), false) if to == '?' => {
                Data::Integers(v.iter().map(|&v| i64::from(v != 0)).collect())
            }
            (Data::Integers(v), false) => Data::Reals(
                v.iter().map(|&v| if to == 'd' { v as f64 } else { f64::from(v as f32) }).collect(),
            ),
            (Data::Reals(v), true) => {
                if !v.iter().all(|v| v.abs() < 2_f64.powi(31)) {
                    return None;
                }
                Data::Integers(v.iter().map(|&v| v as i64).collect())
            }
            (Data::Reals(v), false) if to == '?' => {
                Data::Integers(v.iter().map(|&v| i64::from(v != 0.0)).collect())
            }
            (Data::Reals(v), false) if to == 'f' => {
                Data::Reals(v.iter().map(|&v| f64::from(v as f32)).collect())
            }
            (Data::Reals(v), false) if to == 'd' => Data::Reals(v),
            _ => return None,
        })
    });
    Ok(vec![Output::of(input.shape.clone(), to).with(data)])
}

fn clip(call: &Call<'_, '_>) -> Rule {
    let input = call.input(0)?;
    for at in 1..3 {
        if let Some(bound) =
            call.optional(at).filter(|bound| bound.count() != 1 || bound.rank() > 1)
        {
            return Err(format!("its bound of shape {:?} is not a scalar", bound.shape));
        }
    }
    Ok(vec![Output::new(input.shape.clone())])
}

fn choose(call: &Call<'_, '_>) -> Rule {
    let (which, a, b) = (call.input(0)?, call.input(1)?, call.input(2)?);
    let shape = broadcast([which.shape.as_slice(), &a.shape, &b.shape])?;
    value::count(&shape)?;
    let part = |at: usize| {
        let input = call.input(at).ok()?;
        fold::expand(&input.data()?, &input.shape, &shape)
    };
    let data = match (part(0), part(1), part(2)) {
        (Some(Data::Integers(which)), Some(Data::Integers(a)), Some(Data::Integers(b))) => {
            let chosen = which.iter().zip(a.iter().zip(b.iter()));
            Some(Data::Integers(chosen.map(|(&w, (&a, &b))| if w != 0 { a } else { b }).collect()))
        }
        _ => None,
    };
    Ok(vec![Output::new(shape).with(data)])
}

fn dropout(call: &Call<'_, '_>) -> Rule {
    if let Some(training) = call.optional(2)
        && training.integers().is_none_or(|values| values.iter().any(|&v| v != 0))
    {
        return Err("drops values at random, and a bound needs a deterministic network: export \
                    after model.eval()"
            .into());
    }
    let shape = &call.input(0)?.shape;
    Ok(vec![Output::new(shape.clone()), Output::of(shape.clone(), '?')])
}

fn constant(call: &Call<'_, '_>) -> Rule {
    if call.node.attribute.len() != 1 {
        return Err("must have one attribute, the value".into());
    }
    let attribute = &call.node.attribute[0];
    let length = |length: usize| vec![length as i64];
    let reals = |values: &[f32]| Some(Data::Reals(values.iter().map(|&v| f64::from(v)).collect()));
    Ok(vec![match attribute.name.as_str() {
        // The check reads tensors itself, as their content may be large.
        "value" => return Err("its value is missing".into()),
        "value_int" => Output::of([], 'l').with(Some(Data::integers([attribute.i]))),
        "value_ints" => Output::of(length(attribute.ints.len()), 'l')
            .with(Some(Data::integers(attribute.ints.as_slice()))),
        "value_float" => Output::of([], 'f').with(reals(&[attribute.f])),
        "value_floats" => {
            Output::of(length(attribute.floats.len()), 'f').with(reals(&attribute.floats))
        }
        _ => return Err("constants of text are not supported".into()),
    }])
}

fn quantization(call: &Call<'_, '_>) -> Rule {
    let (x, scale) = (call.input(0)?, call.input(1)?);
    if call.int("block_size", 0) != 0 {
        return Err("quantization by blocks is not supported".into());
    }
    match scale.shape.as_slice() {
        [] => {}
        [1] if call.opset < 13 => {}
        &[channels] => {
            let axis = call.axis("axis", 1, x.rank())?;
            if x.shape[axis] != channels && channels != 1 {
                return Err(format!("has {channels} scales for {} channels", x.shape[axis]));
            }
        }
        shape => return Err(format!("a scale of shape {shape:?} is not supported")),
    }
    if let Some(zero) = call.optional(2)
        && zero.shape != scale.shape
    {
        return Err("its scale and zero point have different shapes".into());
    }
    let element = match (call.node.op_type.as_str(), call.optional(2)) {
        ("DequantizeLinear", _) => scale.element,
        (_, Some(zero)) => zero.element,
        _ => value::element(call.int("output_dtype", 2)).unwrap_or('B'),
    };
    Ok(vec![Output::of(x.shape.clone(), element)])
}
