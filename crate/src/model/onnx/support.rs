//! Which of tract's operators can be run: those that a kernel computes, and those that give the
//! same bits on every processor.

use std::collections::BTreeSet;

use tract_core::internal::*;
use tract_core::ops::binary::TypedBinOp;
use tract_core::ops::cast::Cast;
use tract_core::ops::cnn::{Conv, Deconv};
use tract_core::ops::einsum::EinSum;
use tract_core::ops::element_wise::ElementWiseOp;
use tract_core::ops::identity::Identity;
use tract_core::ops::konst::Const;
use tract_core::ops::nn::{Reduce, Softmax};
use tract_core::ops::source::TypedSource;

use super::elementwise::{BinaryOp, UnaryOp};

/// Operators of tract's that compute nothing, or what is exact.
const EXACT: [&str; 23] = [
    "Concat",
    "CumSum",
    "DynSlice",
    "DynTile",
    "Gather",
    "GatherElements",
    "GatherNd",
    "Iff",
    "MaxPool",
    "MultiBroadcastTo",
    "Onehot",
    "Pad",
    "Range",
    "Reshape",
    "Resize",
    "ScatterElements",
    "ScatterNd",
    "Slice",
    "StridedSlice",
    "SumPool",
    "Tile",
    "Topk",
    "Trilu",
];

/// As [`EXACT`], of functions of one value or two.
const EXACT_FUNCTIONS: [&str; 20] = [
    "And",
    "BitAnd",
    "BitNot",
    "BitOr",
    "BitXor",
    "Eq",
    "GT",
    "GTE",
    "IsInf",
    "IsNan",
    "LT",
    "LTE",
    "NE",
    "Not",
    "Or",
    "ShiftLeft",
    "ShiftRight",
    "Xor",
    "Abs",
    "Neg",
];

/// Fails if there is an operator that neither a kernel computes nor tract exactly; names all.
pub(super) fn ensure_supported(model: &TypedModel, order: &[usize]) -> TractResult<()> {
    let unsupported: BTreeSet<String> = order
        .iter()
        .map(|&node| model.node(node))
        .filter(|node| !is_supported(node))
        .map(|node| node.op.name().into_owned())
        .collect();
    ensure!(
        unsupported.is_empty(),
        "there is no deterministic kernel for {}",
        unsupported.into_iter().collect::<Vec<_>>().join(", ")
    );
    Ok(())
}

fn is_supported(node: &TypedNode) -> bool {
    let op = &node.op;
    let name = op.name();
    if let Some(op) = node.op_as::<ElementWiseOp>() {
        let name = op.0.name();
        return name == "LeakyRelu"
            || UnaryOp::named(&name).is_some()
            || EXACT_FUNCTIONS.contains(&name.as_str());
    }
    if let Some(op) = node.op_as::<TypedBinOp>() {
        let name = op.0.name();
        return BinaryOp::named(name).is_some() || EXACT_FUNCTIONS.contains(&name);
    }
    op.is::<TypedSource>()
        || op.is::<Const>()
        || op.is::<AxisOp>()
        || op.is::<Identity>()
        || op.is::<Cast>()
        || op.is::<Conv>()
        || op.is::<Deconv>()
        || op.is::<EinSum>()
        || op.is::<Reduce>()
        || op.is::<Softmax>()
        || EXACT.contains(&&*name)
}
