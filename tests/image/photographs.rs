//! Photographs, rendered here: the digits that come with the crate, on paper under some light,
//! against what the drawing pad makes of the same strokes.

use elbo_room::image::drawing::{INK_BOX, SIDE, render_digit};
use elbo_room::image::example_drawings;
use elbo_room::image::pixels::{Problem, Reading, Region, read_digit};
use wasm_bindgen_test::wasm_bindgen_test;

const WIDTH: usize = 320;
const HEIGHT: usize = 240;

/// Where a digit is written, in pixels: the left upper corner and the side of its square.
#[derive(Clone, Copy)]
struct Spot {
    x: f64,
    y: f64,
    side: f64,
}

const MIDDLE: Spot = Spot { x: 110.0, y: 60.0, side: 120.0 };
const BROAD: f64 = 11.0;
const FINE: f64 = 3.0;

struct Digit {
    name: &'static str,
    strokes: Vec<Vec<f32>>,
}

/// Each of the ten digits once.
fn digits() -> Vec<Digit> {
    let mut found: Vec<(u8, Digit)> = Vec::new();
    for drawing in example_drawings() {
        let Some(label) = drawing.label else { continue };
        if found.iter().all(|(other, _)| *other != label) {
            found.push((label, Digit { name: drawing.name, strokes: drawing.strokes }));
        }
    }
    assert_eq!(found.len(), 10);
    found.into_iter().map(|(_, digit)| digit).collect()
}

