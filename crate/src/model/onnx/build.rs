//! A graph as a tract model whose images have their channels innermost.

use std::collections::HashMap;
use std::sync::Arc;

use tract_core::internal::*;

use super::graph::{Graph, Node};
use super::ops::Rearrange;

type Shape = TVec<usize>;

/// Where each axis of `[N, C, H, W]` stands when the channels are innermost.
pub const INNERMOST: [usize; 4] = [0, 3, 1, 2];

/// The axes of `[N, C, H, W]` in the order in which they then stand.
pub const ORDER: [usize; 4] = [0, 2, 3, 1];

/// A value while the model is built.
#[derive(Clone, Debug)]
pub enum Value {
    Constant(Arc<Tensor>),
    Wire(Wire),
}

/// A value that is known when the model runs.
#[derive(Clone, Debug)]
pub struct Wire {
    pub outlet: OutletId,
    /// The shape that the file means, `[N, C, H, W]` for an image.
    pub shape: Shape,
    /// Whether the outlet has the channels of four axes innermost instead.
    pub channels_last: bool,
}

impl Value {
    pub fn shape(&self) -> &[usize] {
        match self {
            Value::Constant(tensor) => tensor.shape(),
            Value::Wire(wire) => &wire.shape,
        }
    }

    pub fn channels_last(&self) -> bool {
        matches!(self, Value::Wire(wire) if wire.channels_last)
    }

    /// The numbers of a constant.
    pub fn constant<T: Datum + Copy>(&self) -> TractResult<Vec<T>> {
        let Value::Constant(tensor) = self else {
            bail!("an input that must be a constant is computed")
        };
        Ok(tensor.try_as_plain_ram()?.as_slice::<T>()?.to_vec())
    }
}

/// The model so far, and what its values are called.
pub struct Builder {
    pub model: TypedModel,
    values: HashMap<String, Value>,
}

