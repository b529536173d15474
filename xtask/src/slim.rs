//! Removes functions from the WebAssembly that are never called, though the linker keeps them.
//!
//! tract looks its operators up by name and calls them through tables of functions, so the linker
//! finds every operator reachable. The crate refuses most of them before tract sees the file
//! (`crate/src/model/onnx/check/`), and never has tract optimize a network. The bodies of these
//! functions become a trap, and functions that only they call are dropped.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use rustc_demangle::demangle;
use walrus::ir::Unreachable;
use walrus::{FunctionBuilder, FunctionId, LocalFunction, Module};

/// Most memory of an instance, in pages of 64 KiB: 2 GiB. A file that needs more crashes its
/// worker, not the tab.
const MOST_PAGES: u64 = 1 << 15;

/// Prefixes of the names of functions, without the `<` of a trait's implementation.
const NEVER_CALLED: [&str; 75] = [
    // NNEF, tract's own file format, and transforms that are selected by name
    "tract_nnef::",
    "tar::",
    "erased_serde::",
    "tract_core::deploy",
    "tract_core::floats",
    // operators that the check of a graph refuses by name
    "rustfft::",
    "transpose::",
    "tract_core::ops::fft",
    "tract_core::ops::scan",
    "tract_core::ops::gru_cell",
    "tract_core::ops::gru_seq",
    "tract_core::ops::logic::Bit",
    "tract_core::ops::lstm_cell",
    "tract_core::ops::math::Shift",
    "tract_core::ops::nn::clamped_swiglu",
    "tract_core::ops::nn::grid_sample",
    "tract_hir::ops::activations::Shrink",
    "tract_hir::ops::nn::global_pools::GlobalLpPool",
    "tract_hir::ops::nn::layer_max::LayerHardmax",
    "tract_hir::ops::scan",
    "tract_onnx::ops::array::compress",
    "tract_onnx::ops::fft",
    "tract_onnx::ops::logic::If",
    "tract_onnx::ops::math::mat_mul_integer",
    "tract_onnx::ops::ml",
    "tract_onnx::ops::nn::gather_block_quantized",
    "tract_onnx::ops::nn::gelu_contrib",
    "tract_onnx::ops::nn::mat_mul_nbits",
    "tract_onnx::ops::nn::mvn",
    "tract_onnx::ops::nn::rms_norm_contrib",
    "tract_onnx::ops::nn::rotary_embedding",
    "tract_onnx::ops::nn::skip_layer_norm",
    "tract_onnx::ops::quant::DynamicQuantizeLinear",
    "tract_onnx::ops::rec",
    "tract_onnx_opl::lrn",
    "tract_onnx_opl::ml",
    "tract_onnx_opl::multinomial",
    "tract_onnx_opl::non_max_suppression",
    "tract_onnx_opl::random",
    // functions of tract-linalg that the crate replaces (`register.rs`)
    "tract_core::ops::math::Acos",
    "tract_core::ops::math::Asin",
    "tract_core::ops::math::Atan",
    "tract_core::ops::math::Cos",
    "tract_core::ops::math::Sin",
    "tract_core::ops::math::Tan as",
    // symbols of stack traces, which WebAssembly does not have
    "rustc_demangle::",
    // the optimizer, and its operators for convolutions and products, which the crate's kernels
    // compute
    "tract_core::batchify",
    "tract_core::optim",
    "tract_core::ops::cnn::conv::conv::Conv::wire_as_",
    "tract_core::ops::binary::Opt",
    "tract_core::ops::cnn::conv::block_quant",
    "tract_core::ops::cnn::conv::blocked",
    "tract_core::ops::cnn::conv::depth_wise",
    "tract_core::ops::cnn::conv::direct_spatial",
    "tract_core::ops::cnn::conv::im2col",
    "tract_core::ops::cnn::conv::lazy_im2col",
    "tract_core::ops::cnn::conv::q_sum_b",
    "tract_core::ops::cnn::deconv::deconv::Deconv as tract_core::ops::EvalOp",
    "tract_core::ops::cnn::deconv::deconv_sum",
    "tract_core::ops::einsum::EinSum as tract_core::ops::EvalOp",
    "tract_core::ops::einsum::as_matmul",
    "tract_core::ops::einsum::einsum_matmul",
    "tract_core::ops::einsum::eval::eval",
    "tract_core::ops::math::SubF",
    "tract_core::ops::matmul",
    "tract_core::ops::nn::resize::NearestUpsample",
    "tract_core::ops::nn::rms_norm::Scaled",
    "tract_linalg::frame::block_quant",
    "tract_linalg::frame::mmm::run_",
    "tract_linalg::frame::mmm::scratch",
    "tract_linalg::frame::pack",
    "tract_linalg::generic::mmm::kernel",
    "tract_linalg::wasm::mmm_f32_gemm::kernel",
    "tract_linalg::wasm::mmm_i32::kernel",
    "tract_linalg::wasm::mmm_f32_gemv::kernel",
];

/// Prefixes of the names of types whose `Debug` output appears in no message: messages have names
/// of operators and nodes, datum types and shapes.
const NEVER_SHOWN: [&str; 6] = [
    "tract_core::ops::",
    "tract_hir::ops::",
    "tract_linalg::",
    "tract_nnef::",
    "tract_onnx::",
    "tract_onnx_opl::",
];