fn distance(p: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (ux, uy) = (b[0] - a[0], b[1] - a[1]);
    let square = ux * ux + uy * uy;
    let s = if square > 0.0 {
        (((p[0] - a[0]) * ux + (p[1] - a[1]) * uy) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (p[0] - a[0] - s * ux).hypot(p[1] - a[1] - s * uy)
}

/// The share of ink in each pixel: 1 inside a stroke, 0 outside, a ramp of one pixel between.
fn ink(strokes: &[Vec<f32>], spot: Spot, pen: f64) -> Vec<f64> {
    let mut shares = vec![0.0_f64; WIDTH * HEIGHT];
    for stroke in strokes {
        let points: Vec<[f64; 2]> = stroke
            .chunks(2)
            .map(|p| [spot.x + spot.side * f64::from(p[0]), spot.y + spot.side * f64::from(p[1])])
            .collect();
        for ends in points.windows(2) {
            let reach = 0.5 * pen + 1.0;
            let range = |axis: usize, most: usize| {
                let (a, b) = (ends[0][axis], ends[1][axis]);
                (a.min(b) - reach).max(0.0) as usize..((a.max(b) + reach) as usize + 1).min(most)
            };
            for y in range(1, HEIGHT) {
                for x in range(0, WIDTH) {
                    let off = distance([x as f64 + 0.5, y as f64 + 0.5], ends[0], ends[1]);
                    let share = &mut shares[y * WIDTH + x];
                    *share = f64::max(*share, (0.5 * pen + 0.5 - off).clamp(0.0, 1.0));
                }
            }
        }
    }
    shares
}

/// Numbers that look like noise of mean 0 and standard deviation 1: sums of twelve uniform ones.
fn noise(count: usize) -> Vec<f64> {
    let mut state = 12_345_u64;
    let mut uniform = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    (0..count).map(|_| (0..12).map(|_| uniform()).sum::<f64>() - 6.0).collect()
}

type Colour = [f64; 3];

/// What a pixel shows, 0 to 255 a channel, of the share of ink and its place.
type Scene = fn(f64, f64, f64) -> Colour;

fn mix(ground: Colour, ink: Colour, share: f64) -> Colour {
    [0, 1, 2].map(|c| ground[c] * (1.0 - share) + ink[c] * share)
}

fn lit(colour: Colour, light: f64) -> Colour {
    colour.map(|c| c * light)
}

const PAPER: Colour = [235.0, 230.0, 220.0];
const PEN: Colour = [45.0, 45.0, 50.0];
const LINES: Colour = [170.0, 195.0, 225.0];

/// From 1 in one corner to 0.55 in the other.
fn slope(x: f64, y: f64) -> f64 {
    1.0 - 0.45 * (x / WIDTH as f64 + y / HEIGHT as f64) / 2.0
}

/// A slanted edge through the digit, so many pixels wide.
fn shadow(x: f64, y: f64, width: f64) -> f64 {
    let beyond = (x - 175.0 + 0.4 * (y - 120.0)) / width;
    1.0 - 0.6 * (0.5 + beyond).clamp(0.0, 1.0)
}

fn on_lines(at: f64, apart: f64) -> bool {
    at.rem_euclid(apart) < 1.5
}

const SCENES: &[(&str, f64, Scene)] = &[
    ("even light", BROAD, |ink, _, _| mix(PAPER, PEN, ink)),
    ("uneven light", BROAD, |ink, x, y| lit(mix(PAPER, PEN, ink), slope(x, y))),
    ("a soft shadow", BROAD, |ink, x, y| lit(mix(PAPER, PEN, ink), shadow(x, y, 60.0))),
    ("a hard shadow", BROAD, |ink, x, y| lit(mix(PAPER, PEN, ink), shadow(x, y, 3.0))),
    ("a fine pen in a hard shadow", FINE, |ink, x, y| {
        lit(mix(PAPER, PEN, ink), shadow(x, y, 3.0) * slope(x, y))
    }),
    ("faint pencil", FINE, |ink, x, y| lit(mix(PAPER, [190.0; 3], ink), slope(x, y))),
    ("a sheet on a desk", BROAD, |ink, x, y| {
        let sheet = (60.0..270.0).contains(&x) && (35.0..205.0).contains(&y);
        if sheet { mix(PAPER, PEN, ink) } else { [70.0, 55.0, 45.0] }
    }),
    ("a tilted sheet on a desk", BROAD, |ink, x, y| {
        let (u, v) =
            (0.97 * (x - 170.0) + 0.24 * (y - 120.0), 0.97 * (y - 120.0) - 0.24 * (x - 170.0));
        if u.abs() < 95.0 && v.abs() < 80.0 { mix(PAPER, PEN, ink) } else { [60.0; 3] }
    }),
    ("squared paper", BROAD, |ink, x, y| {
        let grid = on_lines(x, 14.0) || on_lines(y, 14.0);
        mix(if grid { LINES } else { PAPER }, PEN, ink)
    }),
    ("lines over the ink", BROAD, |ink, x, y| {
        let grid = on_lines(x, 14.0) || on_lines(y, 14.0);
        if grid { mix(LINES, [120.0, 130.0, 150.0], ink) } else { mix(PAPER, PEN, ink) }
    }),
    ("ruled paper in slanted light", BROAD, |ink, x, y| {
        lit(mix(if on_lines(y, 22.0) { LINES } else { PAPER }, PEN, ink), slope(x, y))
    }),
    ("a chalkboard", BROAD, |ink, x, y| lit(mix([60.0, 75.0, 65.0], [225.0; 3], ink), slope(x, y))),
    ("a white screen at night", BROAD, |ink, _, _| mix([12.0; 3], [250.0; 3], ink)),
    ("a blue pen", BROAD, |ink, x, y| lit(mix(PAPER, [40.0, 70.0, 190.0], ink), slope(x, y))),
    ("a red pen", BROAD, |ink, x, y| lit(mix(PAPER, [210.0, 40.0, 50.0], ink), slope(x, y))),
    ("a yellow marker", BROAD, |ink, _, _| mix([250.0; 3], [250.0, 225.0, 40.0], ink)),
    ("colours of one luminance", BROAD, |ink, _, _| {
        mix([0.0, 112.0, 0.0], [255.0, 36.0, 0.0], ink)
    }),
    ("a frame", BROAD, |ink, x, y| {
        let framed = (20.0..300.0).contains(&x) && (12.0..228.0).contains(&y);
        let within = (23.0..297.0).contains(&x) && (15.0..225.0).contains(&y);
        if framed && !within { PEN } else { mix(PAPER, PEN, ink) }
    }),
    ("the edge of a table", BROAD, |ink, x, y| {
        if x + 0.2 * y > 290.0 { [40.0, 30.0, 25.0] } else { mix(PAPER, PEN, ink) }
    }),
];

fn photograph(ink: &[f64], scene: Scene, deviation: f64) -> Vec<u8> {
    let noise = noise(3 * ink.len());
    let pixel = |at: usize| {
        let (x, y) = ((at % WIDTH) as f64, (at / WIDTH) as f64);
        let colour = scene(ink[at], x, y);
        let channel = |c: usize| (colour[c] + deviation * noise[3 * at + c]).round() as u8;
        [channel(0), channel(1), channel(2), 255]
    };
    (0..ink.len()).flat_map(pixel).collect()
}

/// The cosine of the angle between two images, the one moved by at most a pixel: a centre of mass
/// halfway between two pixels goes to either.
fn likeness(a: &[u8], b: &[u8]) -> f64 {
    let at = |image: &[u8], x: isize, y: isize| {
        let inside = [x, y].iter().all(|v| (0..SIDE as isize).contains(v));
        if inside { f64::from(image[(y * SIDE as isize + x) as usize]) } else { 0.0 }
    };
    let dot = |a: &[u8], b: &[u8], dx: isize, dy: isize| -> f64 {
        let places = (0..SIDE as isize).flat_map(|y| (0..SIDE as isize).map(move |x| (x, y)));
        places.map(|(x, y)| at(a, x, y) * at(b, x + dx, y + dy)).sum()
    };
    let moves = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy)));
    let most = moves.map(|(dx, dy)| dot(a, b, dx, dy)).fold(0.0, f64::max);
    most / (dot(a, a, 0, 0) * dot(b, b, 0, 0)).sqrt()
}

