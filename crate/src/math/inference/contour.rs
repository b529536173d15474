//! Contour lines of a density on a grid: where they lie, and which densities enclose how much mass.

use std::collections::HashMap;

use serde::Serialize;

use super::Point;

/// z_1 of the left and right edge, z_2 of the lower and upper edge.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "InferenceWindow"))]
pub struct Viewport {
    /// z_1 of the left and of the right edge.
    pub x: [f64; 2],
    /// z_2 of the lower and of the upper edge.
    pub y: [f64; 2],
}

/// log p or log q at the points of a grid, both edges included.
#[derive(Clone, Debug)]
pub struct Grid {
    /// What is seen.
    pub window: Viewport,
    /// Points from left to right, at least two.
    pub columns: usize,
    /// Points from top to bottom, at least two.
    pub rows: usize,
    /// Log densities in nats, row by row from the top.
    pub values: Vec<f64>,
}

impl Grid {
    /// A function at every point.
    ///
    /// # Panics
    /// With debug assertions, for fewer than two columns or rows.
    pub fn of(window: Viewport, columns: usize, rows: usize, f: impl Fn(Point) -> f64) -> Self {
        debug_assert!(columns > 1 && rows > 1);
        let mut grid = Self { window, columns, rows, values: Vec::new() };
        grid.values = (0..rows * columns)
            .map(|at| f(grid.point((at % columns) as f64, (at / columns) as f64)))
            .collect();
        grid
    }

    /// The point of the plane at a column and a row, fractions included.
    #[must_use]
    pub fn point(&self, column: f64, row: f64) -> Point {
        let ([left, right], [bottom, top]) = (self.window.x, self.window.y);
        [
            left + (right - left) * column / (self.columns - 1) as f64,
            top + (bottom - top) * row / (self.rows - 1) as f64,
        ]
    }

    /// The log densities whose contours enclose the given shares of the mass in the window:
    /// highest-density regions (Hyndman 1996).
    pub fn levels(&self, shares: &[f64]) -> Vec<f64> {
        let mut sorted = self.values.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        sorted.reverse();
        let largest = sorted.first().copied().unwrap_or(0.0);
        let total: f64 = sorted.iter().map(|value| libm::exp(value - largest)).sum();
        let level = |share: &f64| {
            let mut mass = 0.0;
            let inside = sorted.iter().take_while(|&&value| {
                mass += libm::exp(value - largest);
                mass < share * total
            });
            let count = inside.count();
            sorted[count.min(sorted.len() - 1)]
        };
        shares.iter().map(level).collect()
    }

    /// The lines on which the log density is `level`, each a chain of points, closed (the first
    /// point comes again at the end) unless it leaves the window: marching squares (Lorensen &
    /// Cline 1987) with linear interpolation.
    #[must_use]
    pub fn contours(&self, level: f64) -> Vec<Vec<Point>> {
        let segments = self.segments(level);
        // An edge between two cells is crossed by at most one segment of each.
        let mut at_edge: HashMap<usize, [Option<usize>; 2]> = HashMap::new();
        for (index, ends) in segments.iter().enumerate() {
            for end in ends {
                let places = at_edge.entry(*end).or_default();
                places[usize::from(places[0].is_some())] = Some(index);
            }
        }
        // Lines that leave the window are followed from their ends; what is left is closed.
        let leaves = |edge: &usize| at_edge[edge][1].is_none();
        let open = segments
            .iter()
            .enumerate()
            .flat_map(|(i, ends)| ends.iter().filter(|e| leaves(e)).map(move |&e| (i, e)));
        let closed = segments.iter().enumerate().map(|(i, ends)| (i, ends[0]));
        let mut used = vec![false; segments.len()];
        let mut lines = Vec::new();
        for (start, from) in open.chain(closed) {
            if used[start] {
                continue;
            }
            let mut line = vec![self.crossing(from, level)];
            let (mut segment, mut edge) = (Some(start), from);
            while let Some(index) = segment {
                used[index] = true;
                let [a, b] = segments[index];
                edge = if a == edge { b } else { a };
                line.push(self.crossing(edge, level));
                segment = at_edge[&edge].iter().flatten().copied().find(|&next| !used[next]);
            }
            lines.push(line);
        }
        lines
    }

    /// Pairs of crossed edges, one or two in each cell that the level passes through.
    fn segments(&self, level: f64) -> Vec<[usize; 2]> {
        let mut segments = Vec::new();
        for row in 0..self.rows - 1 {
            for column in 0..self.columns - 1 {
                let at = row * self.columns + column;
                let corners = [at, at + 1, at + self.columns + 1, at + self.columns];
                let above = corners.map(|corner| self.values[corner] > level);
                // Edges between a corner and the next: top, right, bottom, left.
                let edges = [2 * at, 2 * (at + 1) + 1, 2 * (at + self.columns), 2 * at + 1];
                let crossed: Vec<usize> =
                    (0..4).filter(|&i| above[i] != above[(i + 1) % 4]).map(|i| edges[i]).collect();
                match *crossed.as_slice() {
                    [a, b] => segments.push([a, b]),
                    [top, right, bottom, left] => {
                        // A saddle: its middle says which corners belong together.
                        let middle =
                            corners.iter().map(|&corner| self.values[corner]).sum::<f64>() / 4.0;
                        if (middle > level) == above[0] {
                            segments.extend([[top, right], [bottom, left]]);
                        } else {
                            segments.extend([[left, top], [right, bottom]]);
                        }
                    }
                    _ => {}
                }
            }
        }
        segments
    }

    /// Where the level crosses an edge: twice the index of its first point, plus one if it goes
    /// down instead of right.
    fn crossing(&self, edge: usize, level: f64) -> Point {
        let (from, down) = (edge / 2, edge % 2 == 1);
        let to = if down { from + self.columns } else { from + 1 };
        let (a, b) = (self.values[from], self.values[to]);
        let share = ((level - a) / (b - a)).clamp(0.0, 1.0);
        let (column, row) = ((from % self.columns) as f64, (from / self.columns) as f64);
        if down { self.point(column, row + share) } else { self.point(column + share, row) }
    }
}