impl Builder {
    /// A model with these inputs: name, type, shape.
    pub fn new<'a>(
        inputs: impl IntoIterator<Item = (&'a str, DatumType, &'a [usize])>,
    ) -> TractResult<Self> {
        let mut builder = Self { model: TypedModel::default(), values: HashMap::new() };
        for (name, datum_type, shape) in inputs {
            let outlet = builder.model.add_source(name, datum_type.fact(shape))?;
            let wire = Wire { outlet, shape: shape.into(), channels_last: false };
            builder.values.insert(name.into(), Value::Wire(wire));
        }
        Ok(builder)
    }

    /// Adds all nodes of a graph.
    pub fn add(&mut self, graph: Graph) -> TractResult<()> {
        self.values.extend(
            graph.constants.into_iter().map(|(name, tensor)| (name, Value::Constant(tensor))),
        );
        for node in &graph.nodes {
            let what = || {
                format!(
                    "the operator {} that makes {:?}",
                    node.onnx().unwrap_or("fused"),
                    node.outputs[0]
                )
            };
            let made = self.made_of_constants(node).and_then(|made| match made {
                Some(made) => Ok(made),
                None => super::operators::wire(self, node),
            });
            let made = made.with_context(what)?;
            self.values.extend(node.outputs.iter().cloned().zip(made));
        }
        Ok(())
    }

    /// The values of these names, in that order, become what the model gives.
    pub fn select_outputs<'a>(
        &mut self,
        names: impl IntoIterator<Item = &'a str>,
    ) -> TractResult<()> {
        let mut outlets = Vec::new();
        for name in names {
            let value = self.named(name)?;
            outlets.push(self.plain(&value)?);
        }
        self.model.select_output_outlets(&outlets)
    }

    /// What a node makes that has constants only, computed once.
    fn made_of_constants(&mut self, node: &Node) -> TractResult<Option<Vec<Value>>> {
        let names = || node.inputs.iter().chain(&node.residual).filter(|name| !name.is_empty());
        if names().count() == 0
            || !names().all(|name| matches!(self.values.get(name), Some(Value::Constant(_))))
        {
            return Ok(None);
        }
        let mut alone = Self::new([])?;
        alone.values = names().map(|name| (name.clone(), self.values[name].clone())).collect();
        let made = super::operators::wire(&mut alone, node)?;
        let outlets =
            made.iter().map(|value| alone.plain(value)).collect::<TractResult<Vec<_>>>()?;
        alone.model.select_output_outlets(&outlets)?;
        let results = alone.model.into_runnable()?.run(tvec!())?;
        Ok(Some(
            results.into_iter().map(|value| Value::Constant(value.into_arc_tensor())).collect(),
        ))
    }

    /// The input `at` of a node.
    pub fn input(&self, node: &Node, at: usize) -> TractResult<Value> {
        self.optional(node, at)?.with_context(|| format!("it has no input {at}"))
    }

    /// The input `at` of a node, if it is given.
    pub fn optional(&self, node: &Node, at: usize) -> TractResult<Option<Value>> {
        match node.inputs.get(at) {
            None => Ok(None),
            Some(name) if name.is_empty() => Ok(None),
            Some(name) => self.named(name).map(Some),
        }
    }

    /// The value of this name.
    pub fn named(&self, name: &str) -> TractResult<Value> {
        self.values
            .get(name)
            .cloned()
            .with_context(|| format!("{name:?} is not made by any node before it"))
    }

    /// Adds an operator and gives its outlet.
    pub fn apply(
        &mut self,
        op: impl Into<Box<dyn TypedOp>>,
        inputs: &[OutletId],
    ) -> TractResult<OutletId> {
        let op = op.into();
        let name = format!("{}.{}", op.name(), self.model.nodes().len());
        Ok(self.model.wire_node(name, op, inputs)?[0])
    }

    /// As [`apply`](Self::apply), as a value with the channels where `channels_last` says.
    pub fn wire(
        &mut self,
        op: impl Into<Box<dyn TypedOp>>,
        inputs: &[OutletId],
        channels_last: bool,
    ) -> TractResult<Value> {
        let outlet = self.apply(op, inputs)?;
        let found = self.concrete(outlet)?;
        let shape =
            if channels_last { INNERMOST.iter().map(|&axis| found[axis]).collect() } else { found };
        Ok(Value::Wire(Wire { outlet, shape, channels_last }))
    }

    fn concrete(&self, outlet: OutletId) -> TractResult<Shape> {
        let fact = self.model.outlet_fact(outlet)?;
        Ok(fact.shape.as_concrete().context("a shape is not known")?.into())
    }

    pub fn constant(&mut self, tensor: impl IntoArcTensor) -> TractResult<OutletId> {
        let name = format!("constant.{}", self.model.nodes().len());
        self.model.add_const(name, tensor)
    }

    pub fn datum_type(&self, value: &Value) -> TractResult<DatumType> {
        Ok(match value {
            Value::Constant(tensor) => tensor.datum_type(),
            Value::Wire(wire) => self.model.outlet_fact(wire.outlet)?.datum_type,
        })
    }

    /// The value with its axes as the file has them.
    pub fn plain(&mut self, value: &Value) -> TractResult<OutletId> {
        match value {
            Value::Constant(tensor) => self.constant(tensor.clone()),
            Value::Wire(wire) if wire.channels_last => {
                let split = ORDER.iter().map(|&axis| wire.shape[axis]).collect();
                let op = Rearrange {
                    split,
                    permutation: INNERMOST.into_iter().collect(),
                    shape: wire.shape.clone(),
                };
                self.apply(op, &[wire.outlet])
            }
            Value::Wire(wire) => Ok(wire.outlet),
        }
    }

    /// The value as an image with its channels innermost; axes that it lacks in front have length
    /// 1.
    pub fn image(&mut self, value: &Value) -> TractResult<OutletId> {
        let shape = value.shape();
        ensure!(shape.len() <= 4, "a value of shape {shape:?} is no image");
        let mut split: Shape = tvec!(1; 4 - shape.len());
        split.extend_from_slice(shape);
        let op = Rearrange {
            shape: ORDER.iter().map(|&axis| split[axis]).collect(),
            split,
            permutation: ORDER.into_iter().collect(),
        };
        match value {
            Value::Wire(wire) if wire.channels_last => Ok(wire.outlet),
            Value::Wire(wire) => self.apply(op, &[wire.outlet]),
            Value::Constant(tensor) => {
                let made =
                    op.eval(&EvalContext::out_of_plan(), tvec!(tensor.clone().into_tvalue()))?;
                self.constant(
                    made.into_iter().next().context("an operator made nothing")?.into_arc_tensor(),
                )
            }
        }
    }

    /// The value as it is, reshaped.
    pub fn reshape(&mut self, value: &Value, shape: &[usize]) -> TractResult<Value> {
        if value.shape() == shape {
            return Ok(value.clone());
        }
        let (from, to): (usize, usize) = (value.shape().iter().product(), shape.iter().product());
        ensure!(from == to, "a value of shape {:?} cannot be reshaped to {shape:?}", value.shape());
        let outlet = self.plain(value)?;
        let op = Rearrange {
            split: shape.into(),
            permutation: (0..shape.len()).collect(),
            shape: shape.into(),
        };
        self.wire(op, &[outlet], false)
    }
}
