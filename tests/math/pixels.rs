use elbo_room::ErrorKind;
use elbo_room::math::drawing::{INK_BOX, SIDE, render_digit};
use elbo_room::math::pixels::{MAX_PIXELS, digit_from_pixels};
use elbo_room::math::rng::{Purpose, standard_normal};
use wasm_bindgen_test::wasm_bindgen_test;

use super::drawing::{centre_of_mass, difference, ink_box};

const WIDTH: usize = 210;
const HEIGHT: usize = 160;
/// A seven with a bend, in pixels of the picture, and the width of its pen.
const SEVEN: [[f64; 2]; 4] = [[60.0, 40.0], [120.0, 38.0], [104.0, 80.0], [90.0, 126.0]];
const PEN: f64 = 12.0;

fn distance(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (ux, uy) = (b[0] - a[0], b[1] - a[1]);
    let s = (((p[0] - a[0]) * ux + (p[1] - a[1]) * uy) / (ux * ux + uy * uy)).clamp(0.0, 1.0);
    (p[0] - a[0] - s * ux).hypot(p[1] - a[1] - s * uy)
}

/// The share of ink at each pixel: 1 inside a stroke, 0 outside, a ramp of one pixel between.
fn seven() -> Vec<f64> {
    let at = |i: usize| [(i % WIDTH) as f64 + 0.5, (i / WIDTH) as f64 + 0.5];
    let nearest =
        |p| SEVEN.windows(2).map(|ends| distance(p, ends[0], ends[1])).fold(f64::MAX, f64::min);
    (0..WIDTH * HEIGHT).map(|i| (PEN / 2.0 + 0.5 - nearest(at(i))).clamp(0.0, 1.0)).collect()
}

/// The picture in a colour of paper and a colour of ink, opaque.
fn picture(paper: [u8; 3], ink: [u8; 3]) -> Vec<u8> {
    let pixel = |share: f64| {
        let [r, g, b] = [0, 1, 2]
            .map(|c| (f64::from(paper[c]) * (1.0 - share) + f64::from(ink[c]) * share) as u8);
        [r, g, b, 255]
    };
    seven().into_iter().flat_map(pixel).collect()
}

/// The same strokes drawn with a brush that gives the same thickness.
fn drawn() -> Vec<u8> {
    let strokes = vec![SEVEN.iter().flatten().map(|v| *v as f32 / WIDTH as f32).collect()];
    let height = SEVEN[3][1] - SEVEN[1][1] + PEN;
    render_digit(&strokes, PEN * INK_BOX as f64 / height).unwrap()
}

fn digit(rgba: &[u8]) -> Vec<u8> {
    digit_from_pixels(rgba, WIDTH, HEIGHT).unwrap()
}

#[track_caller]
fn assert_is_the_seven(levels: &[u8], tolerance: u8) {
    let found = difference(levels, &drawn());
    assert!(found <= tolerance, "{found} levels from the drawing");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_picture_gives_what_its_strokes_give_whatever_its_colours() {
    for (paper, ink) in [
        ([255; 3], [0; 3]),
        ([0; 3], [255; 3]),
        ([240, 235, 220], [30, 40, 120]),
        ([40, 60, 50], [230, 230, 210]),
        ([120; 3], [200; 3]),
        ([200; 3], [150; 3]),
    ] {
        assert_is_the_seven(&digit(&picture(paper, ink)), 20);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_ink_fits_the_box_and_is_centred_by_its_mass() {
    let levels = digit(&picture([255; 3], [0; 3]));
    assert_eq!(ink_box(&levels).into_iter().max(), Some(INK_BOX));
    for at in centre_of_mass(&levels) {
        assert!((at - 14.0).abs() < 0.6, "the centre of mass is at {at}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn transparency_shows_white_or_black_whichever_shows_something() {
    for ink in [0, 255] {
        let on_glass: Vec<u8> =
            seven().into_iter().flat_map(|share| [ink, ink, ink, (255.0 * share) as u8]).collect();
        assert_is_the_seven(&digit(&on_glass), 20);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn noise_of_the_background_is_removed() {
    for (paper, ink) in [(190.0, 40.0), (50.0, 220.0)] {
        let noise = standard_normal(1, Purpose::Prior, [0, 0], WIDTH * HEIGHT);
        let noisy = seven().into_iter().zip(noise).flat_map(|(share, noise)| {
            let level = (paper + (ink - paper) * share + 5.0 * noise) as u8;
            [level, level, level, 255]
        });
        let levels = digit(&noisy.collect::<Vec<u8>>());
        assert_is_the_seven(&levels, 60);
        assert_eq!(levels[0], 0);
        assert_eq!(ink_box(&levels).into_iter().max(), Some(INK_BOX));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_picture_that_is_a_digit_already_is_kept() {
    let levels = drawn();
    let rgba = |invert: bool| -> Vec<u8> {
        levels
            .iter()
            .map(|&l| if invert { 255 - l } else { l })
            .flat_map(|l| [l, l, l, 255])
            .collect()
    };
    for invert in [false, true] {
        assert_eq!(digit_from_pixels(&rgba(invert), SIDE, SIDE).unwrap(), levels);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_small_picture_is_scaled_up_and_a_cropped_one_is_read() {
    // three by five pixels of a 1, the ink touching the edge above and below
    let bits = [0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0];
    let rgba: Vec<u8> =
        bits.iter().flat_map(|&bit| if bit == 1 { [0, 0, 0, 255] } else { [255; 4] }).collect();
    let levels = digit_from_pixels(&rgba, 3, 5).unwrap();
    assert_eq!(ink_box(&levels), [4, INK_BOX]);
}

#[wasm_bindgen_test(unsupported = test)]
fn what_shows_nothing_or_too_much_is_refused() {
    let grey = |levels: &[u8]| -> Vec<u8> { levels.iter().flat_map(|&l| [l, l, l, 255]).collect() };
    let faint: Vec<u8> = (0..SIDE * SIDE).map(|i| 200 + (i % 3) as u8).collect();
    for (rgba, width, height, kind, mentions) in [
        (grey(&[255; 16]), 4, 4, ErrorKind::Value, "nothing is drawn"),
        (grey(&[0; 784]), SIDE, SIDE, ErrorKind::Value, "nothing is drawn"),
        (vec![0; 64], 4, 4, ErrorKind::Value, "nothing is drawn"),
        (grey(&faint), SIDE, SIDE, ErrorKind::Value, "nothing is drawn"),
        (vec![], 0, 0, ErrorKind::Value, "nothing is drawn"),
        (vec![0; 63], 4, 4, ErrorKind::Shape, "63 bytes"),
        (vec![], MAX_PIXELS, 2, ErrorKind::Value, "scale it down"),
        (vec![], usize::MAX, usize::MAX, ErrorKind::Value, "scale it down"),
    ] {
        let error = digit_from_pixels(&rgba, width, height).unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.message.contains(mentions), "{error}");
    }
}
