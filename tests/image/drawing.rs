use elbo_room::ErrorKind;
use elbo_room::image::curve::smooth_curve;
use elbo_room::image::drawing::{
    BRUSH_SHARE, DEFAULT_BRUSH, INK_BOX, SIDE, render_digit, render_strokes,
};
use elbo_room::image::resample::Size;
use wasm_bindgen_test::wasm_bindgen_test;

/// A five of straight lines, its loop open.
fn five() -> Vec<Vec<f32>> {
    vec![vec![0.7, 0.2, 0.4, 0.2, 0.35, 0.45, 0.6, 0.45, 0.7, 0.6, 0.6, 0.8, 0.35, 0.8]]
}

/// The drawing scaled, then moved.
fn transformed(strokes: &[Vec<f32>], scale: f32, shift: [f32; 2]) -> Vec<Vec<f32>> {
    let point = |p: &[f32]| [p[0] * scale + shift[0], p[1] * scale + shift[1]];
    strokes.iter().map(|stroke| stroke.chunks(2).flat_map(point).collect()).collect()
}

fn digit(strokes: &[Vec<f32>]) -> Vec<u8> {
    render_digit(strokes, DEFAULT_BRUSH).unwrap()
}

/// Columns and rows of the box that has all ink.
pub fn ink_box(levels: &[u8]) -> [usize; 2] {
    let inked =
        || levels.iter().enumerate().filter(|(_, l)| **l > 0).map(|(at, _)| [at % SIDE, at / SIDE]);
    [0, 1].map(|axis| {
        let low = inked().map(|p| p[axis]).min().unwrap();
        inked().map(|p| p[axis]).max().unwrap() - low + 1
    })
}

/// Mean column and row of the ink.
pub fn centre_of_mass(levels: &[u8]) -> [f64; 2] {
    let total: f64 = levels.iter().map(|&l| f64::from(l)).sum();
    [1, SIDE].map(|step| {
        levels
            .iter()
            .enumerate()
            .map(|(at, &l)| f64::from(l) * (at / step % SIDE) as f64)
            .sum::<f64>()
            / total
    })
}

