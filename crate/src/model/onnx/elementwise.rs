//! Unary, binary and reduction operators for the types that a lowered model computes with: f32, and
//! i64 for shapes, indices and classes.
//!
//! They replace tract's own, whose results differ in the last bits between processors.

use tract_core::internal::*;

use super::operator::{Kernel, of_states, operator, output, values};
use crate::kernels::{activation, elementwise, sinusoid};

type Shape = TVec<usize>;

/// A function that is applied to each value.
#[derive(Clone, Copy, Debug)]
pub(super) enum UnaryOp {
    /// x · sigmoid(x).
    Silu,
    Sigmoid,
    Exp,
    Sin,
    Cos,
    Relu,
    /// With the slope below zero.
    LeakyRelu(f32),
    /// Any other, with its name.
    Other(&'static str, fn(f32) -> f32),
}

impl UnaryOp {
    /// The function of this name in tract.
    pub(super) fn named(name: &str) -> Option<Self> {
        let other = |name, function| Some(Self::Other(name, function));
        match name {
            "Silu" => Some(Self::Silu),
            "Sigmoid" => Some(Self::Sigmoid),
            "Exp" => Some(Self::Exp),
            "Abs" => other("Abs", f32::abs),
            "Acos" => other("Acos", libm::acosf),
            "Acosh" => other("Acosh", libm::acoshf),
            "Asin" => other("Asin", libm::asinf),
            "Asinh" => other("Asinh", libm::asinhf),
            "Atan" => other("Atan", libm::atanf),
            "Atanh" => other("Atanh", libm::atanhf),
            "Ceil" => other("Ceil", f32::ceil),
            "Cos" => Some(Self::Cos),
            "Cosh" => other("Cosh", libm::coshf),
            "Cube" => other("Cube", |x| x * x * x),
            "Erf" => other("Erf", libm::erff),
            "Floor" => other("Floor", f32::floor),
            "GeluExact" => other("Gelu", activation::gelu),
            "GeluApproximate" => other("GeluTanh", activation::gelu_tanh),
            "HardSwish" => other("HardSwish", |x| x * (x / 6.0 + 0.5).clamp(0.0, 1.0)),
            "Ln" => other("Ln", libm::logf),
            "Neg" => other("Neg", |x| -x),
            "Recip" => other("Recip", f32::recip),
            "Round" => other("Round", f32::round),
            "RoundHalfToEven" => other("RoundHalfToEven", f32::round_ties_even),
            "Rsqrt" => other("Rsqrt", |x| 1.0 / x.sqrt()),
            "Sign" => other("Sign", |x| if x == 0.0 { 0.0 } else { x.signum() }),
            "Sin" => Some(Self::Sin),
            "Sinh" => other("Sinh", libm::sinhf),
            "Softplus" => other("Softplus", activation::softplus),
            "Sqrt" => other("Sqrt", f32::sqrt),
            "Square" => other("Square", |x| x * x),
            "Tan" => other("Tan", libm::tanf),
            "Tanh" => other("Tanh", libm::tanhf),
            _ => None,
        }
    }

