//! The kernels as operators of a tract model. Images have their channels innermost, `[N, H, W, C]`;
//! shapes are known at load.

use std::cell::RefCell;
use std::sync::Arc;

use tract_core::internal::*;

use crate::kernels::convolution::Direct;
use crate::kernels::panels::Panels;
use crate::kernels::winograd::Winograd;
use crate::kernels::{activation, matmul, normalization, rearrange};

type Shape = TVec<usize>;

thread_local! {
    /// Memory that the kernels work in, kept from one run to the next.
    static SCRATCH: RefCell<[Vec<f32>; 3]> = RefCell::default();
    static PANELS: RefCell<Panels> = RefCell::new(Panels::zero(0, 0));
}

/// What tract asks of an operator whose result has a shape that was known when it was made, and the
/// type of its first input unless a third argument says otherwise.
macro_rules! operator {
    ($type:ty, $name:expr) => {
        operator!($type, $name, |_: &$type, first: DatumType| first);
    };
    ($type:ty, $name:expr, $gives:expr) => {
        impl Op for $type {
            fn name(&self) -> StaticName {
                $name(self).into()
            }

            op_as_typed_op!();
        }

        impl EvalOp for $type {
            op_out_of_plan!();

            fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
                Ok(tvec!(self.run(inputs)?.into_tvalue()))
            }
        }

        impl TypedOp for $type {
            fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
                Ok(tvec!($gives(self, inputs[0].datum_type).fact(&self.shape)))
            }

            as_op!();
        }
    };
}

pub(super) use operator;

pub fn values(tensor: &TValue) -> TractResult<&[f32]> {
    tensor.try_as_plain_ram()?.as_slice()
}

/// A tensor of this shape as `fill` writes it.
fn output(
    shape: &[usize],
    fill: impl FnOnce(&mut [f32]) -> TractResult<()>,
) -> TractResult<Tensor> {
    let mut tensor = Tensor::zero::<f32>(shape)?;
    fill(tensor.try_as_plain_ram_mut()?.as_slice_mut()?)?;
    Ok(tensor)
}

/// How a convolution is computed.
#[derive(Debug)]
pub enum Method {
    Direct(Direct),
    Winograd(Winograd),
}

/// Inputs are the image and, where there is one, a value of the output's shape to add.
#[derive(Clone, Debug)]
pub struct Convolution {
    pub method: Arc<Method>,
    pub silu: bool,
    pub shape: Shape,
}

// One set of weights is equal to itself only: the values are many, and nothing asks for more.
impl PartialEq for Convolution {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.method, &other.method)
            && self.silu == other.silu
            && self.shape == other.shape
    }
}

impl Eq for Convolution {}

impl Convolution {
    fn run(&self, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let x = values(&inputs[0])?;
        let residual = inputs.get(1).map(values).transpose()?;
        let images = self.shape[0];
        let (from, to) = (x.len() / images, self.shape[1..].iter().product::<usize>());
        output(&self.shape, |out| {
            SCRATCH.with_borrow_mut(|scratch| {
                for (at, out) in out.chunks_exact_mut(to).enumerate() {
                    let x = &x[at * from..][..from];
                    let residual = residual.map(|r| &r[at * to..][..to]);
                    match &*self.method {
                        Method::Direct(direct) => direct.run(x, residual, out, &mut scratch[0]),
                        Method::Winograd(winograd) => winograd.run(x, residual, out, scratch),
                    }
                }
            });
            if self.silu {
                activation::silu(out);
            }
            Ok(())
        })
    }
}

operator!(Convolution, |op: &Convolution| match *op.method {
    Method::Direct(_) => "DirectConvolution",
    Method::Winograd(_) => "WinogradConvolution",
});

/// Inputs are the image, and scale and shift with one value per channel.
#[derive(Clone, Debug)]
pub struct GroupNorm {
    pub groups: usize,
    pub epsilon: f32,
    pub silu: bool,
    pub shape: Shape,
}

