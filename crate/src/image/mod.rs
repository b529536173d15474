//! From a picture or the strokes of a pen to 8-bit levels, and from levels to the ranges that
//! models see.

pub mod code;
pub mod curve;
pub mod drawing;
mod examples;
pub mod levels;
pub mod pixels;
pub mod resample;

pub use examples::{ExampleDrawing, example_drawings};
