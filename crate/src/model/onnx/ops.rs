//! The kernels as operators of a tract model. Images have their channels innermost, `[N, H, W, C]`;
//! shapes are known at load.

use std::cell::RefCell;
use std::sync::Arc;

use tract_core::internal::*;

use super::operator::{Cost, Kernel, operator, output, values};
use crate::kernels::convolution::Direct;
use crate::kernels::deconvolution::Deconvolution;
use crate::kernels::packed::PackedMatrix;
use crate::kernels::winograd::Winograd;
use crate::kernels::{activation, matmul, normalization, rearrange};

type Shape = TVec<usize>;

thread_local! {
    /// Memory that the kernels work in, kept from one run to the next.
    static SCRATCH: RefCell<[Vec<f32>; 3]> = RefCell::default();
    static PANELS: RefCell<PackedMatrix> = RefCell::new(PackedMatrix::zero(0, 0));
}

/// How a convolution is computed.
#[derive(Debug)]
pub(super) enum Method {
    Direct(Direct),
    Winograd(Winograd),
    Transposed(Deconvolution),
}

/// Inputs are the image and, where there is one, a value of the output's shape to add.
#[derive(Clone, Debug)]
pub(super) struct Convolution {
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

impl Kernel for Convolution {
    fn run(&self, states: usize, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let x = values(&inputs[0])?;
        let residual = inputs.get(1).map(values).transpose()?;
        output(states, &self.shape, |out| {
            SCRATCH.with_borrow_mut(|scratch| match &*self.method {
                Method::Direct(direct) => direct.run(x, residual, out, &mut scratch[0]),
                Method::Winograd(winograd) => winograd.run(x, residual, out, scratch),
                Method::Transposed(transposed) => transposed.run(x, out, &mut scratch[0]),
            });
            if self.silu {
                activation::silu(out);
            }
            Ok(())
        })
    }

    fn cost(&self) -> Cost {
        let images = self.shape[0] as u64;
        let (products, weights) = match &*self.method {
            Method::Direct(direct) => direct.cost(),
            Method::Winograd(winograd) => winograd.cost(),
            Method::Transposed(transposed) => transposed.cost(),
        };
        Cost { multiply_adds: images * products as u64, weight_bytes: 4 * weights as u64 }
    }
}

operator!(Convolution, |op: &Convolution| match *op.method {
    Method::Direct(_) => "DirectConvolution",
    Method::Winograd(_) => "WinogradConvolution",
    Method::Transposed(_) => "TransposedConvolution",
});

/// Inputs are the image, and scale and shift with one value per channel, or per image and channel.
#[derive(Clone, Debug)]
pub(super) struct GroupNorm {
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

impl Kernel for GroupNorm {
    fn takes_shared(&self, input: usize) -> bool {
        input > 0
    }

    fn run(&self, states: usize, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let (x, scale, shift) = (values(&inputs[0])?, values(&inputs[1])?, values(&inputs[2])?);
        let each = self.shape[1..].iter().product::<usize>();
        let channels = self.shape[self.shape.len() - 1];
        let images = states * self.shape[0];
        // One for all, for each state, or for each image.
        let of_image = |values: &'_ [f32], image: usize| {
            let at = image * (values.len() / channels) / images * channels;
            at..at + channels
        };
        output(states, &self.shape, |out| {
            let all = x.chunks_exact(each).zip(out.chunks_exact_mut(each));
            for (image, (x, out)) in all.enumerate() {
                let scale = &scale[of_image(scale, image)];
                let shift = &shift[of_image(shift, image)];
                let affine = [scale, shift];
                normalization::group_norm(x, self.groups, self.epsilon, affine, self.silu, out);
            }
            Ok(())
        })
    }
}

operator!(GroupNorm, |_: &GroupNorm| "GroupNorm");

/// Inputs are rows, and scale and shift with one value per column.
#[derive(Clone, Debug)]
pub(super) struct LayerNorm {
    pub columns: usize,
    pub epsilon: f32,
    pub shape: Shape,
}

impl PartialEq for LayerNorm {
    fn eq(&self, other: &Self) -> bool {
        (self.columns, self.epsilon.to_bits()) == (other.columns, other.epsilon.to_bits())
            && self.shape == other.shape
    }
}

impl Eq for LayerNorm {}

impl Kernel for LayerNorm {
    fn takes_shared(&self, input: usize) -> bool {
        input > 0
    }

