//! The functions over slices in which a network spends most of its time.
//!
//! Their loops run over arrays of a fixed length and have no branches, so that LLVM vectorizes
//! them. All sums are computed in a fixed order and without fused multiply-adds, so that
//! WebAssembly gives the same bits on every machine.

pub mod activation;
pub mod convolution;
pub mod deconvolution;
pub mod elementwise;
pub mod matmul;
pub mod normalization;
pub mod packed;
pub mod rearrange;
pub mod sinusoid;
mod tile;
pub mod winograd;

/// Length of the segments whose values are summed in single precision. In longer sums the rounding
/// errors of nearly equal values accumulate, all in one direction.
const SEGMENT: usize = 1024;
