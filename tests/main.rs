//! The crate's tests: one program natively (`cargo test`), and the same one as WebAssembly in Node.
//! `browser.rs` has what needs a document.

#[cfg(target_arch = "wasm32")]
mod bindings;
mod data;
mod engine;
#[cfg(not(target_arch = "wasm32"))]
mod evaluate;
mod image;
mod kernels;
#[cfg(not(target_arch = "wasm32"))]
mod layers;
mod math;
#[cfg(not(target_arch = "wasm32"))]
mod properties;
mod support;
