//! Lowering of functions of values, of reductions, and of what joins and cuts values, in whichever
//! order the values lie.

use tract_core::internal::*;
use tract_core::ops::array::{Slice, TypedConcat};
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cast::cast;
use tract_core::ops::element_wise::ElementWiseOp;
use tract_core::ops::nn::{LeakyRelu, Reduce, Reducer, Softmax, SoftmaxKind};

use super::elementwise::{self, Binary, BinaryOp, Reduction, Unary, UnaryOp};
use super::fuse::{Core, Fusion};
use super::layout::{Rearrange, TO_CHANNELS_FIRST, TO_CHANNELS_LAST};
use super::lowering::{Lowering, Value};
use super::normalize::{Normalization, uniform};
use super::ops::{GroupNorm, LayerNorm};
use super::types::computed_type;

impl Lowering<'_> {
    /// What a fusion gives.
    pub(super) fn fused(&mut self, fusion: &Fusion) -> TractResult<Value> {
        match &fusion.core {
            Core::Convolution { node } => self.convolution(*node, fusion),
            Core::Linear { node } => {
                let node = self.source.node(*node);
                let op = node.op_as().context("this is not a product")?;
                let inputs = [self.value(node.inputs[0])?, self.value(node.inputs[1])?];
                self.product(op, &inputs, Some(fusion))
            }
            Core::Normalization { of, scale, shift } => {
                self.normalization(of, [*scale, *shift], fusion)
            }
            Core::Unary { name, x } => {
                let x = self.value(*x)?;
                self.unary(UnaryOp::named(name).context("unknown function")?, &x)
            }
            Core::Upsample { x, factors } => {
                let x = self.value(*x)?;
                self.upsample(&x, *factors)
            }
        }
    }

    /// Whether an image lies with its channels innermost, other than by having one channel or
    /// pixel.
    pub(super) fn is_channels_last(&self, value: &Value) -> TractResult<bool> {
        let shape = self.shape(value)?;
        let Value::Wire(outlet) = value else { return Ok(false) };
        let Some(before) = self.target.node(outlet.node).op_as::<Rearrange>() else {
            return Ok(false);
        };
        if shape.len() != 4 || before.is_identity() {
            return Ok(false);
        }
        let back = before.then(&Rearrange::transpose(&shape, &TO_CHANNELS_LAST));
        Ok(back.is_some_and(|back| back.is_identity()))
    }

    pub(super) fn cast(&mut self, value: &Value, to: DatumType) -> TractResult<Value> {
        let to = computed_type(to);
        if self.datum_type(value)? == to {
            return Ok(value.clone());
        }
        self.wire(cast(to), std::slice::from_ref(value))
    }

    /// The value before it was moved, and how it was.
    fn origin(&self, value: &Value) -> Option<(Value, Rearrange)> {
        let Value::Wire(outlet) = value else { return None };
        let node = self.target.node(outlet.node);
        node.op_as::<Rearrange>().map(|op| (Value::Wire(node.inputs[0]), op.clone()))
    }

    /// Applies a unary function, before a rearrangement of its input where there is one.
    pub(super) fn unary(&mut self, function: UnaryOp, value: &Value) -> TractResult<Value> {
        let (x, moved) = match self.origin(value) {
            Some((x, moved)) => (x, Some(moved)),
            None => (value.clone(), None),
        };
        let made = self.wire(Unary { function, shape: self.shape(&x)? }, &[x])?;
        match moved {
            Some(moved) => self.rearrange(&made, moved),
            None => Ok(made),
        }
    }

    pub(super) fn element_wise(&mut self, op: &ElementWiseOp, value: &Value) -> TractResult<Value> {
        let name = op.0.name();
        if self.datum_type(value)? != DatumType::F32 || UnaryOp::named(&name).is_none() {
            if let Some(op) = op.0.downcast_ref::<LeakyRelu>() {
                return self.unary(UnaryOp::LeakyRelu(op.alpha), value);
            }
            return self.wire(ElementWiseOp(op.0.clone(), None), std::slice::from_ref(value));
        }
        self.unary(UnaryOp::named(&name).context("unknown function")?, value)
    }

    pub(super) fn binary_op(
        &mut self,
        op: &TypedBinOp,
        a: &Value,
        b: &Value,
    ) -> TractResult<Value> {
        let types = [self.datum_type(a)?, self.datum_type(b)?];
        ensure!(types[0] == types[1], "its inputs are {types:?}, and must be of one type");
        let number = matches!(types[0], DatumType::F32 | DatumType::I64);
        match BinaryOp::named(op.0.name()).filter(|_| number) {
            Some(function) => self.binary(function, a, b),
            None => self.wire(TypedBinOp(op.0.clone(), None), &[a.clone(), b.clone()]),
        }
    }

    /// Applies a binary function, with both operands broadcast.
    pub(super) fn binary(
        &mut self,
        function: BinaryOp,
        a: &Value,
        b: &Value,
    ) -> TractResult<Value> {
        if let Some(constant) = b.constant()
            && let Some(value) = uniform(constant)
            && self.shape(b)?.iter().all(|&d| d == 1)
            && let Some(unary) = unary_with_constant(function, value)
        {
            return self.unary(unary, a);
        }
        let shapes = [self.shape(a)?, self.shape(b)?];
        let shape = tract_core::broadcast::multi_broadcast(&shapes)?;
        if shape.len() == 4 && (self.is_channels_last(a)? || self.is_channels_last(b)?) {
            let operands =
                [self.transpose(a, &TO_CHANNELS_LAST)?, self.transpose(b, &TO_CHANNELS_LAST)?];
            let shape = TO_CHANNELS_LAST.iter().map(|&axis| shape[axis]).collect();
            let made = self.wire(Binary { function, shape }, &operands)?;
            return self.transpose(&made, &TO_CHANNELS_FIRST);
        }
        // A single constant goes with any order of the other's values.
        for (at, (value, single)) in [(a, b), (b, a)].into_iter().enumerate() {
            let alone = self.shape(single)?.iter().product::<usize>() == 1;
            if let Some(tensor) = single.constant().filter(|_| alone)
                && let Some((x, moved)) = self.origin(value)
            {
                let shape = self.shape(&x)?;
                let mut tensor = tensor.as_ref().clone();
                tensor.set_shape(&vec![1; shape.len()])?;
                let single = Value::Constant(tensor.into_arc_tensor());
                let operands = if at == 0 { [x, single] } else { [single, x] };
                let made = self.wire(Binary { function, shape }, &operands)?;
                return self.rearrange(&made, moved);
            }
        }
        self.wire(Binary { function, shape }, &[a.clone(), b.clone()])
    }

    pub(super) fn reduce(&mut self, op: &Reduce, x: &Value) -> TractResult<Value> {
        let reduction = match op.reducer {
            Reducer::Sum | Reducer::MeanOfSquares => Reduction::Sum,
            Reducer::Prod => Reduction::Product,
            Reducer::Min => Reduction::Min,
            Reducer::Max => Reduction::Max,
            _ => return self.wire(op.clone(), std::slice::from_ref(x)),
        };
        if self.datum_type(x)? != DatumType::F32 {
            return self.wire(op.clone(), std::slice::from_ref(x));
        }
        let shape = self.shape(x)?;
        let count: usize = op.axes.iter().map(|&axis| shape[axis]).product();
        let last = self.is_channels_last(x)?;
        let mut value = if last { self.transpose(x, &TO_CHANNELS_LAST)? } else { x.clone() };
        if op.reducer == Reducer::MeanOfSquares {
            value = self.unary(UnaryOp::named("Square").context("unknown function")?, &value)?;
        }
        let mut reduced = shape.clone();
        for &axis in &op.axes {
            reduced[axis] = 1;
        }
        if last {
            reduced = TO_CHANNELS_LAST.iter().map(|&axis| reduced[axis]).collect();
        }
        let rank = reduced.len();
        let mut made = self.wire(elementwise::Reduce { reduction, shape: reduced }, &[value])?;
        if op.reducer == Reducer::MeanOfSquares {
            let count = Tensor::from_shape(&vec![1; rank], &[count as f32])?;
            made = self.binary(BinaryOp::Div, &made, &Value::Constant(count.into_arc_tensor()))?;
        }
        if last { self.transpose(&made, &TO_CHANNELS_FIRST) } else { Ok(made) }
    }

    pub(super) fn softmax(&mut self, op: &Softmax, x: &Value) -> TractResult<Value> {
        let shape = self.shape(x)?;
        let mut order: Vec<usize> =
            (0..shape.len()).filter(|axis| !op.axes.contains(axis)).collect();
        order.extend(&op.axes);
        let moved = self.transpose(x, &order)?;
        let shape_moved = self.shape(&moved)?;
        let columns = op.axes.iter().map(|&axis| shape[axis]).product::<usize>();
        let logarithm = op.kind == SoftmaxKind::LogSoftmax;
        let op = elementwise::Softmax { columns, logarithm, shape: shape_moved };
        let made = self.wire(op, &[moved])?;
        let mut back = vec![0; order.len()];
        for (at, &axis) in order.iter().enumerate() {
            back[axis] = at;
        }
        self.transpose(&made, &back)
    }

    pub(super) fn concat(&mut self, axis: usize, values: &[Value]) -> TractResult<Value> {
        let mut last = false;
        for value in values {
            last |= self.is_channels_last(value)?;
        }
        if !last {
            return self.wire(TypedConcat { axis }, values);
        }
        let images = values
            .iter()
            .map(|value| self.transpose(value, &TO_CHANNELS_LAST))
            .collect::<TractResult<Vec<_>>>()?;
        let made = self.wire(TypedConcat { axis: TO_CHANNELS_FIRST[axis] }, &images)?;
        self.transpose(&made, &TO_CHANNELS_FIRST)
    }

    pub(super) fn slice(&mut self, op: &Slice, x: &Value) -> TractResult<Value> {
        if !self.is_channels_last(x)? {
            return self.wire(op.clone(), std::slice::from_ref(x));
        }
        let image = self.transpose(x, &TO_CHANNELS_LAST)?;
        let op = Slice { axis: TO_CHANNELS_FIRST[op.axis], ..op.clone() };
        let made = self.wire(op, &[image])?;
        self.transpose(&made, &TO_CHANNELS_FIRST)
    }

    fn normalization(
        &mut self,
        of: &Normalization,
        affine: [Option<OutletId>; 2],
        fusion: &Fusion,
    ) -> TractResult<Value> {
        let x = self.value(of.x)?;
        let shape = &fusion.shape;
        let affine = affine
            .map(|outlet| outlet.map(|outlet| self.value(outlet)).transpose())
            .into_iter()
            .collect::<TractResult<Vec<_>>>()?;
        let x = self.reshape(&x, shape)?;
        let mut by_channels = match of.groups(shape) {
            Some(_) if affine.iter().all(Option::is_none) => self.is_channels_last(&x)?,
            Some(_) => true,
            None => false,
        };
        for value in affine.iter().flatten() {
            by_channels &= of.fits_channels(&self.shape(value)?, shape);
        }
        let length = if by_channels { shape[1] } else { of.columns() };
        let mut operands = vec![if by_channels {
            self.channels_last(&x)?
        } else {
            self.reshape(&x, &[shape.iter().product::<usize>() / length.max(1), length])?
        }];
        for (value, missing) in affine.into_iter().zip([1.0_f32, 0.0]) {
            operands.push(match value {
                Some(value) => {
                    let length = self.shape(&value)?.iter().product();
                    self.reshape(&value, &[length])?
                }
                None => {
                    let values = vec![missing; length];
                    Value::Constant(Tensor::from_shape(&[length], &values)?.into_arc_tensor())
                }
            });
        }
        if by_channels {
            let op = GroupNorm {
                groups: of.groups(shape).context("it has no groups")?,
                epsilon: of.epsilon,
                silu: fusion.silu,
                shape: self.shape(&operands[0])?,
            };
            let made = self.wire(op, &operands)?;
            return self.channels_first(&made, shape);
        }
        let op =
            LayerNorm { columns: length, epsilon: of.epsilon, shape: self.shape(&operands[0])? };
        let made = self.wire(op, &operands)?;
        let made = self.reshape(&made, shape)?;
        if fusion.silu { self.unary(UnaryOp::Silu, &made) } else { Ok(made) }
    }
}

/// The unary function that equals a binary function whose second operand is this constant.
fn unary_with_constant(function: BinaryOp, constant: f32) -> Option<UnaryOp> {
    match (function, constant) {
        (BinaryOp::Max, 0.0) => Some(UnaryOp::Relu),
        (BinaryOp::Pow, 2.0) => UnaryOp::named("Square"),
        (BinaryOp::Pow, 3.0) => UnaryOp::named("Cube"),
        (BinaryOp::Pow, 0.5) => UnaryOp::named("Sqrt"),
        (BinaryOp::Pow, -1.0) => UnaryOp::named("Recip"),
        (BinaryOp::Pow, -0.5) => UnaryOp::named("Rsqrt"),
        _ => None,
    }
}
