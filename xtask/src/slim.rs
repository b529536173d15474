//! Leaves out of the WebAssembly what is never called, but what the linker has to keep.
//!
//! tract looks its operators up by name and calls them through tables of functions, so the linker finds
//! every operator reachable. The crate refuses most of them before tract sees the file
//! (`crate/src/model/onnx/check/`), and never has tract optimize a network. The bodies of these functions
//! become a trap, and what only they call is dropped.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use rustc_demangle::demangle;
use walrus::ir::Unreachable;
use walrus::{FunctionBuilder, FunctionId, LocalFunction, Module};

/// What the names of functions begin with, `<` of a trait's implementation left out.
const NEVER_CALLED: [&str; 38] = [
    // NNEF, tract's own file format
    "tract_nnef::",
    "tar::",
    // operators that the check of a graph refuses by name
    "rustfft::",
    "transpose::",
    "tract_core::ops::fft",
    "tract_core::ops::scan",
    "tract_onnx::ops::array::compress",
    "tract_onnx::ops::fft",
    "tract_onnx::ops::math::mat_mul_integer",
    "tract_onnx::ops::ml",
    "tract_onnx::ops::nn::mat_mul_nbits",
    "tract_onnx::ops::nn::rotary_embedding",
    "tract_onnx::ops::nn::skip_layer_norm",
    "tract_onnx::ops::rec",
    "tract_onnx_opl::lrn",
    "tract_onnx_opl::ml",
    "tract_onnx_opl::multinomial",
    "tract_onnx_opl::non_max_suppression",
    "tract_onnx_opl::random",
    // the optimizer, and what it makes of convolutions and products: the crate's kernels compute them
    "tract_core::batchify",
    "tract_core::optim",
    "tract_core::ops::cnn::conv::conv::Conv::wire_as_",
    "tract_core::ops::cnn::conv::block_quant",
    "tract_core::ops::cnn::conv::depth_wise",
    "tract_core::ops::cnn::conv::im2col",
    "tract_core::ops::cnn::conv::lazy_im2col",
    "tract_core::ops::cnn::conv::q_sum_b",
    "tract_core::ops::cnn::deconv::deconv_sum",
    "tract_core::ops::einsum::as_matmul",
    "tract_core::ops::einsum::einsum_matmul",
    "tract_core::ops::matmul",
    "tract_linalg::frame::block_quant",
    "tract_linalg::frame::mmm::run_",
    "tract_linalg::frame::mmm::scratch",
    "tract_linalg::frame::pack",
    "tract_linalg::generic::mmm::kernel",
    "tract_linalg::wasm::mmm_f32_gemm::kernel",
    "tract_linalg::wasm::mmm_f32_gemv::kernel",
];

/// Instructions of the smallest function that is left out: LLVM merges small ones that are the same, so
/// that others are called by these names too.
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

/// The module at `path` without them; wasm-bindgen then drops what only they called.
pub fn slim(path: &Path) -> Result<Vec<u8>> {
    let mut module = Module::from_file(path)
        .with_context(|| format!("cannot read the WebAssembly at {}", path.display()))?;
    let found: Vec<FunctionId> = module
        .funcs
        .iter_local()
        .filter(|(id, function)| {
            let name = module.funcs.get(*id).name.as_deref();
            function.size() >= LEAST_SIZE
                && name.is_some_and(|name| is_left_out(&format!("{:#}", demangle(name))))
        })
        .map(|(id, _)| id)
        .collect();
    ensure!(!found.is_empty(), "the WebAssembly has no names: is it stripped?");
    for id in found {
        let ty = module.funcs.get(id).ty();
        let (params, results) = module.types.params_results(ty);
        let (params, results) = (params.to_vec(), results.to_vec());
        let arguments = params.iter().map(|&ty| module.locals.add(ty)).collect();
        let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
        builder.func_body().instr(Unreachable {});
        let function: LocalFunction = builder.local_func(arguments);
        module.funcs.get_mut(id).kind = walrus::FunctionKind::Local(function);
    }
    Ok(module.emit_wasm())
}

fn is_left_out(name: &str) -> bool {
    // What registers operators at the start.
    if name.contains("::__ctor") || name.contains("::register_all_ops") {
        return false;
    }
    let path = name.trim_start_matches('<');
    if NEVER_CALLED.iter().any(|start| path.starts_with(start)) {
        return true;
    }
    let method = path.split_once(" as tract_core::ops::TypedOp>::").map(|(_, method)| method);
    method.is_some_and(|method| OPTIMIZER.contains(&method))
}

#[cfg(test)]
mod tests {
    use super::is_left_out;

    #[test]
    fn names_say_what_is_left_out() {
        for name in [
            "rustfft::plan::FftPlanner<T>::plan",
            "<rustfft::algorithm::dft::Dft<T> as rustfft::Fft<T>>::process",
            "<tract_core::ops::cnn::conv::conv::Conv as tract_core::ops::TypedOp>::codegen",
        ] {
            assert!(is_left_out(name), "{name}");
        }
        for name in [
            "<tract_core::ops::cnn::conv::conv::Conv as tract_core::ops::TypedOp>::output_facts",
            "<tract_core::ops::array::slice::Slice as tract_core::ops::EvalOp>::eval",
            "elbo_room::kernels::winograd::multiply",
            "tract_nnef::transform::_::__ctor",
        ] {
            assert!(!is_left_out(name), "{name}");
        }
    }
}
