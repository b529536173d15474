//! The JavaScript face: newtypes, names and error conversion. No logic.

#![expect(
    missing_debug_implementations,
    reason = "classes of JavaScript, which shows objects in its own way"
)]

mod convert;
mod ddpm;
mod estimator;
mod evaluation;
mod foreign;
mod hvae;
mod images;
mod inference;
mod plane;
mod sets;
mod vae;

use js_sys::{Float32Array, Uint8Array};
use wasm_bindgen::prelude::*;

use self::convert::{JsResult, doubles, floats, from_js, levels, to_js};
use crate::canvas::{self, Layout};
use crate::engine;
use crate::model::manifest::Manifest;
use crate::wire;

pub use ddpm::{Ddpm, Sampler};
pub use estimator::{ClassPosterior, DiffusionElbo, LatentBound};
pub use evaluation::Evaluation;
pub use foreign::{
    change_entry, check_model, inspect_onnx, probe_onnx, profile_onnx, propose_entry,
};
pub use hvae::Hvae;
pub use images::{
    digit_from_pixels, digit_standing, example_drawings, image_from_pixels, render_digit,
    render_strokes, resample_image,
};
pub use inference::VariationalInference;
pub use plane::{PlaneDiffusion, PlaneNetwork, PlanePoint};
pub use sets::{
    histogram, image_order, image_seed, npy_file, principal_components, read_data_file, roc,
};
pub use vae::{LatentPlane, Vae};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = concat!(
    include_str!("../types/models.d.ts"),
    "\n",
    include_str!("../types/adapters.d.ts"),
    "\n",
    include_str!("../types/phrases.d.ts"),
    "\n",
    include_str!("../types/foreign.d.ts"),
    "\n",
    include_str!("../types/latents.d.ts"),
    "\n",
    include_str!("../types/diffusion.d.ts"),
    "\n",
    include_str!("../types/inference.d.ts"),
    "\n",
    include_str!("../types/plane.d.ts"),
    "\n",
    include_str!("../types/pictures.d.ts"),
    "\n",
    include_str!("../types/evaluation.d.ts"),
    "\n",
    include_str!("../types/sets.d.ts"),
);

/// Reports panics on the console with their message and place. Runs by itself when the module is
/// instantiated.
#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// Parses the text of `manifest.json`, of format 1 or 2. What is wrong with an entry stands in
/// `problems`, and the entry is left out of `models`. Throws a ManifestError if the text is not a
/// manifest, or if none of its entries can be used.
#[wasm_bindgen(js_name = parseManifest, unchecked_return_type = "Manifest")]
pub fn parse_manifest(json: &str) -> JsResult<JsValue> {
    to_js(&Manifest::parse(json)?)
}

/// A fresh random seed, an integer from 0 to 2^32 - 1. Throws a ValueError if the system has no
/// generator.
#[wasm_bindgen(js_name = randomSeed)]
pub fn random_seed() -> JsResult<f64> {
    Ok(convert::random_seed()?)
}

/// The version of the crate.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}

/// A point between two latent vectors; `position` is 0 at `a` and 1 at `b`, `mode` is "linear" or
/// "spherical".
#[wasm_bindgen(unchecked_return_type = "Float32Array")]
pub fn interpolate(
    #[wasm_bindgen(unchecked_param_type = "Float32Array")] a: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Float32Array")] b: JsValue,
    position: f64,
    #[wasm_bindgen(unchecked_param_type = "Interpolation")] mode: JsValue,
) -> JsResult<Float32Array> {
    let path = from_js(mode, "mode")?;
    let point = engine::interpolate(&floats(&a, "a")?, &floats(&b, "b")?, position, path)?;
    Ok(Float32Array::from(&*point))
}

/// Points on a polyline through latent vectors of `dimensions` coordinates laid end to end, at
/// positions from 0, its beginning, to 1, its end, in proportion to the length of the way; the
/// points come end to end likewise. Throws a ShapeError for an empty path or one that is not a
/// whole number of points, a ValueError for a position out of range or a value that is not finite.
#[wasm_bindgen(js_name = alongPath)]
pub fn along_path(
    #[wasm_bindgen(unchecked_param_type = "Float32Array")] path: JsValue,
    dimensions: usize,
    #[wasm_bindgen(unchecked_param_type = "Float64Array")] positions: JsValue,
) -> JsResult<Float32Array> {
    let points = engine::along_path(
        &floats(&path, "path")?,
        dimensions,
        &doubles(&positions, "positions")?,
    )?;
    Ok(Float32Array::from(&*points))
}

/// Values in [0, 1] as 8-bit levels.
#[wasm_bindgen(js_name = toLevels)]
pub fn to_levels(
    #[wasm_bindgen(unchecked_param_type = "Float32Array")] values: JsValue,
) -> JsResult<Uint8Array> {
    Ok(Uint8Array::from(&*engine::to_levels(&floats(&values, "values")?)?))
}

/// Paints images on a canvas, `columns` in a row (one row if absent), and sizes the canvas to them.
/// `values` are 8-bit levels (Uint8Array) or lie in [0, 1] (Float32Array), image after image, row
/// by row, the channels of a pixel side by side.
#[wasm_bindgen]
pub fn paint(
    #[wasm_bindgen(unchecked_param_type = "OffscreenCanvas | HTMLCanvasElement")] canvas: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Uint8Array | Float32Array")] values: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Layout")] layout: JsValue,
) -> JsResult<()> {
    let wire::Layout { height, width, columns, channels } = from_js(layout, "layout")?;
    let levels = match values.dyn_ref::<Float32Array>() {
        Some(values) => engine::to_levels(&values.to_vec())?,
        None => levels(&values)?,
    };
    let channels = channels.unwrap_or(1);
    let columns = columns.unwrap_or(levels.len() / (height * width * channels).max(1));
    Ok(canvas::paint(&canvas, &levels, Layout { height, width, columns, channels })?)
}
