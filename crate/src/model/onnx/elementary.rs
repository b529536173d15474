//! Operators that are no kernels, over the two types that a model here has: f32, and i64 for
//! shapes, indices and classes.

use tract_core::internal::*;

use super::ops::{operator, values};
use crate::kernels::{activation, elementwise, rearrange};

type Shape = TVec<usize>;

/// `f(values of the inputs) → values of the output`, for whichever type the inputs have.
macro_rules! of_either_type {
    ($inputs:expr, $shape:expr, |$values:ident, $out:ident| $body:expr) => {
        match $inputs[0].datum_type() {
            DatumType::F32 => of_type::<f32>(&$inputs, $shape, |$values, $out| $body),
            DatumType::I64 => of_type::<i64>(&$inputs, $shape, |$values, $out| $body),
            other => bail!("values are of the type {other:?}, and must be f32 or i64"),
        }
    };
}

fn of_type<T: Datum + Copy + tract_num_traits::Zero>(
    inputs: &[TValue],
    shape: &[usize],
    fill: impl FnOnce(&[&[T]], &mut [T]),
) -> TractResult<Tensor> {
    let values = inputs
        .iter()
        .map(|x| x.try_as_plain_ram()?.as_slice::<T>())
        .collect::<TractResult<Vec<_>>>()?;
    let mut out = vec![T::zero(); shape.iter().product()];
    fill(&values, &mut out);
    Tensor::from_shape(shape, &out)
}

/// A function of each value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Function {
    Silu,
    Sigmoid,
    Abs,
    Neg,
    Exp,
    Log,
    Sqrt,
    Reciprocal,
    Sin,
    Cos,
    Tanh,
    Relu,
    /// With the slope below zero.
    LeakyRelu(f32),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    pub function: Function,
    pub shape: Shape,
}

// A slope that is NaN is equal to nothing, which costs nothing.
impl Eq for Map {}

impl Map {
    fn run(&self, mut inputs: TVec<TValue>) -> TractResult<Tensor> {
        let mut tensor = inputs.remove(0).into_tensor();
        let mut view = tensor.try_as_plain_ram_mut()?;
        let values = view.as_slice_mut::<f32>()?;
        let mut each = |f: fn(f32) -> f32| values.iter_mut().for_each(|value| *value = f(*value));
        match self.function {
            Function::Silu => activation::silu(values),
            Function::Sigmoid => activation::sigmoid(values),
            Function::Exp => values.iter_mut().for_each(|value| *value = activation::exp(*value)),
            Function::Abs => each(f32::abs),
            Function::Neg => each(|value| -value),
            Function::Log => each(libm::logf),
            Function::Sqrt => each(f32::sqrt),
            Function::Reciprocal => each(f32::recip),
            Function::Sin => each(libm::sinf),
            Function::Cos => each(libm::cosf),
            Function::Tanh => each(libm::tanhf),
            Function::Relu => each(|value| if value < 0.0 { 0.0 } else { value }),
            Function::LeakyRelu(slope) => {
                values
                    .iter_mut()
                    .for_each(|value| *value = if *value < 0.0 { slope * *value } else { *value });
            }
        }
        Ok(tensor)
    }
}

operator!(Map, |op: &Map| match op.function {
    Function::Silu => "Silu",
    Function::Sigmoid => "Sigmoid",
    Function::Abs => "Abs",
    Function::Neg => "Neg",
    Function::Exp => "Exp",
    Function::Log => "Log",
    Function::Sqrt => "Sqrt",
    Function::Reciprocal => "Reciprocal",
    Function::Sin => "Sin",
    Function::Cos => "Cos",
    Function::Tanh => "Tanh",
    Function::Relu => "Relu",
    Function::LeakyRelu(_) => "LeakyRelu",
});

/// A function of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    Add,
    Sub,
    Mul,
    Div,
    Pow,
    Min,
    Max,
}

