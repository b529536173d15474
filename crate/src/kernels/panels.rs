//! Weights of a matrix product, laid out in the order in which the tiles read them.

use super::tile::{MIDDLE, NARROW, ROWS, WIDE, accumulate, accumulate_row};

/// A matrix of `depth` rows and `columns` columns as panels of [`WIDE`] columns, of which the last may be [`MIDDLE`] or
/// [`NARROW`]. What the last panel has beyond the matrix is zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Panels {
    depth: usize,
    columns: usize,
    values: Vec<f32>,
}

impl Panels {
    /// A matrix of zeros.
    pub fn zero(depth: usize, columns: usize) -> Self {
        let mut panels = Self { depth: 0, columns: 0, values: Vec::new() };
        panels.clear(depth, columns);
        panels
    }

    /// The matrix with `weight(k, column)` at row k.
    pub fn new(depth: usize, columns: usize, weight: impl Fn(usize, usize) -> f32) -> Self {
        let mut panels = Self::zero(depth, columns);
        for k in 0..depth {
            for column in 0..columns {
                panels.set(k, column, weight(k, column));
            }
        }
        panels
    }

    /// Makes this a matrix of zeros, in the same memory.
    pub fn clear(&mut self, depth: usize, columns: usize) {
        let rest = columns % WIDE;
        let last = if rest == 0 { 0 } else { width(rest) };
        (self.depth, self.columns) = (depth, columns);
        self.values.clear();
        self.values.resize(depth * (columns - rest + last), 0.0);
    }

    /// Writes one value of the matrix.
    #[inline]
    pub fn set(&mut self, k: usize, column: usize, value: f32) {
        let place = self.place(k, column);
        self.values[place] = value;
    }

    /// Where a value of the matrix stands among [`values_mut`](Self::values_mut).
    #[inline]
    pub fn place(&self, k: usize, column: usize) -> usize {
        let first = column - column % WIDE;
        first * self.depth + k * width(self.columns - first) + column - first
    }

    /// All values in the order of the panels.
    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// Columns of the matrix.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// For each row: the sum over parts of `x[start..start + length] · weights`, where the parts of the depth follow one another, and
    /// part i of row r starts at `starts[r] + parts[i].0` in x. `done(row, first column, values)` takes the sums.
    #[inline(always)]
    pub fn multiply(
        &self,
        x: &[f32],
        starts: &[usize],
        parts: &[(usize, usize)],
        mut done: impl FnMut(usize, usize, &[f32]),
    ) {
        let mut rest = self.values.as_slice();
        let mut first = 0;
        while first < self.columns {
            let width = width(self.columns - first);
            let (panel, others) = rest.split_at(self.depth * width);
            rest = others;
            let valid = width.min(self.columns - first);
            let done = |row: usize, values: &[f32]| done(row, first, &values[..valid]);
            if width == WIDE {
                multiply_panel::<WIDE>(panel.as_chunks().0, x, starts, parts, done);
            } else if width == MIDDLE {
                multiply_panel::<MIDDLE>(panel.as_chunks().0, x, starts, parts, done);
            } else {
                multiply_panel::<NARROW>(panel.as_chunks().0, x, starts, parts, done);
            }
            first += width;
        }
    }
}

/// Copies what `done` was given to its place.
#[inline(always)]
pub fn copy(sums: &[f32], out: &mut [f32]) {
    // Of a length known to the compiler it is two instructions, of any other a call.
    match (<&[f32; WIDE]>::try_from(sums), <&mut [f32; WIDE]>::try_from(&mut *out)) {
        (Ok(sums), Ok(out)) => *out = *sums,
        _ => out.copy_from_slice(sums),
    }
}

fn width(columns_left: usize) -> usize {
    if columns_left > MIDDLE {
        WIDE
    } else if columns_left > NARROW {
        MIDDLE
    } else {
        NARROW
    }
}

#[inline(always)]
fn multiply_panel<const N: usize>(
    panel: &[[f32; N]],
    x: &[f32],
    starts: &[usize],
    parts: &[(usize, usize)],
    mut done: impl FnMut(usize, &[f32]),
) {
    let (tiles, rest) = starts.as_chunks::<ROWS>();
    for (at, starts) in tiles.iter().enumerate() {
        let mut tile = [[0.0; N]; ROWS];
        let mut panel = panel;
        for &(offset, length) in parts {
            let (part, others) = panel.split_at(length);
            panel = others;
            accumulate(&mut tile, starts.map(|start| &x[start + offset..][..length]), part);
        }
        for (row, values) in tile.iter().enumerate() {
            done(at * ROWS + row, values);
        }
    }
    for (at, start) in rest.iter().enumerate() {
        let mut sum = [0.0; N];
        let mut panel = panel;
        for &(offset, length) in parts {
            let (part, others) = panel.split_at(length);
            panel = others;
            accumulate_row(&mut sum, &x[start + offset..][..length], part);
        }
        done(tiles.len() * ROWS + at, &sum);
    }
}