impl PartialEq for GroupNorm {
    fn eq(&self, other: &Self) -> bool {
        (self.groups, self.epsilon.to_bits(), self.silu)
            == (other.groups, other.epsilon.to_bits(), other.silu)
            && self.shape == other.shape
    }
}

impl Eq for GroupNorm {}

impl GroupNorm {
    fn run(&self, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let (x, scale, shift) = (values(&inputs[0])?, values(&inputs[1])?, values(&inputs[2])?);
        let each = self.shape[1..].iter().product::<usize>();
        output(&self.shape, |out| {
            for (x, out) in x.chunks_exact(each).zip(out.chunks_exact_mut(each)) {
                normalization::group_norm(x, self.groups, self.epsilon, scale, shift, out);
            }
            if self.silu {
                activation::silu(out);
            }
            Ok(())
        })
    }
}

operator!(GroupNorm, |_: &GroupNorm| "GroupNorm");

/// A product with weights, of the last axis.
#[derive(Clone, Debug)]
pub struct Linear {
    pub weights: Arc<Panels>,
    pub bias: Arc<Vec<f32>>,
    pub silu: bool,
    pub shape: Shape,
}

impl PartialEq for Linear {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.weights, &other.weights)
            && Arc::ptr_eq(&self.bias, &other.bias)
            && self.silu == other.silu
    }
}

impl Eq for Linear {}

impl Linear {
    fn run(&self, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let depth = inputs[0].shape().last().copied().context("a scalar has no columns")?;
        output(&self.shape, |out| {
            matmul::linear(values(&inputs[0])?, depth, &self.weights, &self.bias, out);
            if self.silu {
                activation::silu(out);
            }
            Ok(())
        })
    }
}

operator!(Linear, |_: &Linear| "Linear");

/// The product of the last two axes of two values whose other axes are equal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatMul {
    pub depth: usize,
    pub shape: Shape,
}

impl MatMul {
    fn run(&self, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let (a, b) = (values(&inputs[0])?, values(&inputs[1])?);
        let &[.., rows, columns] = self.shape.as_slice() else {
            bail!("a product of matrices has two axes or more")
        };
        output(&self.shape, |out| {
            PANELS.with_borrow_mut(|panels| {
                for (at, out) in out.chunks_exact_mut(rows * columns).enumerate() {
                    let a = &a[at * rows * self.depth..][..rows * self.depth];
                    let b = &b[at * self.depth * columns..][..self.depth * columns];
                    matmul::matmul(a, b, [self.depth, columns], out, panels);
                }
            });
            Ok(())
        })
    }
}

operator!(MatMul, |_: &MatMul| "MatMul");

/// The input as `split`, its axes in the order `permutation`, as `shape`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rearrange {
    pub split: Shape,
    pub permutation: TVec<usize>,
    pub shape: Shape,
}

impl Rearrange {
    fn run(&self, mut inputs: TVec<TValue>) -> TractResult<Tensor> {
        if rearrange::keeps_order(&self.split, &self.permutation) {
            return inputs.remove(0).into_tensor().into_shape(&self.shape);
        }
        output(&self.shape, |out| {
            rearrange::transpose(values(&inputs[0])?, &self.split, &self.permutation, out);
            Ok(())
        })
    }
}

operator!(Rearrange, |_: &Rearrange| "Rearrange");

/// Each pixel becomes a rectangle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upsample {
    pub factors: [usize; 2],
    pub shape: Shape,
}

impl Upsample {
    fn run(&self, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let &[_, _, width, channels] = self.shape.as_slice() else {
            bail!("an image has four axes")
        };
        output(&self.shape, |out| {
            // The images of a batch follow one another as rows do.
            rearrange::upsample(
                values(&inputs[0])?,
                width / self.factors[1],
                channels,
                self.factors,
                out,
            );
            Ok(())
        })
    }
}

operator!(Upsample, |_: &Upsample| "Upsample");