/// Inputs have as many axes as the result, of the same length or of length 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combine {
    pub pair: Pair,
    pub shape: Shape,
}

impl Combine {
    fn run(&self, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let shapes = [inputs[0].shape(), inputs[1].shape()];
        macro_rules! with {
            ($f:expr) => {
                |x, out| {
                    elementwise::pairs((x[0], shapes[0]), (x[1], shapes[1]), &self.shape, out, $f)
                }
            };
        }
        if inputs[0].datum_type() == i64::datum_type() {
            return match self.pair {
                Pair::Add => of_type::<i64>(&inputs, &self.shape, with!(i64::wrapping_add)),
                Pair::Sub => of_type::<i64>(&inputs, &self.shape, with!(i64::wrapping_sub)),
                Pair::Mul => of_type::<i64>(&inputs, &self.shape, with!(i64::wrapping_mul)),
                Pair::Div => of_type::<i64>(
                    &inputs,
                    &self.shape,
                    with!(|a, b| a.checked_div(b).unwrap_or(0)),
                ),
                Pair::Min => of_type::<i64>(&inputs, &self.shape, with!(i64::min)),
                Pair::Max => of_type::<i64>(&inputs, &self.shape, with!(i64::max)),
                Pair::Pow => bail!("powers are of f32 only"),
            };
        }
        match self.pair {
            Pair::Add => of_type::<f32>(&inputs, &self.shape, with!(|a, b| a + b)),
            Pair::Sub => of_type::<f32>(&inputs, &self.shape, with!(|a, b| a - b)),
            Pair::Mul => of_type::<f32>(&inputs, &self.shape, with!(|a, b| a * b)),
            Pair::Div => of_type::<f32>(&inputs, &self.shape, with!(|a, b| a / b)),
            Pair::Pow => of_type::<f32>(&inputs, &self.shape, with!(libm::powf)),
            // NaN stays NaN, as it does in onnxruntime.
            Pair::Min => of_type::<f32>(
                &inputs,
                &self.shape,
                with!(|a, b| if a < b || a.is_nan() { a } else { b }),
            ),
            Pair::Max => of_type::<f32>(
                &inputs,
                &self.shape,
                with!(|a, b| if a > b || a.is_nan() { a } else { b }),
            ),
        }
    }
}

operator!(Combine, |op: &Combine| match op.pair {
    Pair::Add => "Add",
    Pair::Sub => "Sub",
    Pair::Mul => "Mul",
    Pair::Div => "Div",
    Pair::Pow => "Pow",
    Pair::Min => "Min",
    Pair::Max => "Max",
});

/// Inputs one after the other along an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concat {
    pub axis: usize,
    pub shape: Shape,
}

impl Concat {
    fn run(&self, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let lengths: Vec<usize> =
            inputs.iter().map(|x| x.shape()[self.axis..].iter().product()).collect();
        of_either_type!(inputs, &self.shape, |x, out| {
            let whole: usize = lengths.iter().sum();
            for (at, out) in out.chunks_exact_mut(whole.max(1)).enumerate() {
                let mut out = out;
                for (x, &length) in x.iter().zip(&lengths) {
                    let (part, rest) = out.split_at_mut(length);
                    part.copy_from_slice(&x[at * length..][..length]);
                    out = rest;
                }
            }
        })
    }
}

operator!(Concat, |_: &Concat| "Concat");

/// The values from `start` on along an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    pub axis: usize,
    pub start: usize,
    pub shape: Shape,
}

impl Slice {
    fn run(&self, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let inner: usize = self.shape[self.axis + 1..].iter().product();
        let (from, to) = (inputs[0].shape()[self.axis] * inner, self.shape[self.axis] * inner);
        of_either_type!(inputs, &self.shape, |x, out| {
            for (x, out) in x[0].chunks_exact(from.max(1)).zip(out.chunks_exact_mut(to.max(1))) {
                out.copy_from_slice(&x[self.start * inner..][..to]);
            }
        })
    }
}

