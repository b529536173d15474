//! Images for the models, from drawings and pictures.

use elbo_room::bindings::{
    digit_from_pixels, digit_standing, example_drawings, image_from_pixels, render_digit,
    render_strokes, resample_image,
};
use js_sys::{Array, Float32Array, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use super::refused;
use crate::support::js::{get, parse};

fn strokes(strokes: &[&[f32]]) -> JsValue {
    strokes
        .iter()
        .map(|stroke| JsValue::from(Float32Array::from(*stroke)))
        .collect::<Array>()
        .into()
}

#[wasm_bindgen_test]
fn drawings_become_digits() {
    let bar = || strokes(&[&[0.5, 0.2, 0.5, 0.8]]);
    let digit = render_digit(bar(), JsValue::UNDEFINED).unwrap().to_vec();
    assert_eq!(digit.len(), 784);
    let ink = |digit: &[u8]| digit.iter().map(|&l| f64::from(l)).sum::<f64>();
    let thick = render_digit(bar(), parse("{\"brush\": 5}")).unwrap().to_vec();
    assert!(ink(&thick) > 1.5 * ink(&digit));
    let drawings = example_drawings().unwrap();
    assert!(drawings.length() > 10);
    for drawing in drawings.iter() {
        assert!(get(&drawing, "name").is_string());
        let label = get(&drawing, "label");
        assert!(label.is_null() || (0.0..=9.0).contains(&label.as_f64().unwrap()));
        let levels = render_digit(get(&drawing, "strokes"), JsValue::NULL).unwrap().to_vec();
        assert!(ink(&levels) > 0.0);
    }
}

#[wasm_bindgen_test]
fn pictures_become_digits() {
    // a dark bar on white, twice as large as it will be
    let picture = |side: usize, ink: u8| {
        let dark = move |i: usize| {
            (i % side).abs_diff(side / 2) < 3 && (8..side - 8).contains(&(i / side))
        };
        let levels: Vec<u8> = (0..side * side)
            .flat_map(|i| if dark(i) { [ink, ink, ink, 255] } else { [255; 4] })
            .collect();
        JsValue::from(Uint8ClampedArray::from(&*levels))
    };
    let none = || JsValue::UNDEFINED;
    let reading = digit_from_pixels(picture(56, 0), 56, 56, none()).unwrap();
    let digit = bytes(&get(&reading, "levels"));
    assert_eq!((digit.len(), digit[0], digit[14 * 28 + 14]), (784, 0, 253));
    assert!(get(&reading, "kept").is_null() && get(&reading, "problem").is_null());
    let region = Array::from(&get(&reading, "regions")).get(0);
    assert_eq!(get(&region, "height").as_f64(), Some(40.0));

    // two bars side by side
    let levels: Vec<u8> = (0..100 * 50)
        .flat_map(|at| {
            let ink = matches!(at % 100, 20..25 | 70..75) && (8..42).contains(&(at / 100));
            if ink { [0, 0, 0, 255] } else { [255; 4] }
        })
        .collect();
    let two = || JsValue::from(Uint8ClampedArray::from(&*levels));
    let reading = digit_from_pixels(two(), 100, 50, none()).unwrap();
    assert!(get(&reading, "levels").is_null());
    assert_eq!(get(&reading, "problem").as_string().as_deref(), Some("several"));
    assert_eq!(Array::from(&get(&reading, "regions")).length(), 2);
    let whole = digit_from_pixels(two(), 100, 50, parse("{\"whole\": true}")).unwrap();
    assert_eq!(bytes(&get(&whole, "levels")).len(), 784);

    let reading = digit_from_pixels(picture(28, 0), 28, 28, none()).unwrap();
    let kept = bytes(&get(&reading, "kept"));
    assert_eq!(kept[14 * 28 + 14], 255);
    let standing = digit_standing(Uint8Array::from(&*kept).into()).unwrap();
    assert_eq!(get(&standing, "isStandard").as_bool(), Some(false));
    assert_eq!(get(&standing, "hasSize").as_bool(), Some(false));
    assert_eq!(get(&standing, "peak").as_f64(), Some(255.0));
    assert_eq!(bytes(&get(&standing, "centred")), bytes(&get(&reading, "levels")));

    let read = |picture, width, height| digit_from_pixels(picture, width, height, none());
    refused(read(picture(56, 255), 56, 56), "ValueError", "nothing is drawn");
    refused(read(picture(56, 0), 56, 55), "ShapeError", "12320");
    refused(read(picture(4, 0), 1 << 13, 1 << 13), "ValueError", "scale it down");
    refused(read(Array::new().into(), 0, 0), "ValueError", "Uint8ClampedArray");
    let odd = digit_from_pixels(picture(56, 0), 56, 56, parse("{\"hole\": true}"));
    refused(odd, "ValueError", "hole");
    refused(digit_standing(Uint8Array::new_with_length(3).into()), "ShapeError", "3 levels");
}

fn bytes(value: &JsValue) -> Vec<u8> {
    value.dyn_ref::<Uint8Array>().unwrap().to_vec()
}

#[wasm_bindgen_test]
fn invalid_drawings_are_typed_errors() {
    let none = JsValue::UNDEFINED;
    refused(render_digit(strokes(&[]), none.clone()), "ValueError", "nothing is drawn");
    refused(render_digit(strokes(&[&[0.5, f32::NAN]]), none.clone()), "ValueError", "NaN");
    refused(render_digit(strokes(&[&[0.5]]), none.clone()), "ShapeError", "pairs");
    refused(render_digit(parse("[[0, 0, 1, 1]]"), none.clone()), "ValueError", "Float32Array");
    refused(render_digit(parse("{}"), none), "ValueError", "array");
    refused(render_digit(strokes(&[&[0.5, 0.5]]), parse("{\"brush\": 0}")), "ValueError", "brush");
    refused(render_digit(strokes(&[&[0.5, 0.5]]), parse("{\"width\": 2}")), "ValueError", "width");
}

#[wasm_bindgen_test]
fn drawings_and_pictures_become_images_of_any_size() {
    let shape = || parse("{\"channels\": 3, \"height\": 8, \"width\": 12}");
    let grey = || parse("{\"channels\": 1, \"height\": 8, \"width\": 12}");
    let bar = render_strokes(strokes(&[&[0.5, 0.0, 0.5, 1.0]]), shape()).unwrap().to_vec();
    assert_eq!((bar.len(), bar[0], bar[3 * 6] > 60), (288, 0, true));
    let red = Uint8ClampedArray::from(&*[255, 0, 0, 255].repeat(24 * 16));
    let image = image_from_pixels(red.into(), 24, 16, shape()).unwrap();
    assert_eq!(image.to_vec(), [255, 0, 0].repeat(96));
    let back = resample_image(image.clone().into(), shape(), grey()).unwrap();
    assert_eq!(back.to_vec(), [54; 96]);
    let short = Uint8Array::from(&[0; 5][..]);
    refused(resample_image(short.into(), shape(), grey()), "ShapeError", "5 levels");
    let two = parse("{\"channels\": 2, \"height\": 8, \"width\": 12}");
    refused(resample_image(image.into(), shape(), two), "ValueError", "1 or 3 channels");
    let odd = parse("{\"channels\": 1, \"height\": 8, \"widht\": 12}");
    refused(render_strokes(strokes(&[]), odd), "ValueError", "widht");
}
