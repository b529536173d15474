//! From an ONNX file to tract's typed model.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use tract_onnx::model::ParseResult;
use tract_onnx::pb::{ModelProto, NodeProto};
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::internal::*;

/// tract-onnx with all its operators. Declared shapes of outputs and of the values between are not
/// used: exporters state them for another batch, or wrongly.
static ONNX: LazyLock<tract_onnx::Onnx> = LazyLock::new(|| {
    tract_onnx::onnx().with_ignore_output_shapes(true).with_ignore_value_info(true)
});

/// Whether tract-onnx reads nodes of this kind.
pub fn is_known(node: &NodeProto) -> bool {
    matches!(node.domain.as_str(), "" | "ai.onnx" | "com.microsoft")
        && ONNX.op_register.0.contains_key(&node.op_type)
}

/// The graph as tract-onnx builds it.
pub fn parse(proto: &ModelProto) -> TractResult<ParseResult> {
    let parsed = ONNX.parse(proto, None)?;
    ensure!(
        parsed.unresolved_inputs.is_empty(),
        "no node or weight gives {:?}",
        parsed.unresolved_inputs
    );
    Ok(parsed)
}

/// Runs what may panic inside tract, and makes an error of a panic. In WebAssembly a panic ends the
/// instance.
pub fn catch<T>(run: impl FnOnce() -> TractResult<T>) -> TractResult<T> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(result) => result,
        Err(panic) => {
            let message = panic
                .downcast_ref::<&str>()
                .map(|text| (*text).to_string())
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            bail!("tract stopped: {message}")
        }
    }
}
