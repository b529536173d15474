//! Finds groups of tract's operators that one kernel computes.
//!
//! A fusion starts with a core (a convolution, a product with weights, a normalization) and is
//! extended by the operators that use its result: a node extends the fusion of its input, if it is
//! the only user of that input, or is lowered by itself.

use std::collections::HashMap;

use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cnn::{Conv, Deconv};
use tract_core::ops::einsum::EinSum;
use tract_core::ops::element_wise::ElementWiseOp;

use super::finder::Finder;
use super::lowering::Lowering;
use super::normalize::{Normalization, is_all, is_zero};
use super::roles::Roles;

/// What a fusion starts with.
#[derive(Clone, Debug)]
pub(super) enum Core {
    /// Conv or Deconv.
    Convolution { node: usize },
    /// EinSum of a value and a constant matrix, whose columns are the last axis of the result.
    Linear { node: usize },
    /// A normalization, with its scale and shift.
    Normalization { of: Normalization, scale: Option<OutletId>, shift: Option<OutletId> },
    /// A unary function, by its name.
    Unary { name: &'static str, x: OutletId },
    /// Each pixel of x becomes a rectangle.
    Upsample { x: OutletId, factors: [usize; 2] },
}

/// A core, and the epilogue that is applied to its result, in the order of the fields.
#[derive(Clone, Debug)]
pub(super) struct Fusion {
    pub core: Core,
    /// Scale and shift of each channel or column.
    pub affine: Option<(Vec<f32>, Vec<f32>)>,
    /// A value that is added, of the shape of the result.
    pub residual: Option<OutletId>,
    pub silu: bool,
    /// Shape of the result in the graph.
    pub shape: TVec<usize>,
}

impl Fusion {
    /// A core without an epilogue.
    pub(super) fn of(core: Core) -> Self {
        Self { core, affine: None, residual: None, silu: false, shape: tvec!() }
    }

    /// The outlets of the source model that are its inputs.
    fn inputs(&self, source: &TypedModel) -> TVec<OutletId> {
        let mut inputs: TVec<OutletId> = match &self.core {
            Core::Convolution { node } | Core::Linear { node } => {
                source.node(*node).inputs.iter().copied().collect()
            }
            Core::Normalization { of, scale, shift } => {
                [Some(of.x), *scale, *shift].into_iter().flatten().collect()
            }
            Core::Unary { x, .. } | Core::Upsample { x, .. } => tvec!(*x),
        };
        inputs.extend(self.residual);
        inputs
    }
}

/// The fusions of a model, by their last nodes.
pub(super) struct Fusions<'s> {
    source: &'s TypedModel,
    by_last_node: HashMap<usize, Fusion>,
    /// Whether the value of a node is a constant.
    constant: Vec<bool>,
}

impl<'s> Fusions<'s> {
    /// Finds all fusions; the lowering has the constants.
    pub(super) fn find(lowering: &Lowering<'s>, order: &[usize]) -> TractResult<Self> {
        let finder = Finder::new(lowering, order);
        let mut fusions = HashMap::new();
        for &id in order {
            if lowering.known(id.into()).is_none()
                && let Some(mut fusion) = finder.at(id, &fusions)
            {
                fusion.shape = finder.shape(id.into()).unwrap_or_default();
                fusions.insert(id, fusion);
            }
        }
        let is_constant = |id: usize| lowering.known(id.into()).is_some();
        let constant = (0..lowering.source.nodes().len()).map(is_constant).collect();
        Ok(Self { source: lowering.source, by_last_node: fusions, constant })
    }

    pub(super) fn at(&self, node: usize) -> Option<&Fusion> {
        self.by_last_node.get(&node)
    }

    /// The nodes to lower, in order: those that the outputs depend on, without the inner nodes of
    /// fusions.
    pub(super) fn needed(&self, order: &[usize]) -> Vec<usize> {
        let mut wanted = vec![false; self.source.nodes().len()];
        for outlet in &self.source.outputs {
            wanted[outlet.node] = true;
        }
        let mut needed = Vec::new();
        for &id in order.iter().rev() {
            let node = self.source.node(id);
            if !wanted[id] || self.constant[id] || TypedModel::is_source(&node.op) {
                continue;
            }
            needed.push(id);
            let inputs = match self.at(id) {
                Some(fusion) => fusion.inputs(self.source),
                None => node.inputs.iter().copied().collect(),
            };
            for input in inputs {
                wanted[input.node] = true;
            }
        }
        needed.reverse();
        needed
    }
}

impl Finder<'_, '_> {
    /// The fusion whose result is this value, if it can be extended: nothing else uses the value.
    fn extendable(
        &self,
        outlet: OutletId,
        uses: usize,
        fusions: &HashMap<usize, Fusion>,
    ) -> Option<Fusion> {
        if self.uses.get(&outlet) != Some(&uses) {
            return None;
        }
        fusions.get(&outlet.node).filter(|fusion| !fusion.silu).cloned()
    }

