use js_sys::{Array, Float32Array, Object, Reflect, Uint8Array, Uint8ClampedArray};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use super::convert::{JsResult, floats, options};
use crate::engine;
use crate::error::Error;
use crate::math::drawing::{self, DEFAULT_BRUSH};
use crate::math::pixels;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct JsBrush {
    brush: f64,
}

impl Default for JsBrush {
    fn default() -> Self {
        Self { brush: DEFAULT_BRUSH }
    }
}

/// A drawing as a digit of MNIST: 28x28 levels, the ink light on black, scaled to fit 20x20 pixels
/// and centred by its mass. A stroke is a polyline x0, y0, x1, y1, … in the unit square, y pointing
/// down; size and place of the drawing do not matter. Throws a ValueError if nothing is drawn or a
/// coordinate is not finite.
#[wasm_bindgen(js_name = renderDigit)]
pub fn render_digit(
    #[wasm_bindgen(unchecked_param_type = "Float32Array[]")] strokes: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "RenderDigitOptions")] options: JsValue,
) -> JsResult<Uint8Array> {
    let strokes: &Array = strokes
        .dyn_ref()
        .ok_or_else(|| Error::value("the strokes must be an array of Float32Array"))?;
    let strokes =
        strokes.iter().map(|stroke| floats(&stroke, "a stroke")).collect::<Result<Vec<_>, _>>()?;
    let JsBrush { brush } = self::options(options)?;
    Ok(Uint8Array::from(&*drawing::render_digit(&strokes, brush)?))
}

/// A picture of a digit, the pixels of an ImageData, as a digit of MNIST like renderDigit's. The
/// ink may be darker or lighter than what it is on, and keeps its thickness; a picture of 28x28
/// pixels is a digit already and keeps its levels, inverted if its ink is dark. Throws a ShapeError
/// if there are not four bytes a pixel, a ValueError if it shows nothing or has more than 2^24
/// pixels.
#[wasm_bindgen(js_name = digitFromPixels)]
pub fn digit_from_pixels(
    #[wasm_bindgen(unchecked_param_type = "Uint8ClampedArray")] rgba: JsValue,
    width: usize,
    height: usize,
) -> JsResult<Uint8Array> {
    let rgba: &Uint8ClampedArray = rgba.dyn_ref().ok_or_else(|| {
        Error::value("the pixels must be a Uint8ClampedArray, the data of an ImageData")
    })?;
    Ok(Uint8Array::from(&*pixels::digit_from_pixels(&rgba.to_vec(), width, height)?))
}

/// The drawings that come with the crate, for renderDigit: every digit, some in two hands, and some
/// things that are no digit.
#[wasm_bindgen(js_name = exampleDrawings, unchecked_return_type = "ExampleDrawing[]")]
pub fn example_drawings() -> JsResult<Array> {
    engine::example_drawings()
        .into_iter()
        .map(|drawing| {
            let strokes: Array =
                drawing.strokes.iter().map(|stroke| Float32Array::from(&**stroke)).collect();
            let object = Object::new();
            Reflect::set(&object, &"name".into(), &drawing.name.into())?;
            Reflect::set(
                &object,
                &"label".into(),
                &drawing.label.map_or(JsValue::NULL, JsValue::from),
            )?;
            Reflect::set(&object, &"strokes".into(), &strokes)?;
            Ok(object.into())
        })
        .collect::<JsResult<Vec<JsValue>>>()
        .map(|drawings| drawings.into_iter().collect())
}
