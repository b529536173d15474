//! Queries of a typed model: the producers of values, constants, shapes.

use std::collections::HashMap;

use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cast::Cast;
use tract_core::ops::element_wise::ElementWiseOp;
use tract_core::ops::identity::Identity;

use super::lowering::Lowering;

/// A model, its constants, and how many inputs and outputs use each value.
pub(super) struct Finder<'l, 's> {
    pub lowering: &'l Lowering<'s>,
    pub source: &'s TypedModel,
    pub uses: HashMap<OutletId, usize>,
}

impl<'l, 's> Finder<'l, 's> {
    pub(super) fn new(lowering: &'l Lowering<'s>, order: &[usize]) -> Self {
        let source = lowering.source;
        let mut uses = HashMap::new();
        let inputs = order.iter().flat_map(|&id| &source.node(id).inputs);
        for outlet in inputs.chain(&source.outputs) {
            *uses.entry(*outlet).or_default() += 1;
        }
        Self { lowering, source, uses }
    }

    /// The node that computes a value, before casts between real types, which compute nothing.
    pub(super) fn producer(&self, outlet: OutletId) -> &'s TypedNode {
        self.source.node(self.through_casts(outlet).node)
    }

    pub(super) fn through_casts(&self, mut outlet: OutletId) -> OutletId {
        loop {
            let node = self.source.node(outlet.node);
            if !self.is_no_op(node) {
                return outlet;
            }
            outlet = node.inputs[0];
        }
    }

    /// Whether the output of a node is its input: an identity, or a cast between real types.
    pub(super) fn is_no_op(&self, node: &TypedNode) -> bool {
        let real =
            |outlet| self.source.outlet_fact(outlet).is_ok_and(|fact| fact.datum_type.is_float());
        node.op_is::<Identity>()
            || node.op_as::<Cast>().is_some_and(|op| op.to.is_float() && real(node.inputs[0]))
    }

    pub(super) fn constant(&self, outlet: OutletId) -> Option<&Arc<Tensor>> {
        self.lowering.known(outlet)
    }

    pub(super) fn shape(&self, outlet: OutletId) -> Option<TVec<usize>> {
        Some(self.source.outlet_fact(outlet).ok()?.shape.as_concrete()?.into())
    }

    /// The inputs of the binary function `name`, if it computes this value.
    pub(super) fn binary_inputs(&self, outlet: OutletId, name: &str) -> Option<[OutletId; 2]> {
        let node = self.producer(outlet);
        if node.op_as::<TypedBinOp>()?.0.name() != name {
            return None;
        }
        Some([node.inputs[0], node.inputs[1]])
    }

    /// The input of the unary function `name`, if it computes this value.
    pub(super) fn unary_input(&self, outlet: OutletId, name: &str) -> Option<OutletId> {
        let node = self.producer(outlet);
        (node.op_as::<ElementWiseOp>()?.0.name() == name).then(|| node.inputs[0])
    }

    /// The value before reshapes, which keep the order of the values in memory.
    pub(super) fn before_reshapes(&self, mut outlet: OutletId) -> OutletId {
        loop {
            outlet = self.through_casts(outlet);
            let node = self.source.node(outlet.node);
            match node.op_as::<AxisOp>() {
                Some(AxisOp::Move(..)) | None => return outlet,
                Some(_) => outlet = node.inputs[0],
            }
        }
    }
}
