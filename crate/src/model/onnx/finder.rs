//! Questions to a typed model about what gives its values.

use std::collections::HashMap;

use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cast::Cast;
use tract_core::ops::element_wise::ElementWiseOp;
use tract_core::ops::identity::Identity;

use super::lowering::Lowering;

/// A model, what is known of it, and how often each value is taken.
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

    /// The node that gives a value, where casts between real types, which are not computed, are
    /// passed over.
    pub(super) fn producer(&self, outlet: OutletId) -> &'s TypedNode {
        self.source.node(self.through_casts(outlet).node)
    }

    pub(super) fn through_casts(&self, mut outlet: OutletId) -> OutletId {
        loop {
            let node = self.source.node(outlet.node);
            if !self.is_nothing(node) {
                return outlet;
            }
            outlet = node.inputs[0];
        }
    }

    /// Whether a node gives what it takes.
    pub(super) fn is_nothing(&self, node: &TypedNode) -> bool {
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

    /// The inputs of the function `name` of two values, if it gives this value.
    pub(super) fn pair(&self, outlet: OutletId, name: &str) -> Option<[OutletId; 2]> {
        let node = self.producer(outlet);
        if node.op_as::<TypedBinOp>()?.0.name() != name {
            return None;
        }
        Some([node.inputs[0], node.inputs[1]])
    }

    /// The input of the function `name` of one value, if it gives this value.
    pub(super) fn function(&self, outlet: OutletId, name: &str) -> Option<OutletId> {
        let node = self.producer(outlet);
        (node.op_as::<ElementWiseOp>()?.0.name() == name).then(|| node.inputs[0])
    }

    /// The value before reshapes that keep the order of the values.
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
