use elbo_room::image::levels::{
    levels_to_signed, rms_difference, signed_to_levels, unit_to_levels,
};
use ndarray::{Array1, aview1};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn every_level_survives_the_round_trip() {
    let levels: Vec<u8> = (0..=255).collect();
    let signed = levels_to_signed(&levels);
    assert_eq!((signed[0], signed[255]), (-1.0, 1.0));
    assert_eq!(signed_to_levels(signed.view()), levels);
    // up to half a level away it is still that level
    for nudge in [-0.49 / 127.5, 0.49 / 127.5] {
        assert_eq!(signed_to_levels((&signed + nudge).view()), levels);
    }
    let unit: Array1<f64> = levels.iter().map(|&l| f64::from(l) / 255.0).collect();
    assert_eq!(unit_to_levels(unit.view()), levels);
}

#[wasm_bindgen_test(unsupported = test)]
fn values_out_of_range_are_clipped() {
    let x = [-2.0, -1.0, 1.0, 2.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    assert_eq!(signed_to_levels(aview1(&x)), [0, 0, 255, 255, 255, 0, 0]);
    assert_eq!(unit_to_levels(aview1(&x)), [0, 0, 255, 255, 255, 0, 0]);
}

#[wasm_bindgen_test(unsupported = test)]
fn differences_are_in_levels() {
    assert_eq!(rms_difference(&[7, 0, 255], &[7, 0, 255]), 0.0);
    assert_eq!(rms_difference(&[0; 4], &[255; 4]), 255.0);
    // The square root of (9 + 16) / 2, whichever image comes first.
    assert_eq!(rms_difference(&[10, 20], &[13, 16]), 12.5_f64.sqrt());
    assert_eq!(rms_difference(&[13, 16], &[10, 20]), 12.5_f64.sqrt());
}