/// Instructions of the smallest function that is removed. LLVM merges identical small functions, so
/// that other functions may be called by these names too.
const LEAST_SIZE: u64 = 50;

/// Methods of tract's operators that only its optimizer calls.
const OPTIMIZER: [&str; 7] = [
    "change_axes",
    "codegen",
    "declutter",
    "declutter_with_session",
    "fuse",
    "set_symbols",
    "slice",
];

/// The module at `path` without these functions, and with a limit on its memory; wasm-bindgen then
/// drops the functions that only they called.
pub fn slim(path: &Path) -> Result<Vec<u8>> {
    let mut module = Module::from_file(path)
        .with_context(|| format!("cannot read the WebAssembly at {}", path.display()))?;
    let found: Vec<(FunctionId, Body)> = module
        .funcs
        .iter_local()
        .filter(|(_, function)| function.size() >= LEAST_SIZE)
        .filter_map(|(id, _)| {
            let name = module.funcs.get(id).name.as_deref()?;
            Some((id, replacement(&format!("{:#}", demangle(name)))?))
        })
        .collect();
    ensure!(!found.is_empty(), "the WebAssembly has no names: is it stripped?");
    for (id, body) in found {
        let ty = module.funcs.get(id).ty();
        let (params, results) = module.types.params_results(ty);
        let (params, results) = (params.to_vec(), results.to_vec());
        let arguments = params.iter().map(|&ty| module.locals.add(ty)).collect();
        let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
        match body {
            Body::Trap => builder.func_body().instr(Unreachable {}),
            Body::Success => builder.func_body().i32_const(0),
        };
        let function: LocalFunction = builder.local_func(arguments);
        module.funcs.get_mut(id).kind = walrus::FunctionKind::Local(function);
    }
    for memory in module.memories.iter_mut() {
        memory.maximum = Some(MOST_PAGES);
    }
    Ok(module.emit_wasm())
}

/// The body that replaces that of a function.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Body {
    /// For a function that is never called.
    Trap,
    /// Returns `Ok(())`, for an implementation of `Debug`.
    Success,
}

/// The replacement for the body of the function of this name, if it is removed.
fn replacement(name: &str) -> Option<Body> {
    // Registers operators at the start.
    if name.contains("::__ctor") || name.contains("::register_all_ops") {
        return None;
    }
    let path = name.trim_start_matches('<');
    let begins = |starts: &[&str]| starts.iter().any(|start| path.starts_with(start));
    if begins(&NEVER_CALLED) {
        return Some(Body::Trap);
    }
    let (of, method) = path.split_once(" as ")?;
    if method == "core::fmt::Debug>::fmt" {
        return (begins(&NEVER_SHOWN) && !of.contains('<')).then_some(Body::Success);
    }
    let method = method.strip_prefix("tract_core::ops::TypedOp>::")?;
    OPTIMIZER.contains(&method).then_some(Body::Trap)
}

#[cfg(test)]
mod tests {
    use super::{Body, replacement};

    #[test]
    fn names_say_what_is_left_out() {
        for name in [
            "rustfft::plan::FftPlanner<T>::plan",
            "<rustfft::algorithm::dft::Dft<T> as rustfft::Fft<T>>::process",
            "<tract_core::ops::cnn::conv::conv::Conv as tract_core::ops::TypedOp>::codegen",
            "<tract_core::ops::einsum::EinSum as tract_core::ops::EvalOp>::eval",
            concat!(
                "<tract_core::ops::math::Cosh as tract_core::ops::",
                "element_wise::ElementWiseMiniOp>::eval_in_place"
            ),
        ] {
            assert_eq!(replacement(name), Some(Body::Trap), "{name}");
        }
        for name in [
            "<tract_core::ops::cnn::conv::conv::Conv as tract_core::ops::TypedOp>::output_facts",
            "<tract_core::ops::array::slice::Slice as tract_core::ops::EvalOp>::eval",
            concat!(
                "<tract_core::ops::math::Tanh as tract_core::ops::",
                "element_wise::ElementWiseMiniOp>::eval_in_place"
            ),
            "<tract_core::ops::einsum::EinSum as tract_core::ops::TypedOp>::output_facts",
            "elbo_room::kernels::winograd::multiply",
            "tract_nnef::transform::_::__ctor",
        ] {
            assert_eq!(replacement(name), None, "{name}");
        }
    }

    #[test]
    fn debug_texts_are_removed() {
        for (name, expected) in [
            ("<tract_core::ops::array::pad::Pad as core::fmt::Debug>::fmt", Some(Body::Success)),
            ("<tract_onnx::pb::NodeProto as core::fmt::Debug>::fmt", Some(Body::Success)),
            // Messages contain them.
            ("<tract_data::datum::DatumType as core::fmt::Debug>::fmt", None),
            ("<tract_core::model::fact::TypedFact as core::fmt::Debug>::fmt", None),
            ("<tract_core::ops::array::pad::Pad as core::fmt::Display>::fmt", None),
            ("<elbo_room::error::Error as core::fmt::Debug>::fmt", None),
        ] {
            assert_eq!(replacement(name), expected, "{name}");
        }
    }
}
