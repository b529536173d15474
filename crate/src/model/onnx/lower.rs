//! From tract's typed model to one whose operators are the crate's kernels.
//!
//! Types become f32, i64 and bool: nothing is computed in any other. What has constants only is
//! computed at once. Operators that give the same bits on every processor stay tract's.

use std::collections::HashMap;

use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cast::Cast;
use tract_core::ops::cnn::{Conv, Deconv, MaxPool, SumPool};
use tract_core::ops::einsum::EinSum;
use tract_core::ops::element_wise::ElementWiseOp;
use tract_core::ops::identity::Identity;
use tract_core::ops::konst::Const;
use tract_core::ops::nn::{Reduce, Softmax};
use tract_core::ops::source::TypedSource;
use tract_core::transform::ModelTransform;

use super::fuse::{Core, Fusion, Fusions};
use super::layout::Rearrange;
use super::support::ensure_supported;
use super::types::{computed, computed_type};

/// No value of a network may have more elements: 1 GiB of f32.
const MOST_ELEMENTS: usize = 1 << 28;

/// A value while the model is lowered.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Constant(Arc<Tensor>),
    Wire(OutletId),
}

impl Value {
    pub(super) fn constant(&self) -> Option<&Arc<Tensor>> {
        match self {
            Self::Constant(tensor) => Some(tensor),
            Self::Wire(_) => None,
        }
    }
}

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

/// The model so far, and where the values of the source stand in it.
pub(super) struct Lowering<'s> {
    pub source: &'s TypedModel,
    pub target: TypedModel,
    pub values: HashMap<OutletId, Value>,
    constants: HashMap<*const Tensor, OutletId>,
}

impl<'s> Lowering<'s> {
    fn new(source: &'s TypedModel) -> Self {
        Self {
            source,
            target: TypedModel { symbols: source.symbols.clone(), ..TypedModel::default() },
            values: HashMap::new(),
            constants: HashMap::new(),
        }
    }

    /// The value of an outlet of the source.
    pub(super) fn value(&self, outlet: OutletId) -> TractResult<Value> {
        self.values.get(&outlet).cloned().context("a value is used before it is made")
    }

    /// The tensor of an outlet of the source whose value is known.
    pub(super) fn known(&self, outlet: OutletId) -> Option<&Arc<Tensor>> {
        self.values.get(&outlet)?.constant()
    }

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

    pub(super) fn shape(&self, value: &Value) -> TractResult<TVec<usize>> {
        match value {
            Value::Constant(tensor) => Ok(tensor.shape().into()),
            Value::Wire(outlet) => {
                let shape = &self.target.outlet_fact(*outlet)?.shape;
                Ok(shape.as_concrete().context("a shape is not known")?.into())
            }
        }
    }

    pub(super) fn datum_type(&self, value: &Value) -> TractResult<DatumType> {
        Ok(match value {
            Value::Constant(tensor) => tensor.datum_type(),
            Value::Wire(outlet) => self.target.outlet_fact(*outlet)?.datum_type,
        })
    }

    /// Adds an operator of one result.
    pub(super) fn wire(
        &mut self,
        op: impl Into<Box<dyn TypedOp>>,
        inputs: &[Value],
    ) -> TractResult<Value> {
        self.apply(op, inputs)?.into_iter().next().context("an operator gives nothing")
    }

    /// Adds an operator, or computes it where all its inputs are constants.
    pub(super) fn apply(
        &mut self,
        op: impl Into<Box<dyn TypedOp>>,
        inputs: &[Value],
    ) -> TractResult<TVec<Value>> {
        self.apply_boxed(op.into(), inputs)
    }

