use elbo_room::ErrorKind;
use elbo_room::image::resample::{Fit, Size, image_from_pixels, resample};
use wasm_bindgen_test::wasm_bindgen_test;

const fn size(channels: usize, height: usize, width: usize) -> Size {
    Size { channels, height, width }
}

/// Levels without a pattern.
fn noise(count: usize) -> Vec<u8> {
    (0..count as u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

/// The formula as it is written: every pixel of the result is the weighted mean of the source by
/// the product of two triangles around its middle.
fn reference(levels: &[u8], from: Size, to: Size, scale: f64) -> Vec<f64> {
    let reach = (1.0 / scale).max(1.0);
    let middle = |at: usize, to: usize, from: usize| {
        (at as f64 + 0.5 - to as f64 / 2.0) / scale + from as f64 / 2.0
    };
    let mut result = Vec::new();
    for y in 0..to.height {
        for x in 0..to.width {
            let (v, u) = (middle(y, to.height, from.height), middle(x, to.width, from.width));
            let inside =
                (0.0..=from.height as f64).contains(&v) && (0.0..=from.width as f64).contains(&u);
            for c in 0..from.channels {
                let (mut sum, mut total) = (0.0, 0.0);
                for row in 0..from.height {
                    for column in 0..from.width {
                        let triangle = |d: f64| (1.0 - d.abs() / reach).max(0.0);
                        let weight =
                            triangle(row as f64 + 0.5 - v) * triangle(column as f64 + 0.5 - u);
                        let at = (row * from.width + column) * from.channels + c;
                        sum += weight * f64::from(levels[at]);
                        total += weight;
                    }
                }
                result.push(if inside { sum / total } else { 0.0 });
            }
        }
    }
    result
}

#[wasm_bindgen_test(unsupported = test)]
fn every_pixel_is_the_weighted_mean_of_what_it_covers() {
    for (from, to, fit, scale) in [
        (size(1, 7, 9), size(1, 14, 18), Fit::Contain, 2.0),
        (size(3, 12, 10), size(3, 6, 5), Fit::Cover, 0.5),
        (size(1, 28, 28), size(1, 32, 40), Fit::Contain, 32.0 / 28.0),
        (size(3, 9, 16), size(3, 8, 8), Fit::Cover, 8.0 / 9.0),
        (size(3, 9, 16), size(3, 8, 8), Fit::Contain, 0.5),
        (size(1, 1, 1), size(1, 3, 5), Fit::Cover, 5.0),
    ] {
        let levels = noise(from.dimensions());
        let found = resample(&levels, from, to, fit).unwrap();
        let expected = reference(&levels, from, to, scale);
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert!((f64::from(*found) - expected).abs() <= 0.5 + 1e-9, "{found} for {expected}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn one_size_is_kept_bit_for_bit_and_one_level_everywhere() {
    for of in [size(1, 28, 28), size(3, 5, 4)] {
        let levels = noise(of.dimensions());
        assert_eq!(resample(&levels, of, of, Fit::Contain).unwrap(), levels);
    }
    for (height, width) in [(3, 50), (64, 48), (28, 28)] {
        let flat =
            resample(&[201; 3 * 20 * 36], size(3, 20, 36), size(3, height, width), Fit::Cover);
        assert!(flat.unwrap().iter().all(|&level| level == 201));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn channels_become_luminance_and_grey_becomes_colour() {
    let colours = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [10, 20, 30]].concat();
    let grey = resample(&colours, size(3, 1, 4), size(1, 1, 4), Fit::Contain).unwrap();
    assert_eq!(grey, [54, 182, 18, 19]);
    let back = resample(&grey, size(1, 1, 4), size(3, 1, 4), Fit::Contain).unwrap();
    assert_eq!(back, [[54; 3], [182; 3], [18; 3], [19; 3]].concat());
}

#[wasm_bindgen_test(unsupported = test)]
fn other_proportions_leave_bars_or_are_cut() {
    // a bright image twice as wide as it is high
    let wide = [250; 8 * 16];
    let contained = resample(&wide, size(1, 8, 16), size(1, 16, 16), Fit::Contain).unwrap();
    let rows: Vec<u8> = contained.chunks_exact(16).map(|row| row[7]).collect();
    assert_eq!(rows, [[0; 4].as_slice(), &[250; 8], &[0; 4]].concat());
    // its left half black: the middle is what remains
    let halves: Vec<u8> = (0..8 * 16).map(|i| if i % 16 < 8 { 0 } else { 250 }).collect();
    let cut = resample(&halves, size(1, 8, 16), size(1, 8, 8), Fit::Cover).unwrap();
    assert_eq!(cut[..8], [0, 0, 0, 0, 250, 250, 250, 250]);
}

#[wasm_bindgen_test(unsupported = test)]
fn pixels_of_a_browser_become_an_image() {
    let rgba = [[255, 0, 0, 255], [0, 0, 0, 0], [0, 0, 0, 128], [9, 8, 7, 255]].concat();
    let colour = image_from_pixels(&rgba, 2, 2, size(3, 2, 2)).unwrap();
    assert_eq!(colour, [255, 0, 0, 255, 255, 255, 127, 127, 127, 9, 8, 7]);
    let grey = image_from_pixels(&rgba, 2, 2, size(1, 2, 2)).unwrap();
    assert_eq!(grey, [54, 255, 127, 8]);
}

#[wasm_bindgen_test(unsupported = test)]
fn invalid_sizes_are_refused() {
    let fails =
        |levels: usize, from, to| resample(&vec![0; levels], from, to, Fit::Cover).unwrap_err();
    let short = fails(5, size(3, 1, 2), size(1, 4, 4));
    assert_eq!(short.kind(), ErrorKind::Shape);
    assert!(short.with_causes().contains("5 levels"), "{}", short.with_causes());
    for bad in [size(2, 4, 4), size(1, 0, 4), size(3, 1 << 13, 1 << 13), size(1, usize::MAX, 2)] {
        assert_eq!(fails(16, size(1, 4, 4), bad).kind(), ErrorKind::Value);
        assert_eq!(fails(16, bad, size(1, 4, 4)).kind(), ErrorKind::Value);
    }
    let error = image_from_pixels(&[0; 15], 2, 2, size(1, 2, 2)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Shape);
}
