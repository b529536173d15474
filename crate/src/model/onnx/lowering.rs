//! A lowered model in the making: where the values of the source stand in it, and what is added.

use std::collections::HashMap;

use tract_core::internal::*;
use tract_core::ops::konst::Const;

use super::layout::Rearrange;
use super::types::computed;

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

/// The model so far, and where the values of the source stand in it.
pub(super) struct Lowering<'s> {
    pub source: &'s TypedModel,
    pub target: TypedModel,
    pub values: HashMap<OutletId, Value>,
    constants: HashMap<*const Tensor, OutletId>,
}

impl<'s> Lowering<'s> {
    pub(super) fn new(source: &'s TypedModel) -> Self {
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
    pub(super) fn outlet(&mut self, value: &Value) -> TractResult<OutletId> {
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
        if op.is_identity() && self.shape(&value)? == op.shape {
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
}
