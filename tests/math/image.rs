use elbo_room::math::image::{levels_to_signed, signed_to_levels, unit_to_levels};
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
fn what_is_out_of_range_is_clipped() {
    let x = [-2.0, -1.0, 1.0, 2.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    assert_eq!(signed_to_levels(aview1(&x)), [0, 0, 255, 255, 255, 0, 0]);
    assert_eq!(unit_to_levels(aview1(&x)), [0, 0, 255, 255, 255, 0, 0]);
}