operator!(Slice, |_: &Slice| "Slice");

/// Inputs are values and i64 indices along one of their axes, counted from its end where negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gather {
    pub axis: usize,
    pub shape: Shape,
}

impl Gather {
    fn run(&self, mut inputs: TVec<TValue>) -> TractResult<Tensor> {
        let indices = inputs.remove(1);
        let length = inputs[0].shape()[self.axis];
        let place = |&index: &i64| {
            let from_front = if index < 0 { index + length as i64 } else { index };
            usize::try_from(from_front).ok().filter(|&at| at < length)
        };
        let indices = indices.try_as_plain_ram()?.as_slice::<i64>()?.iter().map(place);
        let indices: Option<Vec<usize>> = indices.collect();
        let indices = indices
            .with_context(|| format!("an index is out of the {length} values that there are"))?;
        let inner: usize = inputs[0].shape()[self.axis + 1..].iter().product();
        of_either_type!(inputs, &self.shape, |x, out| {
            let rows = out.chunks_exact_mut((indices.len() * inner).max(1));
            for (x, out) in x[0].chunks_exact((length * inner).max(1)).zip(rows) {
                for (&at, out) in indices.iter().zip(out.chunks_exact_mut(inner.max(1))) {
                    out.copy_from_slice(&x[at * inner..][..inner]);
                }
            }
        })
    }
}

operator!(Gather, |_: &Gather| "Gather");

/// Sums over the axes along which the result has length 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    pub shape: Shape,
}

impl Sum {
    fn run(&self, inputs: TVec<TValue>) -> TractResult<Tensor> {
        of_type::<f32>(&inputs, &self.shape, |x, out| {
            elementwise::sum(x[0], inputs[0].shape(), &self.shape, out)
        })
    }
}

operator!(Sum, |_: &Sum| "Sum");

/// Softmax along an axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Softmax {
    pub axis: usize,
    pub shape: Shape,
}

impl Softmax {
    fn run(&self, mut inputs: TVec<TValue>) -> TractResult<Tensor> {
        let length = self.shape[self.axis];
        if self.axis + 1 == self.shape.len() {
            let mut tensor = inputs.remove(0).into_tensor();
            activation::softmax(tensor.try_as_plain_ram_mut()?.as_slice_mut()?, length.max(1));
            return Ok(tensor);
        }
        // The axis is taken to the end and back.
        let outer: usize = self.shape[..self.axis].iter().product();
        let inner: usize = self.shape[self.axis + 1..].iter().product();
        let x = values(&inputs[0])?;
        let mut rows = vec![0.0; x.len()];
        rearrange::transpose(x, &[outer, length, inner], &[0, 2, 1], &mut rows);
        activation::softmax(&mut rows, length.max(1));
        let mut out = vec![0.0; x.len()];
        rearrange::transpose(&rows, &[outer, inner, length], &[0, 2, 1], &mut out);
        Tensor::from_shape(&self.shape, &out)
    }
}

operator!(Softmax, |_: &Softmax| "Softmax");

/// The other of the two types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cast {
    pub to: DatumType,
    pub shape: Shape,
}

impl Cast {
    fn run(&self, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let view = inputs[0].try_as_plain_ram()?;
        match (inputs[0].datum_type(), self.to) {
            (DatumType::I64, DatumType::F32) => Tensor::from_shape(
                &self.shape,
                &view.as_slice::<i64>()?.iter().map(|&v| v as f32).collect::<Vec<_>>(),
            ),
            (DatumType::F32, DatumType::I64) => Tensor::from_shape(
                &self.shape,
                &view.as_slice::<f32>()?.iter().map(|&v| v as i64).collect::<Vec<_>>(),
            ),
            (from, to) => bail!("{from:?} cannot be turned into {to:?}"),
        }
    }
}

operator!(Cast, |_: &Cast| "Cast", |op: &Cast, _| op.to);
