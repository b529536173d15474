//! Operators that move a window over the last axes of a value: convolutions and pools.

use super::{Apply, Call, Output, Rule, add, multiply};

pub(super) fn rule(operator: &str) -> Option<Apply> {
    Some(match operator {
        "Conv" => convolution,
        "ConvTranspose" => transposed_convolution,
        "AveragePool" | "MaxPool" => pool,
        "GlobalAveragePool" | "GlobalMaxPool" => global_pool,
        _ => return None,
    })
}

/// The strides, dilations and pads of a window that moves over the last axes of a value.
struct Window {
    kernel: Vec<i64>,
    strides: Vec<i64>,
    dilations: Vec<i64>,
    /// Before and after each axis; `None` where they follow from the size of the input.
    pads: Option<(Vec<i64>, Vec<i64>)>,
}

impl Window {
    fn new(call: &Call<'_, '_>, kernel: &[i64]) -> Rule<Self> {
        let axes = kernel.len();
        let positive = |name: &str| -> Rule<Vec<i64>> {
            let list = call.ints(name).map_or(vec![1; axes], <[i64]>::to_vec);
            if list.len() != axes || list.iter().any(|&v| !(1..=i64::from(i32::MAX)).contains(&v)) {
                return Err(format!("{name} = {list:?}: {axes} positive numbers are needed"));
            }
            Ok(list)
        };
        if kernel.iter().any(|&length| length < 1) {
            return Err(format!("a kernel of shape {kernel:?} is not possible"));
        }
        let given = call.ints("pads");
        let words = ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"];
        let pads = match call.word("auto_pad", "NOTSET", &words)? {
            "NOTSET" => {
                let list = given.map_or(vec![0; 2 * axes], <[i64]>::to_vec);
                let allowed = 0..=i64::from(i32::MAX);
                if list.len() != 2 * axes || list.iter().any(|v| !allowed.contains(v)) {
                    return Err(format!(
                        "pads = {list:?}: {} numbers of at least 0 are needed",
                        2 * axes
                    ));
                }
                Some((list[..axes].to_vec(), list[axes..].to_vec()))
            }
            _ if given.is_some_and(|pads| pads.iter().any(|&v| v != 0)) => {
                return Err("has pads and auto_pad".into());
            }
            "VALID" => Some((vec![0; axes], vec![0; axes])),
            _ => None,
        };
        Ok(Self {
            kernel: kernel.to_vec(),
            strides: positive("strides")?,
            dilations: positive("dilations")?,
            pads,
        })
    }

    /// The length that the kernel covers of an axis.
    fn extent(&self, axis: usize) -> Rule<i64> {
        add(multiply(self.kernel[axis] - 1, self.dilations[axis])?, 1)
    }

    /// The lengths of the output of a convolution or pool.
    fn slide(&self, input: &[i64], is_rounded_up: bool) -> Rule<Vec<i64>> {
        let mut output = Vec::new();
        for (axis, &length) in input.iter().enumerate() {
            let (stride, extent) = (self.strides[axis], self.extent(axis)?);
            let Some((before, after)) = &self.pads else {
                if length < 1 {
                    return Err(format!("a window does not fit an input of {input:?}"));
                }
                output.push((length - 1) / stride + 1);
                continue;
            };
            let padded = add(add(length, before[axis])?, after[axis])?;
            let room = padded - extent;
            if room < 0 {
                return Err(format!(
                    "a window of length {extent} does not fit an input of {padded}, pads included"
                ));
            }
            let mut steps = room / stride;
            // A window that would begin in the padding after the input is left out.
            if is_rounded_up && room % stride != 0 && (steps + 1) * stride < length + before[axis] {
                steps += 1;
            }
            output.push(steps + 1);
        }
        Ok(output)
    }
}

/// The lengths of a kernel, which an attribute may repeat.
fn kernel<'s>(call: &Call<'_, '_>, weights: &'s [i64]) -> Rule<&'s [i64]> {
    let kernel = &weights[2..];
    match call.ints("kernel_shape") {
        Some(declared) if declared != kernel => {
            Err(format!("kernel_shape = {declared:?}, the weights have {kernel:?}"))
        }
        _ => Ok(kernel),
    }
}

fn check_bias(call: &Call<'_, '_>, channels: i64) -> Rule<()> {
    match call.optional(2) {
        Some(bias) if bias.shape != [channels] => {
            Err(format!("a bias of shape {:?} does not fit {channels} channels", bias.shape))
        }
        _ => Ok(()),
    }
}

