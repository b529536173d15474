//! The crate's tests: one program natively (`cargo test`), and the same one as WebAssembly in Node.
//! `browser.rs` has what needs a document. A few that compute for ten seconds run natively alone: the bits are those of WebAssembly, which
//! `engine/shipped.rs` pins.

#[cfg(target_arch = "wasm32")]
mod bindings;
mod data;
mod engine;
#[cfg(not(target_arch = "wasm32"))]
mod evaluate;
mod kernels;
#[cfg(not(target_arch = "wasm32"))]
mod layers;
mod math;
mod support;