    /// The code of [`apply`](Self::apply), which there is once and not for each operator.
    fn apply_boxed(&mut self, op: Box<dyn TypedOp>, inputs: &[Value]) -> TractResult<TVec<Value>> {
        let known: Option<TVec<TValue>> = inputs
            .iter()
            .map(|value| value.constant().map(|tensor| tensor.clone().into_tvalue()))
            .collect();
        let facts = inputs
            .iter()
            .map(|value| match value {
                Value::Constant(tensor) => TypedFact::try_from(tensor.clone()),
                Value::Wire(outlet) => self.target.outlet_fact(*outlet).cloned(),
            })
            .collect::<TractResult<TVec<_>>>()?;
        let mut facts = op.output_facts(&facts.iter().collect::<TVec<_>>())?;
        for fact in &mut facts {
            let shape = fact.shape.as_concrete().context("its shape depends on values")?;
            let elements = shape.iter().try_fold(1_usize, |n, &d| n.checked_mul(d));
            ensure!(
                elements.is_some_and(|n| n <= MOST_ELEMENTS),
                "a value of shape {shape:?} is larger than {MOST_ELEMENTS} elements"
            );
            *fact = fact.datum_type.fact(shape);
        }
        if let Some(known) = known
            && !inputs.is_empty()
        {
            let results = op.eval(&EvalContext::out_of_plan(), known)?;
            return results
                .into_iter()
                .map(|value| Ok(Value::Constant(computed(&value.into_arc_tensor())?)))
                .collect();
        }
        let mut outlets = tvec!();
        for value in inputs {
            outlets.push(self.outlet(value)?);
        }
        let count = facts.len();
        let name = format!("{}.{}", op.name(), self.target.nodes().len());
        let node = self.target.add_node(name, op, facts)?;
        for (slot, &outlet) in outlets.iter().enumerate() {
            self.target.add_edge(outlet, InletId::new(node, slot))?;
        }
        Ok((0..count).map(|slot| Value::Wire(OutletId::new(node, slot))).collect())
    }

    /// Where a value stands in the target; constants are put there when they are first needed.
    fn outlet(&mut self, value: &Value) -> TractResult<OutletId> {
        let tensor = match value {
            Value::Wire(outlet) => return Ok(*outlet),
            Value::Constant(tensor) => tensor,
        };
        if let Some(outlet) = self.constants.get(&Arc::as_ptr(tensor)) {
            return Ok(*outlet);
        }
        let name = format!("constant.{}", self.target.nodes().len());
        let fact = TypedFact::try_from(tensor.clone())?;
        let node = self.target.add_node(name, Const::new(tensor.clone())?, tvec!(fact))?;
        self.constants.insert(Arc::as_ptr(tensor), node.into());
        Ok(node.into())
    }

    /// Moves a value; what was moved before is moved once, and what comes back is not moved.
    pub(super) fn rearrange(&mut self, value: &Value, op: Rearrange) -> TractResult<Value> {
        if let Value::Wire(outlet) = value
            && let Some(before) = self.target.node(outlet.node).op_as::<Rearrange>()
            && let Some(both) = before.then(&op)
        {
            let origin = self.target.node(outlet.node).inputs[0];
            return self.moved(Value::Wire(origin), both);
        }
        self.moved(value.clone(), op)
    }

    fn moved(&mut self, value: Value, op: Rearrange) -> TractResult<Value> {
        if op.keeps_order() && self.shape(&value)? == op.shape {
            return Ok(value);
        }
        self.wire(op, &[value])
    }

    /// The same memory as another shape.
    pub(super) fn reshape(&mut self, value: &Value, shape: &[usize]) -> TractResult<Value> {
        let from = self.shape(value)?;
        ensure!(
            from.iter().product::<usize>() == shape.iter().product::<usize>(),
            "a value of shape {from:?} cannot be reshaped to {shape:?}"
        );
        self.rearrange(value, Rearrange::reshape(shape))
    }

    pub(super) fn transpose(&mut self, value: &Value, permutation: &[usize]) -> TractResult<Value> {
        let from = self.shape(value)?;
        self.rearrange(value, Rearrange::transpose(&from, permutation))
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