    fn at(&self, id: usize, fusions: &HashMap<usize, Fusion>) -> Option<Fusion> {
        let node = self.source.node(id);
        if node.op_is::<Conv>() || node.op_is::<Deconv>() {
            return Some(Fusion::of(Core::Convolution { node: id }));
        }
        if let Some(op) = node.op_as::<EinSum>() {
            return self.linear(id, op);
        }
        if node.op_is::<AxisOp>() {
            return self.upsample(id).or_else(|| self.reshaped(id, fusions));
        }
        if self.is_no_op(node) {
            return self.extendable(node.inputs[0], 1, fusions);
        }
        if let Some(op) = node.op_as::<ElementWiseOp>() {
            return match op.0.name().as_str() {
                "Silu" => self.silu(node.inputs[0], 1, fusions),
                "Ln" => self.softplus(node.inputs[0]),
                _ => None,
            };
        }
        match node.op_as::<TypedBinOp>()?.0.name() {
            "Mul" => {
                let [a, b] = [node.inputs[0], node.inputs[1]];
                let gated = [(a, b), (b, a)].into_iter().find(|&(x, gate)| {
                    self.uses.get(&gate) == Some(&1) && self.unary_input(gate, "Sigmoid") == Some(x)
                });
                if let Some((x, _)) = gated {
                    return self.silu(x, 2, fusions);
                }
                Normalization::find(self, id)
                    .map(|of| Fusion::of(Core::Normalization { of, scale: None, shift: None }))
                    .or_else(|| self.either(id, |x, other| self.scaled(x, other, fusions)))
            }
            "Div" => Normalization::find(self, id)
                .map(|of| Fusion::of(Core::Normalization { of, scale: None, shift: None })),
            "Add" => self
                .either(id, |x, other| self.shifted(x, other, 1.0, fusions))
                .or_else(|| self.either(id, |x, other| self.residual(x, other, fusions))),
            "Sub" => self.shifted(node.inputs[0], node.inputs[1], -1.0, fusions),
            _ => None,
        }
    }

    /// Tries both orders of the inputs of a commutative function, the second input first.
    fn either(
        &self,
        id: usize,
        find: impl Fn(OutletId, OutletId) -> Option<Fusion>,
    ) -> Option<Fusion> {
        let inputs = &self.source.node(id).inputs;
        find(inputs[1], inputs[0]).or_else(|| find(inputs[0], inputs[1]))
    }

    /// x · sigmoid(x), where x is used `uses` times.
    fn silu(&self, x: OutletId, uses: usize, fusions: &HashMap<usize, Fusion>) -> Option<Fusion> {
        let alone = Fusion::of(Core::Unary { name: "Silu", x });
        let Some(fusion) = self.extendable(x, uses, fusions) else { return Some(alone) };
        let has_silu = match &fusion.core {
            Core::Convolution { .. } | Core::Linear { .. } => true,
            Core::Normalization { of, .. } => of.groups(&fusion.shape).is_some(),
            _ => false,
        };
        Some(if has_silu { Fusion { silu: true, ..fusion } } else { alone })
    }

    /// ln(1 + exp(x)).
    fn softplus(&self, sum: OutletId) -> Option<Fusion> {
        let [a, b] = self.binary_inputs(sum, "Add")?;
        let x = [(a, b), (b, a)].into_iter().find_map(|(one, exp)| {
            let one = self.constant(one)?;
            is_all(one, 1.0).then(|| self.unary_input(exp, "Exp"))?
        })?;
        Some(Fusion::of(Core::Unary { name: "Softplus", x }))
    }

    fn linear(&self, id: usize, op: &EinSum) -> Option<Fusion> {
        let node = self.source.node(id);
        if node.inputs.len() != 2 || op.q_params.is_some() {
            return None;
        }
        let shapes = [self.shape(node.inputs[0])?, self.shape(node.inputs[1])?];
        self.constant(node.inputs[1])?;
        let roles = Roles::of(op, &shapes).ok()?;
        roles.is_linear().then(|| Fusion::of(Core::Linear { node: id }))
    }

    /// A constant as one value for each channel of `fusion`'s result: it has as many, or one for
    /// all.
    fn per_channel(&self, constant: OutletId, fusion: &Fusion) -> Option<Vec<f32>> {
        let tensor = self.constant(constant)?;
        let rank = fusion.shape.len();
        let axis = match fusion.core {
            Core::Convolution { .. } => 1,
            Core::Linear { .. } => rank.checked_sub(1)?,
            _ => return None,
        };
        let shape = tensor.shape();
        let fits = shape.len() == rank
            && (0..rank).all(|at| shape[at] == 1 || (at == axis && shape[at] == fusion.shape[at]));
        if !fits || fusion.residual.is_some() {
            return None;
        }
        let values = tensor.try_as_plain_ram().ok()?;
        let values = values.as_slice::<f32>().ok()?;
        let channels = fusion.shape[axis];
        Some((0..channels).map(|at| values[if values.len() == 1 { 0 } else { at }]).collect())
    }