fn images<'s>(call: &Call<'_, 's>) -> Rule<(&'s [i64], &'s [i64])> {
    let shape = |at: usize| -> Rule<&'s [i64]> {
        let input = call.inputs.get(at).and_then(Option::as_ref);
        Ok(&input.ok_or_else(|| format!("input {at} is missing"))?.shape)
    };
    let (x, weights) = (shape(0)?, shape(1)?);
    if x.len() < 3 || x.len() != weights.len() {
        return Err(format!("an input of shape {x:?} does not fit weights of shape {weights:?}"));
    }
    Ok((x, weights))
}

fn convolution(call: &Call<'_, '_>) -> Rule {
    let (x, weights) = images(call)?;
    let group = call.int("group", 1);
    if group < 1 || weights[0] % group != 0 || weights[0] < 1 {
        return Err(format!("{} filters cannot be in {group} groups", weights[0]));
    }
    if multiply(weights[1], group)? != x[1] {
        return Err(format!(
            "weights of shape {weights:?} in {group} groups do not fit an input of shape {x:?}"
        ));
    }
    check_bias(call, weights[0])?;
    let window = Window::new(call, kernel(call, weights)?)?;
    let mut shape = vec![x[0], weights[0]];
    shape.extend(window.slide(&x[2..], false)?);
    Ok(vec![Output::new(shape)])
}

fn transposed_convolution(call: &Call<'_, '_>) -> Rule {
    let (x, weights) = images(call)?;
    let group = call.int("group", 1);
    if group < 1 || x[1] % group != 0 || x[1] < 1 {
        return Err(format!("{} channels cannot be in {group} groups", x[1]));
    }
    if weights[0] != x[1] {
        return Err(format!("weights of shape {weights:?} do not fit an input of shape {x:?}"));
    }
    let channels = multiply(weights[1], group)?;
    check_bias(call, channels)?;
    let window = Window::new(call, kernel(call, weights)?)?;
    let axes = x.len() - 2;
    let extra = call.ints("output_padding").map_or(vec![0; axes], <[i64]>::to_vec);
    let is_possible = |(at, &extra): (usize, &i64)| {
        extra >= 0 && (extra < window.strides[at] || extra < window.dilations[at])
    };
    if extra.len() != axes || !extra.iter().enumerate().all(is_possible) {
        return Err(format!("output_padding = {extra:?} must be smaller than the strides"));
    }
    let mut shape = vec![x[0], channels];
    if let Some(wanted) = call.ints("output_shape") {
        let wanted = if wanted.len() == axes + 2 { &wanted[2..] } else { wanted };
        if wanted.len() != axes {
            return Err(format!("output_shape = {wanted:?} must have {axes} lengths"));
        }
        shape.extend(wanted);
        return Ok(vec![Output::new(shape)]);
    }
    for at in 0..axes {
        if x[at + 2] < 1 {
            return Err(format!("an input of shape {x:?} is empty"));
        }
        let length = match &window.pads {
            None => multiply(x[at + 2], window.strides[at])?,
            Some((before, after)) => {
                let last = multiply(x[at + 2] - 1, window.strides[at])?;
                add(add(last, window.extent(at)?)?, extra[at] - before[at] - after[at])?
            }
        };
        if length < 1 {
            return Err("its pads leave nothing of the output".into());
        }
        shape.push(length);
    }
    Ok(vec![Output::new(shape)])
}

fn pool(call: &Call<'_, '_>) -> Rule {
    let x = &call.input(0)?.shape;
    let kernel = call.ints("kernel_shape").unwrap_or_default();
    if x.len() < 3 || kernel.len() + 2 != x.len() {
        return Err(format!("a window of shape {kernel:?} does not fit an input of shape {x:?}"));
    }
    let window = Window::new(call, kernel)?;
    if let Some((before, after)) = &window.pads {
        let too_wide = |pads: &[i64]| pads.iter().zip(kernel).any(|(pad, length)| pad >= length);
        if too_wide(before) || too_wide(after) {
            return Err("its pads are as wide as the window".into());
        }
    }
    call.flag("storage_order", false)?;
    call.flag("count_include_pad", false)?;
    let mut shape = x[..2].to_vec();
    shape.extend(window.slide(&x[2..], call.flag("ceil_mode", false)?)?);
    Ok(vec![Output::new(shape.clone()), Output::of(shape, 'l')])
}

fn global_pool(call: &Call<'_, '_>) -> Rule {
    let mut shape = call.input(0)?.shape.clone();
    if shape.len() < 3 || shape[2..].contains(&0) {
        return Err(format!("an input of shape {shape:?} is not possible"));
    }
    shape[2..].fill(1);
    Ok(vec![Output::new(shape)])
}