/// The same strokes as the pad draws them, by a brush that is as wide in the result, or by a
/// broader one in place of a fine pen.
fn drawn(strokes: &[Vec<f32>], spot: Spot, pen: f64) -> Vec<u8> {
    let extent = |axis: usize| {
        let points = strokes.iter().flat_map(|stroke| stroke.chunks(2)).map(|p| p[axis]);
        let (low, high) =
            points.fold((f32::MAX, f32::MIN), |(low, high), v| (low.min(v), high.max(v)));
        spot.side * f64::from(high - low) + pen
    };
    let brush = pen * INK_BOX as f64 / extent(0).max(extent(1));
    render_digit(strokes, if brush < 1.6 { 2.2 } else { brush }).unwrap()
}

#[cfg_attr(target_arch = "wasm32", ignore = "takes seconds, and nothing in it is of one target")]
#[wasm_bindgen_test(unsupported = test)]
fn digits_on_paper_are_read_under_any_light() {
    let mut wrong = Vec::new();
    for digit in digits() {
        for &(scene_name, pen, scene) in SCENES {
            let shares = ink(&digit.strokes, MIDDLE, pen);
            let expected = drawn(&digit.strokes, MIDDLE, pen);
            let rgba = photograph(&shares, scene, 2.5);
            match read_digit(&rgba, WIDTH, HEIGHT).unwrap() {
                Reading::Digit { levels, .. } if likeness(&levels, &expected) > 0.93 => {}
                Reading::Digit { levels, region, .. } => wrong.push(format!(
                    "{} on {scene_name}: likeness {:.3}, {region:?}",
                    digit.name,
                    likeness(&levels, &expected)
                )),
                unclear => wrong.push(format!("{} on {scene_name}: {unclear:?}", digit.name)),
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), 10 * SCENES.len(), wrong.join("\n"));
}

/// Two and more digits side by side, the left upper corners of their squares.
fn row(scene: Scene, spots: &[Spot]) -> Reading {
    let digits = digits();
    let mut shares = vec![0.0_f64; WIDTH * HEIGHT];
    for (spot, digit) in spots.iter().zip(digits.iter().skip(2)) {
        for (sum, share) in shares.iter_mut().zip(ink(&digit.strokes, *spot, spot.side / 10.0)) {
            *sum = sum.max(share);
        }
    }
    read_digit(&photograph(&shares, scene, 2.0), WIDTH, HEIGHT).unwrap()
}

#[wasm_bindgen_test(unsupported = test)]
fn several_digits_are_told_where_they_are() {
    let at = |x: f64, y: f64, side: f64| Spot { x, y, side };
    let two = [at(30.0, 70.0, 100.0), at(150.0, 70.0, 100.0)];
    let sheet: Vec<Spot> = (0..8)
        .map(|i| at(20.0 + 72.0 * f64::from(i % 4), 30.0 + 95.0 * f64::from(i / 4), 60.0))
        .collect();
    for spots in [&two[..], &sheet] {
        for (name, _, scene) in SCENES.iter().filter(|(_, pen, _)| *pen == BROAD).take(4) {
            let Reading::Unclear { problem: Problem::Several, regions } = row(*scene, spots) else {
                panic!("{name}: {} digits are not told apart", spots.len());
            };
            assert_eq!(regions.len(), spots.len(), "{name}");
            for (Region { x, y, width, height }, spot) in regions.iter().zip(spots) {
                let (x, y) = (*x as f64 - spot.x, *y as f64 - spot.y);
                assert!(x > -8.0 && y > -8.0, "{name}: out of order");
                assert!(
                    x + *width as f64 - spot.side < 8.0 && y + *height as f64 - spot.side < 8.0
                );
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn scenes_without_writing_have_no_digit() {
    let nothing = vec![0.0; WIDTH * HEIGHT];
    let scenes: [(&str, Scene); 4] = [
        ("paper in a shadow", |_, x, y| lit(PAPER, shadow(x, y, 3.0))),
        ("a round light", |_, x, y| [255.0 - 0.9 * (x - 160.0).hypot(y - 120.0); 3]),
        ("a disc", |_, x, y| if (x - 160.0).hypot(y - 120.0) < 60.0 { PEN } else { PAPER }),
        ("a grid", |_, x, y| if on_lines(x, 16.0) || on_lines(y, 16.0) { PEN } else { PAPER }),
    ];
    for (name, scene) in scenes {
        let reading = read_digit(&photograph(&nothing, scene, 2.5), WIDTH, HEIGHT).unwrap();
        assert!(matches!(reading, Reading::Unclear { .. }), "{name}: {reading:?}");
    }
}