    /// x · factor.
    fn scaled(
        &self,
        x: OutletId,
        factor: OutletId,
        fusions: &HashMap<usize, Fusion>,
    ) -> Option<Fusion> {
        let mut fusion = self.extendable(x, 1, fusions)?;
        if let Core::Normalization { of, scale, shift: None } = &mut fusion.core {
            if self.constant(factor).is_some_and(|factor| is_all(factor, 1.0)) {
                return Some(fusion);
            }
            let fits = scale.is_none() && of.fits(&self.shape(factor)?, &fusion.shape);
            *scale = Some(factor);
            return fits.then_some(fusion);
        }
        let factors = self.per_channel(factor, &fusion)?;
        let (scale, shift) = fusion
            .affine
            .get_or_insert_with(|| (vec![1.0; factors.len()], vec![0.0; factors.len()]));
        for ((scale, shift), factor) in scale.iter_mut().zip(shift).zip(factors) {
            *scale *= factor;
            *shift *= factor;
        }
        Some(fusion)
    }

    /// x + sign · summand.
    fn shifted(
        &self,
        x: OutletId,
        summand: OutletId,
        sign: f32,
        fusions: &HashMap<usize, Fusion>,
    ) -> Option<Fusion> {
        let mut fusion = self.extendable(x, 1, fusions)?;
        if let Core::Normalization { of, shift, .. } = &mut fusion.core {
            if self.constant(summand).is_some_and(|summand| is_zero(summand)) {
                return Some(fusion);
            }
            let fits =
                sign == 1.0 && shift.is_none() && of.fits(&self.shape(summand)?, &fusion.shape);
            *shift = Some(summand);
            return fits.then_some(fusion);
        }
        let summands = self.per_channel(summand, &fusion)?;
        let ones = || (vec![1.0; summands.len()], vec![0.0; summands.len()]);
        let (_, shift) = fusion.affine.get_or_insert_with(ones);
        for (shift, summand) in shift.iter_mut().zip(summands) {
            *shift += sign * summand;
        }
        Some(fusion)
    }

    /// A convolution, and the sum of its result and a value of the same shape.
    fn residual(
        &self,
        x: OutletId,
        other: OutletId,
        fusions: &HashMap<usize, Fusion>,
    ) -> Option<Fusion> {
        let fusion = self.extendable(x, 1, fusions)?;
        let Core::Convolution { node } = fusion.core else { return None };
        let fits = self.source.node(node).op_is::<Conv>()
            && fusion.residual.is_none()
            && self.constant(other).is_none()
            && self.shape(other)? == fusion.shape;
        fits.then_some(Fusion { residual: Some(other), ..fusion })
    }

    /// A normalization whose groups are an axis of their own only between two reshapes.
    fn reshaped(&self, id: usize, fusions: &HashMap<usize, Fusion>) -> Option<Fusion> {
        let node = self.source.node(id);
        if let AxisOp::Move(..) = node.op_as::<AxisOp>()? {
            return None;
        }
        let fusion = self.extendable(node.inputs[0], 1, fusions)?;
        matches!(fusion.core, Core::Normalization { scale: None, shift: None, .. })
            .then_some(fusion)
    }

    /// `[N, C, H, 1, W, 1]` multiplied by ones `[1, 1, 1, a, 1, b]`, or broadcast to that shape,
    /// then reshaped to `[N, C, a·H, b·W]`.
    fn upsample(&self, id: usize) -> Option<Fusion> {
        let &[n, c, height, width] = self.shape(id.into())?.as_slice() else { return None };
        let repeated = self.before_reshapes(id.into());
        let &[.., h, a, w, b] = self.shape(repeated)?.as_slice() else { return None };
        if [h * a, w * b] != [height, width] || a * b == 1 {
            return None;
        }
        let node = self.source.node(repeated.node);
        let before = if node.op_is::<tract_core::ops::array::MultiBroadcastTo>() {
            node.inputs[0]
        } else {
            let [x, y] = self.binary_inputs(repeated, "Mul")?;
            let ones = |outlet: OutletId| self.constant(outlet).is_some_and(|t| is_all(t, 1.0));
            if ones(y) {
                x
            } else if ones(x) {
                y
            } else {
                return None;
            }
        };
        let &[.., _, 1, _, 1] = self.shape(before)?.as_slice() else { return None };
        let x = self.before_reshapes(before);
        let fits = self.shape(x)?.as_slice() == [n, c, h, w]
            && self.shape(before)?.iter().product::<usize>() == n * c * h * w;
        fits.then(|| Fusion::of(Core::Upsample { x, factors: [a, b] }))
    }
}
