//! Drawings that come with the crate: digits as they are written by hand, and some things that are
//! no digit.

use super::curve::smooth_curve;

/// A drawing that comes with the crate.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ExampleDrawing {
    /// Unique among them.
    pub name: &'static str,
    /// The digit that is meant; null for a drawing that is not a digit.
    pub label: Option<u8>,
    /// Polylines x0, y0, x1, y1, … in the unit square, y pointing down.
    #[cfg_attr(test, ts(type = "Float32Array[]"))]
    pub strokes: Vec<Vec<f32>>,
}

/// Points that a smooth curve passes through, in hundredths of the square.
type Through = &'static [[i8; 2]];

/// A pen's stroke: smooth curves, each of which begins where the one before it ends, at a corner.
type Stroke = &'static [Through];

const DRAWINGS: &[(&str, Option<u8>, &[Stroke])] = &[
    (
        "0",
        Some(0),
        &[&[&[
            [62, 12],
            [47, 12],
            [29, 29],
            [19, 55],
            [25, 80],
            [43, 90],
            [64, 80],
            [79, 56],
            [80, 31],
            [70, 14],
            [55, 9],
        ]]],
    ),
    ("1", Some(1), &[&[&[[59, 8], [55, 30], [50, 60], [44, 92]]]]),
    (
        "2",
        Some(2),
        &[&[
            &[[26, 26], [36, 12], [53, 8], [67, 17], [68, 34], [57, 54], [40, 73], [23, 89]],
            &[[23, 89], [40, 88], [60, 90], [80, 87]],
        ]],
    ),
    (
        "3",
        Some(3),
        &[&[
            &[[27, 18], [42, 9], [60, 11], [67, 25], [59, 39], [43, 47]],
            &[[43, 47], [61, 50], [72, 63], [69, 81], [52, 92], [33, 90], [23, 81]],
        ]],
    ),
    (
        "4-open",
        Some(4),
        &[
            &[&[[31, 12], [28, 30], [23, 49]], &[[23, 49], [40, 54], [58, 52], [78, 47]]],
            &[&[[70, 10], [67, 36], [62, 66], [59, 93]]],
        ],
    ),
    (
        "5",
        Some(5),
        &[
            &[
                &[[37, 13], [34, 28], [30, 44]],
                &[[30, 44], [47, 40], [64, 47], [70, 63], [62, 81], [44, 91], [25, 87]],
            ],
            &[&[[37, 13], [55, 12], [76, 8]]],
        ],
    ),
    (
        "6",
        Some(6),
        &[&[&[
            [64, 8],
            [47, 21],
            [33, 42],
            [26, 66],
            [31, 85],
            [48, 92],
            [64, 83],
            [66, 66],
            [54, 57],
            [39, 63],
            [28, 77],
        ]]],
    ),
    (
        "7-crossed",
        Some(7),
        &[
            &[&[[24, 17], [36, 19], [56, 16], [77, 13]], &[[77, 13], [67, 34], [57, 62], [48, 93]]],
            &[&[[39, 53], [55, 51], [75, 48]]],
        ],
    ),
    (
        "8",
        Some(8),
        &[&[&[
            [72, 20],
            [59, 9],
            [43, 15],
            [39, 30],
            [48, 44],
            [58, 59],
            [57, 78],
            [43, 91],
            [28, 86],
            [25, 71],
            [39, 55],
            [60, 41],
            [73, 26],
            [69, 15],
        ]]],
    ),
    (
        "9",
        Some(9),
        &[&[
            &[[67, 22], [54, 11], [39, 17], [31, 34], [37, 48], [52, 47], [64, 33], [68, 18]],
            &[[68, 18], [65, 43], [60, 68], [56, 93]],
        ]],
    ),
    (
        "1-serif",
        Some(1),
        &[
            &[&[[32, 28], [44, 18], [53, 8]], &[[53, 8], [53, 35], [52, 62], [52, 90]]],
            &[&[[32, 90], [52, 90], [72, 89]]],
        ],
    ),
    (
        "2-looped",
        Some(2),
        &[&[&[
            [28, 24],
            [42, 10],
            [60, 14],
            [64, 32],
            [54, 54],
            [38, 76],
            [26, 88],
            [18, 82],
            [26, 73],
            [42, 80],
            [62, 91],
            [82, 84],
        ]]],
    ),
    (
        "4-closed",
        Some(4),
        &[
            &[&[[60, 8], [46, 28], [32, 46], [20, 62]], &[[20, 62], [40, 61], [60, 61], [82, 58]]],
            &[&[[60, 8], [58, 36], [57, 64], [56, 93]]],
        ],
    ),
    (
        "7",
        Some(7),
        &[&[&[[22, 20], [40, 16], [60, 14], [74, 15]], &[[74, 15], [70, 36], [58, 60], [46, 94]]]],
    ),
    (
        "9-curled",
        Some(9),
        &[&[&[
            [66, 30],
            [58, 14],
            [42, 11],
            [31, 24],
            [36, 41],
            [52, 44],
            [65, 32],
            [68, 18],
            [70, 44],
            [66, 72],
            [50, 91],
            [30, 86],
        ]]],
    ),
    (
        "letter-a",
        None,
        &[
            &[&[[18, 92], [34, 50], [50, 8]], &[[50, 8], [66, 48], [82, 92]]],
            &[&[[29, 62], [50, 61], [71, 62]]],
        ],
    ),
    (
        "smiley",
        None,
        &[
            &[&[
                [50, 7],
                [20, 19],
                [7, 50],
                [20, 81],
                [50, 93],
                [80, 81],
                [93, 50],
                [80, 19],
                [50, 7],
            ]],
            &[&[[35, 34], [35, 42]]],
            &[&[[65, 34], [65, 42]]],
            &[&[[28, 62], [38, 73], [50, 77], [62, 73], [72, 62]]],
        ],
    ),
    (
        "scribble",
        None,
        &[&[&[
            [12, 40],
            [30, 15],
            [24, 70],
            [48, 22],
            [36, 84],
            [62, 18],
            [50, 80],
            [78, 30],
            [66, 88],
            [90, 46],
            [40, 50],
            [14, 78],
            [55, 92],
            [86, 72],
        ]]],
    ),
    (
        "10",
        None,
        &[
            &[&[[22, 24], [20, 50], [17, 78]]],
            &[&[
                [66, 25],
                [52, 30],
                [44, 50],
                [50, 72],
                [66, 77],
                [80, 66],
                [84, 46],
                [77, 29],
                [62, 24],
            ]],
        ],
    ),
];

/// The drawings that come with the crate: every digit, some in two hands, and a letter, a face, a
/// scribble and a number of two digits, which no model of digits should find probable.
#[must_use]
pub fn example_drawings() -> Vec<ExampleDrawing> {
    let stroke = |curves: &Stroke| {
        let points = curves.iter().flat_map(|through| {
            let through: Vec<[f64; 2]> =
                through.iter().map(|p| p.map(|v| f64::from(v) / 100.0)).collect();
            smooth_curve(&through)
        });
        points.flatten().map(|v| v as f32).collect()
    };
    let drawing = |&(name, label, strokes): &(&'static str, Option<u8>, &[Stroke])| {
        ExampleDrawing { name, label, strokes: strokes.iter().map(stroke).collect() }
    };
    DRAWINGS.iter().map(drawing).collect()
}
