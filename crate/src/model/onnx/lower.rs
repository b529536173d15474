//! From tract's typed model to one whose operators are the crate's kernels.
//!
//! Types become f32, i64 and bool: nothing is computed in any other. What has constants only is
//! computed at once. Operators that give the same bits on every processor stay tract's.

use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cast::Cast;
use tract_core::ops::cnn::{Conv, Deconv, MaxPool, SumPool};
use tract_core::ops::einsum::EinSum;
use tract_core::ops::element_wise::ElementWiseOp;
use tract_core::ops::identity::Identity;
use tract_core::ops::nn::{Reduce, Softmax};
use tract_core::ops::source::TypedSource;
use tract_core::transform::ModelTransform;

use super::fuse::{Core, Fusion, Fusions};
use super::lowering::{Lowering, Value};
use super::support::ensure_supported;
use super::types::{computed, computed_type};

/// Puts the crate's kernels in the place of tract's operators.
#[derive(Debug)]
pub(super) struct Kernels;

impl ModelTransform for Kernels {
    fn name(&self) -> StaticName {
        "elbo-room-kernels".into()
    }

    fn transform(&self, model: &mut TypedModel) -> TractResult<()> {
        let order = model.eval_order()?;
        ensure_supported(model, &order)?;
        let mut lowering = Lowering::new(model);
        // What is constant, then what belongs together, then all the rest.
        let inputs = model.inputs.iter().map(|outlet| outlet.node);
        for node in order.iter().copied().chain(inputs.filter(|node| !order.contains(node))) {
            lowering.fold(node).with_context(|| describe(model, node))?;
        }
        let fusions = Fusions::find(&lowering, &order)?;
        for &node in &fusions.needed(&order) {
            let lowered = match fusions.at(node) {
                Some(fusion) => lowering.fused(fusion).map(|value| tvec!(value)),
                None => lowering.node(node),
            };
            let values = lowered.with_context(|| describe(model, node))?;
            for (slot, value) in values.into_iter().enumerate() {
                lowering.values.insert(OutletId::new(node, slot), value);
            }
        }
        let target = lowering.finish()?;
        *model = target;
        Ok(())
    }
}

fn describe(model: &TypedModel, node: usize) -> String {
    let node = model.node(node);
    format!("node {:?} ({})", node.name, node.op.name())
}

impl Lowering<'_> {
    /// Lowers a source, a constant, or a node whose inputs are constants.
    fn fold(&mut self, id: usize) -> TractResult<()> {
        let node = self.source.node(id);
        if node.op_is::<TypedSource>() {
            let fact = &node.outputs[0].fact;
            let shape = fact.shape.as_concrete().context("an input has no fixed shape")?;
            let computed = computed_type(fact.datum_type);
            let outlet = self.target.add_source(&node.name, computed.fact(shape))?;
            self.values.insert(id.into(), Value::Wire(outlet));
        } else if let Some(tensor) = &node.outputs[0].fact.konst
            && node.outputs.len() == 1
        {
            self.values.insert(id.into(), Value::Constant(computed(tensor)?));
        } else if node.inputs.iter().all(|input| self.known(*input).is_some()) {
            for (slot, value) in self.node(id)?.into_iter().enumerate() {
                self.values.insert(OutletId::new(id, slot), value);
            }
        }
        Ok(())
    }

    /// Lowers one node of the source by itself.
    fn node(&mut self, id: usize) -> TractResult<TVec<Value>> {
        let node = self.source.node(id);
        let inputs =
            node.inputs.iter().map(|&input| self.value(input)).collect::<TractResult<TVec<_>>>()?;
        let one = |value: TractResult<Value>| value.map(|value| tvec!(value));
        if node.op_is::<Identity>() {
            return Ok(tvec!(inputs[0].clone()));
        }
        if let Some(op) = node.op_as::<AxisOp>() {
            return one(self.axis_op(op, &inputs[0]));
        }
        if let Some(op) = node.op_as::<Cast>() {
            return one(self.cast(&inputs[0], op.to));
        }
        if let Some(op) = node.op_as::<ElementWiseOp>() {
            return one(self.element_wise(op, &inputs[0]));
        }
        if let Some(op) = node.op_as::<TypedBinOp>() {
            return one(self.binary_op(op, &inputs[0], &inputs[1]));
        }
        if let Some(op) = node.op_as::<Reduce>() {
            return one(self.reduce(op, &inputs[0]));
        }
        if let Some(op) = node.op_as::<Softmax>() {
            return one(self.softmax(op, &inputs[0]));
        }
        if let Some(op) = node.op_as::<EinSum>() {
            return one(self.product(op, &inputs, None));
        }
        if node.op_is::<Conv>() || node.op_is::<Deconv>() {
            return one(self.fused(&Fusion::of(Core::Convolution { node: id })));
        }
        if let Some(op) = node.op_as::<MaxPool>() {
            return self.max_pool(op, &inputs[0]);
        }
        if let Some(op) = node.op_as::<SumPool>() {
            return one(self.sum_pool(op, &inputs[0]));
        }
        if let Some(op) = node.op_as::<tract_core::ops::array::TypedConcat>() {
            return one(self.concat(op.axis, &inputs));
        }
        if let Some(op) = node.op_as::<tract_core::ops::array::Slice>() {
            return one(self.slice(op, &inputs[0]));
        }
        if node.op.name() == "Resize"
            && let Some(value) = self.upsample_of_resize(node, &inputs)?
        {
            return Ok(tvec!(value));
        }
        if let Some(op) = node.op_as::<tract_core::ops::array::Gather>() {
            let op = tract_core::ops::array::Gather { output_type: None, ..op.clone() };
            return self.apply(op, &inputs);
        }
        self.apply(node.op.clone(), &inputs)
    }

    fn axis_op(&mut self, op: &AxisOp, value: &Value) -> TractResult<Value> {
        let from = self.shape(value)?;
        if let AxisOp::Move(at, to) = op {
            let mut permutation: Vec<usize> = (0..from.len()).collect();
            let axis = permutation.remove(*at);
            permutation.insert(*to, axis);
            return self.transpose(value, &permutation);
        }
        let mut shape: TVec<TDim> = from.iter().map(|d| d.to_dim()).collect();
        op.change_shape_array(&mut shape, false)?;
        let shape = shape.iter().map(|d| d.to_usize()).collect::<Result<TVec<usize>, _>>()?;
        self.reshape(value, &shape)
    }

    /// The model with the outputs of the source, as f32.
    fn finish(mut self) -> TractResult<TypedModel> {
        let mut outputs = Vec::new();
        for &outlet in self.source.output_outlets()? {
            let value = self.value(outlet)?;
            let value = self.cast(&value, DatumType::F32)?;
            outputs.push(self.outlet(&value)?);
        }
        self.target.inputs = self
            .source
            .input_outlets()?
            .iter()
            .map(|&outlet| match self.values.get(&outlet) {
                Some(Value::Wire(outlet)) => Ok(*outlet),
                _ => bail!("an input is missing"),
            })
            .collect::<TractResult<_>>()?;
        self.target.select_output_outlets(&outputs)?;
        Ok(self.target)
    }
}
