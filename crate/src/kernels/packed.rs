//! Weights of a matrix product, laid out in the order in which the tiles read them.

use std::ops::Range;

use super::tile::{MIDDLE, NARROW, ROWS, WIDE, accumulate, accumulate_row};

/// A matrix of `depth` rows and `columns` columns as panels of `W` columns, of which the last may
/// be [`MIDDLE`] or [`NARROW`]. What the last panel has beyond the matrix is zero.
#[derive(Clone, Debug, PartialEq)]
pub struct PackedMatrix<const W: usize = WIDE> {
    depth: usize,
    columns: usize,
    values: Vec<f32>,
}

impl<const W: usize> PackedMatrix<W> {
    /// A matrix of zeros.
    #[must_use]
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
        let rest = columns % W;
        let last = if rest == 0 { 0 } else { width::<W>(rest) };
        (self.depth, self.columns) = (depth, columns);
        self.values.clear();
        self.values.resize(depth * (columns - rest + last), 0.0);
    }

    #[inline]
    fn set(&mut self, k: usize, column: usize, value: f32) {
        let place = self.place(k, column);
        self.values[place] = value;
    }

    /// Writes all rows of the matrix, given one after the other.
    pub fn fill_rows(&mut self, rows: &[f32]) {
        let columns = self.columns;
        self.each_panel(|first, width, panel| {
            for (row, out) in rows.chunks_exact(columns).zip(panel.chunks_exact_mut(width)) {
                let row = &row[first..columns.min(first + width)];
                out[..row.len()].copy_from_slice(row);
            }
        });
    }

    /// Writes all columns of the matrix, given one after the other.
    pub fn fill_columns(&mut self, columns: &[f32]) {
        let depth = self.depth;
        self.each_panel(|first, width, panel| {
            let columns = columns[first * depth..].chunks_exact(depth).take(width);
            for (lane, column) in columns.enumerate() {
                for (out, value) in panel.chunks_exact_mut(width).zip(column) {
                    out[lane] = *value;
                }
            }
        });
    }

    /// Each panel's first column, its width and its values.
    fn each_panel(&mut self, mut write: impl FnMut(usize, usize, &mut [f32])) {
        if self.depth == 0 {
            return;
        }
        let mut rest = self.values.as_mut_slice();
        let mut first = 0;
        while first < self.columns {
            let width = width::<W>(self.columns - first);
            let (panel, others) = rest.split_at_mut(self.depth * width);
            write(first, width, panel);
            rest = others;
            first += width;
        }
    }

    /// Where a value of the matrix stands among [`values_mut`](Self::values_mut).
    #[inline]
    #[must_use]
    pub fn place(&self, k: usize, column: usize) -> usize {
        let first = column - column % W;
        first * self.depth + k * width::<W>(self.columns - first) + column - first
    }

    /// All values in the order of the panels.
    pub fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// Rows of the matrix.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// Columns of the matrix.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// For each row: the sum over parts of `x[start..start + length] · weights`, where the parts of
    /// the depth follow one another, and part i of row r starts at `starts[r] + parts[i].0` in x.
    ///
    /// Must be inlined: otherwise the accumulators spill to memory.
    #[inline(always)]
    pub fn multiply<S: Output>(
        &self,
        x: &[f32],
        starts: &[usize],
        parts: &[(usize, usize)],
        output: &mut S,
    ) {
        let (tiles, single) = starts.as_chunks::<ROWS>();
        let mut rest = self.values.as_slice();
        let mut first = 0;
        while first < self.columns {
            let width = width::<W>(self.columns - first);
            let (panel, others) = rest.split_at(self.depth * width);
            rest = others;
            let columns = first..self.columns.min(first + width);
            if width == W {
                multiply_panel::<W, _>(panel.as_chunks().0, x, tiles, parts, columns, output);
            } else if width == MIDDLE {
                multiply_panel::<MIDDLE, _>(panel.as_chunks().0, x, tiles, parts, columns, output);
            } else {
                multiply_panel::<NARROW, _>(panel.as_chunks().0, x, tiles, parts, columns, output);
            }
            first += width;
        }
        for (at, &start) in single.iter().enumerate() {
            self.multiply_row(x, start, parts, tiles.len() * ROWS + at, output);
        }
    }

    /// `multiply` of one of the rows left after the last tile. Out of line: inlined, it slows
    /// `multiply`.
    #[inline(never)]
    fn multiply_row<S: Output>(
        &self,
        x: &[f32],
        start: usize,
        parts: &[(usize, usize)],
        row: usize,
        output: &mut S,
    ) {
        let wide = self.columns / W;
        let (panels, last) = self.values.split_at(self.depth * wide * W);
        let panels = panels.as_chunks::<W>().0;
        let panel = |at: usize| &panels[at * self.depth..][..self.depth];
        let mut at = 0;
        while at < wide {
            let first = at * W;
            if wide - at >= 4 {
                let sums = row_sums(
                    [panel(at), panel(at + 1), panel(at + 2), panel(at + 3)],
                    x,
                    start,
                    parts,
                );
                for (p, sums) in sums.iter().enumerate() {
                    output.store(row, first + p * W, sums);
                }
                at += 4;
            } else {
                let [sums] = row_sums([panel(at)], x, start, parts);
                output.store(row, first, &sums);
                at += 1;
            }
        }
        let (first, rest) = (wide * W, self.columns - wide * W);
        if rest == 0 {
            return;
        }
        if width::<W>(rest) == W {
            let [sums] = row_sums::<W, 1>([last.as_chunks().0], x, start, parts);
            output.store_part(row, first, &sums[..rest]);
        } else if width::<W>(rest) == MIDDLE {
            let [sums] = row_sums::<MIDDLE, 1>([last.as_chunks().0], x, start, parts);
            output.store_part(row, first, &sums[..rest]);
        } else {
            let [sums] = row_sums::<NARROW, 1>([last.as_chunks().0], x, start, parts);
            output.store_part(row, first, &sums[..rest]);
        }
    }
}