    fn run(&self, states: usize, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let (x, scale, shift) = (values(&inputs[0])?, values(&inputs[1])?, values(&inputs[2])?);
        let each = self.shape.iter().product::<usize>().max(1);
        // One for all, or for each state.
        let of_state = |values: &'_ [f32], state: usize| {
            let length = self.columns.min(values.len());
            let at = if values.len() > length { state * length } else { 0 };
            at..at + length
        };
        output(states, &self.shape, |out| {
            let all = x.chunks_exact(each).zip(out.chunks_exact_mut(each));
            for (state, (x, out)) in all.enumerate() {
                let scale = &scale[of_state(scale, state)];
                let shift = &shift[of_state(shift, state)];
                normalization::layer_norm(x, self.columns, self.epsilon, scale, shift, out);
            }
            Ok(())
        })
    }
}

operator!(LayerNorm, |_: &LayerNorm| "LayerNorm");

/// A product with weights, of the last axis.
#[derive(Clone, Debug)]
pub(super) struct Linear {
    pub weights: Arc<PackedMatrix>,
    pub bias: Arc<Vec<f32>>,
    pub silu: bool,
    pub shape: Shape,
}

impl PartialEq for Linear {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.weights, &other.weights)
            && Arc::ptr_eq(&self.bias, &other.bias)
            && self.silu == other.silu
            && self.shape == other.shape
    }
}

impl Eq for Linear {}

impl Kernel for Linear {
    fn run(&self, states: usize, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let depth = inputs[0].shape().last().copied().context("a scalar has no columns")?;
        output(states, &self.shape, |out| {
            matmul::linear(values(&inputs[0])?, depth, &self.weights, &self.bias, out);
            if self.silu {
                activation::silu(out);
            }
            Ok(())
        })
    }

    fn cost(&self) -> Cost {
        let rows = self.shape.iter().product::<usize>() / self.weights.columns().max(1);
        let weights = self.weights.depth() * self.weights.columns();
        Cost { multiply_adds: (rows * weights) as u64, weight_bytes: 4 * weights as u64 }
    }
}

operator!(Linear, |_: &Linear| "Linear");

/// The products of matrices `[batch, rows, depth]` and `[batch, depth, columns]`, or
/// `[batch, columns, depth]` where the second is `transposed`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MatMul {
    pub depth: usize,
    pub transposed: bool,
    pub shape: Shape,
}

impl Kernel for MatMul {
    fn run(&self, states: usize, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let (a, b) = (values(&inputs[0])?, values(&inputs[1])?);
        let &[_, rows, columns] = self.shape.as_slice() else {
            bail!("a batch of matrices has three axes")
        };
        output(states, &self.shape, |out| {
            PANELS.with_borrow_mut(|panels| {
                for (at, out) in out.chunks_exact_mut((rows * columns).max(1)).enumerate() {
                    let a = &a[at * rows * self.depth..][..rows * self.depth];
                    let b = &b[at * self.depth * columns..][..self.depth * columns];
                    let lengths = [self.depth, columns];
                    matmul::matmul(a, b, self.transposed, lengths, out, panels);
                }
            });
            Ok(())
        })
    }

    fn cost(&self) -> Cost {
        let products = self.shape.iter().product::<usize>() * self.depth;
        Cost { multiply_adds: products as u64, weight_bytes: 0 }
    }
}

operator!(MatMul, |_: &MatMul| "MatMul");

/// Each pixel becomes a rectangle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Upsample {
    pub factors: [usize; 2],
    pub shape: Shape,
}

impl Kernel for Upsample {
    fn run(&self, states: usize, inputs: TVec<TValue>) -> TractResult<Tensor> {
        let &[_, _, width, channels] = self.shape.as_slice() else {
            bail!("an image has four axes")
        };
        output(states, &self.shape, |out| {
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
