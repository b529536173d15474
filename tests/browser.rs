//! Pixels on the canvases of a browser. Nothing else needs one: `main.rs` runs in Node.
#![cfg(target_arch = "wasm32")]

mod support;

use elbo_room::bindings::{PlaneDiffusion, Vae, VariationalInference, paint};
use js_sys::{Float32Array, JSON, Uint8Array};
use support::js::model_of;
use support::shipped::MANIFEST;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, OffscreenCanvas, OffscreenCanvasRenderingContext2d,
};

wasm_bindgen_test_configure!(run_in_browser);

/// The smallest shipped model; `support::shipped` would compile all of them into this program too.
fn vae() -> Vae {
    let file = |path: &str| -> &'static [u8] {
        match path {
            "mnist-vae-2d-encoder.onnx" => include_bytes!("../models/mnist-vae-2d-encoder.onnx"),
            "mnist-vae-2d-decoder.onnx" => include_bytes!("../models/mnist-vae-2d-decoder.onnx"),
            "mnist-vae-2d-density.json" => include_bytes!("../models/mnist-vae-2d-density.json"),
            _ => panic!("{path} is not a file of mnist-vae-2d"),
        }
    };
    let (entry, files) = model_of(MANIFEST, file, "mnist-vae-2d");
    Vae::load(entry, files).unwrap()
}

fn canvas() -> HtmlCanvasElement {
    let document = web_sys::window().unwrap().document().unwrap();
    document.create_element("canvas").unwrap().dyn_into().unwrap()
}

fn layout(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

fn pixels(canvas: &HtmlCanvasElement) -> Vec<u8> {
    let context: CanvasRenderingContext2d =
        canvas.get_context("2d").unwrap().unwrap().dyn_into().unwrap();
    let (width, height) = (f64::from(canvas.width()), f64::from(canvas.height()));
    context.get_image_data(0.0, 0.0, width, height).unwrap().data().0
}

fn error_name(result: Result<(), JsValue>) -> String {
    result.unwrap_err().dyn_into::<js_sys::Error>().unwrap().name().into()
}

#[wasm_bindgen_test]
fn levels_become_grey_pixels() {
    let canvas = canvas();
    let levels = Uint8Array::from(&[0, 50, 100, 150, 200, 255][..]);
    paint(canvas.clone().into(), levels.into(), layout("{\"height\": 2, \"width\": 3}")).unwrap();
    assert_eq!((canvas.width(), canvas.height()), (3, 2));
    let expected: Vec<u8> =
        [0, 50, 100, 150, 200, 255].iter().flat_map(|&l| [l, l, l, 255]).collect();
    assert_eq!(pixels(&canvas), expected);
}

#[wasm_bindgen_test]
fn several_images_stand_in_columns() {
    let canvas = canvas();
    // Three images of 1 x 2 in two columns: the fourth place stays transparent.
    let means = Float32Array::from(&[0.0, 1.0, 0.2, 0.4, 0.6, 0.8][..]);
    paint(
        canvas.clone().into(),
        means.into(),
        layout("{\"height\": 1, \"width\": 2, \"columns\": 2}"),
    )
    .unwrap();
    assert_eq!((canvas.width(), canvas.height()), (4, 2));
    let red: Vec<u8> = pixels(&canvas).chunks(4).map(|p| p[0]).collect();
    let alpha: Vec<u8> = pixels(&canvas).chunks(4).map(|p| p[3]).collect();
    assert_eq!(red, [0, 255, 51, 102, 153, 204, 0, 0]);
    assert_eq!(alpha, [255, 255, 255, 255, 255, 255, 0, 0]);
}

#[wasm_bindgen_test]
fn three_channels_become_colours_image_beside_image() {
    let canvas = canvas();
    let levels = Uint8Array::from(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12][..]);
    let layout = layout("{\"height\": 2, \"width\": 1, \"channels\": 3}");
    paint(canvas.clone().into(), levels.into(), layout).unwrap();
    assert_eq!((canvas.width(), canvas.height()), (2, 2));
    let expected = [1, 2, 3, 255, 7, 8, 9, 255, 4, 5, 6, 255, 10, 11, 12, 255];
    assert_eq!(pixels(&canvas), expected);
}

#[wasm_bindgen_test]
fn a_repaint_replaces_the_picture_and_its_size() {
    let canvas = canvas();
    let size = layout("{\"height\": 1, \"width\": 1}");
    paint(canvas.clone().into(), Uint8Array::from(&[9, 9][..]).into(), size.clone()).unwrap();
    assert_eq!(canvas.width(), 2);
    paint(canvas.clone().into(), Uint8Array::from(&[7][..]).into(), size).unwrap();
    assert_eq!(pixels(&canvas), [7, 7, 7, 255]);
}