/// The largest difference between two images, in levels.
pub fn difference(a: &[u8], b: &[u8]) -> u8 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn the_ink_fits_the_box_and_is_centred_by_its_mass() {
    let wide = vec![vec![0.1, 0.5, 0.5, 0.45, 0.9, 0.5]];
    let heavy_below = vec![vec![0.5, 0.1, 0.5, 0.9, 0.3, 0.9, 0.3, 0.8, 0.5, 0.8]];
    for strokes in [five(), wide, heavy_below] {
        let levels = digit(&strokes);
        assert_eq!(levels.len(), SIDE * SIDE);
        assert_eq!(ink_box(&levels).into_iter().max(), Some(INK_BOX));
        for at in centre_of_mass(&levels) {
            assert!((at - 14.0).abs() < 0.6, "the centre of mass is at {at}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_aspect_ratio_is_kept() {
    // 0.6 x 0.3 between the ends of the brush: 17.4 x 8.7 pixels, and the brush
    let frame = vec![vec![0.2, 0.4, 0.8, 0.4, 0.8, 0.7, 0.2, 0.7, 0.2, 0.4]];
    let [width, height] = ink_box(&digit(&frame));
    assert_eq!(width, INK_BOX);
    let expected = (INK_BOX as f64 - DEFAULT_BRUSH) / 2.0 + DEFAULT_BRUSH;
    assert!((height as f64 - expected).abs() <= 2.0, "{height} rows, not {expected}");
}

#[wasm_bindgen_test(unsupported = test)]
fn size_and_place_of_a_drawing_do_not_matter() {
    let expected = digit(&five());
    for (scale, shift) in
        [(0.1, [0.0, 0.0]), (0.5, [0.3, 0.1]), (1.2, [-0.2, 0.05]), (0.05, [0.9, 0.9])]
    {
        // a sample on the very edge of the brush may fall on either side of it
        let difference = difference(&digit(&transformed(&five(), scale, shift)), &expected);
        assert!(difference <= 3, "scale {scale}, shift {shift:?}: {difference} levels");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_stroke_is_as_wide_as_the_brush() {
    for brush in [2.0, DEFAULT_BRUSH, 4.0] {
        let levels = render_digit(&[vec![0.5, 0.1, 0.5, 0.9]], brush).unwrap();
        // in the middle of an upright stroke, away from its round ends
        for row in 10..18 {
            let line = &levels[row * SIDE..(row + 1) * SIDE];
            let ink: f64 = line.iter().map(|&l| f64::from(l)).sum::<f64>()
                / f64::from(*line.iter().max().unwrap());
            assert!((ink - brush).abs() < 0.15, "{ink} pixels of ink across, the brush is {brush}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_inside_of_a_stroke_has_the_level_of_mnist_however_thin_it_is() {
    for brush in [0.5, 1.0, DEFAULT_BRUSH, 8.0] {
        let levels = render_digit(&five(), brush).unwrap();
        assert_eq!(levels.iter().max(), Some(&253), "brush {brush}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_tap_is_a_dot_of_the_brush() {
    for tap in [vec![vec![0.3, 0.7]], vec![vec![0.3, 0.7, 0.301, 0.7]]] {
        let levels = digit(&tap);
        assert!(ink_box(&levels).into_iter().all(|side| side <= 4));
        let area = levels.iter().map(|&l| f64::from(l)).sum::<f64>() / 253.0;
        let disc = std::f64::consts::PI * DEFAULT_BRUSH * DEFAULT_BRUSH / 4.0;
        assert!((area - disc).abs() < 0.2, "{area} pixels of ink, a disc has {disc}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn overlapping_and_repeated_strokes_add_no_ink() {
    let twice: Vec<Vec<f32>> = five().into_iter().chain(five()).chain([vec![]]).collect();
    assert_eq!(digit(&twice), digit(&five()));
}

#[wasm_bindgen_test(unsupported = test)]
fn invalid_drawings_are_refused() {
    for (strokes, kind, mentions) in [
        (vec![], ErrorKind::Value, "nothing is drawn"),
        (vec![vec![], vec![]], ErrorKind::Value, "nothing is drawn"),
        (vec![vec![0.1, 0.2, 0.3]], ErrorKind::Shape, "stroke 0 has 3 values"),
        (
            vec![vec![0.1, 0.2], vec![f32::NAN, 0.3]],
            ErrorKind::Value,
            "a coordinate of stroke 1 is NaN",
        ),
        (vec![vec![0.1, f32::INFINITY]], ErrorKind::Value, "inf"),
    ] {
        let error = render_digit(&strokes, DEFAULT_BRUSH).unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(error.with_causes().contains(mentions), "{error}");
    }
    for brush in [0.0, -1.0, 100.0, f64::NAN] {
        assert!(render_digit(&five(), brush).unwrap_err().with_causes().contains("brush"));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_smooth_curve_passes_through_its_points_and_turns_nowhere_sharply() {
    let points = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
    let curve = smooth_curve(&points);
    for point in points {
        assert!(curve.contains(&point), "{point:?} is missed");
    }
    let turns = curve.windows(3).map(|p| {
        let [a, b] = [0, 1].map(|i| [p[i + 1][0] - p[i][0], p[i + 1][1] - p[i][1]]);
        (a[0] * b[0] + a[1] * b[1]) / (a[0].hypot(a[1]) * b[0].hypot(b[1]))
    });
    for cosine in turns {
        assert!(cosine > 0.9, "a corner whose cosine is {cosine}");
    }
    // of two points, the straight line
    let line = smooth_curve(&[[0.0, 0.0], [3.0, 1.0]]);
    assert!(line.iter().all(|p| (p[0] - 3.0 * p[1]).abs() < 1e-12));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_drawing_in_place_stays_where_it_is_at_any_size() {
    // a bar down the middle of the left half, and a dot at the middle of the right one
    let strokes = vec![vec![0.25, 0.3, 0.25, 0.7], vec![0.75, 0.5]];
    for (height, width, channels) in [(32, 40, 3), (36, 20, 1), (200, 120, 1)] {
        let levels = render_strokes(&strokes, Size { channels, height, width }).unwrap();
        assert_eq!(levels.len(), channels * height * width);
        assert!(levels.chunks_exact(channels).all(|p| p.iter().all(|&l| l == p[0])));
        let ink: f64 = levels.iter().map(|&l| f64::from(l) / 255.0).sum::<f64>() / channels as f64;
        let brush = BRUSH_SHARE * width.min(height) as f64;
        let discs = 2.0 * std::f64::consts::PI * brush * brush / 4.0;
        let expected = 0.4 * height as f64 * brush + discs;
        assert!((ink / expected - 1.0).abs() < 0.04, "{ink} for {expected}");
        let place = |x: f64, y: f64| {
            let (column, row) = ((x * width as f64) as usize, (y * height as f64) as usize);
            levels[(row * width + column) * channels]
        };
        assert!(place(0.25, 0.5) > 120 && place(0.75, 0.5) > 120);
        assert_eq!([place(0.5, 0.5), place(0.25, 0.1), place(0.75, 0.8)], [0; 3]);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_drawing_in_place_is_cut_at_the_edges_and_refused_where_there_is_none() {
    let own = Size { channels: 1, height: 16, width: 16 };
    let beyond = render_strokes(&[vec![-1.0, 0.5, 2.0, 0.5]], own).unwrap();
    assert!(beyond.chunks_exact(16).all(|row| row.iter().all(|&l| l == row[0])));
    for strokes in [vec![], vec![vec![]]] {
        let error = render_strokes(&strokes, own).unwrap_err();
        assert!(error.with_causes().contains("nothing is drawn"));
    }
    let no_image = Size { channels: 2, ..own };
    assert_eq!(render_strokes(&five(), no_image).unwrap_err().kind(), ErrorKind::Value);
}
