//! What most of a network's time is spent in, as functions over slices.
//!
//! Written so that the compiler makes vector code of them: loops over arrays of a fixed length, no
//! branches inside. All sums are taken in a fixed order and without fused multiply-adds, so
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

/// Values that are summed one after the other in single precision. In longer sums the roundings of
/// values that are nearly alike add up, all in one direction.
const LONGEST: usize = 1024;
