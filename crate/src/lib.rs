//! ELBO Room: pretrained variational generative models in the browser, and the evidence lower bound
//! of every single image.
//!
//! The crate runs a variational autoencoder (VAE) and a denoising diffusion model (DDPM) from ONNX
//! files with tract, natively and as WebAssembly. It decodes latents, walks the reverse chain, and
//! computes per-image bounds on `log p(x)` term by term, with standard errors.
//!
//! Layers, each of which uses only those before it:
//! - [`math`]: pure functions over `ndarray` (schedules, densities, bounds, noise addressed by seed
//!   and index),
//! - [`image`]: from a picture or strokes to 8-bit levels,
//! - [`data`]: data sets of images from files,
//! - [`evaluation`]: the scores of models on test sets,
//! - `kernels` (private): what most of a network's time is spent in,
//! - [`model`]: what the mathematics needs of a network, the manifest, and ONNX networks run by
//!   tract,
//! - [`engine`]: one type for each thing a user does ([`engine::Vae`], [`engine::Ddpm`] and its
//!   samplers and bounds),
//! - `canvas` and `bindings` (wasm32 only): pixels on a canvas, and the JavaScript face.
//!
//! Everything is reproducible: a seed fixes every random number, and WebAssembly arithmetic is the
//! same on every machine.

#![warn(unreachable_pub)]

pub mod data;
pub mod engine;
pub mod error;
pub mod evaluation;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzzing;
pub mod image;
#[cfg(feature = "bench-internals")]
#[doc(hidden)]
pub mod kernels;
#[cfg(not(feature = "bench-internals"))]
#[allow(dead_code, unreachable_pub, reason = "the benchmarks and the tests use more of it")]
mod kernels;
pub mod math;
pub mod model;
mod names;
#[cfg(test)]
mod types;
#[cfg(any(test, target_arch = "wasm32"))]
mod wire;

#[cfg(target_arch = "wasm32")]
#[allow(clippy::must_use_candidate, reason = "JavaScript cannot be told")]
pub mod bindings;
#[cfg(target_arch = "wasm32")]
mod canvas;

pub use error::{Error, ErrorKind, Result};
