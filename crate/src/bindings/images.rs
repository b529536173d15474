use js_sys::{Array, Float32Array, Object, Reflect, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::prelude::*;

use super::convert::{JsResult, fields, floats, levels, options, to_js, type_of};
use crate::error::Error;
use crate::image::pixels::{self, Reading};
use crate::image::resample::{self, Fit, Size};
use crate::image::{self, drawing};
use crate::model::manifest::ImageShape;
use crate::wire::{self, DigitFromPixelsOptions, DigitReading, DigitStanding, RenderDigitOptions};

/// A drawing as a digit of MNIST: 28x28 levels, the ink light on black, scaled to fit 20x20 pixels
/// and centred by its mass. A stroke is a polyline x0, y0, x1, y1, … in the unit square, y pointing
/// down; size and place of the drawing do not matter. Throws a ValueError if nothing is drawn or a
/// coordinate is not finite.
#[wasm_bindgen(js_name = renderDigit)]
pub fn render_digit(
    #[wasm_bindgen(unchecked_param_type = "Float32Array[]")] strokes: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "RenderDigitOptions")] options: JsValue,
) -> JsResult<Uint8Array> {
    let RenderDigitOptions { brush } = self::options(options)?;
    Ok(Uint8Array::from(&*drawing::render_digit(&polylines(&strokes)?, brush)?))
}

fn polylines(strokes: &JsValue) -> Result<Vec<Vec<f32>>, Error> {
    let strokes: &Array = strokes
        .dyn_ref()
        .ok_or_else(|| Error::value("the strokes", type_of(strokes), "an array of Float32Array"))?;
    strokes.iter().map(|stroke| floats(&stroke, "a stroke")).collect()
}

pub(super) fn size(value: JsValue, what: &str) -> Result<Size, Error> {
    let shape: ImageShape = fields(value, what)?;
    Ok(shape.into())
}

/// A drawing where it stands, as an image of any size: the unit square becomes the whole image, by
/// a brush of 8 % of its shorter side. White ink on black, 8-bit levels row by row, the same in
/// every channel. A stroke is a polyline as renderDigit takes it. Throws a ValueError if nothing is
/// drawn, a coordinate is not finite, or the size is not valid for an image.
#[wasm_bindgen(js_name = renderStrokes)]
pub fn render_strokes(
    #[wasm_bindgen(unchecked_param_type = "Float32Array[]")] strokes: JsValue,
    #[wasm_bindgen(unchecked_param_type = "ImageShape")] shape: JsValue,
) -> JsResult<Uint8Array> {
    let levels = drawing::render_strokes(&polylines(&strokes)?, size(shape, "shape")?)?;
    Ok(Uint8Array::from(&*levels))
}

/// Any picture, the pixels of an ImageData, as an image of the shape: it fills it, and what has no
/// room is cut off evenly. Grey or coloured as the shape says, over white where it is transparent.
/// Throws a ShapeError if there are not four bytes a pixel, a ValueError if a size is not valid for
/// an image.
#[wasm_bindgen(js_name = imageFromPixels)]
pub fn image_from_pixels(
    #[wasm_bindgen(unchecked_param_type = "Uint8ClampedArray")] rgba: JsValue,
    width: usize,
    height: usize,
    #[wasm_bindgen(unchecked_param_type = "ImageShape")] shape: JsValue,
) -> JsResult<Uint8Array> {
    let shape = size(shape, "shape")?;
    let levels = resample::image_from_pixels(&pixel_bytes(&rgba)?, width, height, shape)?;
    Ok(Uint8Array::from(&*levels))
}

/// An image of 8-bit levels at another size, by a triangle filter: all of it is there, in its
/// proportions, between black bars if the other has other proportions. A coloured image becomes its
/// luminance where `to` has one channel. Throws a ShapeError if the levels are not those of `from`,
/// a ValueError if a size is not valid for an image.
#[wasm_bindgen(js_name = resampleImage)]
pub fn resample_image(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
    #[wasm_bindgen(unchecked_param_type = "ImageShape")] from: JsValue,
    #[wasm_bindgen(unchecked_param_type = "ImageShape")] to: JsValue,
) -> JsResult<Uint8Array> {
    let (from, to) = (size(from, "from")?, size(to, "to")?);
    Ok(Uint8Array::from(&*resample::resample(&levels(&image)?, from, to, Fit::Contain)?))
}

fn pixel_bytes(rgba: &JsValue) -> Result<Vec<u8>, Error> {
    let rgba: &Uint8ClampedArray = rgba.dyn_ref().ok_or_else(|| {
        Error::value("the pixels", type_of(rgba), "a Uint8ClampedArray, the data of an ImageData")
    })?;
    Ok(rgba.to_vec())
}

/// The digit in a picture, the pixels of an ImageData, as a digit of MNIST like renderDigit's. The
/// ink may be darker or lighter than what it is on, or of another colour, under any light, and
/// keeps its thickness, unless it is finer than any of MNIST's. Where not one digit stands out,
/// there are no levels, and `problem` says why. Throws a ShapeError if there are not four bytes a
/// pixel, a ValueError if it shows nothing or has more than 2^24 pixels.
#[wasm_bindgen(js_name = digitFromPixels, unchecked_return_type = "DigitReading")]
pub fn digit_from_pixels(
    #[wasm_bindgen(unchecked_param_type = "Uint8ClampedArray")] rgba: JsValue,
    width: usize,
    height: usize,
    #[wasm_bindgen(unchecked_optional_param_type = "DigitFromPixelsOptions")] options: JsValue,
) -> JsResult<JsValue> {
    let DigitFromPixelsOptions { whole } = self::options(options)?;
    let rgba = pixel_bytes(&rgba)?;
    let bytes = |levels| Some(serde_bytes::ByteBuf::from(levels));
    if whole {
        let levels = pixels::whole_picture(&rgba, width, height)?;
        return to_js(&DigitReading { levels: bytes(levels), ..DigitReading::default() });
    }
    to_js(&match pixels::read_digit(&rgba, width, height)? {
        Reading::Digit { levels, region, kept } => DigitReading {
            levels: bytes(levels),
            kept: kept.and_then(bytes),
            problem: None,
            regions: vec![region.into()],
        },
        Reading::Unclear { problem, regions } => DigitReading {
            problem: Some(problem.name()),
            regions: regions.into_iter().map(wire::Region::from).collect(),
            ..DigitReading::default()
        },
    })
}

/// Whether an image of 28x28 levels with light ink is made as MNIST's digits are, and the image
/// that is. Throws a ShapeError if there are not 784 levels, a ValueError if all are the same.
#[wasm_bindgen(js_name = digitStanding, unchecked_return_type = "DigitStanding")]
pub fn digit_standing(
    #[wasm_bindgen(unchecked_param_type = "Uint8Array")] image: JsValue,
) -> JsResult<JsValue> {
    let standing = pixels::standing(&levels(&image)?)?;
    to_js(&DigitStanding {
        is_standard: standing.is_standard(),
        ground: standing.ground,
        peak: standing.peak,
        has_range: standing.has_range(),
        two_levels: standing.two_levels,
        offset: standing.offset,
        is_centred: standing.is_centred(),
        longest: standing.longest,
        has_size: standing.has_size(),
        centred: serde_bytes::ByteBuf::from(standing.centred),
    })
}

/// The drawings that come with the crate, for renderDigit: every digit, some in two hands, and some
/// things that are not a digit.
#[wasm_bindgen(js_name = exampleDrawings, unchecked_return_type = "ExampleDrawing[]")]
pub fn example_drawings() -> JsResult<Array> {
    image::example_drawings()
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