#[wasm_bindgen_test]
fn paint_refuses_wrong_shapes() {
    let size = || layout("{\"height\": 2, \"width\": 2}");
    let levels = || JsValue::from(Uint8Array::from(&[1, 2, 3, 4][..]));
    let short = Uint8Array::from(&[1, 2, 3][..]);
    assert_eq!(error_name(paint(canvas().into(), short.into(), size())), "ShapeError");
    assert_eq!(
        error_name(paint(canvas().into(), levels(), layout("{\"height\": 0, \"width\": 2}"))),
        "ShapeError"
    );
    let two = layout("{\"height\": 1, \"width\": 1, \"channels\": 2}");
    assert_eq!(error_name(paint(canvas().into(), levels(), two)), "ShapeError");
    assert_eq!(
        error_name(paint(canvas().into(), levels(), layout("{\"height\": 2}"))),
        "ValueError"
    );
    let nan = Float32Array::from(&[f32::NAN; 4][..]);
    assert_eq!(error_name(paint(canvas().into(), nan.into(), size())), "ValueError");
    assert_eq!(error_name(paint(js_sys::Object::new().into(), levels(), size())), "CanvasError");
    let taken = canvas();
    taken.get_context("bitmaprenderer").unwrap().unwrap();
    assert_eq!(error_name(paint(taken.into(), levels(), size())), "CanvasError");
}

#[wasm_bindgen_test]
fn a_decoded_digit_is_painted_on_an_offscreen_canvas() {
    let vae = vae();
    let means = vae.decode(vae.sample_prior(3.0).unwrap().into(), None).unwrap();
    let expected: Vec<u8> =
        means.to_vec().iter().map(|m| (f64::from(*m) * 255.0).round() as u8).collect();
    let canvas = OffscreenCanvas::new(1, 1).unwrap();
    let size = layout("{\"height\": 28, \"width\": 28}");
    paint(canvas.clone().into(), means.into(), size).unwrap();
    let context: OffscreenCanvasRenderingContext2d =
        canvas.get_context("2d").unwrap().unwrap().dyn_into().unwrap();
    let rgba = || context.get_image_data(0.0, 0.0, 28.0, 28.0).unwrap().data().0;
    let painted: Vec<u8> = rgba().chunks(4).map(|pixel| pixel[0]).collect();
    assert_eq!(painted, expected);
    let before = rgba();
    context.clear_rect(0.0, 0.0, 28.0, 28.0);
    let z = vae.sample_prior(3.0).unwrap();
    let levels = vae.paint(canvas.clone().into(), z.into(), None, None).unwrap();
    assert_eq!((&levels.to_vec(), &rgba()), (&expected, &before), "decoded and painted at once");
    // A digit: ink in the middle, none in the corner.
    assert!(expected.iter().any(|&level| level > 200) && expected[0] < 30);
}

#[wasm_bindgen_test]
fn the_plane_of_two_latents_is_painted() {
    let mut plane = vae().plane(layout("{\"grids\": [2]}")).unwrap();
    let canvas = canvas();
    plane.paint(canvas.clone().into()).unwrap();
    assert_eq!((canvas.width(), canvas.height()), (56, 56));
    assert!(
        pixels(&canvas).chunks(4).all(|p| p == [0, 0, 0, 255]),
        "black before anything is decoded"
    );
    while !plane.done() {
        plane.step().unwrap();
    }
    plane.paint(canvas.clone().into()).unwrap();
    let expected: Vec<u8> =
        plane.levels().to_vec().into_iter().flat_map(|l| [l, l, l, 255]).collect();
    assert_eq!(pixels(&canvas), expected);
    assert_eq!(error_name(plane.paint(js_sys::Object::new().into())), "CanvasError");
}

