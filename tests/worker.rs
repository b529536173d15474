//! The shipped models in a dedicated worker, painting on an OffscreenCanvas, as the page runs them.
#![cfg(target_arch = "wasm32")]

mod shipped;

use elbo_room::bindings::{Ddpm, Vae, paint};
use js_sys::{JSON, Uint8Array};
use shipped::{get, model, parse};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{OffscreenCanvas, OffscreenCanvasRenderingContext2d};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

fn painted(values: JsValue) -> Vec<u8> {
    let canvas = OffscreenCanvas::new(1, 1).unwrap();
    paint(canvas.clone().into(), values, JSON::parse("{\"height\": 28, \"width\": 28}").unwrap())
        .unwrap();
    let context: OffscreenCanvasRenderingContext2d =
        canvas.get_context("2d").unwrap().unwrap().dyn_into().unwrap();
    let data = context.get_image_data(0.0, 0.0, 28.0, 28.0).unwrap().data().0;
    data.chunks(4).map(|pixel| pixel[0]).collect()
}

#[wasm_bindgen_test]
fn a_decoded_digit_is_painted() {
    let (entry, files) = model("mnist-vae");
    let vae = Vae::load(entry, files).unwrap();
    let means = vae.decode(vae.sample_prior(3.0).unwrap().into()).unwrap();
    let expected: Vec<u8> =
        means.to_vec().iter().map(|m| (f64::from(*m) * 255.0).round() as u8).collect();
    assert_eq!(painted(means.into()), expected);
    // A digit: ink in the middle, none in the corner.
    assert!(expected.iter().any(|&level| level > 200) && expected[0] < 30);
}

#[wasm_bindgen_test]
fn a_chain_comes_out_of_noise() {
    let (entry, files) = model("mnist-ddpm");
    let ddpm = Ddpm::load(entry, files).unwrap();
    let mut sampler = ddpm.sampler(parse("{\"seed\": 1, \"class\": 7, \"steps\": 20}")).unwrap();
    while !sampler.done() {
        sampler.step().unwrap();
    }
    let frame = |index| get(&sampler.frame(index).unwrap(), "x").dyn_into::<Uint8Array>().unwrap();
    let (noise, digit) = (painted(frame(0).into()), painted(frame(20).into()));
    assert_eq!(digit, frame(20).to_vec());
    let grey = |levels: &[u8]| levels.iter().filter(|level| (30..225).contains(*level)).count();
    assert!(
        grey(&noise) > 2 * grey(&digit),
        "{} grey pixels of noise, {} of the digit",
        grey(&noise),
        grey(&digit)
    );
}