    /// Applies the function to each value, in place.
    pub(super) fn apply(self, values: &mut [f32]) {
        match self {
            Self::Silu => activation::silu(values),
            Self::Sigmoid => activation::sigmoid(values),
            Self::Exp => activation::exps(values),
            Self::Sin => sinusoid::sin(values),
            Self::Cos => sinusoid::cos(values),
            Self::Relu => {
                values
                    .iter_mut()
                    .for_each(|value| *value = if *value < 0.0 { 0.0 } else { *value });
            }
            Self::LeakyRelu(slope) => values
                .iter_mut()
                .for_each(|value| *value = if *value < 0.0 { slope * *value } else { *value }),
            Self::Other(_, function) => {
                values.iter_mut().for_each(|value| *value = function(*value));
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Silu => "Silu",
            Self::Sigmoid => "Sigmoid",
            Self::Exp => "Exp",
            Self::Sin => "Sin",
            Self::Cos => "Cos",
            Self::Relu => "Relu",
            Self::LeakyRelu(_) => "LeakyRelu",
            Self::Other(name, _) => name,
        }
    }
}

/// Applies a function to each value of a tensor of f32.
#[derive(Clone, Debug)]
pub(super) struct Unary {
    pub function: UnaryOp,
    pub shape: Shape,
}

impl PartialEq for Unary {
    fn eq(&self, other: &Self) -> bool {
        self.function.name() == other.function.name() && self.shape == other.shape
    }
}

impl Eq for Unary {}

impl Kernel for Unary {
    fn run(&self, _: usize, mut inputs: TVec<TValue>) -> TractResult<Tensor> {
        let mut tensor = inputs.remove(0).into_tensor();
        self.function.apply(tensor.try_as_plain_ram_mut()?.as_slice_mut()?);
        Ok(tensor)
    }
}

operator!(Unary, |op: &Unary| op.function.name());

/// A function of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
    Min,
    Max,
}

impl BinaryOp {
    /// The function of this name in tract.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Add" => Self::Add,
            "Sub" => Self::Sub,
            "Mul" => Self::Mul,
            "Div" => Self::Div,
            "Rem" => Self::Rem,
            "Pow" => Self::Pow,
            "Min" => Self::Min,
            "Max" => Self::Max,
            _ => return None,
        })
    }
}

fn remainder(a: f32, b: f32) -> f32 {
    a % b
}

/// Applies a function to the values of two inputs, which have the rank of the result and are
/// broadcast along axes of length 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binary {
    pub function: BinaryOp,
    pub shape: Shape,
}

impl Kernel for Binary {
    fn takes_shared(&self, _: usize) -> bool {
        true
    }

    fn run(&self, states: usize, inputs: TVec<TValue>) -> TractResult<Tensor> {
        match inputs[0].datum_type() {
            DatumType::F32 => self.of_f32(states, &inputs),
            DatumType::I64 => self.of_i64(states, &inputs),
            other => bail!("values are of the type {other:?}, and must be f32 or i64"),
        }
    }
}

impl Binary {
    fn each<T: Datum + Copy>(
        &self,
        states: usize,
        inputs: &[TValue],
        f: impl Fn(T, T) -> T,
    ) -> TractResult<Tensor> {
        let (a, b) = (inputs[0].try_as_plain_ram()?, inputs[1].try_as_plain_ram()?);
        let (a, b) = (a.as_slice::<T>()?, b.as_slice::<T>()?);
        // An input that all states share has no axis of states.
        let shape_of = |input: &TValue| match input.rank() > self.shape.len() {
            true => input.shape().into(),
            false => of_states(1, input.shape()),
        };
        let (of_a, of_b) = (shape_of(&inputs[0]), shape_of(&inputs[1]));
        output(states, &self.shape, |out| {
            let shape = of_states(states, &self.shape);
            elementwise::broadcast_binary((a, &of_a), (b, &of_b), &shape, out, f);
            Ok(())
        })
    }

    fn of_f32(&self, states: usize, inputs: &[TValue]) -> TractResult<Tensor> {
        match self.function {
            BinaryOp::Add => self.each(states, inputs, |a: f32, b| a + b),
            BinaryOp::Sub => self.each(states, inputs, |a: f32, b| a - b),
            BinaryOp::Mul => self.each(states, inputs, |a: f32, b| a * b),
            BinaryOp::Div => self.each(states, inputs, |a: f32, b| a / b),
            // Called through a pointer: the call costs little beside these functions.
            BinaryOp::Rem => self.each(states, inputs, remainder as fn(f32, f32) -> f32),
            BinaryOp::Pow => self.each(states, inputs, libm::powf as fn(f32, f32) -> f32),
            // NaN stays NaN, as it does in onnxruntime.
            BinaryOp::Min => {
                self.each(states, inputs, |a: f32, b| if a < b || a.is_nan() { a } else { b })
            }
            BinaryOp::Max => {
                self.each(states, inputs, |a: f32, b| if a > b || a.is_nan() { a } else { b })
            }
        }
    }

