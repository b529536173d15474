//! Pictures and strokes as 8-bit levels.

mod code;
mod drawing;
mod levels;
mod photographs;
mod pixels;
mod resample;
