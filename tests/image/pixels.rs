use elbo_room::ErrorKind;
use elbo_room::image::drawing::{INK_BOX, SIDE, render_digit};
use elbo_room::image::pixels::{MAX_PIXELS, Reading, read_digit, standing, whole_picture};
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

#[track_caller]
fn levels(reading: Reading) -> Vec<u8> {
    let Reading::Digit { levels, .. } = reading else { panic!("{reading:?}") };
    levels
}

#[track_caller]
fn digit(rgba: &[u8]) -> Vec<u8> {
    levels(read_digit(rgba, WIDTH, HEIGHT).unwrap())
}

fn grey(levels: &[u8]) -> Vec<u8> {
    levels.iter().flat_map(|&l| [l, l, l, 255]).collect()
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
    let expected = drawn();
    let inverted: Vec<u8> = expected.iter().map(|l| 255 - l).collect();
    for own in [&expected, &inverted] {
        let Reading::Digit { levels, kept, .. } = read_digit(&grey(own), SIDE, SIDE).unwrap()
        else {
            panic!("no digit");
        };
        assert_eq!(levels, expected);
        assert_eq!(kept.as_ref(), Some(&expected));
    }
    assert!(standing(&expected).unwrap().is_standard());
}

/// The seven, so many pixels to the right and further down.
fn moved([right, down]: [isize; 2]) -> Vec<u8> {
    let seven = drawn();
    let from = |at: usize, by: isize| at.checked_add_signed(-by).filter(|&at| at < SIDE);
    (0..SIDE * SIDE)
        .map(|at| match (from(at % SIDE, right), from(at / SIDE, down)) {
            (Some(x), Some(y)) => seven[y * SIDE + x],
            _ => 0,
        })
        .collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_digit_of_28_pixels_off_its_place_is_moved_and_its_own_levels_are_told() {
    for by in [[3, 0], [-3, 0], [0, -3], [2, -2]] {
        let off = moved(by);
        let found = standing(&off).unwrap();
        let own = centre_of_mass(&off);
        for axis in [0, 1] {
            assert!((found.offset[axis] - (own[axis] - 14.0)).abs() < 0.01);
            assert!((found.offset[axis] - by[axis] as f64).abs() <= 0.6);
        }
        assert!(!found.is_centred() && found.has_range() && found.has_size());
        assert_eq!(found.centred, drawn());
        let Reading::Digit { levels, kept, .. } = read_digit(&grey(&off), SIDE, SIDE).unwrap()
        else {
            panic!("no digit");
        };
        assert_eq!((levels, kept), (drawn(), Some(off)));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn ground_and_range_of_a_digit_are_checked() {
    let scaled = |ground: f64, peak: f64| -> Vec<u8> {
        let level = |&l: &u8| (ground + (peak - ground) * f64::from(l) / 253.0).round() as u8;
        drawn().iter().map(level).collect()
    };
    for (ground, peak) in [(0.0, 102.0), (128.0, 255.0), (20.0, 250.0)] {
        let found = standing(&scaled(ground, peak)).unwrap();
        assert_eq!((f64::from(found.ground), f64::from(found.peak)), (ground, peak));
        assert!(!found.has_range() && found.is_centred() && found.has_size());
        let off = difference(&found.centred, &drawn());
        assert!(off <= 24, "{ground} to {peak}: {off} levels");
    }
    let binary: Vec<u8> = drawn().iter().map(|&l| if l > 127 { 255 } else { 0 }).collect();
    let found = standing(&binary).unwrap();
    assert!(found.two_levels && found.is_standard());
    assert_eq!(found.centred, binary);
    assert!(!standing(&drawn()).unwrap().two_levels);
    let small: Vec<u8> = (0..SIDE * SIDE)
        .map(|at| {
            if (12..15).contains(&(at % SIDE)) && (8..19).contains(&(at / SIDE)) { 253 } else { 0 }
        })
        .collect();
    let found = standing(&small).unwrap();
    assert_eq!((found.longest, found.has_size()), (11, false));
    assert_eq!(ink_box(&found.centred), [6, INK_BOX]);
    assert_eq!(standing(&[0; 783]).unwrap_err().kind(), ErrorKind::Shape);
    assert_eq!(standing(&[9; 784]).unwrap_err().kind(), ErrorKind::Value);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_whole_picture_is_taken_where_that_is_wanted() {
    // dark on white, twice as wide as high: between bars that are black, as its ground becomes
    let rgba = grey(&(0..56 * 28).map(|at| if at % 56 < 8 { 0 } else { 255 }).collect::<Vec<_>>());
    let levels = whole_picture(&rgba, 56, 28).unwrap();
    assert_eq!(levels.len(), SIDE * SIDE);
    assert_eq!([levels[14 * SIDE + 1], levels[14 * SIDE + 20], levels[3 * SIDE + 1]], [255, 0, 0]);
    let light = grey(&[200; 16]);
    assert_eq!(whole_picture(&light, 4, 4).unwrap(), vec![200; SIDE * SIDE]);
    assert_eq!(whole_picture(&light, 4, 5).unwrap_err().kind(), ErrorKind::Shape);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_small_picture_is_scaled_up_and_a_cropped_one_is_read() {
    // three by five pixels of a 1, the ink touching the edge above and below
    let bits = [0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0];
    let rgba: Vec<u8> =
        bits.iter().flat_map(|&bit| if bit == 1 { [0, 0, 0, 255] } else { [255; 4] }).collect();
    let levels = levels(read_digit(&rgba, 3, 5).unwrap());
    assert_eq!(ink_box(&levels), [4, INK_BOX]);
}

#[wasm_bindgen_test(unsupported = test)]
fn empty_and_oversized_images_are_refused() {
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
        let error = read_digit(&rgba, width, height).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.with_causes().contains(mentions), "{error}");
    }
}