/// Where a product stores its sums.
pub trait Output {
    /// Stores sums of [`ROWS`] rows from `row` on, for the columns from `first` on. Must be
    /// inlined: then the sums stay in registers.
    #[inline(always)]
    fn store_tile<const N: usize>(&mut self, row: usize, first: usize, tile: &[[f32; N]; ROWS]) {
        for (r, sums) in tile.iter().enumerate() {
            self.store(row + r, first, sums);
        }
    }

    /// As `store_tile`, of one row.
    fn store<const N: usize>(&mut self, row: usize, first: usize, sums: &[f32; N]);

    /// As `store`, of the last columns: fewer than a wide panel has, or a narrow one's.
    fn store_part(&mut self, row: usize, first: usize, sums: &[f32]);
}

/// A row-major output buffer, and its number of columns.
#[derive(Debug)]
pub struct RowMajor<'a>(pub &'a mut [f32], pub usize);

impl Output for RowMajor<'_> {
    // Unrolled by hand: a loop makes Winograd's convolutions 4 % slower. Convolutions that add a
    // bias are faster with the loop.
    #[inline(always)]
    fn store_tile<const N: usize>(&mut self, row: usize, first: usize, tile: &[[f32; N]; ROWS]) {
        let columns = self.1;
        let out = &mut self.0[row * columns + first..];
        let [a, b, c, d] = tile;
        out[..N].copy_from_slice(a);
        out[columns..][..N].copy_from_slice(b);
        out[2 * columns..][..N].copy_from_slice(c);
        out[3 * columns..][..N].copy_from_slice(d);
    }

    #[inline(always)]
    fn store<const N: usize>(&mut self, row: usize, first: usize, sums: &[f32; N]) {
        self.0[row * self.1 + first..][..N].copy_from_slice(sums);
    }

    fn store_part(&mut self, row: usize, first: usize, sums: &[f32]) {
        self.0[row * self.1 + first..][..sums.len()].copy_from_slice(sums);
    }
}

fn width<const W: usize>(columns_left: usize) -> usize {
    if columns_left > MIDDLE {
        W
    } else if columns_left > NARROW {
        MIDDLE
    } else {
        NARROW
    }
}

#[inline(always)]
fn multiply_panel<const N: usize, S: Output>(
    panel: &[[f32; N]],
    x: &[f32],
    tiles: &[[usize; ROWS]],
    parts: &[(usize, usize)],
    columns: Range<usize>,
    output: &mut S,
) {
    // Narrow panels are few, and would double the code.
    if columns.len() == N && N > NARROW {
        let put = |output: &mut S, row: usize, tile: &[[f32; N]; ROWS]| {
            output.store_tile(row, columns.start, tile);
        };
        multiply_panel_into(panel, x, tiles, parts, output, put);
    } else {
        let put = |output: &mut S, row: usize, tile: &[[f32; N]; ROWS]| {
            for (r, sums) in tile.iter().enumerate() {
                output.store_part(row + r, columns.start, &sums[..columns.len()]);
            }
        };
        multiply_panel_into(panel, x, tiles, parts, output, put);
    }
}

#[inline(always)]
fn multiply_panel_into<const N: usize, S: Output>(
    panel: &[[f32; N]],
    x: &[f32],
    tiles: &[[usize; ROWS]],
    parts: &[(usize, usize)],
    output: &mut S,
    put: impl Fn(&mut S, usize, &[[f32; N]; ROWS]),
) {
    for (at, &[a, b, c, d]) in tiles.iter().enumerate() {
        let mut tile = [[0.0; N]; ROWS];
        let mut panel = panel;
        for &(offset, length) in parts {
            let (part, others) = panel.split_at(length);
            panel = others;
            let rows = [
                stretch(x, a + offset, length),
                stretch(x, b + offset, length),
                stretch(x, c + offset, length),
                stretch(x, d + offset, length),
            ];
            accumulate(&mut tile, rows, part);
        }
        put(output, at * ROWS, &tile);
    }
}

#[inline(always)]
fn row_sums<const N: usize, const P: usize>(
    panels: [&[[f32; N]]; P],
    x: &[f32],
    start: usize,
    parts: &[(usize, usize)],
) -> [[f32; N]; P] {
    let mut sums = [[0.0; N]; P];
    let mut at = 0;
    for &(offset, length) in parts {
        accumulate_row(
            &mut sums,
            stretch(x, start + offset, length),
            panels.map(|panel| &panel[at..][..length]),
        );
        at += length;
    }
    sums
}

#[inline(always)]
fn stretch(x: &[f32], start: usize, length: usize) -> &[f32] {
    &x[start..][..length]
}