#[wasm_bindgen_test]
fn the_plane_of_variational_inference_is_painted() {
    let canvas = canvas();
    let plane = |more: &str| {
        let colours = "\"background\": \"#ffffff\", \"target\": \"#000000\", \"accent\": \
            \"#ff0000\", \"ink\": \"#00ff00\"";
        layout(&format!("{{\"size\": 100, \"q\": \"reverse\", {colours} {more}}}"))
    };
    let options = layout("{\"seed\": 1, \"start\": [{\"mean\": [2, 2], \"std\": [0.5, 0.5]}]}");
    let mut fit = VariationalInference::new("ring".into(), "mean-field".into(), options).unwrap();
    fit.paint(canvas.clone().into(), plane("")).unwrap();
    assert_eq!((canvas.width(), canvas.height()), (100, 100));
    let bytes = pixels(&canvas);
    // z from -4 to 4 over 100 pixels, z_2 upwards.
    let at = |z: [f64; 2]| {
        let (x, y) = ((12.5 * (z[0] + 4.0)) as usize, (12.5 * (4.0 - z[1])) as usize);
        [0, 1, 2].map(|i| bytes[4 * (100 * y + x) + i])
    };
    assert!(at([-2.4, 0.05])[0] < 80 && at([0.05, -2.4])[0] < 80, "dark on the ring");
    assert!(at([0.05, 0.05])[0] > 240 && at([-3.9, -3.9])[0] > 240, "light off it");
    let red =
        |bytes: &[u8]| bytes.chunks(4).filter(|p| p[0] > 150 && p[1] < 110 && p[2] < 110).count();
    let green =
        |bytes: &[u8]| bytes.chunks(4).filter(|p| p[1] > 150 && p[0] < 110 && p[2] < 110).count();
    assert!(red(&bytes) > 50 && green(&bytes) == 0);
    let above: usize = red(&bytes[..4 * 100 * 50]);
    assert_eq!(above, red(&bytes), "q stands in the upper half");
    fit.paint(canvas.clone().into(), plane(", \"draws\": true")).unwrap();
    assert!(green(&pixels(&canvas)) > 20);
    assert_eq!(
        error_name(fit.paint(canvas.clone().into(), plane(", \"pixelRatio\": 0"))),
        "ValueError"
    );
    assert_eq!(
        error_name(fit.paint(canvas.clone().into(), layout("{\"size\": 100}"))),
        "ValueError"
    );
    assert_eq!(error_name(fit.paint(js_sys::Object::new().into(), plane(""))), "CanvasError");
}

#[wasm_bindgen_test]
fn the_plane_of_a_diffusion_is_painted() {
    let canvas = canvas();
    let mut diffusion = PlaneDiffusion::new(layout(
        "{\"data\": \"two-gaussians\", \"steps\": 10, \"particles\": 200, \"seed\": 1}",
    ))
    .unwrap();
    let plane = |t: usize, more: &str| {
        layout(&format!(
            "{{\"size\": 90, \"t\": {t}, \"background\": \"#ffffff\", \"density\": \"#000000\", \
                \"accent\": \"#ff0000\", \"ink\": \"#0000ff\"{more}}}"
        ))
    };
    let paint = |diffusion: &mut PlaneDiffusion, t, more: &str| {
        diffusion.paint(canvas.clone().into(), plane(t, more)).unwrap();
        assert_eq!((canvas.width(), canvas.height()), (90, 90));
        pixels(&canvas)
    };
    let is = |pixel: &[u8], colour: usize| {
        let others = (0..3).filter(|&c| c != colour);
        others.into_iter().all(|c| i32::from(pixel[colour]) - i32::from(pixel[c]) > 60)
    };
    let count = |image: &[u8], colour| image.chunks(4).filter(|p| is(p, colour)).count();
    let density = paint(&mut diffusion, 0, "");
    // row by row from the top: the denser of the two lies at (-1.7, -1)
    let level = |x: f64, y: f64| {
        let at = |value: f64| (90.0 * (value + 4.5) / 9.0) as usize;
        density[4 * ((89 - at(y)) * 90 + at(x))]
    };
    assert!(level(-1.7, -1.0) < level(1.8, 1.2) && level(1.8, 1.2) < level(-3.5, 3.5));
    assert_eq!((level(-3.5, 3.5), count(&density, 0), count(&density, 2)), (255, 0, 0));
    let particles = paint(&mut diffusion, 0, ", \"particles\": \"forward\"");
    assert!(count(&particles, 0) > 200);
    // samplers have not got there yet
    assert_eq!(paint(&mut diffusion, 0, ", \"particles\": \"flow\""), density);
    diffusion.advance(10.0).unwrap();
    assert_ne!(paint(&mut diffusion, 0, ", \"particles\": \"flow\""), density);
    assert!(count(&paint(&mut diffusion, 5, ", \"field\": \"score\""), 2) > 20);
    assert!(count(&paint(&mut diffusion, 5, ", \"point\": [0.5, 0.5]"), 0) > 20);
    assert!(
        count(&paint(&mut diffusion, 2, ", \"particles\": \"ancestral\", \"path\": 3"), 2) > 10
    );
    for bad in [plane(11, ""), plane(2, ", \"path\": 200, \"particles\": \"flow\""), layout("{}")] {
        assert_eq!(error_name(diffusion.paint(canvas.clone().into(), bad)), "ValueError");
    }
    assert_eq!(error_name(diffusion.paint(layout("{}"), plane(1, ""))), "CanvasError");
}
