//! One plan for any number of states: every value gets an outermost axis of states.
//!
//! A lowered model computes one state, or one batch of a fixed size where its file has one. Nothing
//! in it mixes states that were never there together, so that several states are computed with the
//! same weights by running each operator over all of them: the kernels at once, reading each weight
//! once for several states, tract's own operators state by state.

use tract_core::internal::*;
use tract_core::ops::array::{Slice, TypedConcat};
use tract_core::ops::cast::Cast;
use tract_core::ops::source::TypedSource;

use super::bounds;
use super::elementwise::{Binary, Reduce, Softmax, Unary};
use super::layout::Rearrange;
use super::operator::{Cost, Kernel};
use super::ops::{Convolution, GroupNorm, LayerNorm, Linear, MatMul, Upsample};

/// Puts the axis of states before all values that depend on the inputs.
pub(super) fn with_states(model: &TypedModel) -> TractResult<TypedModel> {
    let mut target = TypedModel::default();
    let states = target.symbols.sym("states").to_dim();
    let stacked = |fact: &TypedFact| -> TractResult<TypedFact> {
        let shape = fact.shape.as_concrete().context("a shape is not known")?;
        let shape = std::iter::once(states.clone()).chain(shape.iter().map(|d| d.to_dim()));
        Ok(fact.datum_type.fact(shape.collect::<TVec<TDim>>()))
    };
    // Where each node stands in the target, and whether its values have the axis.
    let mut places: Vec<(usize, bool)> = vec![(0, false); model.nodes().len()];
    let order = model.eval_order()?;
    let unused = model.inputs.iter().map(|outlet| outlet.node).filter(|id| !order.contains(id));
    for id in order.iter().copied().chain(unused) {
        let node = model.node(id);
        if node.op_is::<TypedSource>() {
            let source = target.add_source(&node.name, stacked(&node.outputs[0].fact)?)?;
            places[id] = (source.node, true);
            continue;
        }
        let own: TVec<bool> = node.inputs.iter().map(|input| places[input.node].1).collect();
        let facts = node.outputs.iter().map(|output| &output.fact);
        let (op, facts) = if own.contains(&true) {
            (of_states(node, &own), facts.map(stacked).collect::<TractResult<TVec<_>>>()?)
        } else {
            (node.op.clone(), facts.cloned().collect())
        };
        let made = target.add_node(&node.name, op, facts)?;
        for (slot, input) in node.inputs.iter().enumerate() {
            let from = OutletId::new(places[input.node].0, input.slot);
            target.add_edge(from, InletId::new(made, slot))?;
        }
        places[id] = (made, own.contains(&true));
    }
    let moved = |outlet: &OutletId| OutletId::new(places[outlet.node].0, outlet.slot);
    target.inputs = model.inputs.iter().map(moved).collect();
    let outputs: Vec<OutletId> = model.outputs.iter().map(moved).collect();
    target.select_output_outlets(&outputs)?;
    Ok(target)
}

/// The operator for the states of those inputs that have them.
fn of_states(node: &TypedNode, own: &[bool]) -> Box<dyn TypedOp> {
    let all = own.iter().all(|own| *own);
    if let Some(kernel) = kernel(&*node.op).filter(|kernel| takes(&**kernel, own)) {
        return Box::new(States { op: node.op.clone(), kernel, own: own.into() });
    }
    if let Some(op) = node.op_as::<TypedConcat>().filter(|_| all) {
        return Box::new(TypedConcat { axis: op.axis + 1 });
    }
    if let Some(op) = node.op_as::<Slice>() {
        return Box::new(Slice { axis: op.axis + 1, ..op.clone() });
    }
    if node.op_is::<Cast>() {
        return node.op.clone();
    }
    Box::new(OneByOne { op: node.op.clone(), own: own.into() })
}

