use crate::math::common::assert_close;
use elbo_room::math::inference::contour::{Grid, Viewport};
use wasm_bindgen_test::wasm_bindgen_test;

const WINDOW: Viewport = Viewport { x: [-4.0, 4.0], y: [-4.0, 4.0] };

fn standard_normal() -> Grid {
    Grid::of(WINDOW, 201, 161, |z| -0.5 * (z[0] * z[0] + z[1] * z[1]) - std::f64::consts::TAU.ln())
}

#[wasm_bindgen_test(unsupported = test)]
fn a_grid_starts_at_the_top_left() {
    let grid = Grid::of(Viewport { x: [0.0, 2.0], y: [10.0, 11.0] }, 3, 2, |z| 100.0 * z[0] + z[1]);
    assert_eq!(grid.values, [11.0, 111.0, 211.0, 10.0, 110.0, 210.0]);
    assert_eq!(grid.point(0.5, 0.5), [0.5, 10.5]);
}

#[wasm_bindgen_test(unsupported = test)]
fn contours_of_a_gaussian_are_circles_that_enclose_their_share() {
    let grid = standard_normal();
    let shares = [0.1, 0.5, 0.95];
    for (share, level) in shares.into_iter().zip(grid.levels(&shares)) {
        // P(|z| < r) = 1 - exp(-r² / 2)
        let radius = (-2.0 * (1.0_f64 - share).ln()).sqrt();
        let lines = grid.contours(level);
        assert_eq!(lines.len(), 1, "{share}");
        assert_eq!(lines[0].first(), lines[0].last(), "closed");
        assert!(lines[0].len() > 40);
        for z in &lines[0] {
            assert_close(z[0].hypot(z[1]), radius, 0.02, &format!("{share}"));
        }
        // Around once: the angles between neighbours sum to a whole turn.
        let turn: f64 = lines[0]
            .windows(2)
            .map(|p| {
                (p[0][0] * p[1][1] - p[0][1] * p[1][0]).atan2(p[0][0] * p[1][0] + p[0][1] * p[1][1])
            })
            .sum();
        assert_close(turn.abs(), std::f64::consts::TAU, 1e-9, "turn");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn lines_that_leave_the_window_are_open_and_whole() {
    let grid = Grid::of(WINDOW, 41, 31, |z| z[0] + 0.5 * z[1]);
    let lines = grid.contours(1.0);
    assert_eq!(lines.len(), 1);
    for z in &lines[0] {
        assert_close(z[0] + 0.5 * z[1], 1.0, 1e-12, "on the line");
    }
    let ends = [lines[0][0], *lines[0].last().unwrap()];
    assert!(ends.iter().all(|z| z[1].abs() > 4.0 - 1e-9), "{ends:?}");
    assert!(grid.contours(100.0).is_empty() && grid.contours(-100.0).is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn contours_merge_below_the_saddle() {
    let peak = |z: [f64; 2], x: f64| (-0.5 * ((z[0] - x) * (z[0] - x) + z[1] * z[1])).exp();
    let grid = Grid::of(WINDOW, 121, 121, |z| (peak(z, -1.6) + peak(z, 1.6)).ln());
    let saddle = (2.0 * peak([0.0, 0.0], 1.6)).ln();
    assert_eq!(grid.contours(saddle + 0.05).len(), 2);
    assert_eq!(grid.contours(saddle - 0.05).len(), 1);
    // A chessboard's cell is a saddle: its middle decides.
    for (middle, lines) in [(0.4, 2), (0.6, 2)] {
        let cell = Grid {
            window: WINDOW,
            columns: 2,
            rows: 2,
            values: vec![1.0, 0.0, 0.0, 4.0 * middle - 1.0],
        };
        assert_eq!(cell.contours(0.5).len(), lines);
    }
}