    /// Calls through a function pointer, which keeps the code small: tensors of i64 are shapes,
    /// indices and classes, and so have few values.
    fn of_i64(&self, states: usize, inputs: &[TValue]) -> TractResult<Tensor> {
        if matches!(self.function, BinaryOp::Div | BinaryOp::Rem) {
            let divisors = inputs[1].try_as_plain_ram()?;
            ensure!(!divisors.as_slice::<i64>()?.contains(&0), "an integer is divided by zero");
        }
        let function: fn(i64, i64) -> i64 = match self.function {
            BinaryOp::Add => i64::wrapping_add,
            BinaryOp::Sub => i64::wrapping_sub,
            BinaryOp::Mul => i64::wrapping_mul,
            BinaryOp::Div => i64::wrapping_div,
            BinaryOp::Rem => i64::wrapping_rem,
            BinaryOp::Min => i64::min,
            BinaryOp::Max => i64::max,
            // A negative power of an integer is 0, but for 1 and -1.
            BinaryOp::Pow => |a, b| match (u32::try_from(b), a) {
                (Ok(b), _) => a.wrapping_pow(b),
                (Err(_), 1) => 1,
                (Err(_), -1) if b % 2 == 0 => 1,
                (Err(_), -1) => -1,
                _ => 0,
            },
        };
        self.each(states, inputs, function)
    }
}

operator!(Binary, |op: &Binary| match op.function {
    BinaryOp::Add => "Add",
    BinaryOp::Sub => "Sub",
    BinaryOp::Mul => "Mul",
    BinaryOp::Div => "Div",
    BinaryOp::Rem => "Rem",
    BinaryOp::Pow => "Pow",
    BinaryOp::Min => "Min",
    BinaryOp::Max => "Max",
});

/// The function that reduces values to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reduction {
    Sum,
    Product,
    Min,
    Max,
}

/// Reduces over the axes along which the result has length 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reduce {
    pub reduction: Reduction,
    pub shape: Shape,
}

impl Kernel for Reduce {
    fn run(&self, states: usize, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let (x, shape) = (values(&inputs[0])?, inputs[0].shape());
        let reduced = match shape.len() > self.shape.len() {
            true => of_states(states, &self.shape),
            false => self.shape.clone(),
        };
        output(states, &self.shape, |out| {
            match self.reduction {
                Reduction::Sum => elementwise::reduce(x, shape, &reduced, out, 0.0, |a, b| a + b),
                Reduction::Product => {
                    elementwise::reduce(x, shape, &reduced, out, 1.0, |a, b| a * b);
                }
                Reduction::Min => {
                    let least = |a: f32, b: f32| if b < a || b.is_nan() { b } else { a };
                    elementwise::reduce(x, shape, &reduced, out, f32::INFINITY, least);
                }
                Reduction::Max => {
                    let largest = |a: f32, b: f32| if b > a || b.is_nan() { b } else { a };
                    elementwise::reduce(x, shape, &reduced, out, f32::NEG_INFINITY, largest);
                }
            }
            Ok(())
        })
    }
}

operator!(Reduce, |op: &Reduce| match op.reduction {
    Reduction::Sum => "Sum",
    Reduction::Product => "Product",
    Reduction::Min => "ReduceMin",
    Reduction::Max => "ReduceMax",
});

/// Softmax, or its logarithm, of each row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Softmax {
    pub columns: usize,
    pub logarithm: bool,
    pub shape: Shape,
}

impl Kernel for Softmax {
    fn run(&self, _: usize, mut inputs: TVec<TValue>) -> TractResult<Tensor> {
        let mut tensor = inputs.remove(0).into_tensor();
        let mut view = tensor.try_as_plain_ram_mut()?;
        let values = view.as_slice_mut()?;
        if self.logarithm {
            activation::log_softmax(values, self.columns.max(1));
        } else {
            activation::softmax(values, self.columns.max(1));
        }
        Ok(tensor)
    }
}

operator!(Softmax, |op: &Softmax| if op.logarithm { "LogSoftmax" } else { "Softmax" });
