//! Model files and helpers that several tests share.
#![allow(dead_code, reason = "each test program uses only some of them")]

#[cfg(target_arch = "wasm32")]
pub mod js;
pub mod shipped;
pub mod tiny;