/// The kernel that an operator is, if it is one.
fn kernel(op: &dyn TypedOp) -> Option<Arc<dyn Kernel>> {
    fn of<K: Kernel + TypedOp + Clone>(op: &dyn TypedOp) -> Option<Arc<dyn Kernel>> {
        op.downcast_ref::<K>().map(|kernel| Arc::new(kernel.clone()) as Arc<dyn Kernel>)
    }
    of::<Convolution>(op)
        .or_else(|| of::<GroupNorm>(op))
        .or_else(|| of::<LayerNorm>(op))
        .or_else(|| of::<Linear>(op))
        .or_else(|| of::<MatMul>(op))
        .or_else(|| of::<Upsample>(op))
        .or_else(|| of::<Unary>(op))
        .or_else(|| of::<Binary>(op))
        .or_else(|| of::<Reduce>(op))
        .or_else(|| of::<Softmax>(op))
        .or_else(|| of::<Rearrange>(op))
}

fn takes(kernel: &dyn Kernel, own: &[bool]) -> bool {
    own.iter().enumerate().all(|(at, own)| *own || kernel.takes_shared(at))
}

/// What tract asks of an operator over states.
macro_rules! over_states {
    ($type:ty) => {
        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                self.op == other.op && self.own == other.own
            }
        }

        impl Eq for $type {}

        impl Op for $type {
            fn name(&self) -> StaticName {
                self.op.name()
            }

            op_as_typed_op!();
        }

        impl TypedOp for $type {
            fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
                let states = inputs[self.first()?].shape.iter().next().cloned();
                let states = states.context("a value has no states")?;
                let single = inputs.iter().zip(&self.own).map(|(fact, own)| {
                    let mut fact = TypedFact::clone(fact);
                    if *own {
                        fact = fact.datum_type.fact(&fact.shape[1..]);
                    }
                    fact
                });
                let single: TVec<TypedFact> = single.collect();
                let facts = self.op.output_facts(&single.iter().collect::<TVec<_>>())?;
                let stacked = |fact: TypedFact| {
                    let shape = std::iter::once(states.clone()).chain(fact.shape.iter().cloned());
                    fact.datum_type.fact(shape.collect::<TVec<TDim>>())
                };
                Ok(facts.into_iter().map(stacked).collect())
            }

            as_op!();
        }

        impl $type {
            /// The first input that has states.
            fn first(&self) -> TractResult<usize> {
                self.own.iter().position(|own| *own).context("no input has states")
            }

            fn count(&self, inputs: &[TValue]) -> TractResult<usize> {
                inputs[self.first()?].shape().first().copied().context("a value has no states")
            }
        }
    };
}

/// A kernel over several states.
#[derive(Clone, Debug)]
pub(super) struct States {
    op: Box<dyn TypedOp>,
    kernel: Arc<dyn Kernel>,
    /// Which inputs have states.
    own: TVec<bool>,
}

over_states!(States);

impl States {
    pub(super) fn cost(&self) -> Cost {
        self.kernel.cost()
    }
}

impl EvalOp for States {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        Ok(tvec!(self.kernel.run(self.count(&inputs)?, inputs)?.into_tvalue()))
    }
}

/// An operator of tract's over several states, one after the other.
#[derive(Clone, Debug)]
pub(super) struct OneByOne {
    op: Box<dyn TypedOp>,
    own: TVec<bool>,
}

over_states!(OneByOne);

impl EvalOp for OneByOne {
    op_out_of_plan!();

    fn eval(&self, context: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let states = self.count(&inputs)?;
        let mut results: TVec<Vec<Tensor>> = tvec!();
        for state in 0..states {
            let single = inputs.iter().zip(&self.own).map(|(input, own)| {
                if !own {
                    return Ok(input.clone());
                }
                let mut tensor = input.slice(0, state, state + 1)?;
                tensor.remove_axis(0)?;
                Ok(tensor.into_tvalue())
            });
            let single: TVec<TValue> = single.collect::<TractResult<_>>()?;
            bounds::check(&*self.op, &single)?;
            let made = self.op.eval(context, single)?;
            results.resize(made.len(), Vec::new());
            for (all, value) in results.iter_mut().zip(made) {
                let mut tensor = value.into_tensor();
                tensor.insert_axis(0)?;
                all.push(tensor);
            }
        }
        results.iter().map(|all| Ok(Tensor::stack_tensors(0, all)?.into_tvalue())).collect()
    }
}
